"""Where something is made: the places that one text has to serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.exporters.source.scopes import Item


class SplitError(Exception):
    """Calls of a block cannot be said by one class."""


@dataclass(frozen=True)
class Use:
    """One place where something is made: which call of the class, and the item that is made there.

    ``counted`` says that it is one of a loop over repetitions, so that their number is known as ``i``.
    """

    instance: int
    item: Item
    counted: bool = False
