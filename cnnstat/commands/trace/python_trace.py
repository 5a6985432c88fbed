"""One unit of a network, from Python."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, cast

from cnnstat.base.arguments import check_choice, check_count, check_type, shown
from cnnstat.base.errors import ArgumentError
from cnnstat.bridge.refusals import RefusedError
from cnnstat.commands.trace.options import TraceOptions
from cnnstat.commands.trace.unit_trace import trace_of
from cnnstat.executor.choices import DTYPES, LOSS_NAMES
from cnnstat.graph.load import loaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.commands.trace.document import TraceDocument
    from cnnstat.executor.network import Batch
    from cnnstat.graph.model import Graph


def trace(
    spec: Graph | str | Path,
    at: str,
    unit: Sequence[int],
    *,
    params: Mapping[str, object] | None = None,
    input_shape: Inputs | None = None,
    x: Batch | None = None,
    tensors: Mapping[str, Any] | None = None,
    sample: int = 0,
    backward: bool = False,
    weight: Sequence[int] | None = None,
    batch: int | None = None,
    seed: int = 0,
    dtype: str = "float64",
    training: bool = False,
    loss: str | None = None,
    target: int | None = None,
) -> TraceDocument:
    """Show how one unit of a layer comes about, and with ``backward`` what comes back to it.

    ``at`` names a layer, a block or an input, ``unit`` is the place in a sample of its output, channel first.
    ``x`` is a batch and ``tensors`` are weights, as `Network.forward` and `Network.load` take them; without,
    the spec's ``values:`` count, and all else is drawn from ``seed``. The rest is as in `cnnstat trace`.

    Raises:
        SpecError: the spec is wrong, or a layer does not fit its input.
        ValueError: an argument is out of range, or the network cannot be run or traced as asked.
    """
    graph = loaded(spec, params, input_shape)
    check_type("at", at, str, "the name of a layer or an input")
    check_choice("dtype", dtype, DTYPES)
    if loss is not None:
        check_choice("loss", loss, LOSS_NAMES)
    if not backward and any(each is not None for each in (weight, loss, target)):
        raise ArgumentError("weight, loss and target need backward=True")
    if batch is not None and x is not None:
        raise ArgumentError("batch: x brings its own")
    options = TraceOptions(
        at=at,
        unit=_places("unit", unit),
        sample=_number("sample", sample),
        backward=backward,
        weight=None if weight is None else _places("weight", weight),
        batch=None if batch is None else check_count("batch", batch),
        seed=_number("seed", seed),
        dtype=dtype,
        training=training,
        loss=loss,
        target=None if target is None else _number("target", target),
        x=x,
        tensors=tensors,
    )
    try:
        return trace_of(graph, options)
    except RefusedError as refusal:
        raise ArgumentError(str(refusal)) from None


def _number(name: str, value: object) -> int:
    (number,) = _places(name, (value,))
    return number


def _places(name: str, value: object) -> tuple[int, ...]:
    """Return places, each from 0 on, as Python's own numbers.

    Raises:
        ArgumentError: they are none.
    """
    try:
        found = tuple(index(each) for each in cast("Iterable[Any]", value))
    except TypeError:
        found = (-1,)
    if not found or min(found) < 0:
        raise ArgumentError(f"{name}: expected whole numbers from 0, got {shown(value)}")
    return found
