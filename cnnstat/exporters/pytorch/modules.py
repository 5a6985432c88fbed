"""The layers that are modules of PyTorch, or of ours beside the network where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.source.said import Arg, Read, Said, UnsaidError, short

if TYPE_CHECKING:
    from collections.abc import Callable


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
    args.append(Arg(None, out, "in*multiplier" if depthwise else "filters"))
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
        return Said(f"TableConv{n}d", tuple(args), width=1, helpers=(f"TableConv{n}d",), stores=True)
    if plain:
        return Said(f"nn.Conv{n}d", tuple(args), width=1, stores=True)
    args.append(Arg("sides", padding, "padding", 0))
    args.append(Arg("ceil", o["rounding"] == "ceil", "", False))
    return Said(f"PaddedConv{n}d", tuple(args), width=1, helpers=(f"PaddedConv{n}d",), stores=True)


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
        return Said(f"nn.ConvTranspose{n}d", tuple(args), width=1, stores=True)
    args.append(Arg("margins", padding, "padding"))
    helper = f"CutConvTranspose{n}d"
    return Said(helper, tuple(args), width=1, helpers=(helper,), stores=True)


def linear(read: Read) -> Said:
    """Return a linear map; along any axis but the last it is ours."""
    axis = 1 if read.options["axis"] is None else read.named(read.options["axis"])
    reads, gives = read.inputs[0][axis - 1], read.output[axis - 1]
    first = Arg(None, reads, "in" if axis == 1 else "")
    args = [first, Arg(None, gives, "units"), Arg("bias", read.options["bias"], "bias", True)]
    width = 1 if axis == 1 else "in"
    if axis == read.rank + 1:
        return Said("nn.Linear", tuple(args), width=width, stores=True)
    args.insert(2, Arg("axis", axis, "", 1))
    return Said("LinearAlong", tuple(args), width=width, helpers=("LinearAlong",), stores=True)


def rbf(read: Read) -> Said:
    """Return radial basis functions."""
    args = (
        Arg(None, read.channels, "in"),
        Arg(None, read.output[0], "units"),
        Arg("learned", read.options["learned"], "learned", False),
    )
    return Said("Rbf", args, width=1, helpers=("Rbf",), stores=True)


def subsample(read: Read) -> Said:
    """Return trainable subsampling."""
    o = read.options
    args = (
        Arg(None, read.channels, "in"),
        Arg("kernel_size", short(o["kernel"]), "kernel"),
        Arg("stride", short(o["stride"]), "stride", None),
        Arg("ceil", o["rounding"] == "ceil", "", False),
    )
    return Said(f"Subsample{read.rank}d", args, helpers=(f"Subsample{read.rank}d",), stores=True)


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
        return Said(f"nn.{name}", tuple(args))
    args.append(Arg("sides", padding, "padding", 0))
    return Said(f"Padded{name}", tuple(args), helpers=(f"Padded{name}",))


def adaptive(read: Read) -> Said:
    """Return pooling over a number of bins, which a second input may give."""
    mode = "Max" if read.kind.endswith("max_pool") else "Avg"
    if len(read.inputs) > 1:
        text = f"nn.functional.adaptive_{mode.lower()}_pool{read.rank}d({{0}}, {{1}}.shape[2:])"
        return Said(text, module=False)
    size = 1 if read.kind.startswith("global") else short(read.options["size"])
    return Said(f"nn.Adaptive{mode}Pool{read.rank}d", (Arg(None, size, "size"),))


def pyramid(read: Read) -> Said:
    """Return spatial pyramid pooling."""
    o = read.options
    args = (
        Arg(None, o["levels"], "levels"),
        Arg("mode", o["mode"], "mode", "max"),
        Arg("bins", o["bins"], "bins", "sliding"),
    )
    return Said("SpatialPyramidPool", args, width=None, helpers=("SpatialPyramidPool",))


def batch_norm(read: Read) -> Said:
    """Return batch normalisation."""
    o = read.options
    args = (
        Arg(None, read.channels, "in"),
        Arg("eps", o["eps"], "eps", 1e-5),
        Arg("momentum", o["momentum"], "momentum", 0.1),
        Arg("affine", o["affine"], "affine", True),
    )
    return Said(f"nn.BatchNorm{max(read.rank, 1)}d", args, stores=True)


def layer_norm(read: Read) -> Said:
    """Return layer normalisation; along any axis but the last it is ours."""
    o = read.options
    rest = [Arg("eps", o["eps"], "eps", 1e-5), Arg("elementwise_affine", o["affine"], "affine", True)]
    stores = o["affine"]
    if o["axes"] == "all":
        shape = read.inputs[0]
        first = Arg(None, shape if len(shape) > 1 else shape[0], "in" if len(shape) == 1 else "shape")
        return Said("nn.LayerNorm", (first, *rest), stores=stores)
    axis = read.named(o["axes"])
    first = Arg(None, read.inputs[0][axis - 1], "in" if axis == 1 else "")
    if axis == read.rank + 1:
        return Said("nn.LayerNorm", (first, *rest), stores=stores)
    args = (first, Arg("axis", axis, "", 1), *rest)
    return Said("LayerNormAlong", args, helpers=("LayerNormAlong",), stores=stores)


def group_norm(read: Read) -> Said:
    """Return group normalisation."""
    o = read.options
    groups = o["groups"] if isinstance(o["groups"], int) else read.more["groups"]
    args = (
        Arg(None, groups, "groups"),
        Arg(None, read.channels, "in"),
        Arg("eps", o["eps"], "eps", 1e-5),
        Arg("affine", o["affine"], "affine", True),
    )
    return Said("nn.GroupNorm", args, stores=o["affine"])


def instance_norm(read: Read) -> Said:
    """Return instance normalisation.

    Raises:
        UnsaidError: of a vector, or of maps of one place.
    """
    o = read.options
    if read.rank == 0:
        raise UnsaidError("instance_norm of a vector")
    args = (
        Arg(None, read.channels, "in"),
        Arg("eps", o["eps"], "eps", 1e-5),
        Arg("affine", o["affine"], "affine", False),
    )
    return Said(f"nn.InstanceNorm{read.rank}d", args, stores=o["affine"])


def response(read: Read) -> Said:
    """Return local response normalisation, whose alpha PyTorch divides by the size.

    Raises:
        UnsaidError: of a vector.
    """
    o = read.options
    if read.rank == 0:
        raise UnsaidError("local_response_norm of a vector")
    alpha = o["alpha"] if o["divide_alpha"] else o["alpha"] * o["size"]
    args = (
        Arg(None, o["size"], "size"),
        Arg("alpha", alpha, "alpha" if o["divide_alpha"] else "", 1e-4),
        Arg("beta", o["beta"], "beta", 0.75),
        Arg("k", o["k"], "k", 1.0),
    )
    return Said("nn.LocalResponseNorm", args)


def scale(read: Read) -> Said:
    """Return a learned factor for each channel."""
    args = (Arg(None, read.channels, "in"), Arg("init", read.options["init"], "init", 1e-6))
    return Said("LayerScale", args, helpers=("LayerScale",), stores=True)


def parameter(read: Read) -> Said:
    """Return trained numbers."""
    hint = "shape" if read.options["shape"] is not None else "map"
    return Said("Learned", (Arg(None, read.output, hint),), helpers=("Learned",), stores=True)


def channel_shuffle(read: Read) -> Said:
    """Return a shuffle of channels; of a vector it is an expression."""
    groups = Arg("groups", read.options["groups"], "groups")
    if read.rank == 0:
        text = "{0}.unflatten(1, ({groups}, -1)).transpose(1, 2).flatten(1)"
        return Said(text, (groups,), module=False)
    return Said("nn.ChannelShuffle", (Arg(None, groups.value, "groups"),))


def upsample(read: Read) -> Said:
    """Return interpolation, to a scale, to a size or to that of a second input."""
    o = read.options
    mode = o["mode"]
    if mode == "bilinear":
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[read.rank]
    if len(read.inputs) > 1:
        words = "" if mode == "nearest" else f', mode="{mode}"'
        words += ", align_corners=True" if o["align_corners"] else ""
        return Said(f"nn.functional.interpolate({{0}}, size={{1}}.shape[2:]{words})", module=False)
    args = []
    if o["size"] is not None:
        args.append(Arg("size", short(o["size"]), "size", None))
    if o["scale"] is not None:
        args.append(Arg("scale_factor", short(o["scale"]), "scale", None))
    args.append(Arg("mode", mode, "", "nearest"))
    args.append(Arg("align_corners", o["align_corners"], "align_corners", False))
    return Said("nn.Upsample", tuple(args))


def option_a(read: Read) -> Said:
    """Return ResNet's shortcut without parameters."""
    args = (Arg(None, read.output[0], "filters"), Arg("stride", short(read.options["stride"]), "stride", 1))
    return Said("ZeroPadShortcut", args, width=0, helpers=("ZeroPadShortcut",))


