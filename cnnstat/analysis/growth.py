"""What becomes of a figure from one network to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.figures import OF_NETWORK

if TYPE_CHECKING:
    from cnnstat.analysis.model import Totals


class Growth(Struct, frozen=True):
    """A figure before and after."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        """Return by how much it grows; less than 0: it shrinks."""
        return self.after - self.before

    @property
    def ratio(self) -> float | None:
        """Return after / before; None where it was 0."""
        return self.after / self.before if self.before else None


def growth_of(key: str, before: Totals, after: Totals) -> Growth:
    """Return what becomes of a count or of the memory of a network as a whole."""
    return Growth(*(getattr(each if key in OF_NETWORK else each.counts, key) for each in (before, after)))
