"""Modules that PyTorch lacks, as they stand in front of a network that needs them."""

from __future__ import annotations

import re

_TEXTS: dict[str, tuple[str, str]] = {}


def _add(name: str, needs: str, text: str) -> None:
    _TEXTS[name] = needs, text.strip("\n")


_add(
    "divisible",
    "",
    '''
def divisible(value: float, by: int = 8) -> int:
    """Round to a multiple of `by`, at least `by` and never below 90 % of the value."""
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded if rounded >= 0.9 * value else rounded + by
''',
)
_add(
    "pad_sides",
    "",
    '''
def pad_sides(
    x: Tensor,
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    sides: str | int | tuple[int, ...],
    ceil: bool,
    value: float = 0.0,
) -> Tensor:
    """Pad as asked: the same on all sides, per axis, before and behind each axis, or "same" as in TensorFlow.

    With `ceil`, a last window that begins inside is completed.
    """
    rank, pairs = x.ndim - 2, []
    for i, (n, k, s, d) in enumerate(zip(x.shape[2:], kernel, stride, dilation, strict=True)):
        window = d * (k - 1) + 1
        if isinstance(sides, str):
            missing = max((-(-n // s) - 1) * s + window - n, 0)
            before, after = missing // 2, missing - missing // 2
        elif isinstance(sides, int):
            before = after = sides
        elif len(sides) == rank:
            before = after = sides[i]
        else:
            before, after = sides[2 * i : 2 * i + 2]
        if ceil:
            count = -(-(n + before + after - window) // s) + 1
            count -= (count - 1) * s >= n + before
            after += max((count - 1) * s + window - n - before - after, 0)
        pairs.append((before, after))
    return nn.functional.pad(x, [side for pair in reversed(pairs) for side in pair], value=value)
''',
)
_add(
    "PaddedConvNd",
    "pad_sides",
    '''
class PaddedConvNd(nn.ConvNd):
    """A convolution with padding that `nn.ConvNd` does not have."""

    def __init__(
        self, *args: Any, sides: str | int | tuple[int, ...] = 0, ceil: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.sides = sides
        self.ceil = ceil

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        x = pad_sides(x, self.kernel_size, self.stride, self.dilation, self.sides, self.ceil)
        return super().forward(x)
''',
)
_add(
    "TableConvNd",
    "pad_sides",
    '''
class TableConvNd(nn.Module):
    """A convolution each of whose maps reads only the input maps that its row of a table lists."""

    rows: Tensor
    columns: Tensor

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        table: tuple[tuple[int, ...], ...],
        stride: int | tuple[int, ...] = 1,
        dilation: int | tuple[int, ...] = 1,
        bias: bool = True,
        sides: str | int | tuple[int, ...] = 0,
        ceil: bool = False,
    ) -> None:
        super().__init__()
        rank = RANK
        self.in_channels = in_channels
        self.table = table
        self.kernel_size = (kernel_size,) * rank if isinstance(kernel_size, int) else kernel_size
        self.stride = (stride,) * rank if isinstance(stride, int) else stride
        self.dilation = (dilation,) * rank if isinstance(dilation, int) else dilation
        self.sides = sides
        self.ceil = ceil
        self.weight = nn.Parameter(torch.empty(sum(map(len, table)), *self.kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        rows = [i for i, row in enumerate(table) for _ in row]
        columns = [channel for row in table for channel in row]
        self.register_buffer("rows", torch.tensor(rows), persistent=False)
        self.register_buffer("columns", torch.tensor(columns), persistent=False)
        nn.init.kaiming_uniform_(self.weight, a=5**0.5)

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        x = pad_sides(x, self.kernel_size, self.stride, self.dilation, self.sides, self.ceil)
        weight = self.weight.new_zeros(len(self.table), self.in_channels, *self.kernel_size)
        weight = weight.index_put((self.rows, self.columns), self.weight)
        return nn.functional.convNd(x, weight, self.bias, self.stride, 0, self.dilation)
''',
)
_add(
    "CutConvTransposeNd",
    "",
    '''
class CutConvTransposeNd(nn.ConvTransposeNd):
    """A transposed convolution that cuts off margins, before and behind each axis."""

    def __init__(self, *args: Any, margins: tuple[int, ...], **options: Any) -> None:
        super().__init__(*args, **options)
        self.margins = margins

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        """Return what becomes of a batch."""
        extra = [side for more in reversed(self.output_padding) for side in (0, more)]
        options = self.stride, 0, 0, self.groups, self.dilation
        y = nn.functional.conv_transposeNd(x, self.weight, None, *options)
        y = nn.functional.pad(y, extra)
        for axis in range(2, y.ndim):
            before, after = self.margins[2 * axis - 4 : 2 * axis - 2]
            y = y.narrow(axis, before, y.shape[axis] - before - after)
        return y if self.bias is None else y + self.bias.reshape(-1, *(1,) * (y.ndim - 2))
''',
)
_add(
    "PaddedMaxPoolNd",
    "pad_sides",
    '''
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
)
_add(
    "PaddedAvgPoolNd",
    "pad_sides",
    '''
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
)
_add(
    "SubsampleNd",
    "pad_sides",
    '''
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
)
_add(
    "LinearAlong",
    "",
    '''
class LinearAlong(nn.Linear):
    """A linear map along one axis, that of the channels unless another is given."""

    def __init__(self, in_features: int, out_features: int, axis: int = 1, bias: bool = True) -> None:
        super().__init__(in_features, out_features, bias=bias)
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return super().forward(x.movedim(self.axis, -1)).movedim(-1, self.axis)
''',
)
_add(
    "LayerNormAlong",
    "",
    '''
class LayerNormAlong(nn.LayerNorm):
    """Layer normalisation along one axis, that of the channels unless another is given."""

    def __init__(self, size: int, axis: int = 1, eps: float = 1e-5, elementwise_affine: bool = True) -> None:
        super().__init__(size, eps=eps, elementwise_affine=elementwise_affine)
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return super().forward(x.movedim(self.axis, -1)).movedim(-1, self.axis)
''',
)
_add(
    "LayerScale",
    "",
    '''
class LayerScale(nn.Module):
    """A learned factor for each channel."""

    def __init__(self, channels: int, init: float = 1e-6) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), init))

    def forward(self, x: Tensor) -> Tensor:
        """Return what becomes of a batch."""
        return x * self.weight.reshape(-1, *(1,) * (x.ndim - 2))
