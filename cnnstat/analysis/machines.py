"""Machines that a roofline is drawn for: how fast they multiply and add, and how fast their memory is."""

from __future__ import annotations

import tomllib
from fractions import Fraction  # noqa: TC003 - a field's type, read when it is converted
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.base.text import suggestion
from cnnstat.spec.expect import printed


class Machine(Struct, frozen=True):
    """``peak`` is in FLOPs a second, ``bandwidth`` in bytes a second; ``title`` and ``source`` name both.

    ``dtype`` is what the peak is for; without one, that of the network.
    """

    name: str
    peak: Fraction
    bandwidth: Fraction
    title: str = ""
    source: str = ""
    dtype: str = ""

    @property
    def ridge(self) -> Fraction:
        """Return the FLOPs for each byte from which on arithmetic takes longer than memory."""
        return self.peak / self.bandwidth

    def check(self, dtype: str) -> None:
        """Refuse numbers of another type: by what the machine does with those, no time is a least one.

        Raises:
            ArgumentError: the peak is for another type.
        """
        if self.dtype not in ("", dtype):
            raise ArgumentError(
                f"the peak of '{self.name}' is that of {self.dtype}, the network's numbers are {dtype}:"
                f" --dtype {self.dtype}, or --peak and --bandwidth for {dtype}"
            )


class _Row(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    dtype: str
    peak: str
    bandwidth: str
    source: str


@cache
def machines() -> dict[str, Machine]:
    """Return the machines of machines.toml, by name."""
    text = Path(__file__).with_name("machines.toml").read_text(encoding="utf-8")
    rows = msgspec.convert(tomllib.loads(text), dict[str, _Row])
    return {
        name: Machine(name, rate(row.peak), rate(row.bandwidth), row.title, row.source, row.dtype)
        for name, row in rows.items()
    }


def machine_named(name: str) -> Machine:
    """Return the machine of a name.

    Raises:
        ArgumentError: there is none.
    """
    known = machines()
    if name not in known:
        those = suggestion(name, known) or f"; known: {', '.join(known)}"
        raise ArgumentError(f"no machine is called '{name}'{those}; or give --peak and --bandwidth")
    return known[name]


def rate(text: str) -> Fraction:
    """Read what is done in a second: ``10T`` FLOPs, ``100G`` or ``51GB/s`` bytes.

    Raises:
        ArgumentError: it is no rate, or 0.
    """
    number = "".join(text.split())
    for unit in ("FLOPS", "FLOP/s", "B/s", "/s"):
        number = number.removesuffix(unit)
    try:
        value = printed(number).value
    except Fault:
        raise ArgumentError(f"expected a rate such as 10T or 51.2G, got '{text}'") from None
    if not value:
        raise ArgumentError("expected a rate above 0")
    return value
