"""One table of cases for every kernel: sizes chosen where no two happen to be equal.

Arrays come from `RandomState`, whose stream NumPy has frozen, so reference values need no stored inputs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from cnnstat.bridge.program import options_of
from cnnstat.executor.kernel import Context
from cnnstat.executor.kernels import KERNELS
from cnnstat.executor.mac_counter import MacCounter
from cnnstat.layers import LAYERS, Layer
from cnnstat.spec.channels import multiple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.parameters import Parameters

SEED = 7
"""Seeds what a kernel itself draws: parameters and masks."""


@dataclass(frozen=True)
class Case:
    """One layer on inputs of given shapes, batch included. `ties` rounds the inputs so that values repeat."""

    type: str
    shapes: tuple[tuple[int, ...], ...]
    given: Mapping[str, Any] = field(default_factory=dict)
    training: bool = False
    ties: bool = False

    @property
    def id(self) -> str:
        """A name, stable as long as the case is."""
        shapes = "+".join("x".join(map(str, shape)) for shape in self.shapes)
        marks = (" training" if self.training else "") + (" ties" if self.ties else "")
        return f"{self.type} {shapes} " + " ".join(f"{k}={v}" for k, v in self.given.items()) + marks

    @property
    def options(self) -> dict[str, Any]:
        """What the author wrote, plus the defaults that are declared."""
        given = {name: value for name, value in self.given.items() if not isinstance(value, Fraction)}
        return {**options_of(self.calculated), **given}

    @property
    def calculated(self) -> Layer:
        """The calculator's layer with these options."""
        given = {
            name: multiple(value) if isinstance(value, Fraction) else value
            for name, value in self.given.items()
        }
        return LAYERS[self.type](**given)

    def numbers(self, what: str, shape: tuple[int, ...]) -> Array:
        """Draw an array named `what`."""
        return np.random.RandomState(crc32(f"{self.id}/{what}".encode())).standard_normal(shape)

    @property
    def inputs(self) -> tuple[Array, ...]:
        """The inputs, in float64."""
        drawn = (self.numbers(f"x{i}", shape) * 2 for i, shape in enumerate(self.shapes))
        return tuple(np.round(x) if self.ties else x for x in drawn)

    @property
    def allocated(self) -> Parameters:
        """The parameters as the kernel allocates them."""
        return KERNELS[self.type].parameters(self.inputs, self.options, np.random.default_rng(SEED))

    @property
    def params(self) -> dict[str, Array]:
        """Parameters of the allocated shapes with random values; a variance is positive."""
        drawn = {name: self.numbers(name, value.shape) for name, value in self.allocated.all.items()}
        return {name: abs(value) + 0.5 if name == "running_var" else value for name, value in drawn.items()}

    def context(self, backward: bool = True) -> Context:
        """Return a fresh context: two of them draw the same masks."""
        return Context(MacCounter(), SEED, self.training, backward)


LENET = (
    *((i, (i + 1) % 6, (i + 2) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 2) % 6, (i + 3) % 6) for i in range(6)),
    *((i, (i + 1) % 6, (i + 3) % 6, (i + 4) % 6) for i in range(3)),
    (0, 1, 2, 3, 4, 5),
)


def _cases(kind: str, *rows: Any, **flags: bool) -> list[Case]:
    """Read rows of (shape or shapes, options)."""
    found = []
    for shape, given in rows:
        shapes = shape if isinstance(shape[0], tuple) else (shape,)
        found.append(Case(kind, shapes, given, **flags))
    return found


