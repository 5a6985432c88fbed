"""What is found wrong while a spec unfolds, and when to stop."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from cnnstat.base.errors import Fault, Problem, Problems, SpecError
from cnnstat.base.limits import MAX_LAYERS, MAX_REFUSED

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from cnnstat.base.errors import Place, Span


class Skip(Exception):  # noqa: N818 - not an error: the problem is noted, the entry is passed over
    """The entry at hand has a problem, which is noted; go on with the next."""


class UnfoldingProblems(Problems):
    """The problems of one unfolding, and the steps it has taken."""

    def __init__(self) -> None:
        super().__init__()
        self._within: dict[object, Counter[Place]] = {}
        self._steps = 0
        self._refused = 0

    def note(self, fault: Fault, span: Span) -> None:
        """Note a problem, or one more instance of it.

        Raises:
            SpecError: these are as many problems as anybody reads, or as many calls.
        """
        if self.add_instance(fault.at(span), fault.field):
            return
        self._refused += 1
        if self._refused >= MAX_REFUSED:
            self.given_up = True
            self.stop_if_any()

    def note_once(self, fault: Fault, span: Span) -> None:
        """Note a problem unless it has been noted at this place.

        Raises:
            SpecError: these are as many problems as anybody reads.
        """
        if not self.instances[(fault.code, fault.field, span.line, span.column)]:
            self.note(fault, span)

    @contextmanager
    def template(self, key: object) -> Iterator[None]:
        """Remember what is found wrong while a template is made."""
        before = self.instances.copy()
        yield
        self._within[key] = self.instances - before

    def again(self, key: object) -> None:
        """Count what is wrong in a template once more, for one more call of it."""
        self.instances.update(self._within.get(key, ()))

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
