"""The layers that are layers of Keras, or of ours beside the network where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras import windows
from cnnstat.exporters.keras.said import RESCALED, KerasSaid, axis_of, expression, layer, trained
from cnnstat.exporters.source.expression_text import FACTOR
from cnnstat.exporters.source.said import Arg, Read, short

if TYPE_CHECKING:
    from collections.abc import Callable


def linear(read: Read) -> KerasSaid:
    """Return a linear map; along any axis but that of the channels, which is the last, it is ours."""
    o = read.options
    place = 0 if o["axis"] is None else read.named(o["axis"]) - 1
    args = [Arg(None, read.output[place], "units"), Arg("use_bias", o["bias"], "bias", True), *trained(read)]
    if place == 0:
        return layer("layers.Dense", *args, width=0, stores=True)
    args.insert(1, Arg(None, place, ""))
    return layer("DenseAlong", *args, stores=True)


def rbf(read: Read) -> KerasSaid:
    """Return radial basis functions."""
    learned = bool(read.options["learned"]) and not read.frozen
    args = Arg(None, read.output[0], "units"), Arg("trainable", learned, "learned", False)
    return layer("Rbf", *args, width=0, stores=True)


def batch_norm(read: Read) -> KerasSaid:
    """Return batch normalisation; Keras's momentum is that of what was."""
    o = read.options
    momentum = float(f"{1 - o['momentum']:.12g}")
    args = [Arg("momentum", momentum, "", 0.99), Arg("epsilon", o["eps"], "eps", 1e-3)]
    return layer("layers.BatchNormalization", *args, *_affine(read), *trained(read), stores=True)


def _affine(read: Read) -> tuple[Arg, Arg]:
    affine = read.options["affine"]
    return Arg("center", affine, "affine", True), Arg("scale", affine, "affine", True)


def layer_norm(read: Read) -> KerasSaid:
    """Return layer normalisation.

    Along an axis that is not the last Keras fails with PyTorch (3.15), so that axis is turned to the end.
    """
    o = read.options
    if o["axes"] == "all":
        axis: Any = tuple(range(1, read.rank + 2)) if read.rank else -1
    else:
        axes = (o["axes"],) if isinstance(o["axes"], str) else tuple(o["axes"])
        axis = short(tuple(sorted(axis_of(read, each) for each in axes)))
    args = [Arg("epsilon", o["eps"], "eps", 1e-3), *_affine(read), *trained(read)]
    if isinstance(axis, int) and axis > 0:
        return layer("LayerNormAlong", Arg(None, axis, ""), *args, stores=o["affine"])
    return layer("layers.LayerNormalization", Arg("axis", axis, "", -1), *args, stores=o["affine"])


def group_norm(read: Read) -> KerasSaid:
    """Return group normalisation."""
    o = read.options
    if read.kind == "instance_norm":
        groups = Arg(None, read.channels, "in")
    else:
        given = o["groups"] if isinstance(o["groups"], int) else read.more["groups"]
        groups = Arg(None, given, "groups")
    args = [groups, Arg("epsilon", o["eps"], "eps", 1e-3), *_affine(read)]
    return layer("layers.GroupNormalization", *args, *trained(read), stores=o["affine"])


def response(read: Read) -> KerasSaid:
    """Return local response normalisation."""
    o = read.options
    alpha = o["alpha"] / o["size"] if o["divide_alpha"] else o["alpha"]
    args = (
        Arg("size", o["size"], "size"),
        Arg("alpha", alpha, "" if o["divide_alpha"] else "alpha"),
        Arg("beta", o["beta"], "beta"),
        Arg("k", o["k"], "k"),
    )
    text = "response_norm({0}, {size}, alpha={alpha}, beta={beta}, k={k})"
    return expression(text, *args, helper="response_norm")


def scale(read: Read) -> KerasSaid:
    """Return a learned factor for each channel."""
    return layer("LayerScale", Arg("init", read.options["init"], "init", 1e-6), *trained(read), stores=True)


def parameter(read: Read) -> KerasSaid:
    """Return trained numbers."""
    hint = "shape" if read.options["shape"] is not None else "map"
    return layer("Learned", Arg(None, read.output, hint), *trained(read), stores=True)


def prelu(read: Read) -> KerasSaid:
    """Return a rectifier with a learned slope, shared by all places, or by all channels, too."""
    last = read.rank + (1 if read.options["shared"] else 0)
    axes = tuple(range(1, last + 1))
    return layer("layers.PReLU", Arg("shared_axes", axes, "", ()), *trained(read), stores=True)


def upsample(read: Read) -> KerasSaid:
    """Return interpolation."""
    o, n = read.options, read.rank
    factor = o["scale"]
    factors = (factor,) * n if isinstance(factor, int | float) else factor
    whole = len(read.inputs) == 1 and factors and all(each == int(each) for each in factors)
    if whole and o["mode"] == "nearest":
        return layer(f"layers.UpSampling{n}D", Arg(None, short(factor), "scale"))
    if whole and n == 2 and not o["align_corners"]:
        mode = Arg("interpolation", "bilinear", "")
        return layer("layers.UpSampling2D", Arg(None, short(factor), "scale"), mode)
    size = Arg("size", read.output[1:], "")
    if o["mode"] == "nearest":
        return expression("nearest({0}, {size})", size, helper="nearest")
    align = Arg("align", o["align_corners"], "align_corners")
    return expression("interpolate({0}, {size}, align_corners={align})", size, align, helper="interpolate")


