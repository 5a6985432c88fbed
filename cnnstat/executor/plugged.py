"""Kernels by the types of their layers: those built in, and behind them those of other packages.

A package declares its kernels as entry points, `cnnstat.kernels`. The calculator finds its half by itself.
"""

from __future__ import annotations

from functools import cache

from cnnstat.executor.kernel import Kernel
from cnnstat.executor.kernels import KERNELS

GROUP = "cnnstat.kernels"


class KernelError(ValueError):
    """A type has no kernel, or that of a package cannot be loaded; then the message says why."""


def kernel_of(kind: str) -> Kernel:
    """Return the kernel of a type.

    Raises:
        KernelError: there is none.
    """
    return KERNELS[kind] if kind in KERNELS else _plugged(kind)


@cache
def _plugged(kind: str) -> Kernel:
    from importlib.metadata import entry_points  # noqa: PLC0415 - nobody waits for it without a plug-in

    found = {
        (each.dist.name, each.dist.version, each.value): each
        for each in entry_points(group=GROUP, name=kind)
        if each.dist is not None
    }
    if not found:
        raise KernelError
    first = min(found)
    entry, what = found[first], f"that of package {first[0]} {first[1]} cannot be loaded"
    try:
        kernel = entry.load()
    except (Exception, SystemExit) as error:
        raise KernelError(f"{what}: {type(error).__name__}: {error}") from error
    if not isinstance(kernel, Kernel):
        raise KernelError(f"{what}: {kernel!r} is no cnnstat.executor.kernel.Kernel")
    return kernel