CASES: list[Case] = [
    *_cases(
        "conv",
        ((2, 3, 7, 6), {"filters": 4, "kernel": 3}),
        ((2, 3, 7, 6), {"filters": 4, "kernel": (3, 2), "stride": (2, 1), "padding": (1, 2), "bias": False}),
        ((2, 3, 6, 9), {"filters": 5, "kernel": (2, 3), "padding": (0, 1, 2, 3)}),
        ((2, 3, 7, 5), {"filters": 4, "kernel": 1}),
        ((2, 3, 7, 6), {"filters": 4, "kernel": 1, "stride": (2, 3)}),
        ((1, 3, 5, 4), {"filters": 2, "kernel": 1, "padding": 1}),
        ((2, 3, 8, 9), {"filters": 2, "kernel": 2, "stride": (3, 4)}),
        ((2, 3, 9, 8), {"filters": 4, "kernel": (3, 2), "dilation": (2, 3), "padding": (2, 1)}),
        ((2, 4, 6, 7), {"filters": 6, "kernel": (2, 3), "groups": 2, "padding": 1, "stride": (1, 2)}),
        ((2, 4, 5, 6), {"filters": 8, "kernel": 1, "groups": 2}),
        ((2, 3, 6, 5), {"filters": 6, "kernel": (3, 2), "groups": Fraction(1)}),
        ((2, 3, 5, 6), {"filters": Fraction(2), "kernel": 3, "padding": 1}),
        ((2, 3, 7, 8), {"filters": 2, "kernel": (3, 4), "stride": 2, "padding": "same"}),
        ((2, 3, 6, 9), {"filters": 2, "kernel": 2, "stride": (1, 3), "padding": "same", "dilation": (2, 1)}),
        ((2, 3, 7, 6), {"filters": 2, "kernel": (2, 3), "stride": 2, "padding": "valid"}),
        ((2, 3, 8, 6), {"filters": 2, "kernel": 3, "stride": (2, 3), "rounding": "ceil"}),
        ((2, 2, 7, 6), {"filters": 3, "kernel": 2, "stride": (3, 4), "padding": 1, "rounding": "ceil"}),
        ((2, 2, 7, 6), {"filters": 3, "kernel": (3, 2), "stride": (2, 4), "rounding": "exact"}),
        ((3, 2, 11), {"filters": 5, "kernel": 4, "stride": 3, "padding": (2, 1)}),
        ((2, 4, 10), {"filters": 6, "kernel": 3, "dilation": 2, "groups": 2, "padding": "same"}),
        ((2, 3, 9), {"filters": 4, "kernel": 1}),
        ((2, 1, 5, 4), {"filters": 3, "kernel": (2, 3)}),
        ((1, 6, 6, 5), {"filters": 16, "kernel": (3, 2), "table": LENET}),
        ((2, 4, 5, 4), {"filters": 3, "kernel": 2, "table": ((2, 0), (0, 3, 2), (2, 0)), "padding": 1}),
        ((2, 3, 7), {"filters": 2, "kernel": 2, "table": ((2,), (0, 1)), "bias": False, "stride": 2}),
        ((2, 3, 4, 6, 5), {"filters": 4, "kernel": 3, "padding": 1}),
        (
            (2, 3, 5, 6, 7),
            {"filters": 2, "kernel": (2, 3, 1), "stride": (1, 2, 3), "padding": (1, 0, 2, 1, 0, 3)},
        ),
        ((1, 4, 5, 6, 7), {"filters": 6, "kernel": (3, 2, 2), "dilation": (1, 2, 3), "groups": 2}),
        ((2, 3, 5, 4, 6), {"filters": 2, "kernel": (3, 2, 4), "stride": (2, 1, 3), "padding": "same"}),
        (
            (2, 2, 6, 5, 4),
            {"filters": 3, "kernel": 2, "stride": (3, 2, 1), "rounding": "ceil", "bias": False},
        ),
        ((2, 3, 3, 4, 5), {"filters": 4, "kernel": 1}),
        ((1, 3, 3, 4, 5), {"filters": 2, "kernel": 2, "table": ((2, 0), (1,))}),
    ),
    *_cases(
        "depthwise_conv",
        ((2, 3, 7, 6), {"kernel": 3}),
        ((2, 3, 7, 6), {"kernel": (3, 2), "multiplier": 2, "stride": (1, 2), "padding": (0, 1, 2, 1)}),
        ((2, 3, 8, 7), {"kernel": (2, 3), "stride": (3, 2), "dilation": (2, 1), "padding": "same"}),
        ((2, 3, 8, 7), {"kernel": 2, "stride": (3, 4), "rounding": "ceil", "bias": False}),
        ((2, 4, 9), {"kernel": 4, "stride": 2, "padding": 1, "multiplier": 3}),
        ((2, 1, 5, 6), {"kernel": 2, "multiplier": 3}),
        ((2, 3, 4, 5, 6), {"kernel": (3, 2, 1), "multiplier": 2, "stride": (1, 2, 3), "padding": (1, 0, 2)}),
    ),
    *_cases(
        "transposed_conv",
        ((2, 3, 4, 5), {"filters": 2, "kernel": 3}),
        ((2, 3, 4, 3), {"filters": 2, "kernel": (3, 2), "stride": (2, 3), "padding": (1, 0)}),
        ((2, 3, 3, 4), {"filters": 2, "kernel": 2, "stride": 3, "output_padding": (2, 1), "bias": False}),
        (
            (2, 3, 4, 3),
            {"filters": 4, "kernel": 3, "dilation": (2, 1), "padding": 2, "output_padding": (1, 0)},
        ),
        ((2, 4, 3, 4), {"filters": 6, "kernel": (2, 3), "stride": 2, "groups": 2, "padding": (0, 1, 2, 0)}),
        ((2, 3, 4, 3), {"filters": 6, "kernel": 3, "stride": 2, "groups": 3, "padding": 1}),
        ((2, 3, 4, 5), {"filters": 4, "kernel": 1}),
        ((2, 3, 5), {"filters": 4, "kernel": 4, "stride": 3, "padding": (2, 1), "output_padding": 1}),
        ((2, 3, 5), {"filters": Fraction(2), "kernel": 2, "stride": 2, "groups": Fraction(1)}),
        ((2, 3, 2, 3, 4), {"filters": 2, "kernel": 2, "stride": 2}),
        (
            (2, 4, 3, 2, 4),
            {
                **{"filters": 6, "kernel": (3, 2, 4), "stride": (2, 3, 1), "groups": 2, "padding": (1, 0, 2)},
                **{"dilation": (2, 1, 1), "output_padding": (1, 2, 0)},
            },
        ),
    ),
    *_cases(
        "linear",
        ((3, 5), {"units": 4}),
        ((1, 5), {"units": Fraction(2, 5), "bias": False}),
        ((2, 3, 4, 5), {"units": 6, "axis": "channels"}),
        ((2, 3, 4, 5), {"units": 2, "axis": "height"}),
        ((1, 3, 4, 5), {"units": Fraction(2, 5), "axis": "width", "bias": False}),
        ((2, 3, 7), {"units": Fraction(2), "axis": "channels"}),
        ((2, 3, 7), {"units": 4, "axis": "length"}),
        ((2, 3, 4, 2, 5), {"units": 6, "axis": "depth"}),
        ((3, 5), {"units": 4, "axis": "channels"}),
    ),
    *_cases("rbf", ((3, 5), {"units": 4}), ((2, 6), {"units": 3, "learned": True})),
    *_cases(
        "subsample",
        ((2, 3, 6, 5), {}),
        ((2, 3, 8, 7), {"kernel": (3, 2), "stride": (2, 3), "rounding": "ceil"}),
        ((2, 3, 7), {"kernel": 3, "stride": 2}),
        ((2, 3, 4, 5, 6), {"kernel": (2, 3, 1), "stride": (1, 2, 3)}),
    ),
    *_cases(
        "max_pool",
        ((2, 3, 6, 7), {"kernel": 2}),
        ((2, 3, 7, 8), {"kernel": 3, "stride": 2, "padding": 1}),
        ((2, 3, 7, 8), {"kernel": (3, 2), "stride": (2, 3), "rounding": "ceil", "padding": (1, 0)}),
        ((2, 3, 9, 8), {"kernel": (2, 3), "stride": 1, "dilation": (3, 2), "padding": (1, 1)}),
        ((2, 3, 8, 9), {"kernel": 2, "stride": (3, 4)}),
        ((2, 3, 7, 6), {"kernel": (3, 4), "stride": 2, "padding": "same"}),
        ((2, 3, 6, 7), {"kernel": 3, "stride": 2, "padding": (0, 1, 1, 0), "rounding": "ceil"}),
        ((2, 3, 9), {"kernel": 3, "stride": 2, "rounding": "ceil"}),
        ((2, 3, 5, 6, 7), {"kernel": 3, "stride": 2, "padding": 1}),
        (
            (2, 3, 5, 6, 8),
            {"kernel": (1, 2, 3), "stride": (1, 2, 2), "rounding": "ceil", "padding": (0, 1, 1)},
        ),
        ((2, 3, 2, 3), {"kernel": 4, "stride": 3, "rounding": "ceil"}),
    ),
    *_cases(
        "max_pool",
        ((2, 3, 7, 6), {"kernel": 3, "stride": 1}),
        ((2, 3, 7, 8), {"kernel": (2, 3), "stride": 2, "padding": 1, "rounding": "ceil"}),
        ((2, 3, 9), {"kernel": 4, "stride": 2}),
        ((2, 3, 3, 4, 5), {"kernel": 2, "stride": 1}),
        ties=True,
    ),
    *_cases(
        "avg_pool",
        ((2, 3, 6, 7), {"kernel": 2}),
        ((2, 3, 7, 8), {"kernel": 3, "stride": 2, "padding": 1}),
        ((2, 3, 7, 8), {"kernel": 3, "stride": 2, "padding": 1, "count_padding": False}),
        ((2, 3, 6, 8), {"kernel": (3, 2), "stride": (2, 3), "rounding": "ceil", "padding": (1, 0)}),
        ((2, 3, 6, 8), {"kernel": 3, "stride": 2, "rounding": "ceil", "padding": 1, "count_padding": False}),
        ((2, 3, 7, 6), {"kernel": (2, 3), "stride": 2, "padding": "same", "count_padding": False}),
        ((2, 3, 7, 6), {"kernel": 3, "stride": (2, 1), "padding": (0, 1, 2, 1), "rounding": "ceil"}),
        ((2, 3, 8), {"kernel": 3, "stride": 2, "rounding": "ceil", "padding": 1}),
        ((2, 3, 9, 8), {"kernel": 2, "stride": (3, 4)}),
        ((2, 3, 5, 6, 7), {"kernel": (2, 3, 1), "stride": (1, 2, 3)}),
        ((2, 3, 5, 6, 7), {"kernel": 3, "stride": 2, "padding": 1, "count_padding": False}),
        ((2, 3, 5, 6, 8), {"kernel": 3, "stride": (2, 2, 3), "rounding": "ceil", "padding": (1, 0, 1)}),
        ((2, 3, 2, 5), {"kernel": (3, 4), "stride": 2, "rounding": "ceil"}),
        ((2, 3, 2, 3), {"kernel": 5, "stride": 2, "rounding": "ceil", "padding": 1}),
        ((2, 3, 2, 3), {"kernel": 5, "stride": 2, "rounding": "ceil", "padding": 1, "count_padding": False}),
        ((2, 3, 3), {"kernel": 6, "stride": 4, "rounding": "ceil"}),
    ),
    *_cases("global_max_pool", ((2, 3, 4, 5), {}), ((2, 3, 7), {}), ((2, 3, 2, 4, 5), {})),
    *_cases("global_max_pool", ((2, 3, 4, 5), {}), ties=True),
    *_cases("global_avg_pool", ((2, 3, 4, 5), {}), ((2, 3, 7), {}), ((2, 3, 2, 4, 5), {})),
    *_cases(
        "adaptive_max_pool",
        ((2, 3, 7, 5), {"size": (3, 2)}),
        ((2, 3, 4, 3), {"size": (6, 5)}),
        ((2, 3, 10), {"size": 4}),
        ((2, 3, 5, 4, 7), {"size": (2, 6, 3)}),
        (((2, 3, 7, 8), (2, 2, 3, 5)), {}),
    ),
    *_cases("adaptive_max_pool", ((2, 3, 7, 5), {"size": (3, 2)}), ties=True),
    *_cases(
        "adaptive_avg_pool",
        ((2, 3, 7, 5), {"size": (3, 2)}),
        ((2, 3, 4, 3), {"size": (6, 5)}),
        ((2, 3, 10), {"size": 4}),
        ((2, 3, 6, 4), {"size": 1}),
        (((2, 3, 7, 8), (2, 2, 3, 5)), {}),
        (((2, 3, 9), (2, 4, 4)), {}),
        ((2, 3, 5, 4, 7), {"size": (2, 6, 3)}),
        (((2, 3, 6, 7, 8), (2, 2, 4, 3, 5)), {}),
    ),
    *_cases(
        "spatial_pyramid_pool",
        ((2, 3, 7, 6), {"levels": (1, 2, 3)}),
        ((2, 3, 7, 6), {"levels": (3, 1), "mode": "avg"}),
        ((2, 3, 7, 5), {"levels": (1, 4), "bins": "adaptive"}),
        ((2, 3, 5, 7), {"levels": (2, 4), "bins": "adaptive", "mode": "avg"}),
        ((2, 3, 8), {"levels": (1, 2, 4)}),
        ((2, 3, 4, 6, 7), {"levels": (2, 1, 3), "mode": "avg", "bins": "adaptive"}),
        ((2, 2, 4, 2, 6), {"levels": (1, 2)}),
    ),
    *_cases("spatial_pyramid_pool", ((2, 3, 7, 6), {"levels": (1, 2, 3)}), ties=True),
    *_cases(
        "batch_norm",
        ((2, 3, 4, 5), {}),
        ((2, 3, 4, 5), {"affine": False, "eps": 1e-3}),
        ((2, 3, 7), {}),
        ((4, 3), {}),
        ((2, 3, 4, 5, 2), {}),
    ),
    *_cases(
        "batch_norm",
        ((2, 3, 4, 5), {}),
        ((2, 3, 4, 5), {"affine": False, "momentum": 0.3}),
        ((2, 3, 7), {}),
        ((4, 3), {}),
        ((2, 3, 4, 5, 2), {}),
        training=True,
    ),
    *_cases(
        "layer_norm",
        ((2, 3, 4, 5), {}),
        ((2, 3, 4, 5), {"axes": "channels", "eps": 1e-6}),
        ((2, 3, 4, 5), {"affine": False}),
        ((2, 3, 6), {"axes": "channels", "affine": False}),
        ((2, 7), {}),
        ((2, 3, 2, 4, 5), {}),
        ((2, 3, 2, 4, 5), {"axes": "channels"}),
        ((2, 3, 4, 5), {"axes": "height"}),
        ((2, 3, 4, 5), {"axes": "width", "affine": False}),
        ((2, 3, 6), {"axes": "length"}),
        ((2, 3, 4, 5, 2), {"axes": "depth"}),
    ),
    *_cases(
        "group_norm",
        ((2, 4, 3, 5), {"groups": 2}),
        ((2, 6, 5), {"groups": Fraction(1, 2), "affine": False}),
        ((2, 4, 3, 5), {"groups": 1}),
        ((2, 4, 3, 5, 2), {"groups": 2}),
    ),
    *_cases("instance_norm", ((2, 3, 4, 5), {}), ((2, 3, 7), {"affine": True}), ((2, 3, 4, 5, 2), {})),
    *_cases(
        "local_response_norm",
        ((2, 7, 3, 2), {}),
        ((2, 4, 3, 2), {"size": 3, "alpha": 0.5, "beta": 0.6, "k": 1.0}),
        ((2, 7, 4), {"alpha": 0.3, "divide_alpha": True}),
        ((2, 2, 3, 2), {"size": 5, "alpha": 0.3}),
        ((2, 4, 3, 2, 5), {"size": 3, "alpha": 0.5}),
        ((2, 7, 3, 2), {"size": 4, "alpha": 0.3}),
        ((2, 2, 5), {"size": 6, "alpha": 0.3, "divide_alpha": True}),
    ),
    *_cases("scale", ((2, 3, 4, 5), {}), ((2, 3), {"init": 1.0})),
    *_cases("dropout", ((2, 3, 4, 5), {}), ((2, 3, 4, 5, 2), {})),
    *_cases("dropout", ((2, 3, 4, 5), {}), ((3, 7), {"rate": 0.3}), training=True),
    *_cases("drop_path", ((2, 3, 4, 5), {})),
    *_cases("drop_path", ((5, 3, 2, 3), {"rate": 0.4}), training=True),
    *(
        case
        for kind in ("relu", "relu6", "selu", "silu", "hard_swish", "hard_sigmoid", "sigmoid", "tanh")
        for case in _cases(kind, ((2, 3, 4, 5), {}))
    ),
    *_cases("relu", ((2, 3, 7), {}), ties=True),
    *_cases("relu6", ((2, 3, 4, 5), {}), ties=True),
    *_cases("leaky_relu", ((2, 3, 4, 5), {}), ((2, 6), {"slope": 0.2})),
    *_cases("elu", ((2, 3, 4, 5), {}), ((2, 6), {"alpha": 0.7})),
    *_cases("gelu", ((2, 3, 4, 5), {}), ((2, 3, 4, 5), {"approximate": "tanh"})),
    *_cases("prelu", ((2, 3, 4, 5), {}), ((2, 3, 7), {"shared": True}), ((4, 3), {})),
    *_cases("scaled_tanh", ((2, 3, 4, 5), {}), ((2, 6), {"amplitude": 1.2, "slope": 0.5})),
    *(case for kind in ("abs", "hard_tanh", "mish", "softsign") for case in _cases(kind, ((2, 3, 4, 5), {}))),
    *_cases("abs", ((2, 3, 7), {}), ties=True),
    *_cases("hard_tanh", ((2, 3, 7), {}), ties=True),
    *_cases("softplus", ((2, 3, 4, 5), {}), ((2, 6), {"beta": 0.7})),
    *_cases("clamp", ((2, 3, 4, 5), {"min": -0.5, "max": 1.5}), ((2, 6), {"min": 0.0})),
    *_cases("clamp", ((2, 3, 7), {"min": -2.0, "max": 1.0}), ((2, 6), {"max": 2.0}), ties=True),
    *_cases(
        "power",
        ((2, 3, 4, 5), {"exponent": 2.0}),
        ((2, 3, 7), {"scale": -0.5, "shift": 1.5}),
        ((2, 3, 7), {"exponent": 3.0, "scale": 2.0}),
        ((2, 6), {"exponent": -1.0, "shift": 20.0}),
        ((2, 6), {"exponent": 0.5, "scale": 0.3, "shift": 9.0}),
        ((2, 6), {"exponent": 0.0}),
    ),
    *_cases(
        "glu",
        ((2, 4, 3, 5), {}),
        ((2, 3, 4, 5), {"axis": "height"}),
        ((2, 3, 8), {"axis": "length"}),
        ((3, 6), {}),
    ),
    *(
        case
        for kind in ("softmax", "log_softmax")
        for case in _cases(
            kind,
            ((2, 3, 4, 5), {}),
            ((3, 7), {}),
            ((2, 3, 4, 5), {"axis": "width"}),
            ((2, 3, 4, 5), {"axis": "height"}),
            ((2, 3, 7), {"axis": "length"}),
            ((2, 3, 4, 2, 5), {"axis": "depth"}),
        )
    ),
    *_cases(
        "reduce",
        ((2, 3, 4, 5), {"axes": ("channels",)}),
        ((2, 3, 4, 5), {"axes": ("height", "width")}),
        ((2, 3, 4, 5), {"axes": ("width", "channels"), "mode": "sum"}),
        ((2, 3, 4, 5), {"axes": ("height",), "mode": "max"}),
        ((2, 3, 4, 5), {"axes": ("width", "channels"), "mode": "max"}),
        ((2, 3, 4, 5), {"axes": ("height", "width"), "mode": "max", "keepdims": False}),
        ((2, 3, 4, 5), {"axes": ("channels", "height"), "keepdims": False}),
        ((2, 3, 7), {"axes": ("length",), "mode": "sum"}),
        ((2, 3, 4, 5, 2), {"axes": ("depth", "width")}),
        ((2, 3, 4, 5, 2), {"axes": ("depth",), "mode": "max", "keepdims": False}),
        ((2, 3, 7), {"axes": ("channels",), "mode": "max"}),
        ((3, 6), {"axes": ("channels",)}),
    ),
    *_cases(
        "add",
        (((2, 3, 4, 5), (2, 3, 4, 5)), {}),
        (((2, 5),) * 3, {}),
        (((2, 3, 4, 1), (2, 3, 1, 5), (2, 1, 4, 5)), {"broadcast": True}),
    ),
    *_cases(
        "subtract",
        (((2, 3, 4, 5), (2, 3, 4, 5)), {}),
        (((2, 3, 4, 5), (2, 1, 4, 5)), {"broadcast": True}),
        (((2, 1), (2, 5)), {"broadcast": True}),
    ),
    *_cases(
        "maximum",
        (((2, 3, 4, 5), (2, 1, 4, 5)), {"broadcast": True}),
        (((2, 3, 4, 5), (2, 3, 4, 5)), {}),
        (((2, 3, 4, 5), (2, 3, 1, 1), (2, 1, 4, 5)), {"broadcast": True}),
        (((3, 6),) * 3, {}),
    ),
    *_cases(
        "matmul",
        (((2, 4, 3), (2, 4, 5)), {"transpose_a": True, "scale": 0.25}),
        (((2, 3, 4), (2, 4, 5)), {}),
        (((2, 3, 4), (2, 5, 4)), {"transpose_b": True}),
        (((2, 4, 3), (2, 5, 4)), {"transpose_a": True, "transpose_b": True}),
        (((2, 3, 4, 5), (2, 3, 5, 6)), {}),
        (((2, 3, 5, 4), (2, 3, 5, 6)), {"transpose_a": True, "scale": 0.5}),
        (((2, 3, 4, 5), (2, 3, 6, 5)), {"transpose_b": True}),
        (((2, 3, 2, 4, 5), (2, 3, 2, 5, 6)), {}),
    ),
    *_cases(
        "parameter",
        ((2, 3, 4, 5), {}),
        ((2, 3, 4, 5), {"shape": (0, 1, 0)}),
        ((2, 3, 7), {"shape": (0, 1)}),
        ((2, 3, 4, 5, 2), {"shape": (0, 1, 0, 1)}),
        ((2, 6), {}),
    ),
    *_cases(
        "multiply",
        (((2, 3, 4, 5), (2, 3, 4, 5)), {}),
        (((2, 3, 4, 5), (2, 3, 1, 1)), {}),
        (((2, 3, 1, 5), (2, 1, 4, 1), (2, 3, 4, 5)), {}),
        (((2, 3, 4, 5, 2), (2, 3, 1, 1, 1)), {}),
    ),
    *_cases(
        "concat",
        (((2, 3, 4, 5), (2, 1, 4, 5), (2, 2, 4, 5)), {}),
        (((2, 5), (2, 3)), {}),
        (((2, 3, 4, 5), (2, 3, 1, 5), (2, 3, 2, 5)), {"axis": "height"}),
        (((2, 3, 4), (2, 3, 7)), {"axis": "length"}),
        (((2, 3, 4, 5, 2), (2, 3, 2, 5, 2)), {"axis": "depth"}),
    ),
    *_cases(
        "split",
        ((2, 6, 4, 5), {"parts": 3, "take": 1}),
        ((2, 6), {"parts": 2, "take": 0}),
        ((2, 3, 4, 6), {"parts": 3, "take": 2, "axis": "width"}),
        ((2, 3, 8), {"parts": 4, "take": 1, "axis": "length"}),
        ((2, 3, 6, 4, 5), {"parts": 3, "take": 1, "axis": "depth"}),
    ),
    *_cases(
        "slice",
        ((2, 6, 4, 5), {"start": 1, "stop": 4}),
        ((2, 3, 4, 5), {"axis": "height", "start": 2}),
        ((2, 3, 4, 5), {"axis": "width", "stop": 3}),
        ((2, 3, 7), {"axis": "length", "start": 2, "stop": 3}),
        ((2, 3, 6, 4, 5), {"axis": "depth", "start": 1, "stop": 4}),
        ((2, 3, 6, 4, 5), {"axis": "height", "stop": 2}),
    ),
    *_cases("flatten", ((2, 3, 4, 5), {}), ((2, 5), {}), ((2, 3, 2, 4, 5), {})),
    *_cases(
        "reshape",
        ((2, 6, 4, 5), {"shape": (3, -1, 4)}),
        ((2, 12), {"shape": (3, 4)}),
        ((2, 6, 4, 5), {"shape": (3, 2, 4, 5)}),
        ((2, 6, 4, 5), {"shape": (0, -1)}),
        ((2, 6, 4, 5), {"shape": (3, -1, 0)}),
        (((2, 3, 20), (2, 5, 10)), {}),
    ),
    *_cases("permute", ((2, 3, 4, 5), {"order": (2, 0, 1)}), ((2, 3, 7), {"order": (1, 0)})),
    *_cases("channel_shuffle", ((2, 6, 4, 5), {"groups": 2}), ((2, 6, 7), {"groups": 3})),
    *_cases("pixel_shuffle", ((2, 12, 3, 4), {"factor": 2}), ((2, 3, 3, 4), {"factor": 1})),
    *_cases("pixel_unshuffle", ((2, 3, 6, 4), {"factor": 2}), ((2, 1, 6, 9), {"factor": 3})),
    *_cases("identity", ((2, 3, 4, 5), {})),
    *_cases(
        "upsample",
        ((2, 3, 4, 5), {"scale": 2}),
        ((2, 3, 4, 5), {"scale": (3, 1)}),
        ((2, 3, 4, 7), {"size": (7, 3)}),
        ((2, 3, 4, 5), {"scale": (2, 3), "mode": "bilinear"}),
        ((2, 3, 4, 5), {"size": (7, 3), "mode": "bilinear"}),
        ((2, 3, 4, 5), {"size": (7, 1), "mode": "bilinear", "align_corners": True}),
        ((2, 3, 4, 5), {"scale": 2, "mode": "bilinear", "align_corners": True}),
        ((2, 3, 1, 5), {"scale": 3, "mode": "bilinear"}),
        ((2, 3, 6), {"scale": 2}),
        ((2, 3, 6), {"size": 9, "mode": "bilinear"}),
        (((2, 3, 4, 5), (2, 2, 7, 9)), {}),
        (((2, 3, 4, 5), (2, 4, 9, 3)), {"mode": "bilinear"}),
        (((2, 3, 4, 5), (2, 4, 7, 8)), {"mode": "bilinear", "align_corners": True}),
        (((2, 3, 4), (2, 1, 9)), {"mode": "bilinear"}),
        ((2, 3, 2, 4, 5), {"scale": (3, 1, 2)}),
        ((2, 3, 2, 4, 5), {"scale": (1, 3, 2), "mode": "bilinear"}),
        ((2, 3, 3, 4, 5), {"size": (5, 3, 1), "mode": "bilinear", "align_corners": True}),
        (((2, 3, 2, 4, 5), (2, 1, 6, 9, 7)), {"mode": "bilinear"}),
    ),
    *_cases(
        "pad",
        ((2, 3, 4, 5), {"padding": 1}),
        ((2, 3, 4, 5), {"padding": (2, 0), "value": 1.5}),
        ((2, 3, 4, 5), {"padding": (0, 1, 2, 3)}),
        ((2, 3, 6), {"padding": (1, 2), "value": -1.0}),
        ((2, 3, 4, 5), {"padding": (1, 2), "mode": "reflect"}),
        ((2, 3, 4, 5), {"padding": (0, 3, 2, 1), "mode": "reflect"}),
        ((2, 3, 4, 5), {"padding": (0, 1, 2, 7), "mode": "replicate"}),
        ((2, 3, 4, 5), {"padding": (4, 1, 2, 5), "mode": "circular"}),
        ((2, 3, 6), {"padding": (1, 3), "mode": "reflect"}),
        ((2, 3, 6), {"padding": (2, 6), "mode": "circular"}),
        ((2, 3, 4, 5, 3), {"padding": (1, 2, 0, 3, 2, 1), "mode": "reflect"}),
        ((2, 3, 4, 5, 3), {"padding": (1, 2, 3), "mode": "circular"}),
        (((2, 3, 4, 5), (2, 2, 7, 9)), {}),
        (((2, 3, 4), (2, 1, 9)), {"value": 0.5}),
        ((2, 3, 4, 5, 2), {"padding": (0, 1, 2, 3, 4, 0), "value": 1.5}),
        ((2, 3, 4, 5, 2), {"padding": (0, 1, 2)}),
        (((2, 3, 4), (2, 1, 9)), {"mode": "reflect"}),
    ),
    *_cases(
        "crop",
        ((2, 3, 6, 7), {"margins": 1}),
        ((2, 3, 6, 7), {"margins": (0, 1, 2, 3)}),
        ((2, 3, 6, 7), {"size": (3, 4)}),
        (((2, 3, 6, 8), (2, 2, 3, 5)), {}),
        ((2, 3, 9), {"margins": (2, 3)}),
        ((2, 3, 6, 7, 5), {"margins": (0, 1, 2, 3, 0, 4)}),
        (((2, 3, 6, 8, 5), (2, 2, 3, 5, 4)), {}),
        ((2, 3, 9), {"size": 4}),
    ),
    *_cases(
        "zero_pad_shortcut",
        ((2, 3, 5, 6), {"filters": Fraction(2), "stride": 2}),
        ((2, 3, 5, 6), {"filters": 4, "stride": (1, 3)}),
        ((2, 3, 7), {"filters": 3, "stride": 2}),
        ((2, 3, 5, 6, 7), {"filters": 4, "stride": (1, 3, 2)}),
    ),
]

UNPLACED = {"reshape", "permute", "matmul"}
"""Types behind which a place on the map is no place on the input: no run can show their fields."""


def unplaced(case: Case) -> bool:
    """Say whether a case's layer is one of these, or leaves axes out and others in their place."""
    left = len(case.shapes[0]) - 1 - len(case.given.get("axes", ()))
    return case.type in UNPLACED or (case.given.get("keepdims") is False and left > 1)


def one_of_each() -> list[Case]:
    """Return the first case of each type."""
    return list({case.type: case for case in reversed(CASES)}.values())