''',
)
_add(
    "Learned",
    "",
    '''
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
)
_add(
    "Rbf",
    "",
    '''
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
)
_add(
    "ScaledTanh",
    "",
    '''
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
)
_add(
    "DropPath",
    "",
    '''
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
)
_add(
    "SpatialPyramidPool",
    "",
    '''
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
)
_add(
    "ZeroPadShortcut",
    "",
    '''
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
)
_add(
    "center_crop",
    "",
    '''
def center_crop(x: Tensor, size: Sequence[int]) -> Tensor:
    """Return the middle of a map."""
    for axis, length in enumerate(size, 2):
        x = x.narrow(axis, (x.shape[axis] - length) // 2, length)
    return x
''',
)
_add(
    "pad_to",
    "",
    '''
def pad_to(x: Tensor, size: Sequence[int], mode: str = "constant", value: float = 0.0) -> Tensor:
    """Put a frame around a map that makes it as large as asked."""
    more = [length - n for n, length in zip(x.shape[2:], size, strict=True)]
    sides = [side for n in reversed(more) for side in (n // 2, n - n // 2)]
    return nn.functional.pad(x, sides, mode=mode, value=value if mode == "constant" else None)
''',
)


def text_of(names: set[str]) -> list[str]:
    """Return the texts of helpers, what they need before them."""
    found: dict[str, str] = {}
    for name in sorted(names):
        rank = re.search(r"(\d)d$", name)
        key = re.sub(r"\dd$", "Nd", name) if rank else name
        needs, text = _TEXTS[key]
        if needs:
            found.setdefault(needs, _TEXTS[needs][1])
        if rank:
            text = text.replace("Nd", f"{rank[1]}d").replace("RANK", rank[1])
        found[name] = text
    return [found[name] for name in sorted(found, key=lambda name: (name[0].isupper(), name))]


def names() -> set[str]:
    """Return the names that helpers have."""
    return {name.replace("Nd", f"{rank}d") for name in _TEXTS for rank in (1, 2, 3)}
