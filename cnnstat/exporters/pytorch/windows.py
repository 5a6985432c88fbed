"""Windows of PyTorch: convolutions and pools, ours where PyTorch pads otherwise."""

from __future__ import annotations

from typing import Any

from cnnstat.exporters.pytorch.said import expression, module
from cnnstat.exporters.source.said import Arg, Read, Said, short


def sides(read: Read) -> tuple[Any, bool]:
    """Return the padding, and whether PyTorch takes it so; else it is before and behind each axis."""
    padding = read.options.get("padding", 0)
    if padding == "valid":
        return 0, True
    if padding == "same":
        if "dilation" not in read.options:
            return "same", False
        # Where more is missing on one side than on the other, PyTorch warns of a copy.
        each = zip(read.each("kernel"), read.each("dilation"), strict=True)
        even = any(dilation * (kernel - 1) % 2 for kernel, dilation in each)
        return "same", set(read.each("stride")) == {1} and not even
    if isinstance(padding, int):
        return padding, True
    if len(padding) == 2 * read.rank:
        pairs = [tuple(padding[i : i + 2]) for i in range(0, len(padding), 2)]
        if any(a != b for a, b in pairs):
            return tuple(padding), False
        return short(tuple(a for a, _ in pairs)), True
    return short(tuple(padding)), True


def window(read: Read, *names: str) -> list[Arg]:
    """Return the arguments of a window."""
    words = {"kernel": "kernel_size", "stride": "stride", "dilation": "dilation"}
    found = []
    for name in names:
        if name == "kernel":
            found.append(Arg(words[name], short(read.options[name]), name))
        else:
            found.append(Arg(words[name], short(read.options[name]), name, 1))
    return found


def conv(read: Read) -> Said:
    """Return a convolution; one padded otherwise than PyTorch does is ours."""
    o, n = read.options, read.rank
    out = read.output[0]
    depthwise = read.kind == "depthwise_conv"
    padding, plain = sides(read)
    plain = plain and o["rounding"] != "ceil"
    args = [Arg(None, read.channels, "in")]
    args.append(Arg(None, out, "multiplier" if depthwise else "filters", times_in=depthwise))
    args += window(read, "kernel", "stride")
    if plain:
        args.append(Arg("padding", padding, "padding", 0))
    args += window(read, "dilation")
    if depthwise:
        args.append(Arg("groups", read.channels, "in"))
    else:
        groups = o["groups"] if isinstance(o["groups"], int) else read.more["groups"]
        args.append(Arg("groups", groups, "groups", 1))
    args.append(Arg("bias", o["bias"], "bias", True))
    if o.get("table") is not None:
        args = [arg for arg in args if arg.key not in ("groups", "padding")]
        args.insert(3, Arg("table", o["table"], "table"))
        args.append(Arg("sides", padding, "padding", 0))
        args.append(Arg("ceil", o["rounding"] == "ceil", "", False))
        return module(f"TableConv{n}d", *args, width=1, stores=True)
    if plain:
        return module(f"nn.Conv{n}d", *args, width=1, stores=True)
    args.append(Arg("sides", padding, "padding", 0))
    args.append(Arg("ceil", o["rounding"] == "ceil", "", False))
    return module(f"PaddedConv{n}d", *args, width=1, stores=True)


def transposed(read: Read) -> Said:
    """Return a transposed convolution; one that is cut on one side otherwise than on the other is ours."""
    o, n = read.options, read.rank
    groups = o["groups"] if isinstance(o["groups"], int) else read.more["groups"]
    padding, plain = sides(read)
    args = [
        Arg(None, read.channels, "in"),
        Arg(None, read.output[0], "filters"),
        *window(read, "kernel", "stride"),
    ]
    if plain:
        args.append(Arg("padding", padding, "padding", 0))
    args.append(Arg("output_padding", short(o["output_padding"]), "output_padding", 0))
    args += [
        Arg("groups", groups, "groups", 1),
        Arg("bias", o["bias"], "bias", True),
        *window(read, "dilation"),
    ]
    if plain:
        return module(f"nn.ConvTranspose{n}d", *args, width=1, stores=True)
    args.append(Arg("margins", padding, "padding"))
    helper = f"CutConvTranspose{n}d"
    return module(helper, *args, width=1, stores=True)


def subsample(read: Read) -> Said:
    """Return trainable subsampling."""
    o = read.options
    args = (
        Arg(None, read.channels, "in"),
        Arg("kernel_size", short(o["kernel"]), "kernel"),
        Arg("stride", short(o["stride"]), "stride", None),
        Arg("ceil", o["rounding"] == "ceil", "", False),
    )
    return module(f"Subsample{read.rank}d", *args, stores=True)


def pool(read: Read) -> Said:
    """Return max or average pooling; with padding as PyTorch has none it is ours."""
    o, n = read.options, read.rank
    most = read.kind == "max_pool"
    padding, plain = sides(read)
    name = f"{'Max' if most else 'Avg'}Pool{n}d"
    if plain and padding != "same":
        each = (padding,) * n if isinstance(padding, int) else padding
        plain = all(2 * p <= k for p, k in zip(each, read.each("kernel"), strict=True))
    args = [
        Arg("kernel_size", short(o["kernel"]), "kernel"),
        Arg("stride", short(o["stride"]), "stride", None),
    ]
    plain = plain and padding != "same"
    if plain:
        args.append(Arg("padding", padding, "padding", 0))
    if most:
        args.append(Arg("dilation", short(o["dilation"]), "dilation", 1))
    args.append(Arg("ceil_mode", o["rounding"] == "ceil", "", False))
    if not most:
        args.append(Arg("count_include_pad", o["count_padding"], "count_padding", True))
    if plain:
        return module(f"nn.{name}", *args)
    args.append(Arg("sides", padding, "padding", 0))
    return module(f"Padded{name}", *args)


def adaptive(read: Read) -> Said:
    """Return pooling over a number of bins, which a second input may give."""
    mode = "Max" if read.kind.endswith("max_pool") else "Avg"
    if len(read.inputs) > 1:
        text = f"nn.functional.adaptive_{mode.lower()}_pool{read.rank}d({{0}}, {{1}}.shape[2:])"
        return expression(text)
    size = 1 if read.kind.startswith("global") else short(read.options["size"])
    return module(f"nn.Adaptive{mode}Pool{read.rank}d", Arg(None, size, "size"))


def pyramid(read: Read) -> Said:
    """Return spatial pyramid pooling."""
    o = read.options
    args = (
        Arg(None, o["levels"], "levels"),
        Arg("mode", o["mode"], "mode", "max"),
        Arg("bins", o["bins"], "bins", "sliding"),
    )
    return module("SpatialPyramidPool", *args, width=None)
