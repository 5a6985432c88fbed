"""A network thinned to one axis and one channel: the same kernels, with the options of that axis.

What acts on channels only becomes the identity; pixels that turn into channels are read as the block they
come from, for a receptive field knows no channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from cnnstat.executor.axes import POSITIONS, both_sides, per_axis
from cnnstat.executor.executor import INPUT, Program, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

State: TypeAlias = Literal["whole", "unplaced"] | None
States: TypeAlias = list[State]

_VECTORS = ("flatten", "linear", "rbf", "spatial_pyramid_pool")
_EACH_AXIS = ("kernel", "stride", "dilation", "output_padding", "scale", "size")
_EACH_SIDE = ("padding", "margins")
_ONE_CHANNEL: Mapping[str, Any] = {"filters": 1, "multiplier": 1, "groups": 1, "table": None}


def states(program: Program) -> States:
    """Mark the steps that no thin network runs, and whatever reads them.

    "whole": the units of a vector have no place and are taken to see everything. "unplaced": behind a
    reshape or a permutation of axes a place on the map is no place on the input any more.
    """
    found: States = []
    start: State = "whole" if len(program.input_shape) == 1 else None
    for step in program.steps:
        read = [start if i == INPUT else found[i] for i in step.inputs]
        found.append("whole" if "whole" in read else "unplaced" if "unplaced" in read else _state(step))
    return found


def _state(step: Step) -> State:
    if step.type in _VECTORS:
        return "whole"
    if step.type == "reshape":
        return "whole" if len(step.options["shape"]) == 1 else "unplaced"
    if step.type == "permute" and list(step.options["order"]) != sorted(step.options["order"]):
        return "unplaced"
    return None


def anchored(thin: Program) -> set[int]:
    """Return the steps of a thin network that a longer input changes, and whatever reads them.

    A number of bins, or of rows to come out, is the same for any input, and corners stay corners.
    """
    found: set[int] = set()
    for number, step in enumerate(thin.steps):
        if _is_anchor(step) or found.intersection(step.inputs):
            found.add(number)
    return found


def _is_anchor(step: Step) -> bool:
    if step.type.startswith("adaptive_"):
        return True
    sized = step.type in ("upsample", "crop") and step.options["size"] is not None
    return sized or bool(step.options.get("align_corners"))


def thinned(program: Program, marked: States, axis: int) -> tuple[Program, list[int]]:
    """Return the network of one axis (0: the first behind the channels), and which steps it has."""
    rank = len(program.input_shape) - 1
    numbers = [number for number, state in enumerate(marked) if state is None]
    place = {INPUT: INPUT} | {number: i for i, number in enumerate(numbers)}
    steps = []
    for number in numbers:
        step = program.steps[number]
        kind, options = _thin(step, axis, rank)
        steps.append(Step(step.name, kind, options, tuple(place[i] for i in step.inputs)))
    return Program(tuple(steps), (1, program.input_shape[axis + 1]), ()), numbers


def _thin(step: Step, axis: int, rank: int) -> tuple[str, Mapping[str, Any]]:
    if step.type in _REPLACED:
        return _REPLACED[step.type](step.options)
    if step.type == "slice":
        here = step.options["axis"] == POSITIONS[rank][axis]
        return ("slice", {**step.options, "axis": "length"}) if here else ("identity", {})
    options = {name: _along(name, value, axis, rank) for name, value in step.options.items()}
    return step.type, {**options, **{name: one for name, one in _ONE_CHANNEL.items() if name in options}}


def _along(name: str, value: Any, axis: int, rank: int) -> Any:
    if value is None or isinstance(value, str):
        return value
    if name in _EACH_AXIS:
        return per_axis(value, rank)[axis]
    return both_sides(value, rank)[axis] if name in _EACH_SIDE else value


def _identity(options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return "identity", {}


_REPLACED: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, Mapping[str, Any]]]] = {
    "split": _identity,
    "channel_shuffle": _identity,
    "permute": _identity,
    "concat": lambda options: ("add", {}),
    "pixel_shuffle": lambda options: (
        "upsample",
        {"scale": options["factor"], "size": None, "mode": "nearest", "align_corners": False},
    ),
    "pixel_unshuffle": lambda options: (
        "avg_pool",
        {"kernel": options["factor"], "stride": None, "count_padding": True},
    ),
}
