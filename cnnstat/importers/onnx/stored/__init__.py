"""The file of a model: its message, and the numbers of its tensors where they are asked for."""
