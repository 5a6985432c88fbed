"""What a change does to the networks of a spec: their params, multiply-adds, memory and receptive fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.expectations import figure
from cnnstat.analysis.growth import growth_of
from cnnstat.base.errors import Problem, Source, SpecError
from cnnstat.base.figures import BUDGETED
from cnnstat.commands.check.changes import (
    COMPARED,
    Became,
    FigureChange,
    FileChange,
    NetworkChange,
)
from cnnstat.commands.check.networks import networks
from cnnstat.commands.check.tolerances import judged
from cnnstat.spec.expect import WHOLE
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.check.earlier import Earlier
    from cnnstat.commands.check.networks import Network
    from cnnstat.spec.model import Family


_UNCHECKED = "not checked: the variants before it have too many layers together"


class Compared(Struct, frozen=True):
    """What became of a spec, if it was compared, and what grew too much."""

    change: FileChange | None
    problems: tuple[Problem, ...] = ()


NOT_COMPARED = Compared(None)


def compare(
    earlier: Earlier, text: str, name: str, variant: str | None, tolerances: Mapping[str, str], against: str
) -> Compared:
    """Compare a spec, or one variant of it, with what it was.

    What grew too much is a problem at the network that grew; a spec that is wrong now, or was, has none.
    """
    if earlier.status == "unknown":
        return Compared(FileChange(became="unknown", note=earlier.note))
    if earlier.status == "new":
        return Compared(FileChange(became="new", note=earlier.note, networks=_all_new(name, text, variant)))
    renamed = earlier.status == "renamed"
    try:
        old = earlier.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Compared(_broken(earlier, "it was no UTF-8 text"))
    if old == text:
        alike: Became = "renamed" if renamed else "same"
        return Compared(FileChange(became=alike, before=earlier.name, note=earlier.note))
    try:
        former = read_family(Source(earlier.name, old))
    except SpecError as error:
        return Compared(_broken(earlier, f"it was broken: {_first(error.problems)}"))
    try:
        family = read_family(Source(name, text))
    except SpecError:
        return Compared(_broken(earlier, "it is broken"))
    renamings = _renamings(former, family)
    before = {each.key: each for each in _compared(former, family, variant)}
    changes, problems = [], []
    for network in networks(family, variant):
        key = renamings.get(network.key, network.key)
        change = _change(before.pop(key, None), network)
        if change.became == "changed":
            change, said = judged(change, tolerances)
            problems += [
                Problem("against/grown", f"against {against}: {each}", network.span) for each in said
            ]
        changes.append(change)
    changes += [
        NetworkChange(network=each.name, became="removed", note=_key(each)) for each in before.values()
    ]
    figures: Became = "same" if all(each.became == "same" for each in changes) else "changed"
    became: Became = "renamed" if renamed else figures
    return Compared(
        FileChange(became=became, before=earlier.name, note=earlier.note, networks=tuple(changes)),
        tuple(problems),
    )


def _all_new(name: str, text: str, variant: str | None) -> tuple[NetworkChange, ...]:
    """Return the networks of a spec that there was not; none of one that cannot be read."""
    try:
        family = read_family(Source(name, text))
    except SpecError:
        return ()
    return tuple(_new(each) for each in networks(family, variant) if each.analysis)


def _new(network: Network) -> NetworkChange:
    if network.analysis is None:
        return NetworkChange(network=network.name, became="new", note=_key(network))
    totals = network.analysis.totals
    figures = ((key, growth_of(BUDGETED[key], totals, totals).after) for key in COMPARED)
    return NetworkChange(
        network=network.name,
        became="new",
        note=_key(network),
        figures=tuple(
            FigureChange(figure=key, before=None, after=after, difference=None, ratio=None, grown=False)
            for key, after in figures
        ),
        field_after=_field(network.analysis),
    )


def _broken(earlier: Earlier, note: str) -> FileChange:
    return FileChange(became="unknown", before=earlier.name, note=note)


def _compared(former: Family, family: Family, variant: str | None) -> Iterable[Network]:
    """Return the networks that are compared, or are no more, as they were."""
    if variant is None:
        return networks(former)
    key = _renamings(former, family).get(variant, variant)
    return networks(former, key) if key in former.variants else ()


def _renamings(former: Family, family: Family) -> dict[str, str]:
    """Return the keys that variants had which have other keys now, and are known by their names."""
    old, new = _by_name(former, family), _by_name(family, former)
    return {keys[0]: old[name][0] for name, keys in new.items() if len(keys) == len(old.get(name, ())) == 1}


def _by_name(family: Family, other: Family) -> dict[str, list[str]]:
    """Return the keys of variants that another family has not, by their names."""
    found: dict[str, list[str]] = {}
    for key, variant in family.variants.items():
        if key not in other.variants:
            found.setdefault(variant.name, []).append(key)
    return found


def _key(network: Network) -> str:
    """Return the key of a variant where its name does not say which it is."""
    return f"variant '{network.key}'" if network.key not in ("", network.name) else ""


def _first(problems: Sequence[Problem]) -> str:
    problem, *more = problems
    return f"{problem.message} (line {problem.span.line})" + (f", and {len(more)} more" if more else "")


def _change(before: Network | None, after: Network) -> NetworkChange:
    name = after.name
    if before is None:
        return _new(after)
    if after.analysis is None:
        note = "it is broken" if after.problems else _UNCHECKED
        return NetworkChange(network=name, became="unknown", note=note)
    if before.analysis is None:
        note = f"it was broken: {_first(before.problems)}" if before.problems else _UNCHECKED
        return NetworkChange(network=name, became="unknown", note=note)
    figures = tuple(_figures(before.analysis, after.analysis))
    fields = _field(before.analysis), _field(after.analysis)
    same = all(each.before == each.after for each in figures) and fields[0] == fields[1]
    return NetworkChange(
        network=name,
        became="same" if same else "changed",
        note="" if before.key == after.key else f"variant '{after.key}', was '{before.key}'",
        figures=figures,
        field_before=fields[0],
        field_after=fields[1],
    )


def _figures(before: Analysis, after: Analysis) -> Iterator[FigureChange]:
    for key in COMPARED:
        growth = growth_of(BUDGETED[key], before.totals, after.totals)
        yield FigureChange(
            figure=key,
            before=growth.before,
            after=growth.after,
            difference=growth.difference,
            ratio=growth.ratio,
            grown=False,
        )


def _field(analysis: Analysis) -> str:
    value = figure(analysis.totals, "receptive_field")
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return WHOLE if value == WHOLE else "none" if analysis.totals.field.unseen else "unknown"
