"""ONNX: each layer type becomes one or a few operators, as `layers.py` lists them.

What a model is made of stands in `writer.py`, without any library; `model.py` makes ONNX's messages of it.
"""
