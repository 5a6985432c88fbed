"""Other layers that PyTorch lacks, as they stand in front of a network that needs them."""

from __future__ import annotations

LAYERS: dict[str, str] = {
    "LinearAlong": '''
class LinearAlong(nn.Linear):
    """A linear map along one axis, that of the channels unless another is given."""

    def __init__(self, in_features: int, out_features: int, axis: int = 1, bias: bool = True) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return super().forward(x.movedim(self.axis, -1)).movedim(-1, self.axis)
''',
    "LayerNormAlong": '''
class LayerNormAlong(nn.LayerNorm):
    """Layer normalisation along one axis, that of the channels unless another is given."""

    def __init__(self, size: int, axis: int = 1, eps: float = 1e-5, elementwise_affine: bool = True) -> None:
        super().__init__(size, eps=eps, elementwise_affine=elementwise_affine)
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return super().forward(x.movedim(self.axis, -1)).movedim(-1, self.axis)
''',
    "LayerScale": '''
class LayerScale(nn.Module):
    """A learned factor for each channel."""

    def __init__(self, channels: int, init: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return x * self.weight.reshape(-1, *(1,) * (x.ndim - 2))
''',
    "Learned": '''
class Learned(nn.Module):
    """Learned numbers, the same for each sample of the batch that is given."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return self.weight.expand(x.shape[0], *self.weight.shape)
''',
    "Rbf": '''
class Rbf(nn.Module):
    """The squared distance to each code word; the words are fixed unless they are learned."""

    def __init__(self, in_features: int, out_features: int, learned: bool = False) -> None:
        super().__init__()
        words = torch.randint(2, (out_features, in_features)) * 2.0 - 1
        self.weight = nn.Parameter(words, requires_grad=learned)

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return (x[:, None] - self.weight).square().sum(-1)
''',
    "ScaledTanh": '''
class ScaledTanh(nn.Module):
    """LeCun's squashing function."""

    def __init__(self, amplitude: float = 1.7159, slope: float = 2 / 3) -> None:
        super().__init__()
        self.amplitude = amplitude
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return self.amplitude * torch.tanh(self.slope * x)
''',
    "DropPath": '''
class DropPath(nn.Module):
    """Drop whole samples while training, and scale the others up."""

    def __init__(self, rate: float = 0.1) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand(x.shape[0], *(1,) * (x.ndim - 1), device=x.device) >= self.rate
        return x * kept / (1 - self.rate)
''',
    "ZeroPadShortcut": '''
class ZeroPadShortcut(nn.Module):
    """Every so many places of a map, and maps of zeros behind it."""

    def __init__(self, channels: int, stride: int | tuple[int, ...] = 1) -> None:
        super().__init__()
        self.channels = channels
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        rank = x.ndim - 2
        strides = (self.stride,) * rank if isinstance(self.stride, int) else self.stride
        x = x[(slice(None), slice(None), *(slice(None, None, step) for step in strides))]
        return nn.functional.pad(x, (0, 0) * rank + (0, self.channels - x.shape[1]))
''',
}
"""Modules by their names."""
