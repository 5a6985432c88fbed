"""ONNX: files as they are, from opset 7 on, read by means of the library onnx."""