def _simple(head: str, *args: tuple[str | None, str, Any], helper: bool = False) -> Callable[[Read], Said]:
    def said(read: Read) -> Said:
        given = tuple(Arg(key, read.options[option], option, default) for key, option, default in args)
        return Said(head, given, helpers=(head,) if helper else ())

    return said


def _along(head: str) -> Callable[[Read], Said]:
    def said(read: Read) -> Said:
        width = "in" if head != "nn.GLU" or read.options["axis"] != "channels" else "half"
        return Said(head, (Arg("dim", read.named(read.options["axis"])),), width=width)

    return said


def _prelu(read: Read) -> Said:
    count = 1 if read.options["shared"] else read.channels
    return Said("nn.PReLU", (Arg(None, count, "" if read.options["shared"] else "in", 1),), stores=True)


def _softplus(read: Read) -> Said:
    # Beyond the threshold PyTorch takes the line x; at 100 both are the same number.
    return Said(
        "nn.Softplus", (Arg("beta", read.options["beta"], "beta", 1.0), Arg("threshold", 100, "", 20))
    )


def _shuffled(head: str) -> Callable[[Read], Said]:
    def said(read: Read) -> Said:
        return Said(head, (Arg(None, read.options["factor"], "factor"),), width=None)

    return said


MODULES: dict[str, Callable[[Read], Said]] = {
    "conv": conv,
    "depthwise_conv": conv,
    "transposed_conv": transposed,
    "linear": linear,
    "rbf": rbf,
    "subsample": subsample,
    "max_pool": pool,
    "avg_pool": pool,
    "global_max_pool": adaptive,
    "global_avg_pool": adaptive,
    "adaptive_max_pool": adaptive,
    "adaptive_avg_pool": adaptive,
    "spatial_pyramid_pool": pyramid,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": instance_norm,
    "local_response_norm": response,
    "scale": scale,
    "parameter": parameter,
    "channel_shuffle": channel_shuffle,
    "upsample": upsample,
    "zero_pad_shortcut": option_a,
    "dropout": _simple("nn.Dropout", (None, "rate", 0.5)),
    "drop_path": _simple("DropPath", (None, "rate", 0.1), helper=True),
    "relu": _simple("nn.ReLU"),
    "relu6": _simple("nn.ReLU6"),
    "leaky_relu": _simple("nn.LeakyReLU", (None, "slope", 0.01)),
    "prelu": _prelu,
    "elu": _simple("nn.ELU", (None, "alpha", 1.0)),
    "selu": _simple("nn.SELU"),
    "gelu": _simple("nn.GELU", ("approximate", "approximate", "none")),
    "silu": _simple("nn.SiLU"),
    "hard_swish": _simple("nn.Hardswish"),
    "hard_sigmoid": _simple("nn.Hardsigmoid"),
    "sigmoid": _simple("nn.Sigmoid"),
    "tanh": _simple("nn.Tanh"),
    "scaled_tanh": _simple(
        "ScaledTanh", ("amplitude", "amplitude", 1.7159), ("slope", "slope", 2 / 3), helper=True
    ),
    "hard_tanh": _simple("nn.Hardtanh"),
    "softsign": _simple("nn.Softsign"),
    "softplus": _softplus,
    "mish": _simple("nn.Mish"),
    "glu": _along("nn.GLU"),
    "softmax": _along("nn.Softmax"),
    "log_softmax": _along("nn.LogSoftmax"),
    "pixel_shuffle": _shuffled("nn.PixelShuffle"),
    "pixel_unshuffle": _shuffled("nn.PixelUnshuffle"),
}
