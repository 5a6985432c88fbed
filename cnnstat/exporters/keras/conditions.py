"""What some calls of a block have and others lack: branches of a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.exporters.keras.sharing import PAD
from cnnstat.exporters.keras.steps import steps_lines
from cnnstat.exporters.source.branches import branch, condition_of
from cnnstat.exporters.source.expression_text import text_of
from cnnstat.exporters.source.forward import Statement, Val
from cnnstat.exporters.source.layout import Doc, Generator
from cnnstat.exporters.source.uses import SplitError

if TYPE_CHECKING:
    from cnnstat.exporters.keras.function import Function
    from cnnstat.exporters.source.expressions import Tree
    from cnnstat.exporters.source.forward import Names
    from cnnstat.exporters.source.scopes import Member
    from cnnstat.spec.model import Entry


def sometimes(function: Function, title: str, choices: list[tuple[Entry, dict[int, Member]]]) -> None:
    """Add an entry, or alternatives of one name, that some calls have and others not."""
    entry, _ = choices[0]
    sources = function.sources(entry)
    numbers = list(sources[0].numbers)
    parts: list[tuple[list[Doc], str]] = []
    widths: list[Tree] = []
    for each, present in choices:
        if each.weights is not None or function.lends_weights(title):
            raise SplitError(title)
        numbers = [present[i].output if i in present else number for i, number in enumerate(numbers)]
        condition = condition_of(function, title, entry, each, present)
        docs, more = branch(function, title, each, present, sources)
        widths += more
        parts.append((docs, text_of(condition)))
    covered = sum(len(present) for _, present in choices) == len(function.scopes) and len(parts) > 1
    val = Val(title, numbers, function.verified(numbers, [*widths, *sources[0].widths]))
    function.forward.statements.append(
        Statement(
            [val],
            sources,
            lambda names: "",
            lambda names: chosen_lines(parts, covered, val, sources, names),
            chained=True,
        )
    )
    function.put(title, val)


def chosen_lines(
    parts: list[tuple[list[Doc], str]], covered: bool, val: Val, sources: list[Val], names: Names
) -> list[str]:
    """Return the branches of a condition; without any of them a value stays what it was."""
    target, given = names(val), [names(source) for source in sources]
    found: list[str] = []
    pad = " " * PAD
    if target != given[0] and not covered:
        found.append(f"{pad}{target} = {given[0]}")
    for place, (docs, test) in enumerate(parts):
        last = covered and place == len(parts) - 1
        found.append(f"{pad}else:" if last else f"{pad}{'elif' if place else 'if'} {test}:")
        current = given
        for doc in docs:
            if isinstance(doc, Generator):
                if current[0] != target:
                    found.append(f"{pad}{pad}{target} = {current[0]}")
                found.append(f"{pad}{pad}{doc.loop}:")
                found += steps_lines(doc.item, target, [target, *given[1:]], 3 * PAD)
            else:
                found += steps_lines(doc, target, current, 2 * PAD)
            current = [target, *given[1:]]
    return found
