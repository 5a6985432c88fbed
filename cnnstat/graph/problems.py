"""What is found wrong while a spec unfolds, and when to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from cnnstat.base.errors import Fault, Problem, Problems, SpecError
from cnnstat.base.limits import MAX_LAYERS, MAX_REFUSED

if TYPE_CHECKING:
    from cnnstat.base.errors import Span


class Skip(Exception):  # noqa: N818 - not an error: the problem is noted, the entry is passed over
    """The entry at hand has a problem, which is noted; go on with the next."""


class Unfolding(Problems):
    """The problems of one unfolding, and the steps it has taken."""

    def __init__(self) -> None:
        super().__init__()
        self._places: set[tuple[str, str | None, int, int]] = set()
        self._steps = 0
        self._refused = 0

    def note(self, fault: Fault, span: Span) -> None:
        """Note a problem; what is wrong at one place for many calls of a block is noted for the first.

        Raises:
            SpecError: these are as many problems as anybody reads, or as many calls.
        """
        place = (fault.code, fault.field, span.line, span.column)
        if place not in self._places:
            self._places.add(place)
            self.add(fault.at(span))
            return
        self._refused += 1
        if self._refused >= MAX_REFUSED:
            self.stop_if_any()

    def refuse(self, code: str, message: str, span: Span) -> NoReturn:
        """Note a problem and pass over the entry at hand.

        Raises:
            Skip: always.
        """
        self.note(Fault(message, code=code), span)
        raise Skip

    def count(self, span: Span, steps: int = 1) -> None:
        """Count steps of unfolding, so that no spec unfolds for long.

        Raises:
            SpecError: there have been too many; with the problems so far.
        """
        self._steps += steps
        if self._steps > MAX_LAYERS:
            message = f"the network unfolds to more than {MAX_LAYERS:,} layers"
            raise SpecError([*self.found, Problem("spec/too-large", message, span)])
