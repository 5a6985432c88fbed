"""What the options of entries amount to under one set of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.base.errors import Fault
from cnnstat.base.limits import MAX_LAYERS, PARTS
from cnnstat.spec.channels import Channels
from cnnstat.spec.model import Expressions, resolve
from cnnstat.spec.values import show_value, truth

if TYPE_CHECKING:
    from collections import ChainMap

    from cnnstat.graph.problems import UnfoldingProblems
    from cnnstat.spec.model import Option
    from cnnstat.spec.values import Value

Params: TypeAlias = "ChainMap[str, Value]"
"""The parameters in scope, those of the innermost block first."""


class Values:
    """Values of options. What has none, or one of the wrong kind, is a problem, and its entry is skipped.

    A name may stand in several of the mappings of ``params``; the first one counts. They are not copied: a
    spec may have thousands of parameters, and call its blocks as often.
    """

    def __init__(self, params: Params, problems: UnfoldingProblems) -> None:
        self.params = params
        self.problems = problems

    def repetition(self, index: int) -> Values:
        """Return the values for one repetition, where ``$index`` is known."""
        return Values(self.params.new_child({"index": index}), self.problems)

    def arguments(self, options: tuple[Option, ...]) -> dict[str, Value]:
        """Return what a layer or block is given, where ``$in`` is known."""
        if not options:
            return {}
        self.problems.count(options[0].span, len(options) // PARTS)
        within = Values(self.params.new_child({"in": Channels()}), self.problems)
        return {option.name: within.value(option) for option in options}

    def word(self, option: Option) -> str:
        """Return a type."""
        word = self.value(option)
        if not isinstance(word, str):
            message = f"{option.name}: expected a word, got {show_value(word)}"
            self.problems.refuse("option/value", message, option.span)
        return word

    def times(self, option: Option) -> int:
        """Return how many repetitions there are."""
        times = self.value(option)
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= MAX_LAYERS:
            wanted = f"expected a whole number from 1 to {MAX_LAYERS:,}"
            self.problems.refuse(
                "option/value", f"{option.name}: {wanted}, got {show_value(times)}", option.span
            )
        return times

    def truth(self, option: Option | None, *, default: bool) -> bool:
        """Return a condition; ``default`` where none is written."""
        if option is None:
            return default
        try:
            return truth(self.value(option))
        except Fault as fault:
            self.problems.refuse(fault.code, f"{option.name}: {fault.message}", option.span)

    def value(self, option: Option) -> Value:
        """Return the value of an option."""
        if isinstance(option.value, Expressions):
            self.problems.count(option.span, option.value.length)
        try:
            return resolve(option.value, self.params)
        except Fault as fault:
            self.problems.refuse(fault.code, fault.message, option.span)
