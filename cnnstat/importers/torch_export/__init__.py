"""Models of PyTorch: the user's module -> a program of `torch.export` -> nodes in ONNX's words -> a draft."""
