"""What became of a spec and of its networks: as a report's document has it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from cnnstat.base.figures import BUDGETED, FIGURES, OF_NETWORK

COMPARED = ("params", "macs", "inference_memory", "training_memory")
"""What may not grow, by the names that budgets have for it; a larger receptive field is no cost."""
Became: TypeAlias = Literal["same", "changed", "renamed", "new", "unknown"]
NetworkBecame: TypeAlias = Literal["same", "changed", "new", "removed", "unknown"]


class FigureChange(Struct, frozen=True, kw_only=True):
    """A figure before and after; of a new network ``before``, ``difference`` and ``ratio`` are null.

    ``ratio`` is null where it was 0, too. ``grown``: beyond the tolerance.
    """

    figure: str
    before: int | None
    after: int
    difference: int | None
    ratio: float | None
    grown: bool


class NetworkChange(Struct, frozen=True, kw_only=True):
    """What became of a network; ``note`` says why nobody knows, or which variant it is.

    Fields are as reports print them.
    """

    network: str
    became: NetworkBecame
    note: str = ""
    figures: tuple[FigureChange, ...] = ()
    field_before: str = ""
    field_after: str = ""


class FileChange(Struct, frozen=True, kw_only=True):
    """What became of a spec: ``before`` is what it is compared with, ``note`` its former name, or why not."""

    became: Became
    before: str = ""
    note: str = ""
    networks: tuple[NetworkChange, ...] = ()


def label_of(figure: str) -> str:
    """Return what a figure that is compared is called, with its unit where it is no count."""
    unit = " (bytes)" if BUDGETED[figure] in OF_NETWORK else ""
    return f"{FIGURES[BUDGETED[figure]].label}{unit}"


def percent_of(before: int, after: int) -> str:
    """Return by how much a figure grew or shrank: ``+4 %``."""
    percent = (after - before) * 100 / before
    return f"{percent:+.3g} %" if abs(percent) < 1000 else f"{percent:+,.0f} %"
