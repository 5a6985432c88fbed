"""Document of `flops` -> Report: multiply-adds, and what other tools make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from cnnstat.analysis.by_type import by_type
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.layer_kinds import BIASES, MACS, TERMS
from cnnstat.analysis.tool_counts import rules
from cnnstat.commands.flops.shares import share_tables
from cnnstat.report.columns import COLUMNS, footnotes
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Fact, Line, Quantity, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.convention import Convention
    from cnnstat.analysis.tool_counts import ToolCount
    from cnnstat.commands.flops.document import ConventionEntry, FlopsDocument
    from cnnstat.report.model import Phrase

_BIAS = "bias"
_SHOWN = (_BIAS, *(term for term in TERMS if term not in (MACS, *BIASES)))
"""The columns that say what makes the difference between two tools."""


def report(document: FlopsDocument, analysis: Analysis, depth: int | None) -> Report:
    """Return multiply-adds per layer, per block and per type, with shares."""
    columns = (COLUMNS["macs"], COLUMNS["flops"])
    figures = [(row.counts.macs, row.counts.flops) for row in analysis.rows]
    totals = document.totals
    return Report(
        title=title_of(document),
        tables=share_tables(analysis, depth, columns, figures),
        facts=(
            *_costs(document),
            Fact("on padding", (Quantity(totals.padding_macs), " MACs are work on zeros")),
        ),
        notes=(*footnotes(columns), "layers without MACs are not listed"),
        source=document.source,
    )


def convention_report(
    document: FlopsDocument,
    analysis: Analysis,
    depth: int | None,
    convention: Convention,
    counted: Sequence[ToolCount],
) -> Report:
    """Return what another tool prints for the network, per layer, per block and per type.

    ``counted`` is what it counts for each layer.
    """
    assert document.convention is not UNSET
    tool = document.convention
    kinds = dict.fromkeys(row.type for row in analysis.rows)
    nothing = ", ".join(kind for kind in kinds if kind in convention.nothing)
    column = Column("count", tool.name, convention=meaning(convention))
    return Report(
        title=title_of(document),
        tables=share_tables(analysis, depth, (column,), [(count.total,) for count in counted]),
        facts=(
            _costs(document)[0],
            Fact(tool.name, (Quantity(tool.total), *_sum_of(tool, convention))),
            Fact("counted", rules_of(analysis, convention, counted)),
            *((Fact("as nothing", nothing),) if nothing else ()),
            *left_out({tool.name: tool.left_out}),
        ),
        notes=(
            *footnotes((column,)),
            "layers that it counts as nothing are not listed",
            *_shared_weights(analysis, (tool,)),
        ),
        source=document.source,
    )


def conventions_report(
    document: FlopsDocument, analysis: Analysis, counted: Mapping[str, Sequence[ToolCount]]
) -> Report:
    """Return what each of the other tools prints for the network, and what makes the difference.

    ``counted`` is what each counts for each layer, by its name.
    """
    assert document.conventions is not UNSET
    tools = document.conventions
    shown = [_shown(tool) for tool in tools]
    used = [term for term in _SHOWN if any(terms.get(term) for terms in shown)]
    columns = (
        Column("name", "tool", "text"),
        Column("total", "prints"),
        Column("products", MACS, "figure"),
        Column(MACS, "in full", rank=9),  # which goes first where a terminal is narrow
        *(Column(term, term, "added", rank=1 + rank) for rank, term in enumerate(used)),
    )
    macs = document.totals.macs
    lines = tuple(
        Line(
            (
                tool.name,
                tool.total,
                _products(tool, CONVENTIONS[tool.name], macs),
                *(terms.get(term, 0) for term in (MACS, *used)),
            ),
            label=tool.name,
        )
        for tool, terms in zip(tools, shown, strict=True)
    )
    return Report(
        title=title_of(document),
        tables=(Table("", columns, lines),),
        facts=(*_costs(document), *left_out({tool.name: tool.left_out for tool in tools})),
        notes=(
            *(_rules_note(analysis, CONVENTIONS[name], parts) for name, parts in counted.items()),
            *_held(tools),
            *_shared_weights(analysis, tools),
            _written_with_modules(tools),
        ),
        source=document.source,
    )


def _costs(document: FlopsDocument) -> tuple[Fact, Fact]:
    macs, flops = Quantity(document.totals.macs), Quantity(document.totals.flops)
    return Fact("MACs", (macs,)), Fact("FLOPs", (flops, " (2 x MACs)"))


def _rules_note(analysis: Analysis, convention: Convention, counted: Sequence[ToolCount]) -> Phrase:
    found = rules_of(analysis, convention, counted)
    head = f"{convention.name} ({convention.tool}, {convention.prints}): "
    return (head, found) if isinstance(found, str) else (head, *found)


def meaning(convention: Convention) -> str:
    """Return what the figures of a tool are."""
    return f"what {convention.tool} prints as {convention.prints} ({convention.source})"


def rules_of(analysis: Analysis, convention: Convention, counted: Sequence[ToolCount]) -> Phrase:
    """Return by which rule a tool counts the types of a network, and what comes of it.

    ``counted`` is what it counts for each layer.
    """
    totals = (count.total for count in counted)
    sums = {kind: sum(parts) for kind, parts in by_type(analysis.rows, totals).items()}
    phrase: list[str | Quantity] = []
    for rule, kinds in rules(convention.weights, [row.type for row in analysis.rows]).items():
        phrase += ["; " if phrase else "", f"{', '.join(kinds)}: {rule} = "]
        phrase.append(Quantity(sum(map(sums.__getitem__, kinds))))
    return tuple(phrase) or "nothing"


def _shown(tool: ConventionEntry) -> dict[str, int]:
    """Return the terms of a figure with all biases as one."""
    return tool.terms | {_BIAS: sum(tool.terms.get(term, 0) for term in BIASES)}


def _sum_of(tool: ConventionEntry, convention: Convention) -> tuple[str | Quantity, ...]:
    """Return the terms of a figure: `` = 2 x 416,520 multiply-adds + 6,304 conv bias``."""
    phrase: list[str | Quantity] = []
    for term, count in tool.terms.items():
        times = _times(convention, count) if term == MACS else 1
        factor = f"{times} x " if times > 1 else ""
        phrase += [f"{' + ' if phrase else ' = '}{factor}", Quantity(count // times), f" {term}"]
    return tuple(phrase)


def _products(tool: ConventionEntry, convention: Convention, macs: int) -> Phrase:
    """Return multiply-adds as often as a tool counts them: ``2 x MACs`` where it counts the same ones."""
    count = tool.terms.get(MACS, 0)
    times = _times(convention, count)
    if macs and count == times * macs:
        return f"{times} x MACs"
    return (f"{times} x " if times > 1 else "", Quantity(count // times))


def _times(convention: Convention, count: int) -> int:
    """Return how often a tool counts a multiply-add; 1 where its figure for them is no multiple of that."""
    return 1 if count % convention.times else convention.times


def _held(tools: Iterable[ConventionEntry]) -> tuple[str, ...]:
    """Say against what the rules of the tools were held."""
    names = _by_text((tool.held, tool.name) for tool in tools)
    return tuple(f"held against {held}: {', '.join(group)}" for held, group in names.items())


def _shared_weights(analysis: Analysis, tools: Iterable[ConventionEntry]) -> tuple[str, ...]:
    """Say how often the tools count layers that share weights, if the network has any."""
    names = _by_text((tool.shared_weights, tool.name) for tool in tools if tool.shared_weights)
    if not names or not any(row.weights_of for row in analysis.rows):
        return ()
    counted = (f"{how} ({', '.join(group)})" for how, group in names.items())
    return (f"shared weights count {'; '.join(counted)}",)


def _written_with_modules(tools: Iterable[ConventionEntry]) -> str:
    """Say of what networks these are the figures, and what the tools pass over in others."""
    names = _by_text((tool.passes_over, tool.name) for tool in tools if tool.passes_over)
    passed = (f"{over} ({', '.join(group)})" for over, group in names.items())
    return f"figures are for networks written with modules; passed over where called: {'; '.join(passed)}"


def _by_text(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names for each text that several may have in common."""
    found: dict[str, list[str]] = {}
    for text, name in pairs:
        found.setdefault(text, []).append(name)
    return found


def left_out(tools: Mapping[str, tuple[str, ...]]) -> tuple[Fact, ...]:
    """Say which types could not be counted, and by which tools; of each tool its types are given."""
    by_types: dict[tuple[str, ...], list[str]] = {}
    for tool, types in tools.items():
        by_types.setdefault(types, []).append(tool)
    return tuple(
        Fact("left out", f"{', '.join(types)}: nothing that {', '.join(names)} could read")
        for types, names in by_types.items()
        if types
    )
