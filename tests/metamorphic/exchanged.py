"""The same network in other layers (groups, maps of one position), or with height and width exchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cnnstat.layers import LAYERS
from tests.metamorphic.unfolded import inlined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.layers.base import Shape
    from tests.fuzz.pieces import Drawn, Line


def grouped(drawn: Drawn) -> Drawn | None:
    """Return a network whose depthwise convolutions are written as convolutions of a group for each map."""

    def changed(line: Line) -> Line | None:
        if line.type != "depthwise_conv":
            return line
        options = dict(line.options)
        multiplier = options.pop("multiplier", 1)
        return replace(
            line, type="conv", options={**options, "filters": f"{multiplier} * $in", "groups": "$in"}
        )

    return _by_line(drawn, changed, wanted={"depthwise_conv"})


ALIKE = {"norm", "activation", "merge", "dropout", "slice"}
"""Families that do the same to a vector and to maps of one position."""
OTHERWISE = {"local_response_norm", "instance_norm", "slice"}


def as_maps(drawn: Drawn) -> Drawn | None:
    """Return a network of vectors as one of maps of one position, its linear layers as 1x1 convolutions."""

    def changed(line: Line) -> Line | None:
        if line.type == "linear":
            options = {key: value for key, value in line.options.items() if key != "axis"}  # there is one
            return replace(
                line, type="conv", options={"filters": options.pop("units"), "kernel": 1, **options}
            )
        kind = LAYERS[line.type]
        alike = line.type == "identity" or (kind.family in ALIKE and line.type not in OTHERWISE)
        return line if alike and 2 in kind.ranks else None

    if any(len(shape) > 1 for shape in drawn.inputs.values()):
        return None
    found = _by_line(drawn, changed, wanted={"linear"})
    return None if found is None else _fed(found, lambda shape: (*shape, 1, 1))


SIDES = {"padding", "margins"}
"""Options that may have two numbers for an axis."""
PER_AXIS = {"kernel", "stride", "dilation", "output_padding", "size", "scale"}
PER_SIZE = {"shape"}
"""Options that have a number for each size of a sample, channels first."""
ACROSS = {"height": "width", "width": "height"}
SCRAMBLING = {"flatten", "spatial_pyramid_pool", "pixel_shuffle", "pixel_unshuffle"}
"""Types whose numbers come in another order if height and width are exchanged."""


def transposed(drawn: Drawn) -> Drawn | None:
    """Return a network of maps with height and width exchanged in all that speaks of them."""
    if any(len(shape) != 3 for shape in drawn.inputs.values()):
        return None
    found = _by_line(drawn, _across)
    return None if found is None else _fed(found, lambda shape: (shape[0], *shape[:0:-1]))


def _fed(drawn: Drawn, changed: Callable[[Shape], Shape]) -> Drawn:
    """Return a network with inputs of other shapes."""
    beside = {name: changed(shape) for name, shape in drawn.beside.items()}
    return replace(drawn, input=changed(drawn.input), beside=beside)


def _across(line: Line) -> Line | None:
    if line.type in ("reshape", "permute"):
        return None
    if line.type == "reduce" and not line.options.get("keepdims", True) and len(line.options["axes"]) == 1:
        return None  # what is left is a signal, whose two axes do not change places
    options = {key: _exchanged(key, value) for key, value in line.options.items()}
    if line.type == "matmul":
        first, second = (bool(options.pop(f"transpose_{name}", False)) for name in "ab")
        # (A·B)ᵀ = Bᵀ·Aᵀ
        return replace(
            line,
            sources=(line.sources or ())[::-1],
            options={**options, "transpose_a": second, "transpose_b": first},
        )
    return replace(line, options=options)


def _exchanged(option: str, value: Any) -> Any:
    if option in ("axis", "axes"):
        several = isinstance(value, list | tuple)
        return [ACROSS.get(name, name) for name in value] if several else ACROSS.get(value, value)
    if option in PER_SIZE and isinstance(value, list | tuple):
        return [*value[:-2], *value[-2:][::-1]] if len(value) > 2 else value
    if option in SIDES | PER_AXIS and isinstance(value, list | tuple):
        half = len(value) // 2
        return [*value[half:], *value[:half]]
    return value


def _by_line(
    drawn: Drawn, changed: Callable[[Line], Line | None], wanted: set[str] | None = None
) -> Drawn | None:
    """Return a network without blocks, each line changed; None where one cannot be, or none is wanted."""
    plain = inlined(drawn)
    if plain is None or (wanted and not wanted & {line.type for line in plain.lines}):
        return None
    lines = tuple(map(changed, plain.lines))
    kept = tuple(line for line in lines if line is not None)
    return replace(plain, lines=kept) if len(kept) == len(lines) else None


def types_of(drawn: Drawn) -> Mapping[str, None]:
    """Return the types of the layers of a network without blocks."""
    return dict.fromkeys(line.type for line in drawn.lines)
