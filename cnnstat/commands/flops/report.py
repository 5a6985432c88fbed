"""Analysis -> what a network costs: multiply-adds, and what other tools make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.analysis.by_type import by_type, counts_by_type
from cnnstat.analysis.conventions import CONVENTIONS
from cnnstat.analysis.layer_kinds import BIASES, MACS, TERMS
from cnnstat.analysis.outline import folded
from cnnstat.analysis.tool_counts import ToolCount, rules, tool_counts, total
from cnnstat.report.columns import COLUMNS, footnotes
from cnnstat.report.data import data
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Line, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.analysis.conventions import Convention
    from cnnstat.analysis.model import Counts

_BIAS = "bias"
_SHOWN = (_BIAS, *(term for term in TERMS if term not in (MACS, *BIASES)))
"""The columns that say what makes the difference between two tools."""

_SHARE = Column("share", "share", "share", rank=4)
_BAR = Column("bar", "", "bar", rank=9)

Figures: TypeAlias = tuple[int, ...]
"""The figures of one layer or of several, one for each column."""


def flops(analysis: Analysis, depth: int | None = None) -> Report:
    """Return multiply-adds per layer, per block and per type, with shares."""
    counts = analysis.totals.counts
    columns = (COLUMNS["macs"], COLUMNS["flops"])
    figures = [(row.counts.macs, row.counts.flops) for row in analysis.rows]
    return Report(
        title=title_of(analysis),
        tables=tables_of(analysis, depth, columns, figures),
        facts=(
            ("MACs", f"{counts.macs:,}"),
            ("FLOPs", f"{counts.flops:,} (2 x MACs)"),
            ("on padding", f"{counts.padding_macs:,} MACs are work on zeros"),
        ),
        data=data_of(analysis, depth),
        notes=(*footnotes(columns), "layers without MACs are not listed"),
        source=analysis.source,
    )


def by_convention(analysis: Analysis, convention: Convention, depth: int | None = None) -> Report:
    """Return what another tool prints for the network, per layer, per block and per type."""
    counted = tool_counts(analysis, convention)
    whole = total(counted)
    kinds = [row.type for row in analysis.rows]
    nothing = ", ".join(kind for kind in dict.fromkeys(kinds) if kind in convention.nothing)
    column = Column("count", convention.name, convention=meaning(convention))
    return Report(
        title=title_of(analysis),
        tables=tables_of(analysis, depth, (column,), [(tally.total,) for tally in counted]),
        facts=(
            ("MACs", f"{analysis.totals.counts.macs:,}"),
            (convention.name, f"{whole.total:,}{_sum_of(whole, convention)}"),
            ("counted", rules_of(analysis, convention, counted)),
            *((("as nothing", nothing),) if nothing else ()),
            *left_out({convention.name: whole}),
        ),
        data=data_of(analysis, depth)
        | {
            "convention": {
                **_convention_data(convention, whole),
                "layers": [
                    {"name": name, **_tally_data(total(counted[i] for i in layers))}
                    for name, layers in rows_of(analysis, depth)
                ],
            }
        },
        notes=(*footnotes((column,)), "layers that it counts as nothing are not listed"),
        source=analysis.source,
    )


def side_by_side(analysis: Analysis) -> Report:
    """Return what each of the other tools prints for the network, and what makes the difference."""
    counted = {name: tool_counts(analysis, tool) for name, tool in CONVENTIONS.items()}
    wholes = {name: total(parts) for name, parts in counted.items()}
    shown = {name: _shown(whole) for name, whole in wholes.items()}
    used = [term for term in _SHOWN if any(terms.get(term) for terms in shown.values())]
    columns = (
        Column("name", "tool", "text"),
        Column("total", "prints"),
        Column("products", MACS, "figure"),
        Column(MACS, "in full", rank=9),  # which goes first where a terminal is narrow
        *(Column(term, term, "added", rank=1 + rank) for rank, term in enumerate(used)),
    )
    lines = tuple(
        Line(
            (
                name,
                wholes[name].total,
                _products(terms.get(MACS, 0), CONVENTIONS[name], analysis.totals.counts.macs),
                *(terms.get(term, 0) for term in (MACS, *used)),
            ),
            label=name,
        )
        for name, terms in shown.items()
    )
    return Report(
        title=title_of(analysis),
        tables=(Table("", columns, lines),),
        facts=(
            ("MACs", f"{analysis.totals.counts.macs:,}"),
            ("FLOPs", f"{analysis.totals.counts.flops:,} (2 x MACs)"),
            *left_out(wholes),
        ),
        data=data_of(analysis, None)
        | {"conventions": [_convention_data(CONVENTIONS[name], whole) for name, whole in wholes.items()]},
        notes=tuple(
            f"{tool.name} ({tool.tool}, {tool.prints}): {rules_of(analysis, tool, counted[tool.name])}"
            for tool in CONVENTIONS.values()
        ),
        source=analysis.source,
    )


# -- tables -----------------------------------------------------------------------------------------


def tables_of(
    analysis: Analysis,
    depth: int | None,
    columns: Sequence[Column],
    figures: Sequence[Figures],
    *,
    share: int = 0,
) -> tuple[Table, ...]:
    """Return the tables per layer, block and type; figure ``share`` is the one that has shares and a bar."""

    def parts(level: int | None) -> list[tuple[str, Figures]]:
        return _counted((name, [figures[i] for i in layers]) for name, layers in rows_of(analysis, level))

    whole = added(figures) or (0,) * len(columns)
    layers, blocks = parts(depth), parts(1)
    types = _counted(by_type(analysis.rows, figures).items())
    types.sort(key=lambda part: (-part[1][share], part[0]))
    named = [("per layer", "layer", layers), ("per type", "type", types)]
    if len(blocks) < len(layers):
        named.insert(1, ("per block", "block", blocks))
    return tuple(_shares(title, noun, columns, part, whole, share) for title, noun, part in named)


def _counted(groups: Iterable[tuple[str, Iterable[Figures]]]) -> list[tuple[str, Figures]]:
    """Return the sums of groups by name, without those that are nothing."""
    sums = ((name, added(figures)) for name, figures in groups)
    return [(name, values) for name, values in sums if any(values)]


def _shares(
    title: str,
    noun: str,
    columns: Sequence[Column],
    parts: Sequence[tuple[str, Figures]],
    whole: Figures,
    share: int,
) -> Table:
    base = whole[share] or 1
    lines = (
        Line((name, *values, values[share] / base, values[share] / base), label=name)
        for name, values in parts
    )
    return Table(
        title,
        (Column("name", noun, "text"), *columns, _SHARE, _BAR),
        tuple(lines),
        ("total", *whole, whole[share] / base, None),
    )


def rows_of(analysis: Analysis, depth: int | None) -> list[tuple[str, range]]:
    """Return each row at a depth with the layers it stands for."""
    return [(row.name, row.layers) for row in folded(analysis, depth)]


def added(figures: Iterable[Figures]) -> Figures:
    """Return the sums of figures, column by column."""
    return tuple(map(sum, zip(*figures, strict=True)))


# -- words and data ---------------------------------------------------------------------------------


def meaning(convention: Convention) -> str:
    """Return what the figures of a tool are."""
    return f"what {convention.tool} prints as {convention.prints} ({convention.source})"


def rules_of(analysis: Analysis, convention: Convention, counted: Sequence[ToolCount]) -> str:
    """Return by which rule a tool counts the types of a network, and what comes of it.

    ``counted`` is what it counts for each layer.
    """
    totals = (tally.total for tally in counted)
    sums = {kind: sum(parts) for kind, parts in by_type(analysis.rows, totals).items()}
    found = rules(convention.weights, [row.type for row in analysis.rows])
    told = (
        f"{', '.join(kinds)}: {rule} = {sum(map(sums.__getitem__, kinds)):,}" for rule, kinds in found.items()
    )
    return "; ".join(told) or "nothing"


def _shown(tally: ToolCount) -> dict[str, int]:
    """Return the terms of a figure with all biases as one."""
    return tally.terms | {_BIAS: sum(tally.terms.get(term, 0) for term in BIASES)}


def _sum_of(tally: ToolCount, convention: Convention) -> str:
    """Return the terms of a figure: `` = 2 x 416,520 multiply-adds + 6,304 conv bias``."""
    terms = [
        f"{_products(count, convention) if term == MACS else f'{count:,}'} {term}"
        for term, count in tally.terms.items()
    ]
    return f" = {' + '.join(terms)}" if terms else ""


def _products(count: int, convention: Convention, macs: int | None = None) -> str:
    """Return multiply-adds as often as a tool counts them: ``2 x 416,520``, or ``2 x MACs`` of those told."""
    (times,) = {weights["macs"] for weights in convention.weights.values() if "macs" in weights}
    base = "MACs" if count == times * (macs or 0) and macs else f"{count // times:,}"
    return base if times == 1 and base != "MACs" else f"{times} x {base}"


def left_out(tallied: dict[str, ToolCount]) -> tuple[tuple[str, str], ...]:
    """Say which types could not be counted, and by whom."""
    by_types: dict[tuple[str, ...], list[str]] = {}
    for name, tally in tallied.items():
        if tally.left_out:
            by_types.setdefault(tally.left_out, []).append(name)
    return tuple(
        ("left out", f"{', '.join(types)}: nothing that {', '.join(names)} could read")
        for types, names in by_types.items()
    )


def data_of(analysis: Analysis, depth: int | None) -> dict[str, Any]:
    """Return the data that all ways of counting have in common."""
    types = [(kind, counts) for kind, (_, counts) in counts_by_type(analysis).items() if counts.macs]
    types.sort(key=lambda pair: (-pair[1].macs, pair[0]))
    return {
        **data(analysis, folded(analysis, depth), "flops"),
        "by_block": [_group_data(row.name, row.counts) for row in folded(analysis, 1)],
        "by_type": [_group_data(kind, counts) for kind, counts in types],
    }


def _group_data(name: str, counts: Counts) -> dict[str, Any]:
    return {"name": name, "params": counts.params, "macs": counts.macs, "flops": counts.flops}


def _convention_data(convention: Convention, tally: ToolCount) -> dict[str, Any]:
    return {
        "name": convention.name,
        "tool": convention.tool,
        "prints": convention.prints,
        "source": convention.source,
        **_tally_data(tally),
    }


def _tally_data(tally: ToolCount) -> dict[str, Any]:
    return {"total": tally.total, "terms": tally.terms, "left_out": list(tally.left_out)}
