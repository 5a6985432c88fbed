"""Layers with windows: convolutions and pools, and what pads them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras.said import KerasSaid, both_sides, brief, expression, layer, trained
from cnnstat.exporters.source.said import Arg, Read, UnsaidError, short

if TYPE_CHECKING:
    from cnnstat.exporters.source.said import Said

Sides = tuple[tuple[int, int], ...]


def sides_of(read: Read) -> tuple[Sides, Sides]:
    """Return what is padded before and behind each axis, and what the last window reads beyond that."""
    o, n = read.options, read.rank
    dilation = read.each("dilation") if "dilation" in o else (1,) * n
    windows = [d * (k - 1) + 1 for k, d in zip(read.each("kernel"), dilation, strict=True)]
    strides, sizes = read.each("stride"), read.inputs[0][1:]
    padding = o.get("padding", 0)
    if padding == "same":
        missing = [
            max((-(-size // s) - 1) * s + w - size, 0)
            for size, s, w in zip(sizes, strides, windows, strict=True)
        ]
        sides: Sides = tuple((each // 2, each - each // 2) for each in missing)
    else:
        sides = both_sides(0 if padding == "valid" else padding, n)
    beyond = []
    for axis, (before, after) in enumerate(sides):
        more = (read.output[axis + 1] - 1) * strides[axis] + windows[axis] - sizes[axis] - before - after
        beyond.append((0, max(more, 0) if o["rounding"] == "ceil" else 0))
    return sides, tuple(beyond)


def summed(sides: Sides, beyond: Sides) -> Sides:
    """Return both together."""
    return tuple((a + c, b + d) for (a, b), (c, d) in zip(sides, beyond, strict=True))


def names_of_forms(read: Read) -> list[str]:
    """Return the ways in which the padding can be said: none, Keras's "same", and in a layer of its own."""
    sides, beyond = sides_of(read)
    whole, n = summed(sides, beyond), read.rank
    dilation = read.each("dilation") if "dilation" in read.options else (1,) * n
    windows = [d * (k - 1) for k, d in zip(read.each("kernel"), dilation, strict=True)]
    strides = read.each("stride")
    found = []
    if not any(map(any, whole)):
        found.append("valid")
    as_same = all(
        (a, b) == (w // 2, w - w // 2) and (s == 1 or w == 0)
        for (a, b), w, s in zip(whole, windows, strides, strict=True)
    )
    if (as_same or read.options.get("padding") == "same") and not any(map(any, beyond)):
        found.append("same")
    return [*found, "padded"]


def zeros(read: Read, sides: Sides) -> Said:
    """Return the layer that pads with zeros."""
    return layer(f"layers.ZeroPadding{read.rank}D", Arg(None, brief(sides), "padding"))


def window(read: Read, stride_default: Any, *names: str) -> list[Arg]:
    """Return the arguments of a window."""
    o = read.options
    words = {"kernel": None, "stride": "strides", "dilation": "dilation_rate"}
    defaults = {"stride": stride_default, "dilation": 1}
    return [
        Arg(words[name], short(o[name]), name, defaults[name])
        if name in defaults
        else Arg(None, short(o[name]), name)
        for name in names
    ]


def conv(read: Read) -> KerasSaid:
    """Return a convolution."""
    o, n = read.options, read.rank
    strides, dilation = read.each("stride"), read.each("dilation")
    if o.get("table") is not None:
        return _table(read)
    # Keras has no windows that are both apart and dilated: each one is computed then, and some are kept.
    thinned = any(s > 1 for s in strides) and any(d > 1 for d in dilation)
    out = read.output[0]
    depthwise = read.kind == "depthwise_conv"
    plain = depthwise and n < 3 and len(set(strides)) == 1
    sides, beyond = sides_of(read)
    made = []
    for form in names_of_forms(read):
        if thinned and form == "same":
            continue
        args: list[Arg] = []
        if not plain:
            args.append(Arg(None, out, "multiplier" if depthwise else "filters", times_in=depthwise))
        args += window(read, 1, "kernel", *(() if thinned else ("stride",)))
        args.append(Arg("padding", "same" if form == "same" else "valid", "", "valid"))
        if plain:
            args.append(Arg("depth_multiplier", o["multiplier"], "multiplier", 1))
        args += window(read, 1, "dilation")
        if depthwise and not plain:
            args.append(Arg("groups", read.channels, "in"))
        elif not depthwise:
            groups = o["groups"] if isinstance(o["groups"], int) else read.more["groups"]
            args.append(Arg("groups", groups, "groups", 1))
        args += [Arg("use_bias", o["bias"], "bias", True), *trained(read)]
        before = (zeros(read, summed(sides, beyond)),) if form == "padded" else ()
        after = (kept(strides),) if thinned else ()
        kind = "DepthwiseConv" if plain else "Conv"
        width: Any = None if plain and o["multiplier"] != 1 else "in" if plain else 0
        made.append(
            (
                form,
                layer(f"layers.{kind}{n}D", *args, width=width, stores=True, before=before, after=after),
            )
        )
    return in_forms(made)


def kept(strides: tuple[int, ...]) -> Said:
    """Return what keeps some places of a map."""
    return expression("{0}[:, " + ", ".join(f"::{step}" for step in strides) + "]")


def in_forms(made: list[tuple[str, KerasSaid]]) -> KerasSaid:
    """Return the first way to say a layer, with all of them."""
    return replace(made[0][1], forms=tuple(made))


def _table(read: Read) -> KerasSaid:
    o = read.options
    sides, beyond = sides_of(read)
    whole = summed(sides, beyond)
    args = [
        Arg(None, o["table"], "table"),
        *window(read, 1, "kernel", "stride", "dilation"),
        Arg("use_bias", o["bias"], "bias", True),
        *trained(read),
    ]
    before = (zeros(read, whole),) if any(map(any, whole)) else ()
    return layer("TableConv", *args, width=None, stores=True, before=before)


def transposed(read: Read) -> KerasSaid:
    """Return a transposed convolution, whose margins are cut off behind it.

    Raises:
        UnsaidError: it has groups, which Keras's has not, or puts out more than all that windows reach.
    """
    o, n = read.options, read.rank
    groups = o["groups"] if isinstance(o["groups"], int) else read.more["groups"]
    if groups != 1:
        raise UnsaidError(f"transposed_conv of {groups} groups")
    kernel, strides, dilation = read.each("kernel"), read.each("stride"), read.each("dilation")
    if any(s > 1 for s in strides) and any(d > 1 for d in dilation):
        raise UnsaidError("transposed_conv with a stride and a dilation")
    windows = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    sizes, wanted = read.inputs[0][1:], read.output[1:]
    padding = o["padding"]
    if padding == "same":
        cut = [
            (max(w - s, 0) // 2, max(w - s, 0) - max(w - s, 0) // 2)
            for w, s in zip(windows, strides, strict=True)
        ]
    else:
        cut = list(both_sides(0 if padding == "valid" else padding, n))
    # Without padding Keras puts out what windows reach, and at least a stride for each place.
    reached = [size * s + max(w - s, 0) for size, s, w in zip(sizes, strides, windows, strict=True)]
    ends = [r - before - y for r, (before, _), y in zip(reached, cut, wanted, strict=True)]
    if min(ends) < 0:
        raise UnsaidError("transposed_conv whose output_padding is more than what is cut off")
    margins = tuple((before, end) for (before, _), end in zip(cut, ends, strict=True))
    args = [Arg(None, read.output[0], "filters"), *window(read, 1, "kernel", "stride")]
    plain = "valid" if not any(map(any, margins)) else None
    same = tuple((max(w - s, 0) // 2,) * 2 for w, s in zip(windows, strides, strict=True))
    even = all((w - s) % 2 == 0 and w >= s for w, s in zip(windows, strides, strict=True))
    if plain is None and even and margins == same:
        plain = "same"
    args += [
        Arg("padding", plain or "valid", "", "valid"),
        *window(read, 1, "dilation"),
        Arg("use_bias", o["bias"], "bias", True),
        *trained(read),
    ]
    after = () if plain else (layer(f"layers.Cropping{n}D", Arg(None, brief(margins), "padding")),)
    return layer(f"layers.Conv{n}DTranspose", *args, width=0, stores=True, after=after)


def pool(read: Read) -> KerasSaid:
    """Return max or average pooling."""
    o, n = read.options, read.rank
    most = read.kind == "max_pool"
    sides, beyond = sides_of(read)
    args = window(read, None, "kernel", "stride")
    dilated = most and set(read.each("dilation")) != {1}
    if dilated:
        text = "dilated_max_pool({0}, {kernel}, {stride}, {dilation})"
        values = [Arg(name, read.each(name), name) for name in ("kernel", "stride", "dilation")]
        said = expression(text, *values, helper="dilated_max_pool")
        return _behind(said, lowest(summed(sides, beyond)) if any(map(any, summed(sides, beyond))) else None)
    made = []
    for form in names_of_forms(read):
        if form == "same" and not most:
            continue
        padding = Arg("padding", "same" if form == "same" else "valid", "", "valid")
        name = f"layers.{'Max' if most else 'Average'}Pooling{n}D"
        if form != "padded":
            made.append((form, layer(name, *args, padding)))
        elif most:
            made.append((form, layer(name, *args, padding, before=(lowest(summed(sides, beyond)),))))
        elif o["count_padding"] and not any(map(any, beyond)):
            made.append((form, layer(name, *args, padding, before=(zeros(read, sides),))))
        else:
            values = [
                Arg("kernel", read.each("kernel"), "kernel"),
                Arg("stride", read.each("stride"), "stride"),
                Arg("sides", sides, ""),
                Arg("beyond", beyond, ""),
                Arg("counted", o["count_padding"], "count_padding"),
            ]
            text = "average_pool({0}, {kernel}, {stride}, {sides}, {beyond}, counted={counted})"
            made.append((form, expression(text, *values, helper="average_pool")))
    return in_forms(made)


def _behind(said: KerasSaid, before: Said | None) -> KerasSaid:
    return said if before is None else replace(said, before=(before,))


def lowest(sides: Sides) -> Said:
    """Return what pads with less than any number."""
    return expression("pad({0}, {sides}, value=-np.inf)", Arg("sides", sides, ""), helper="pad")


def subsample(read: Read) -> KerasSaid:
    """Return trainable subsampling."""
    sides, beyond = sides_of(read)
    whole = summed(sides, beyond)
    before = (zeros(read, whole),) if any(map(any, whole)) else ()
    args = window(read, None, "kernel", "stride")
    return layer("Subsample", *args, *trained(read), stores=True, before=before)


def adaptive(read: Read) -> KerasSaid:
    """Return pooling over a number of bins, which a second input may give."""
    mode, n = "Max" if read.kind.endswith("max_pool") else "Average", read.rank
    if read.kind.startswith("global"):
        return layer(f"layers.Global{mode}Pooling{n}D", Arg("keepdims", True))
    size = read.output[1:] if len(read.inputs) > 1 else read.options["size"]
    bins = size if isinstance(size, int) else tuple(size)
    return layer(f"layers.Adaptive{mode}Pooling{n}D", Arg(None, short(bins), "size"))


def pyramid(read: Read) -> KerasSaid:
    """Return spatial pyramid pooling."""
    args = [Arg(name, read.options[name], name) for name in ("levels", "mode", "bins")]
    return expression("pyramid({0}, {levels}, {mode}, {bins})", *args, width=None, helper="pyramid")
