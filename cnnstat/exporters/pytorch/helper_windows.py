"""Convolutions with windows that PyTorch lacks, as they stand in front of a network that needs them."""

from __future__ import annotations

WINDOWS: dict[str, str] = {
    "pad_sides": '''
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
    "PaddedConvNd": '''
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
    "TableConvNd": '''
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
    "CutConvTransposeNd": '''
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
}
"""Functions and modules by their names; `Nd` and `RANK` stand for the number of axes."""
