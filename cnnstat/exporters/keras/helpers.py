"""What Keras lacks, as it stands in front of a network that needs it."""

from __future__ import annotations

from cnnstat.exporters.keras.helper_layers import LAYERS
from cnnstat.exporters.keras.helper_weights import WEIGHTS

_TEXTS: dict[str, tuple[tuple[str, ...], str]] = {
    "divisible": (
        (),
        '''
def divisible(value: float, by: int = 8) -> int:
    """Round to a multiple of `by`, at least `by` and never below 90 % of the value."""
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded if rounded >= 0.9 * value else rounded + by
''',
    ),
    "pad": (
        (),
        '''
def pad(x: KerasTensor, sides: Sequence[tuple[int, int]], value: float = 0.0) -> KerasTensor:
    """Put so much of a value before and behind each axis of a map."""
    return ops.pad(x, ((0, 0), *sides, (0, 0)), constant_values=value)
''',
    ),
    "frame": (
        (),
        '''
def frame(x: KerasTensor, sides: Sequence[tuple[int, int]], mode: str) -> KerasTensor:
    """Put a frame of its own cells around a map: reflected, replicated or circular."""
    words = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    for axis, (before, after) in enumerate(sides, 1):
        cells = np.pad(np.arange(x.shape[axis]), (before, after), mode=words[mode])
        x = ops.take(x, cells, axis=axis)
    return x
''',
    ),
    "shared": (
        (),
        '''
def shared(block: Callable[..., Any], shape: Any, *arguments: Any, **options: Any) -> keras.Model:
    """Return a block as a model of its own, which several places call with the same weights."""
    shapes = shape if isinstance(shape, list) else [shape]
    inputs = [keras.Input(each) for each in shapes]
    outputs = block(*inputs, *arguments, **options)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs, name=options["name"])
''',
    ),
    "reshape": (
        (),
        '''
def reshape(x: KerasTensor, shape: tuple[int, ...]) -> KerasTensor:
    """Give a map another shape, channels first, and -1 for what is left."""
    x = layers.Permute((x.ndim - 1, *range(1, x.ndim - 1)))(x) if x.ndim > 2 else x
    x = layers.Reshape(shape)(x)
    return layers.Permute((*range(2, x.ndim), 1))(x) if x.ndim > 2 else x
''',
    ),
    "channel_shuffle": (
        (),
        '''
def channel_shuffle(x: KerasTensor, groups: int) -> KerasTensor:
    """Deal the channels of each group out in turn."""
    shape = x.shape[1:]
    x = layers.Reshape((*shape[:-1], groups, -1))(x)
    return layers.Reshape(shape)(ops.swapaxes(x, -1, -2))
''',
    ),
    "pixel_shuffle": (
        (),
        '''
def pixel_shuffle(x: KerasTensor, factor: int) -> KerasTensor:
    """Lay the channels out as squares of cells."""
    _, height, width, _ = x.shape
    x = layers.Reshape((height, width, -1, factor, factor))(x)
    x = layers.Permute((1, 4, 2, 5, 3))(x)
    return layers.Reshape((height * factor, width * factor, -1))(x)
''',
    ),
    "pixel_unshuffle": (
        (),
        '''
def pixel_unshuffle(x: KerasTensor, factor: int) -> KerasTensor:
    """Stack the cells of squares as channels."""
    height, width = x.shape[1] // factor, x.shape[2] // factor
    x = layers.Reshape((height, factor, width, factor, -1))(x)
    x = layers.Permute((1, 3, 5, 2, 4))(x)
    return layers.Reshape((height, width, -1))(x)
''',
    ),
    "zero_pad_shortcut": (
        (),
        '''
def zero_pad_shortcut(x: KerasTensor, channels: int, stride: tuple[int, ...]) -> KerasTensor:
    """Return every so many places of a map, and maps of zeros behind it."""
    x = x[(slice(None), *(slice(None, None, step) for step in stride))]
    return ops.pad(x, (*((0, 0) for _ in x.shape[1:]), (0, channels - x.shape[-1])))
''',
    ),
    "response_norm": (
        (),
        '''
def response_norm(x: KerasTensor, size: int, *, alpha: float, beta: float, k: float) -> KerasTensor:
    """Divide by a power of the squares of channels nearby."""
    sides = ((0, 0),) * (x.ndim - 1)
    squares = ops.pad(ops.square(x), (*sides, (size // 2, (size - 1) // 2)))
    channels = x.shape[-1]
    total = sum(squares[..., i : i + channels] for i in range(size))
    return x / ops.power(k + alpha * total, beta)
''',
    ),
    "dilated_max_pool": (
        (),
        '''
def dilated_max_pool(
    x: KerasTensor, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> KerasTensor:
    """Return the largest number of each window, axis by axis."""
    for axis, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True), 1):
        count = (x.shape[axis] - d * (k - 1) - 1) // s + 1
        starts = np.arange(count) * s
        windows = [ops.take(x, starts + d * i, axis=axis) for i in range(k)]
        x = ops.max(ops.stack(windows), axis=0)
    return x
''',
    ),
    "average_pool": (
        ("pad",),
        '''
def average_pool(
    x: KerasTensor,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    sides: tuple[tuple[int, int], ...],
    beyond: tuple[tuple[int, int], ...],
    *,
    counted: bool,
) -> KerasTensor:
    """Return the mean of each window, of its padding only where that is counted, of nothing `beyond` it."""
    sizes = x.shape[1:-1]
    whole = [(a + c, b + d) for (a, b), (c, d) in zip(sides, beyond, strict=True)]
    y = ops.average_pool(pad(x, whole), kernel, stride, padding="valid", data_format="channels_last")
    for axis, (k, s, n) in enumerate(zip(kernel, stride, sizes, strict=True), 1):
        before, after = sides[axis - 1]
        first, last = (0, before + n + after) if counted else (before, before + n)
        starts = np.arange(y.shape[axis]) * s
        cells = np.minimum(starts + k, last) - np.maximum(starts, first)
        y = y / np.reshape(cells / k, (-1, *(1,) * (y.ndim - axis - 1))).astype(y.dtype)
    return y
''',
    ),
    "pyramid": (
        (),
        '''
def pyramid(x: KerasTensor, levels: tuple[int, ...], mode: str, bins: str) -> KerasTensor:
    """Pool each map on several grids, and put all bins into one vector, channel by channel."""
    found = []
    for count in levels:
        y = x
        for axis, n in enumerate(x.shape[1:-1], 1):
            if bins == "adaptive":
                edges = [(i * n // count, -(-(i + 1) * n // count)) for i in range(count)]
            else:
                edges = [(i * (n // count), i * (n // count) - (-n // count)) for i in range(count)]
            parts = [ops.take(y, np.arange(a, b), axis=axis) for a, b in edges]
            reduce = ops.max if mode == "max" else ops.mean
            y = ops.concatenate([reduce(part, axis=axis, keepdims=True) for part in parts], axis=axis)
        found.append(layers.Flatten()(layers.Permute((y.ndim - 1, *range(1, y.ndim - 1)))(y)))
    return ops.concatenate(found, axis=-1)
''',
    ),
    "nearest": (
        (),
        '''
def nearest(x: KerasTensor, size: tuple[int, ...]) -> KerasTensor:
    """Resize a map by repeating cells."""
    for axis, count in enumerate(size, 1):
        x = ops.take(x, np.arange(count) * x.shape[axis] // count, axis=axis)
    return x
''',
    ),
    "interpolate": (
        (),
        '''
def interpolate(x: KerasTensor, size: tuple[int, ...], *, align_corners: bool) -> KerasTensor:
    """Resize a map linearly, axis by axis."""
    for axis, count in enumerate(size, 1):
        n = x.shape[axis]
        if align_corners:
            places = np.arange(count) * (n - 1) / max(count - 1, 1)
        else:
            places = np.maximum((np.arange(count) + 0.5) * n / count - 0.5, 0)
        low = np.minimum(places.astype("int32"), n - 1)
        high = np.minimum(low + 1, n - 1)
        part = np.reshape(places - low, (-1, *(1,) * (x.ndim - axis - 1)))
        below, above = ops.take(x, low, axis=axis), ops.take(x, high, axis=axis)
        x = layers.Rescaling(1 - part)(below) + layers.Rescaling(part)(above)
    return x
''',
    ),
    **LAYERS,
}


def text_of(wanted: set[str]) -> list[str]:
    """Return the texts of helpers that stand before a network, what they need before them."""
    return _in_order(wanted, _TEXTS)


def weights_text() -> list[str]:
    """Return the texts of what loads and saves weights, which stand behind a network."""
    return _in_order({*WEIGHTS}, WEIGHTS)


def _in_order(wanted: set[str], texts: dict[str, tuple[tuple[str, ...], str]]) -> list[str]:
    needed = wanted | {need for name in wanted for need in texts[name][0]}
    return [text.strip("\n") for name, (_, text) in texts.items() if name in needed]


def names() -> set[str]:
    """Return the names that helpers have."""
    return {*_TEXTS, *WEIGHTS}
