"""What becomes of a layer on one axis of positions, one channel deep: there its receptive field is measured.

Along one axis a window cares neither for the other axes nor for channels. Each kernel declares beside its
forward what it becomes there, and none has a default: a type that nobody thought about must not be measured
as if somebody had.

    unchanged             the layer as it is: none of its options is about axes or channels
    along("kernel", ...)  the layer, with what these options say of that axis
    becomes("identity")   a layer of another type
    placeless             nothing: its units have no place there, and are measured otherwise (`vectors`)
    one_unit              of a vector: one unit that stands for all, as each of them reads everything
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.executor.axes import POSITIONS, both_sides, per_axis

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.executor.axes import Axis
    from cnnstat.executor.kernel import Options

    Projection: TypeAlias = Callable[[Options, Axis], "OneAxis | None"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class OneAxis:
    """A layer on one axis, one channel deep.

    `type` is that of the layer which stands for it there, "" for its own. The input may grow by `stride`
    positions and windows fall as they did. `anchored`: by a longer input every unit would read another part
    of it, for the layer's size is a number, or its corners are those of the input.
    """

    options: Options
    type: str = ""
    stride: int = 1
    anchored: bool = False


def unchanged(options: Options, axis: Axis) -> OneAxis:
    """Take the layer as it is: element-wise, or over all that there is."""
    return OneAxis(options)


def placeless(options: Options, axis: Axis) -> None:
    """Say that units have no place on the axis, nor have those that read them.

    Numbers of a vector stand in no row and no column; or a place on the map is none on the input any more.
    """


def one_unit(options: Options, axis: Axis) -> OneAxis:
    """Let one unit stand for all, which read the same."""
    return OneAxis({**options, "units": 1})


def becomes(type: str) -> Projection:
    """Put a type without options in its place: the identity for a layer that acts on channels only."""
    return lambda options, axis: OneAxis(_NOTHING, type)


def along(
    *each: str,
    sides: str | None = None,
    channels: Mapping[str, Any] = _NOTHING,
    anchors: tuple[str, ...] = (),
    follows: tuple[str, ...] | None = None,
    over_input: bool = True,
) -> Projection:
    """Give the layer what its options say of one axis, and one channel.

    `each` are options with a number for each axis, `sides` is one with a number for each side of each axis,
    `channels` are those that count channels, with what they say of one. The layer is anchored if one of
    `anchors` is set, or if none of `follows` is, the options by which its size follows from the input's. Its
    windows lie over the input, an option `stride` apart, unless not `over_input`.
    """

    def project(options: Options, axis: Axis) -> OneAxis:
        own = {**options, **channels}
        for name in each:
            if options[name] is not None:
                own[name] = per_axis(options[name], axis.rank)[axis.number]
        if sides and not isinstance(options[sides], str | None):
            own[sides] = both_sides(options[sides], axis.rank)[axis.number]
        stride = own.get("stride", 1) if over_input else 1
        lent = follows is not None and all(options[name] is None for name in follows)
        anchored = lent or any(options[name] for name in anchors)
        return OneAxis(own, "", stride or own["kernel"], anchored)

    return project


def on_named(option: str = "axis", *, anchored: bool = False, elsewhere: str = "identity") -> Projection:
    """Keep the layer on the axis that it is about, which an option names; on others put a type in its place.

    Channels are such another axis, too.
    """

    def project(options: Options, axis: Axis) -> OneAxis:
        if options[option] != axis.name:
            return OneAxis(_NOTHING, elsewhere)
        return OneAxis({**options, option: POSITIONS[1][0]}, anchored=anchored)

    return project
