"""Layers with weights that Keras lacks. Their weights lie as ours do."""

from __future__ import annotations

_START = "@keras.saving.register_keras_serializable()\n"

LAYERS: dict[str, tuple[tuple[str, ...], str]] = {
    "DenseAlong": (
        (),
        _START
        + '''class DenseAlong(layers.Layer):
    """A linear map along one axis."""

    def __init__(self, units: int, axis: int, use_bias: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.axis = axis
        self.use_bias = use_bias

    def build(self, shape: Any) -> None:
        """Make the weights."""
        self.kernel = self.add_weight((shape[self.axis], self.units), name="kernel")
        self.bias = self.add_weight((self.units,), "zeros", name="bias") if self.use_bias else None

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        y = ops.matmul(ops.moveaxis(x, self.axis, -1), self.kernel)
        return ops.moveaxis(y if self.bias is None else y + self.bias, -1, self.axis)
''',
    ),
    "LayerNormAlong": (
        (),
        _START
        + '''class LayerNormAlong(layers.LayerNormalization):
    """Layer normalisation along one axis, which is turned to the end."""

    def __init__(self, place: int, **options: Any) -> None:
        super().__init__(**options)
        self.place = place

    def build(self, shape: Any) -> None:
        """Make the weights."""
        sizes = list(shape)
        sizes.append(sizes.pop(self.place))
        super().build(tuple(sizes))

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        return ops.moveaxis(super().call(ops.moveaxis(x, self.place, -1)), -1, self.place)

    def compute_output_shape(self, shape: Any) -> Any:
        """Return the shape that it keeps."""
        return shape
''',
    ),
    "LayerScale": (
        (),
        _START
        + '''class LayerScale(layers.Layer):
    """A learned factor for each channel."""

    def __init__(self, init: float = 1e-6, **options: Any) -> None:
        super().__init__(**options)
        self.init = init

    def build(self, shape: Any) -> None:
        """Make the weights."""
        start = keras.initializers.Constant(self.init)
        self.gamma = self.add_weight((shape[-1],), start, name="gamma")

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        return x * self.gamma
''',
    ),
    "Learned": (
        (),
        _START
        + '''class Learned(layers.Layer):
    """Learned numbers, channels first, the same for each sample of the batch that is given."""

    def __init__(self, shape: tuple[int, ...], **options: Any) -> None:
        super().__init__(**options)
        self.shape = tuple(shape)

    def build(self, shape: Any) -> None:
        """Make the weights."""
        self.weight = self.add_weight(self.shape, "random_normal", name="weight")

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        weight = ops.expand_dims(ops.moveaxis(self.weight, 0, -1), 0)
        return ops.repeat(weight, ops.shape(x)[0], axis=0)

    def compute_output_shape(self, shape: Any) -> tuple[int | None, ...]:
        """Return the shape of what becomes of a batch."""
        return shape[0], *self.shape[1:], self.shape[0]
''',
    ),
    "Rbf": (
        (),
        _START
        + '''class Rbf(layers.Layer):
    """The squared distance to each code word; the words are fixed unless they are trained."""

    def __init__(self, units: int, trainable: bool = False, **options: Any) -> None:
        super().__init__(trainable=trainable, **options)
        self.units = units

    def build(self, shape: Any) -> None:
        """Make the weights."""
        self.weight = self.add_weight((self.units, shape[-1]), "random_normal", name="weight")

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        return ops.sum(ops.square(ops.expand_dims(x, 1) - self.weight), axis=-1)
''',
    ),
    "ScaledTanh": (
        (),
        _START
        + '''class ScaledTanh(layers.Layer):
    """LeCun's squashing function."""

    def __init__(self, amplitude: float, slope: float, **options: Any) -> None:
        super().__init__(**options)
        self.amplitude = amplitude
        self.slope = slope

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        return self.amplitude * ops.tanh(self.slope * x)
''',
    ),
    "Subsample": (
        (),
        _START
        + '''class Subsample(layers.Layer):
    """The sum of each window, times a coefficient, plus a bias: one of both for each map."""

    def __init__(self, kernel_size: Any, strides: Any = None, **options: Any) -> None:
        super().__init__(**options)
        self.kernel_size = kernel_size
        self.strides = strides

    def build(self, shape: Any) -> None:
        """Make the weights."""
        rank = len(shape) - 2
        sizes = (self.kernel_size,) * rank if isinstance(self.kernel_size, int) else self.kernel_size
        self.area = math.prod(sizes)
        start = keras.initializers.Constant(1 / self.area)
        self.weight = self.add_weight((shape[-1],), start, name="weight")
        self.bias = self.add_weight((shape[-1],), "zeros", name="bias")

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        y = ops.average_pool(x, self.kernel_size, self.strides, data_format="channels_last")
        return y * self.area * self.weight + self.bias
''',
    ),
    "TableConv": (
        (),
        _START
        + '''class TableConv(layers.Layer):
    """A convolution each of whose maps reads only the input maps that its row of a table lists."""

    def __init__(
        self,
        table: Any,
        kernel_size: Any,
        strides: Any = 1,
        dilation_rate: Any = 1,
        use_bias: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.table = table
        self.kernel_size = kernel_size
        self.strides = strides
        self.dilation_rate = dilation_rate
        self.use_bias = use_bias

    def build(self, shape: Any) -> None:
        """Make the weights, one kernel for each entry of the table, and where each one stands."""
        rank = len(shape) - 2
        sizes = (self.kernel_size,) * rank if isinstance(self.kernel_size, int) else tuple(self.kernel_size)
        places = [(row, column) for row, columns in enumerate(self.table) for column in columns]
        self.weight = self.add_weight((len(places), *sizes), name="weight")
        self.bias = self.add_weight((len(self.table),), "zeros", name="bias") if self.use_bias else None
        self.stands = np.zeros((len(places), shape[-1], len(self.table)))
        self.stands[range(len(places)), [c for _, c in places], [r for r, _ in places]] = 1

    def call(self, x: Any) -> Any:
        """Return what becomes of a batch."""
        kernel = ops.tensordot(self.weight, ops.cast(self.stands, self.weight.dtype), axes=((0,), (0,)))
        options = {"dilation_rate": self.dilation_rate, "data_format": "channels_last"}
        y = ops.conv(x, kernel, self.strides, "valid", **options)
        return y if self.bias is None else y + self.bias
''',
    ),
}
