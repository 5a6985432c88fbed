"""Normalisations of PyTorch."""

from __future__ import annotations

from cnnstat.exporters.pytorch.said import module
from cnnstat.exporters.source.said import Arg, Read, Said, UnsaidError


def batch_norm(read: Read) -> Said:
    """Return batch normalisation."""
    o = read.options
    args = (
        Arg(None, read.channels, "in"),
        Arg("eps", o["eps"], "eps", 1e-5),
        Arg("momentum", o["momentum"], "momentum", 0.1),
        Arg("affine", o["affine"], "affine", True),
    )
    return module(f"nn.BatchNorm{max(read.rank, 1)}d", *args, stores=True)


def layer_norm(read: Read) -> Said:
    """Return layer normalisation; along any axis but the last it is ours."""
    o = read.options
    rest = [Arg("eps", o["eps"], "eps", 1e-5), Arg("elementwise_affine", o["affine"], "affine", True)]
    stores = o["affine"]
    if o["axes"] == "all":
        shape = read.inputs[0]
        first = Arg(None, shape if len(shape) > 1 else shape[0], "in" if len(shape) == 1 else "shape")
        return module("nn.LayerNorm", first, *rest, stores=stores)
    axis = read.named(o["axes"])
    first = Arg(None, read.inputs[0][axis - 1], "in" if axis == 1 else "")
    if axis == read.rank + 1:
        return module("nn.LayerNorm", first, *rest, stores=stores)
    args = (first, Arg("axis", axis, "", 1), *rest)
    return module("LayerNormAlong", *args, stores=stores)


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
    return module("nn.GroupNorm", *args, stores=o["affine"])


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
    return module(f"nn.InstanceNorm{read.rank}d", *args, stores=o["affine"])


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
    return module("nn.LocalResponseNorm", *args)
