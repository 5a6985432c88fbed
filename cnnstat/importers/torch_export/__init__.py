"""Models of PyTorch, by `torch.export`: the user's module -> a program -> nodes in ONNX's words -> a draft."""
