"""The layers that are modules of PyTorch, or of ours beside the network where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.pytorch.norms import batch_norm, group_norm, instance_norm, layer_norm, response
from cnnstat.exporters.pytorch.said import expression, module
from cnnstat.exporters.pytorch.windows import adaptive, conv, pool, pyramid, subsample, transposed
from cnnstat.exporters.source.said import Arg, Read, Said, short

if TYPE_CHECKING:
    from collections.abc import Callable


def linear(read: Read) -> Said:
    """Return a linear map; along any axis but the last it is ours."""
    axis = 1 if read.options["axis"] is None else read.named(read.options["axis"])
    reads, gives = read.inputs[0][axis - 1], read.output[axis - 1]
    first = Arg(None, reads, "in" if axis == 1 else "")
    args = [first, Arg(None, gives, "units"), Arg("bias", read.options["bias"], "bias", True)]
    width = 1 if axis == 1 else "in"
    if axis == read.rank + 1:
        return module("nn.Linear", *args, width=width, stores=True)
    args.insert(2, Arg("axis", axis, "", 1))
    return module("LinearAlong", *args, width=width, stores=True)


def rbf(read: Read) -> Said:
    """Return radial basis functions."""
    args = (
        Arg(None, read.channels, "in"),
        Arg(None, read.output[0], "units"),
        Arg("learned", read.options["learned"], "learned", False),
    )
    return module("Rbf", *args, width=1, stores=True)


def scale(read: Read) -> Said:
    """Return a learned factor for each channel."""
    args = (Arg(None, read.channels, "in"), Arg("init", read.options["init"], "init", 1e-6))
    return module("LayerScale", *args, stores=True)


def parameter(read: Read) -> Said:
    """Return trained numbers."""
    hint = "shape" if read.options["shape"] is not None else "map"
    return module("Learned", Arg(None, read.output, hint), stores=True)


def channel_shuffle(read: Read) -> Said:
    """Return a shuffle of channels; of a vector it is an expression."""
    groups = Arg("groups", read.options["groups"], "groups")
    if read.rank == 0:
        text = "{0}.unflatten(1, ({groups}, -1)).transpose(1, 2).flatten(1)"
        return expression(text, groups)
    return module("nn.ChannelShuffle", Arg(None, groups.value, "groups"))


def upsample(read: Read) -> Said:
    """Return interpolation, to a scale, to a size or to that of a second input."""
    o = read.options
    mode = o["mode"]
    if mode == "bilinear":
        mode = {1: "linear", 2: "bilinear", 3: "trilinear"}[read.rank]
    if len(read.inputs) > 1:
        words = "" if mode == "nearest" else f', mode="{mode}"'
        words += ", align_corners=True" if o["align_corners"] else ""
        return expression(f"nn.functional.interpolate({{0}}, size={{1}}.shape[2:]{words})")
    args = []
    if o["size"] is not None:
        args.append(Arg("size", short(o["size"]), "size", None))
    if o["scale"] is not None:
        args.append(Arg("scale_factor", short(o["scale"]), "scale", None))
    args.append(Arg("mode", mode, "", "nearest"))
    args.append(Arg("align_corners", o["align_corners"], "align_corners", False))
    return module("nn.Upsample", *args)


def option_a(read: Read) -> Said:
    """Return ResNet's shortcut without parameters."""
    args = (Arg(None, read.output[0], "filters"), Arg("stride", short(read.options["stride"]), "stride", 1))
    return module("ZeroPadShortcut", *args, width=0)


def _simple(head: str, *args: tuple[str | None, str, Any]) -> Callable[[Read], Said]:
    def said(read: Read) -> Said:
        given = (Arg(key, read.options[option], option, default) for key, option, default in args)
        return module(head, *given)

    return said


def _along(head: str) -> Callable[[Read], Said]:
    def said(read: Read) -> Said:
        width = "in" if head != "nn.GLU" or read.options["axis"] != "channels" else "half"
        return module(head, Arg("dim", read.named(read.options["axis"])), width=width)

    return said


def _prelu(read: Read) -> Said:
    count = 1 if read.options["shared"] else read.channels
    return module("nn.PReLU", Arg(None, count, "" if read.options["shared"] else "in", 1), stores=True)


def _softplus(read: Read) -> Said:
    # Beyond the threshold PyTorch takes the line x; at 100 both are the same number.
    return module(
        "nn.Softplus", Arg("beta", read.options["beta"], "beta", 1.0), Arg("threshold", 100, "", 20)
    )


def _shuffled(head: str) -> Callable[[Read], Said]:
    def said(read: Read) -> Said:
        return module(head, Arg(None, read.options["factor"], "factor"), width=None)

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
    "drop_path": _simple("DropPath", (None, "rate", 0.1)),
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
    "scaled_tanh": _simple("ScaledTanh", ("amplitude", "amplitude", 1.7159), ("slope", "slope", 2 / 3)),
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
