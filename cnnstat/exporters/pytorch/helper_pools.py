"""Pools that PyTorch lacks, as they stand in front of a network that needs them."""

from __future__ import annotations

POOLS: dict[str, str] = {
    "PaddedMaxPoolNd": '''
class PaddedMaxPoolNd(nn.Module):
    """Max pooling with padding that `nn.MaxPoolNd` does not have."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        dilation: int | tuple[int, ...] = 1,
        ceil_mode: bool = False,
        sides: str | int | tuple[int, ...] = 0,
    ) -> None:
        super().__init__()
        rank = RANK
        self.kernel_size = (kernel_size,) * rank if isinstance(kernel_size, int) else kernel_size
        stride = self.kernel_size if stride is None else stride
        self.stride = (stride,) * rank if isinstance(stride, int) else stride
        self.dilation = (dilation,) * rank if isinstance(dilation, int) else dilation
        self.ceil_mode = ceil_mode
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        lowest = float("-inf")
        x = pad_sides(x, self.kernel_size, self.stride, self.dilation, self.sides, self.ceil_mode, lowest)
        return nn.functional.max_poolNd(x, self.kernel_size, self.stride, 0, self.dilation)
''',
    "PaddedAvgPoolNd": '''
class PaddedAvgPoolNd(nn.Module):
    """Average pooling with padding that `nn.AvgPoolNd` does not have."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        sides: str | int | tuple[int, ...] = 0,
    ) -> None:
        super().__init__()
        rank = RANK
        self.kernel_size = (kernel_size,) * rank if isinstance(kernel_size, int) else kernel_size
        stride = self.kernel_size if stride is None else stride
        self.stride = (stride,) * rank if isinstance(stride, int) else stride
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.sides = sides

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        dilation = (1,) * len(self.kernel_size)
        window = self.kernel_size, self.stride, dilation
        counted = torch.ones_like(x)
        if self.count_include_pad:
            counted = pad_sides(counted, *window, self.sides, False, 1.0)
            missing = [a - b for a, b in zip(self.whole(x).shape[2:], counted.shape[2:], strict=True)]
            counted = nn.functional.pad(counted, [side for more in reversed(missing) for side in (0, more)])
        else:
            counted = self.whole(counted)
        total = nn.functional.avg_poolNd(self.whole(x), self.kernel_size, self.stride)
        return total / nn.functional.avg_poolNd(counted, self.kernel_size, self.stride)

    def whole(self, x: Tensor) -> Tensor:
        """Return the map with all that the windows read."""
        dilation = (1,) * len(self.kernel_size)
        return pad_sides(x, self.kernel_size, self.stride, dilation, self.sides, self.ceil_mode)
''',
    "SubsampleNd": '''
class SubsampleNd(nn.Module):
    """The sum of each window, times a coefficient, plus a bias: one of both for each map."""

    def __init__(
        self,
        channels: int,
        kernel_size: int | tuple[int, ...] = 2,
        stride: int | tuple[int, ...] | None = None,
        ceil: bool = False,
    ) -> None:
        super().__init__()
        rank = RANK
        self.kernel_size = (kernel_size,) * rank if isinstance(kernel_size, int) else kernel_size
        stride = self.kernel_size if stride is None else stride
        self.stride = (stride,) * rank if isinstance(stride, int) else stride
        self.ceil = ceil
        area = math.prod(self.kernel_size)
        self.weight = nn.Parameter(torch.full((channels,), 1 / area))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        x = pad_sides(x, self.kernel_size, self.stride, (1,) * (x.ndim - 2), 0, self.ceil)
        total = nn.functional.avg_poolNd(x, self.kernel_size, self.stride) * math.prod(self.kernel_size)
        shape = (-1, *(1,) * (x.ndim - 2))
        return total * self.weight.reshape(shape) + self.bias.reshape(shape)
''',
    "SpatialPyramidPool": '''
class SpatialPyramidPool(nn.Module):
    """Pool each map on several grids, and put all bins into one vector."""

    def __init__(self, levels: tuple[int, ...], mode: str = "max", bins: str = "sliding") -> None:
        super().__init__()
        self.levels = levels
        self.mode = mode
        self.bins = bins

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return torch.cat([self.level(x, n).flatten(1) for n in self.levels], dim=1)

    def level(self, x: Tensor, n: int) -> Tensor:
        """Return the bins of one grid."""
        name = f"{self.mode}_pool{x.ndim - 2}d"
        if self.bins == "adaptive":
            pooled: Tensor = getattr(nn.functional, f"adaptive_{name}")(x, n)
            return pooled
        window, stride = [-(-size // n) for size in x.shape[2:]], [size // n for size in x.shape[2:]]
        bins: Tensor = getattr(nn.functional, name)(x, window, stride)
        return bins
''',
}
"""Modules by their names; `Nd` and `RANK` stand for the number of axes."""
