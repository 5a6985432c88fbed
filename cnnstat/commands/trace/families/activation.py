"""Layers that make each number of one: a function and its slope, by the definitions of the manual."""

from __future__ import annotations

from dataclasses import dataclass
from math import copysign, erf, exp, expm1, fsum, log1p, pi, sqrt, tanh
from typing import TYPE_CHECKING, Any

from cnnstat.commands.trace.along import Tap
from cnnstat.commands.trace.families.family import Family
from cnnstat.commands.trace.grid import Column, every, planes
from cnnstat.commands.trace.working import Part, Working, number_text, signed_text, step, sum_text
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnstat.commands.trace.grid import Places
    from cnnstat.commands.trace.layer_run import Index, LayerRun
    from cnnstat.commands.trace.working import Plane

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
"""Klambauer et al. 2017, section 2."""
GELU_CUBE = 0.044715
"""Hendrycks and Gimpel 2016, section 2."""


@dataclass(frozen=True)
class Pointwise(Family):
    """A function of x and of the layer's options, its slope, and its formula."""

    formula: str
    function: Callable[[float, Any], float]
    slope: Callable[[float, Any], float]

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return f(x)."""
        x = run.read(unit)
        found = self.function(x, run.options)
        steps = (step("x", "", x), step("y", f"{self.formula}{_settings(run)}", found))
        return Working((Part("", (), steps),), Real(found))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta times the slope."""
        x, delta = run.read(cell), run.delta(cell)
        slope = self.slope(x, run.options)
        steps = (
            step("delta", "", delta),
            step("slope", f"of {self.formula} at x = {number_text(x)}", slope),
            step("product", f"{signed_text(delta)} · {signed_text(slope)}", delta * slope),
        )
        return Working((Part("", (), steps),), Real(delta * slope))


def _settings(run: LayerRun) -> str:
    """Return what the options say: , alpha = 0.7."""
    given = ((name, getattr(run.options, name)) for name in run.options.__struct_fields__)
    numbers = (
        (name, each) for name, each in given if isinstance(each, int | float) and not isinstance(each, bool)
    )
    return "".join(f", {name} = {number_text(each)}" for name, each in numbers)


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _softplus(x: float, beta: float = 1.0) -> float:
    return (max(beta * x, 0) + log1p(exp(-abs(beta * x)))) / beta


def _normal(x: float) -> float:
    return 0.5 * (1 + erf(x / sqrt(2)))


def _gelu(x: float, options: Any) -> float:
    if options.approximate == "tanh":
        return 0.5 * x * (1 + tanh(_bent(x)))
    return x * _normal(x)


def _bent(x: float) -> float:
    return sqrt(2 / pi) * (x + GELU_CUBE * x**3)


def _gelu_slope(x: float, options: Any) -> float:
    if options.approximate == "tanh":
        t = tanh(_bent(x))
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * sqrt(2 / pi) * (1 + 3 * GELU_CUBE * x * x)
    return _normal(x) + x * exp(-x * x / 2) / sqrt(2 * pi)


def _mish_slope(x: float, options: Any) -> float:
    t = tanh(_softplus(x))
    return t + x * (1 - t * t) * _sigmoid(x)


def _clamp(x: float, options: Any) -> float:
    low = x if options.min is None else max(x, options.min)
    return low if options.max is None else min(low, options.max)


def _clamp_slope(x: float, options: Any) -> float:
    above = options.min is None or x >= options.min
    return float(above and (options.max is None or x <= options.max))


def _power(x: float, options: Any) -> float:
    return float((options.shift + options.scale * x) ** options.exponent)


def _power_slope(x: float, options: Any) -> float:
    by = options.exponent * options.scale
    return by * float((options.shift + options.scale * x) ** (options.exponent - 1)) if by else 0.0


