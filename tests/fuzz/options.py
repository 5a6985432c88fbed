"""Options of a layer, drawn from the layer's own declaration; a new type needs no line here.

What is drawn is a value of the declared kind and within the declared bounds, no more: whether it fits an
input, `fitted` asks the layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from cnnstat.base.axes import RANKS
from cnnstat.base.errors import Fault, Misfit
from cnnstat.layers.base import size_of
from cnnstat.layers.plugged import layer_types
from cnnstat.layers.reader import read_layer
from cnnstat.spec import expression
from cnnstat.spec.channels import Channels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from cnnstat.layers.base import Layer, Shape

TYPES = {name: kind for name, kind in layer_types().items() if kind.known}
"""Every layer type that can be run, also of installed packages, whose authors may want to fuzz them."""

LARGEST = 12
"""The largest size of an input, and the largest number that is drawn without looking at one."""
LONGEST = 4
"""The longest list that is drawn where the declaration sets no end."""

_DECIMALS = (0.5, 1.0, 0.0, 0.25, 2.0, 0.01, 1e-5, 0.9, -0.5, -1.0, 3.0)
_WIDTHS = (
    *("$in", "2 * $in", "$in / 2", "3 * $in", "3 * $in / 2", "$in + 2", "max($in // 3, 2)", "$in ** 2 / 2"),
    *("divisible($in / 4, 4)", "2 ** log2($in)", "sqrt($in)", "round($in / 4)", "abs($in - 5)"),
    *("2 if $in > 4 else $in", "$in if $in % 2 == 0 else 4"),
)


class NoStrategyError(TypeError):
    """An option is of a kind that nothing is drawn for."""


@dataclass(frozen=True)
class Near:
    """A number that is known with the input: the size of an axis or a part of it, or of all axes together."""

    axis: int
    divisor: int

    def of(self, shape: Shape) -> int:
        whole = prod(shape) if self.axis >= len(shape) else shape[self.axis]
        return max(1, whole // self.divisor)


_NEAR = tuple(Near(axis, divisor) for divisor in (1, 2, 3) for axis in (0, 1, 2, 3, 9))


def _integer(info: Any) -> SearchStrategy[Any]:
    least = info.ge if info.ge is not None else -1 if info.gt is None else info.gt + 1
    most = min(LARGEST, LARGEST if info.le is None else info.le)
    small = [number for number in (1, 2, 3, 0, 4, -1, 5) if least <= number <= most]
    return st.one_of(st.sampled_from(small), st.integers(least, most), st.sampled_from(_NEAR))


def _decimal(info: Any) -> SearchStrategy[Any]:
    def allowed(number: float) -> bool:
        return not (
            (info.ge is not None and number < info.ge)
            or (info.gt is not None and number <= info.gt)
            or (info.le is not None and number > info.le)
            or (info.lt is not None and number >= info.lt)
        )

    return st.sampled_from([number for number in _DECIMALS if allowed(number)])


def _list(info: Any) -> SearchStrategy[Any]:
    least, most = info.min_length or 0, info.max_length or LONGEST
    lists = st.lists(values_of(info.item_type), min_size=least, max_size=most)
    if type(info.item_type).__name__ != "IntType":
        return lists
    # Axes in another order are as likely a meaning of a list as sizes are.
    orders = st.integers(max(1, least), most).flatmap(lambda n: st.permutations(range(n)))
    return st.one_of(lists, orders)


def _structure(info: Any) -> SearchStrategy[Any]:
    if info.cls is not Channels:
        raise NoStrategyError(info.cls.__name__)
    return st.sampled_from(_WIDTHS)


_RULES: dict[str, Any] = {
    "IntType": _integer,
    "FloatType": _decimal,
    "BoolType": lambda info: st.booleans(),
    "NoneType": lambda info: st.none(),
    "LiteralType": lambda info: st.sampled_from(info.values),
    "StructType": _structure,
    "VarTupleType": _list,
    "UnionType": lambda info: st.one_of(*map(values_of, info.types)),
    "Metadata": lambda info: values_of(info.type),
}


def values_of(info: Any) -> SearchStrategy[Any]:
    """Return values of a declared type; numbers that depend on the input are `Near`.

    Raises:
        NoStrategyError: it is of a kind that has no rule.
    """
    rule = _RULES.get(type(info).__name__)
    if rule is None:
        raise NoStrategyError(type(info).__name__)
    found: SearchStrategy[Any] = rule(info)
    return found


@cache
def declared(kind: type[Layer]) -> dict[str, tuple[bool, SearchStrategy[Any]]]:
    """Return for each option of a type whether it must be given, and its values."""
    return {
        field.name: (field.required, values_of(msgspec.inspect.type_info(field.type)))
        for field in msgspec.structs.fields(kind)
    }


_GIVEN = st.sampled_from((False, False, True))


def drawn_options(draw: DrawFn, kind: type[Layer], shape: Shape) -> dict[str, Any]:
    """Draw the options that must be given, and some of the others."""
    return {
        name: settled(draw(values), shape)
        for name, (required, values) in declared(kind).items()
        if required or draw(_GIVEN)
    }


def settled(value: Any, shape: Shape) -> Any:
    """Return a value with the numbers that were left to the input."""
    if isinstance(value, list):
        return [settled(item, shape) for item in value]
    return value.of(shape) if isinstance(value, Near) else value


def fitted(
    name: str, options: Mapping[str, Any], shapes: tuple[Shape, ...], params: Mapping[str, Any]
) -> Shape | None:
    """Return what a layer puts out of inputs of these shapes; None where it refuses its options or them."""
    kind = layer_types()[name]
    least, most = kind.arity
    if not least <= len(shapes) <= (most or len(shapes)):
        return None
    if any(len(shape) - 1 not in kind.ranks for shape in shapes):
        return None
    try:
        given = {key: resolved(value, {**params, "in": Channels()}) for key, value in options.items()}
        layer, _ = read_layer(name, kind, given)
        return None if layer is None else size_of(layer.sizes(shapes))
    except (Fault, Misfit):
        return None


WITH_WEIGHTS = {
    *("conv", "depthwise_conv", "transposed_conv", "linear", "rbf", "subsample", "batch_norm"),
    *("scale", "prelu", "parameter"),
}
"""Types that store something whatever their options are."""
AFFINE = {"layer_norm": True, "group_norm": True, "instance_norm": False}
"""Types that store something with `affine`, and whether that is so unless it is written."""


def stores(kind: str, options: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """Say whether a layer has something stored, which others may share."""
    return kind in WITH_WEIGHTS or bool(resolved(options.get("affine", AFFINE.get(kind, False)), params))


def resolved(value: Any, params: Mapping[str, Any]) -> Any:
    """Return a value as the spec's own reader has it: expressions worked out, lists as tuples."""
    if isinstance(value, list):
        return tuple(resolved(item, params) for item in value)
    if isinstance(value, str) and "$" in value:
        return expression.parse(value).evaluate(params)
    return value


TRIED = tuple((4, 4, 6, 8, 5)[: len(rank.axes)] for rank in RANKS)
"""A shape of each kind that a layer is tried on, to find out whether it is ever drawn."""


@st.composite
def _outputs(draw: DrawFn, name: str) -> Shape | None:
    kind = layer_types()[name]
    shape = draw(st.sampled_from([shape for shape in TRIED if len(shape) - 1 in kind.ranks]))
    return fitted(name, drawn_options(draw, kind, shape), (shape,) * kind.arity[0], {})


def lacking(name: str) -> str | None:
    """Return what keeps a type from being drawn, if anything does."""
    where = "tests/fuzz/options.py"
    try:
        find(_outputs(name), lambda shape: shape is not None, settings=_SEARCH)
    except NoStrategyError as error:
        return f"no strategy for options of the kind {error} in {where}"
    except NoSuchExample:
        return f"no options of it that are drawn fit a layer; see {where}"
    return None


_SEARCH = settings(
    max_examples=500,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
