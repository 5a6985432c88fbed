"""The layers that are expressions of their inputs, or layers of Keras that only move numbers.

Our axes have the channels first, Keras's last: where a layer mixes them, numbers are turned
before and behind.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras.said import (
    RESCALED,
    KerasSaid,
    axis_of,
    both_sides,
    brief,
    expression,
    layer,
    passed,
)
from cnnstat.exporters.source.expression_text import literal
from cnnstat.exporters.source.said import Arg, Read

if TYPE_CHECKING:
    from collections.abc import Callable


def clamp(read: Read) -> KerasSaid:
    """Return limits."""
    low, high = read.options["min"], read.options["max"]
    bounds = {"min": Arg("low", low, "min"), "max": Arg("high", high, "max")}
    if low is not None and high is not None:
        return expression("ops.clip({0}, {low}, {high})", *bounds.values())
    if low is not None:
        return expression("ops.maximum({0}, {low})", bounds["min"])
    return passed() if high is None else expression("ops.minimum({0}, {high})", bounds["max"])


def power(read: Read) -> KerasSaid:
    """Return a power of a line."""
    o = read.options
    base, args = "{0}", []
    if o["scale"] != 1:
        base, args = RESCALED.format("{0}", "{scale}"), [Arg("scale", o["scale"], "scale")]
    if o["shift"] != 0:
        base, args = f"{base} + {{shift}}", [*args, Arg("shift", o["shift"], "shift")]
    if o["exponent"] == 1 and args:
        return expression(base, *args)
    return expression(f"ops.power({base}, {{exponent}})", *args, Arg("exponent", o["exponent"], "exponent"))


def reduce(read: Read) -> KerasSaid:
    """Return a mean, a sum or a maximum; where it takes the channels away, the next axis becomes them."""
    o = read.options
    axes = tuple(sorted(axis_of(read, axis) for axis in o["axes"]))
    where = literal(axes[0] if len(axes) == 1 else axes)
    keep = ", keepdims=True" if o["keepdims"] else ""
    text = f"ops.{o['mode']}({{0}}, axis={where}{keep})"
    without = -1 in axes and not o["keepdims"]
    if without and len(read.output) > 1:
        text = f"ops.moveaxis({text}, 1, -1)"
    return expression(text, width="in" if -1 not in axes else None)


def matmul(read: Read) -> KerasSaid:
    """Return a product of matrices: of signals, which lie the other way round here, or of maps."""
    o = read.options
    factor = [Arg("scale", o["scale"], "scale")] if o["scale"] != 1 else []

    def scaled(product: str) -> str:
        return RESCALED.format(product, "{scale}") if factor else product

    if read.rank == 1:
        a, b = (
            f"ops.swapaxes({{{i}}}, 1, 2)" if o[f"transpose_{x}"] else f"{{{i}}}" for i, x in enumerate("ab")
        )
        return expression(scaled(f"ops.matmul({b}, {a})"), *factor, width=None)
    more = "d" if read.rank == 3 else ""
    a = "kh" if o["transpose_a"] else "hk"
    b = "wk" if o["transpose_b"] else "kw"
    text = f'ops.einsum("n{more}{a}c,n{more}{b}c->n{more}hwc", {{0}}, {{1}})'
    return expression(scaled(text), *factor)


def split(read: Read) -> KerasSaid:
    """Return one of equal parts."""
    o, axis = read.options, axis_of(read, read.options["axis"])
    args = Arg("parts", o["parts"], "parts"), Arg("take", o["take"], "take")
    width = "part" if axis == -1 else "in"
    return expression(f"ops.split({{0}}, {{parts}}, axis={axis})[{{take}}]", *args, width=width)


def cut(read: Read) -> KerasSaid:
    """Return a slice along an axis."""
    o, axis = read.options, axis_of(read, read.options["axis"])
    args = []
    start = stop = ""
    if o["start"]:
        start, args = "{start}", [Arg("start", o["start"], "start")]
    if o["stop"] is not None:
        stop, args = "{stop}", [*args, Arg("stop", o["stop"], "stop")]
    before = "..., " if axis == -1 else ":, " * axis
    return expression(f"{{0}}[{before}{start}:{stop}]", *args, width=None if axis == -1 else "in")


def flatten(read: Read) -> KerasSaid:
    """Return a vector, its numbers channel after channel, as weights behind it have them."""
    if read.rank == 0:
        return passed()
    if prod(read.inputs[0][1:]) == 1:
        return layer("layers.Flatten", width="flat")
    order = (read.rank + 1, *range(1, read.rank + 1))
    turned = layer("layers.Permute", Arg(None, order, ""))
    return layer("layers.Flatten", width="flat", before=(turned,))


def reshape(read: Read) -> KerasSaid:
    """Return another shape."""
    given: tuple[int, ...] = read.options["shape"] or ()
    if given == (0, -1):
        return expression("layers.Reshape((-1, {0}.shape[-1]))({0})")
    if given == (-1,):
        return flatten(read)
    words: list[str] = []
    args: list[Arg] = []
    for i, size in enumerate(read.output):
        asked = given[i] if given else -1
        # One size follows from the others, and what stays need not be said by a number.
        if asked == -1:
            words.append("-1")
            continue
        words.append(f"{{size{i}}}")
        hint = "in" if asked == 0 and i == 0 else "shape" if asked > 0 else ""
        args.append(Arg(f"size{i}", size, hint, item=i))
    if len(read.inputs) > 1:
        words = ["-1", *(f"{{1}}.shape[{i + 1}]" for i in range(len(read.output) - 1))]
        args = []
    inside = ", ".join(words) + ("," if len(words) == 1 else "")
    width: Any = "in" if given and given[0] == 0 else "size0" if given and given[0] > 0 else None
    return expression(f"reshape({{0}}, ({inside}))", *args, width=width, helper="reshape")


def permute(read: Read) -> KerasSaid:
    """Return axes in another order."""
    rank, order = read.rank, read.options["order"]
    place = {0: rank + 1, **{i: i for i in range(1, rank + 1)}}
    dims = {place[ours]: place[theirs] for ours, theirs in enumerate(order)}
    turned = tuple(dims[i] for i in range(1, rank + 2))
    return layer("layers.Permute", Arg(None, turned, ""), width="in" if order[0] == 0 else None)


def pad(read: Read) -> KerasSaid:
    """Return a frame."""
    o, n = read.options, read.rank
    if len(read.inputs) > 1:
        pairs = [(b - a) for a, b in zip(read.inputs[0][1:], read.output[1:], strict=True)]
        sides = tuple((each // 2, each - each // 2) for each in pairs)
    else:
        sides = both_sides(o["padding"], n)
    if o["mode"] == "constant" and not o["value"]:
        return layer(f"layers.ZeroPadding{n}D", Arg(None, brief(sides), "padding"))
    if o["mode"] == "constant":
        args = Arg("sides", sides, ""), Arg("value", o["value"], "value")
        return expression("pad({0}, {sides}, value={value})", *args, helper="pad")
    args = Arg("sides", sides, ""), Arg("mode", o["mode"], "mode")
    return expression("frame({0}, {sides}, {mode})", *args, helper="frame")


def crop(read: Read) -> KerasSaid:
    """Return the middle of a map."""
    o, n = read.options, read.rank
    if o["margins"] is not None and len(read.inputs) == 1 and o["size"] is None:
        return layer(f"layers.Cropping{n}D", Arg(None, brief(both_sides(o["margins"], n)), "margins"))
    less = [a - b for a, b in zip(read.inputs[0][1:], read.output[1:], strict=True)]
    sides = tuple((each // 2, each - each // 2) for each in less)
    return layer(f"layers.Cropping{n}D", Arg(None, brief(sides), ""))


def shortcut(read: Read) -> KerasSaid:
    """Return ResNet's shortcut without parameters."""
    strides = read.each("stride") if "kernel" in read.options else _each(read.options["stride"], read.rank)
    args = Arg("filters", read.output[0], "filters"), Arg("stride", strides, "")
    return expression(
        "zero_pad_shortcut({0}, {filters}, {stride})", *args, width="filters", helper="zero_pad_shortcut"
    )


def _each(value: Any, rank: int) -> tuple[int, ...]:
    return (value,) * rank if isinstance(value, int) else tuple(value)


def shuffled(name: str, option: str, width: str | None) -> Callable[[Read], KerasSaid]:
    """Return what moves numbers between channels and places."""
    return lambda read: expression(
        f"{name}({{0}}, {{{option}}})", Arg(option, read.options[option], option), width=width, helper=name
    )


FUNCTIONS: dict[str, Callable[[Read], KerasSaid]] = {
    "abs": lambda read: expression("ops.absolute({0})"),
    "clamp": clamp,
    "power": power,
    "reduce": reduce,
    "matmul": matmul,
    "split": split,
    "slice": cut,
    "flatten": flatten,
    "reshape": reshape,
    "permute": permute,
    "pad": pad,
    "crop": crop,
    "identity": lambda read: passed(),
    "zero_pad_shortcut": shortcut,
    "channel_shuffle": shuffled("channel_shuffle", "groups", "in"),
    "pixel_shuffle": shuffled("pixel_shuffle", "factor", None),
    "pixel_unshuffle": shuffled("pixel_unshuffle", "factor", None),
}
