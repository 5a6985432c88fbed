"""How PyTorch says one layer: a module of its own or of ours, or an expression of the inputs."""

from __future__ import annotations

from cnnstat.exporters.source.said import Arg, Formula, Made, Said, Together


def module(name: str, *args: Arg, width: str | int | None = "in", stores: bool = False) -> Said:
    """Return a module of `torch.nn`, or a class of ours without a dot."""
    helpers = () if name.startswith("nn.") else (name,)
    return Said(Made(name), args, width=width, helpers=helpers, stores=stores)


def expression(text: str, *args: Arg, width: str | int | None = "in", helper: str = "") -> Said:
    """Return an expression of the inputs, as a `Formula` has it."""
    return Said(Formula(text), args, width=width, helpers=(helper,) if helper else ())


def together(inputs: Together, width: str = "in") -> Said:
    """Return a layer that makes one of all its inputs."""
    return Said(inputs, width=width)