POINTWISE: dict[str, Pointwise] = {
    "relu": Pointwise("max(x, 0)", lambda x, o: max(x, 0.0), lambda x, o: float(x > 0)),
    "relu6": Pointwise(
        "min(max(x, 0), 6)", lambda x, o: min(max(x, 0.0), 6.0), lambda x, o: float(0 < x < 6)
    ),
    "leaky_relu": Pointwise(
        "x above 0, else slope·x",
        lambda x, o: x if x > 0 else o.slope * x,
        lambda x, o: 1.0 if x > 0 else o.slope,
    ),
    "elu": Pointwise(
        "x above 0, else alpha·(exp(x) - 1)",
        lambda x, o: x if x > 0 else o.alpha * expm1(x),
        lambda x, o: 1.0 if x > 0 else o.alpha * exp(x),
    ),
    "selu": Pointwise(
        "1.0507·x above 0, else 1.0507·1.6733·(exp(x) - 1)",
        lambda x, o: SELU_SCALE * (x if x > 0 else SELU_ALPHA * expm1(x)),
        lambda x, o: SELU_SCALE * (1.0 if x > 0 else SELU_ALPHA * exp(x)),
    ),
    "gelu": Pointwise("x·normal(x)", _gelu, _gelu_slope),
    "silu": Pointwise(
        "x·sigmoid(x)", lambda x, o: x * _sigmoid(x), lambda x, o: _sigmoid(x) * (1 + x * (1 - _sigmoid(x)))
    ),
    "hard_swish": Pointwise(
        "x·min(max(x + 3, 0), 6)/6",
        lambda x, o: x * min(max(x + 3, 0.0), 6.0) / 6,
        lambda x, o: 1.0 if x >= 3 else x / 3 + 0.5 if x > -3 else 0.0,
    ),
    "hard_sigmoid": Pointwise(
        "min(max(x + 3, 0), 6)/6",
        lambda x, o: min(max(x + 3, 0.0), 6.0) / 6,
        lambda x, o: 1 / 6 if -3 < x < 3 else 0.0,
    ),
    "sigmoid": Pointwise(
        "sigmoid(x) = 1/(1 + exp(-x))", lambda x, o: _sigmoid(x), lambda x, o: _sigmoid(x) * (1 - _sigmoid(x))
    ),
    "tanh": Pointwise("tanh(x)", lambda x, o: tanh(x), lambda x, o: 1 - tanh(x) ** 2),
    "scaled_tanh": Pointwise(
        "amplitude·tanh(slope·x)",
        lambda x, o: o.amplitude * tanh(o.slope * x),
        lambda x, o: o.amplitude * o.slope * (1 - tanh(o.slope * x) ** 2),
    ),
    "hard_tanh": Pointwise(
        "min(max(x, -1), 1)", lambda x, o: min(max(x, -1.0), 1.0), lambda x, o: float(-1 < x < 1)
    ),
    "softsign": Pointwise("x/(1 + |x|)", lambda x, o: x / (1 + abs(x)), lambda x, o: 1 / (1 + abs(x)) ** 2),
    "softplus": Pointwise(
        "log(1 + exp(beta·x))/beta", lambda x, o: _softplus(x, o.beta), lambda x, o: _sigmoid(o.beta * x)
    ),
    "mish": Pointwise("x·tanh(log(1 + exp(x)))", lambda x, o: x * tanh(_softplus(x)), _mish_slope),
    "abs": Pointwise("|x|", lambda x, o: abs(x), lambda x, o: copysign(1.0, x) if x else 0.0),
    "clamp": Pointwise("x within its bounds", _clamp, _clamp_slope),
    "power": Pointwise("(shift + scale·x)^exponent", _power, _power_slope),
}
"""By the name of the type. The slope of a function that has two at a place is PyTorch's."""


def _slope_of(run: LayerRun, unit: Places) -> Index:
    return (0 if run.stored["weight"].shape == (1,) else unit[0],)


class Prelu(Family):
    """x, or below 0 the trained slope times x."""

    def value(self, run: LayerRun, unit: Index) -> Working:
        """Return x, or the slope times x."""
        x, slope = run.read(unit), run.param("weight", _slope_of(run, unit[1:]))
        found = x if x > 0 else slope * x
        steps = (step("x", "", x), step("slope", "the trained slope below 0", slope))
        return Working((Part("", (), (*steps, step("y", "x above 0, else slope·x", found))),), Real(found))

    def share(self, run: LayerRun, number: int, cell: Index) -> Working:
        """Return the delta times the slope."""
        x, delta = run.read(cell), run.delta(cell)
        slope = 1.0 if x > 0 else run.param("weight", _slope_of(run, cell[1:]))
        steps = (
            step("delta", "", delta),
            step("slope", f"at x = {number_text(x)}", slope),
            step("product", f"{signed_text(delta)} · {signed_text(slope)}", delta * slope),
        )
        return Working((Part("", (), steps),), Real(delta * slope))

    def weight_gradient(self, run: LayerRun, name: str, index: Index) -> Working:
        """Return the sum of deltas times x, over all x below 0."""
        channels = range(run.shape[0]) if run.stored[name].shape == (1,) else (index[0],)
        shown: list[Plane] = []
        products: list[float] = []
        for sample in range(run.samples):
            along = [
                [Tap(c, 0, c) for c in channels],
                *([Tap(i, 0, i) for i in range(n)] for n in run.shape[1:]),
            ]
            cells = [(sample, *(tap.at for tap in taps)) for taps in every(along)]
            deltas = [run.delta(cell) for cell in cells]
            below = [min(run.read(cell), 0.0) for cell in cells]
            made = [d * x for d, x in zip(deltas, below, strict=True)]
            columns = [
                Column("deltas", deltas),
                Column("x below 0", below, "×"),
                Column("products", made, "="),
            ]
            shown += planes(along, columns, label=f"sample {sample}" if run.samples > 1 else "")
            products += made
        part = Part("", tuple(shown), (step("sum", sum_text(products), fsum(products)),), summed=True)
        return Working((part,), Real(fsum(products)))