def drop_path(read: Read) -> KerasSaid:
    """Return a dropout of whole samples."""
    shape = (None, *(1,) * (read.rank + 1))
    return layer("layers.Dropout", Arg(None, read.options["rate"], "rate"), Arg("noise_shape", shape))


def activation(word: str) -> Callable[[Read], KerasSaid]:
    """Return an activation that Keras knows by a word."""
    return lambda read: layer("layers.Activation", Arg(None, word, "activation"))


def simple(head: str, *args: tuple[str | None, str]) -> Callable[[Read], KerasSaid]:
    """Return a layer whose arguments are options."""
    return lambda read: layer(head, *(Arg(key, read.options[option], option) for key, option in args))


def between(head: str) -> Callable[[Read], KerasSaid]:
    """Return a layer between several inputs."""
    return lambda read: layer(head, listed=True)


def softplus(read: Read) -> KerasSaid:
    """Return softplus, with its slope."""
    beta = read.options["beta"]
    if beta == 1:
        return layer("layers.Activation", Arg(None, "softplus", "activation"))
    times = RESCALED.format("{0}", "{beta}")
    args = Arg("beta", beta, "beta"), Arg("divisor", beta, "beta", least=FACTOR)
    return expression(f"ops.softplus({times}) / {{divisor}}", *args)


def scaled_tanh(read: Read) -> KerasSaid:
    """Return LeCun's squashing function."""
    # As an expression it would be called sparse by Keras (3.15), which fails with TensorFlow.
    return layer("ScaledTanh", *(Arg(name, read.options[name], name) for name in ("amplitude", "slope")))


def gelu(read: Read) -> KerasSaid:
    """Return GELU, exact or by a hyperbolic tangent."""
    if read.options["approximate"] == "none":
        return layer("layers.Activation", Arg(None, "gelu", "activation"))
    return expression("ops.gelu({0}, approximate=True)")


def along(text: str, width: str = "in") -> Callable[[Read], KerasSaid]:
    """Return a function along an axis."""

    def said(read: Read) -> KerasSaid:
        axis = axis_of(read, read.options["axis"])
        return expression(text.replace("AXIS", str(axis)), width=width if axis == -1 else "in")

    return said


def softmax(read: Read) -> KerasSaid:
    """Return softmax."""
    return layer("layers.Softmax", Arg("axis", axis_of(read, read.options["axis"]), "", -1))


def concat(read: Read) -> KerasSaid:
    """Return what lies side by side along an axis."""
    axis = axis_of(read, read.options["axis"])
    width = "sum" if axis == -1 else "in"
    return layer("layers.Concatenate", Arg("axis", axis, "", -1), listed=True, width=width)


MODULES: dict[str, Callable[[Read], KerasSaid]] = {
    "conv": windows.conv,
    "depthwise_conv": windows.conv,
    "transposed_conv": windows.transposed,
    "linear": linear,
    "rbf": rbf,
    "subsample": windows.subsample,
    "max_pool": windows.pool,
    "avg_pool": windows.pool,
    "global_max_pool": windows.adaptive,
    "global_avg_pool": windows.adaptive,
    "adaptive_max_pool": windows.adaptive,
    "adaptive_avg_pool": windows.adaptive,
    "spatial_pyramid_pool": windows.pyramid,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "instance_norm": group_norm,
    "local_response_norm": response,
    "scale": scale,
    "parameter": parameter,
    "upsample": upsample,
    "dropout": simple("layers.Dropout", (None, "rate")),
    "drop_path": drop_path,
    "relu": activation("relu"),
    "relu6": activation("relu6"),
    "leaky_relu": simple("layers.LeakyReLU", ("negative_slope", "slope")),
    "prelu": prelu,
    "elu": simple("layers.ELU", ("alpha", "alpha")),
    "selu": activation("selu"),
    "gelu": gelu,
    "silu": activation("silu"),
    "hard_swish": activation("hard_swish"),
    "hard_sigmoid": activation("hard_sigmoid"),
    "sigmoid": activation("sigmoid"),
    "tanh": activation("tanh"),
    "scaled_tanh": scaled_tanh,
    "hard_tanh": activation("hard_tanh"),
    "softsign": activation("softsign"),
    "softplus": softplus,
    "mish": activation("mish"),
    "glu": along("ops.glu({0}, axis=AXIS)", "half"),
    "softmax": softmax,
    "log_softmax": along("ops.log_softmax({0}, axis=AXIS)"),
    "add": between("layers.Add"),
    "subtract": between("layers.Subtract"),
    "multiply": between("layers.Multiply"),
    "maximum": between("layers.Maximum"),
    "concat": concat,
}
