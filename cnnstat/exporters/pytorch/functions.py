"""The layers that are expressions of their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.pytorch.said import expression, together
from cnnstat.exporters.source.expression_text import FACTOR, SUMMAND, literal
from cnnstat.exporters.source.said import Arg, Passed, Read, Said, Together

if TYPE_CHECKING:
    from collections.abc import Callable


def _clamp(read: Read) -> Said:
    args = [Arg(f"{k}_", read.options[k], k) for k in ("min", "max") if read.options[k] is not None]
    words = ", ".join(f"{arg.key[:-1]}={{{arg.key}}}" for arg in args if arg.key)
    return expression(f"{{0}}.clamp({words})", *args) if args else Said(Passed())


def _power(read: Read) -> Said:
    o = read.options
    base, args = "{0}", []
    if o["scale"] != 1:
        base, args = f"{{scale}} * {base}", [Arg("scale", o["scale"], "scale", least=FACTOR)]
    if o["shift"] != 0:
        base, args = f"{{shift}} + {base}", [*args, Arg("shift", o["shift"], "shift", least=SUMMAND)]
    if base == "{0}":
        return expression("{0}.pow({exponent})", Arg("exponent", o["exponent"], "exponent"))
    if o["exponent"] == 1:
        return expression(base, *args)
    return expression(f"({base}).pow({{exponent}})", *args, Arg("exponent", o["exponent"], "exponent"))


def _reduce(read: Read) -> Said:
    o = read.options
    axes = tuple(sorted(read.named(axis) for axis in o["axes"]))
    where = literal(axes[0] if len(axes) == 1 else axes)
    word = {"mean": "mean", "sum": "sum", "max": "amax"}[o["mode"]]
    keep = ", keepdim=True" if o["keepdims"] else ""
    return expression(f"{{0}}.{word}({where}{keep})", width="in" if 1 not in axes else None)


def _matmul(read: Read) -> Said:
    o = read.options
    a, b = (f"{{{i}}}{'.mT' if o[f'transpose_{x}'] else ''}" for i, x in enumerate("ab"))
    if o["scale"] == 1:
        return expression(f"{a} @ {b}")
    return expression(f"{a} @ {b} * {{scale}}", Arg("scale", o["scale"], "scale", least=FACTOR))


def _concat(read: Read) -> Said:
    axis = read.named(read.options["axis"])
    return together(Together("joined", axis), width="sum" if axis == 1 else "in")


def _split(read: Read) -> Said:
    o, axis = read.options, read.named(read.options["axis"])
    args = Arg("parts", o["parts"], "parts"), Arg("take", o["take"], "take")
    width = "part" if axis == 1 else "in"
    return expression(f"{{0}}.chunk({{parts}}, dim={axis})[{{take}}]", *args, width=width)


def _slice(read: Read) -> Said:
    o, axis = read.options, read.named(read.options["axis"])
    args = []
    start = stop = ""
    if o["start"]:
        start, args = "{start}", [Arg("start", o["start"], "start")]
    if o["stop"] is not None:
        stop, args = "{stop}", [*args, Arg("stop", o["stop"], "stop")]
    colons = ":, " * axis
    return expression(f"{{0}}[{colons}{start}:{stop}]", *args, width="in" if axis > 1 else None)


def _reshape(read: Read) -> Said:
    if len(read.inputs) > 1:
        return expression("{0}.reshape({0}.shape[0], -1, *{1}.shape[2:])", width=None)
    given: tuple[int, ...] = read.options["shape"]
    if given == (0, -1):
        return expression("{0}.flatten(2)")
    if given == (-1,):
        return expression("{0}.flatten(1)", width=None)
    words, args = [], []
    for i, size in enumerate(given):
        if size == 0:
            words.append(f"{{0}}.shape[{i + 1}]")
        elif size == -1:
            words.append("-1")
        else:
            words.append(f"{{size{i}}}")
            args.append(Arg(f"size{i}", size, "shape", item=i))
    width: Any = "in" if given[0] == 0 else "size0" if given[0] > 0 else None
    return expression(f"{{0}}.reshape({{0}}.shape[0], {', '.join(words)})", *args, width=width)


def _permute(read: Read) -> Said:
    order = ", ".join(str(axis + 1) for axis in read.options["order"])
    return expression(f"{{0}}.permute(0, {order})", width="in" if read.options["order"][0] == 0 else None)


def _pad(read: Read) -> Said:
    o = read.options
    words = "" if o["mode"] == "constant" else f", mode={literal(o['mode'])}"
    words += f", value={literal(o['value'])}" if o["value"] else ""
    if len(read.inputs) > 1:
        return expression(f"pad_to({{0}}, {{1}}.shape[2:]{words})", helper="pad_to")
    pairs = around(o["padding"], read.rank)
    flat = tuple(side for pair in reversed(pairs) for side in pair)
    return expression(f"nn.functional.pad({{0}}, {literal(flat)}{words})")


def around(padding: Any, rank: int) -> list[tuple[int, int]]:
    """Return what stands before and behind each axis."""
    if isinstance(padding, int):
        return [(padding, padding)] * rank
    if len(padding) == 2 * rank:
        return [(padding[2 * i], padding[2 * i + 1]) for i in range(rank)]
    return [(p, p) for p in padding]


def _crop(read: Read) -> Said:
    o = read.options
    if len(read.inputs) > 1:
        return expression("center_crop({0}, {1}.shape[2:])", helper="center_crop")
    if o["size"] is not None:
        size = (o["size"],) * read.rank if isinstance(o["size"], int) else tuple(o["size"])
        return expression(f"center_crop({{0}}, {literal(size)})", helper="center_crop")
    pairs = around(o["margins"], read.rank)
    cuts = ", ".join(f"{a or ''}:{-b or ''}" for a, b in pairs)
    return expression(f"{{0}}[:, :, {cuts}]")


def _maximum(read: Read) -> Said:
    if len(read.inputs) > 2 and any(shape != read.inputs[0] for shape in read.inputs):
        text = "{0}"
        for i in range(1, len(read.inputs)):
            text = f"torch.maximum({text}, {{{i}}})"
        return expression(text)
    return together(Together("largest"))


FUNCTIONS: dict[str, Callable[[Read], Said]] = {
    "abs": lambda read: expression("{0}.abs()"),
    "clamp": _clamp,
    "power": _power,
    "reduce": _reduce,
    "add": lambda read: together(Together("sum")),
    "subtract": lambda read: expression("{0} - {1}"),
    "multiply": lambda read: together(Together("product")),
    "maximum": _maximum,
    "matmul": _matmul,
    "concat": _concat,
    "split": _split,
    "slice": _slice,
    "flatten": lambda read: expression("{0}.flatten(1)", width="flat"),
    "reshape": _reshape,
    "permute": _permute,
    "pad": _pad,
    "crop": _crop,
    "identity": lambda read: Said(Passed()),
}
