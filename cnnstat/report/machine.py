"""A machine in words: its rates, and from which intensity on its arithmetic takes longer than its memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.report.model import Quantity

if TYPE_CHECKING:
    from cnnstat.analysis.machines import Machine
    from cnnstat.report.model import Phrase


class MachineEntry(Struct, frozen=True, kw_only=True):
    """The machine that figures of a roofline are for."""

    name: str | None
    """In the table of machines; null where it was given by its rates."""
    title: str
    """Empty where it was given by its rates."""
    peak_flops_per_second: float
    bandwidth_bytes_per_second: float


def machine_entry(machine: Machine) -> MachineEntry:
    """Return a machine as documents have it."""
    return MachineEntry(
        name=machine.name or None,
        title=machine.title,
        peak_flops_per_second=float(machine.peak),
        bandwidth_bytes_per_second=float(machine.bandwidth),
    )


def machine_phrase(machine: MachineEntry, source: str = "") -> Phrase:
    """Return a machine in words: ``15,700 GFLOP/s, 900 GB/s, which meet at 17.44 FLOP/B``."""
    peak, bandwidth = machine.peak_flops_per_second, machine.bandwidth_bytes_per_second
    return (
        f"{machine.title}: " if machine.title else "",
        Quantity(peak / 1e9, "ratio"),
        " GFLOP/s, ",
        Quantity(bandwidth / 1e9, "ratio"),
        " GB/s, which meet at ",
        Quantity(peak / bandwidth, "ratio"),
        f" FLOP/B{f' ({source})' if source else ''}",
    )
