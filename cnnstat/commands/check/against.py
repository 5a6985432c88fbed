"""What a change does to the networks of a spec: their params, multiply-adds, memory and receptive fields."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cnnstat.analysis.expectations import figure
from cnnstat.analysis.growth import growth_of
from cnnstat.base.errors import ArgumentError, Fault, Problem, Source, SpecError
from cnnstat.base.figures import BUDGETED, FIGURES, OF_NETWORK
from cnnstat.base.text import suggestion
from cnnstat.commands.check.networks import networks
from cnnstat.spec.expect import WHOLE, tolerance
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.commands.check.earlier import Earlier
    from cnnstat.commands.check.networks import Network
    from cnnstat.spec.model import Family

COMPARED = ("params", "macs", "inference_memory", "training_memory")
"""What may not grow, by the names that budgets have for it; a larger receptive field is no cost."""

_UNCHECKED = "not checked: the variants before it have too many layers together"

ANY = ""
"""The tolerance of every figure without one of its own."""

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


class Compared(Struct, frozen=True):
    """What became of a spec, if it was compared, and what grew too much."""

    change: FileChange | None
    problems: tuple[Problem, ...] = ()


NOT_COMPARED = Compared(None)


def read_tolerances(texts: Iterable[str]) -> dict[str, str]:
    """Read ``1%`` for all figures, ``macs=2%`` or ``params=500`` for one.

    Raises:
        ArgumentError: a tolerance cannot be read, or there is no such figure.
    """
    found = {}
    for text in texts:
        name, _, amount = text.rpartition("=")
        name = name.strip()
        if name and name not in COMPARED:
            hint = suggestion(name, COMPARED) or f"; known: {', '.join(COMPARED)}"
            raise ArgumentError(f"nothing is compared for '{name}'{hint}")
        try:
            tolerance(amount.strip(), Fraction(1))
        except Fault as fault:
            raise ArgumentError(fault.message) from None
        found[name] = amount.strip()
    return found


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
            change, said = _judged(change, tolerances)
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


def _judged(change: NetworkChange, tolerances: Mapping[str, str]) -> tuple[NetworkChange, list[str]]:
    """Mark what grew beyond its tolerance, and say it in a line."""
    figures, said = [], []
    for each in change.figures:
        allowed = tolerances.get(each.figure, tolerances.get(ANY, "0"))
        before = each.before or 0
        difference = each.after - before
        grown = difference > tolerance(allowed, Fraction(before))
        figures.append(replace(each, grown=grown))
        if grown:
            percent = f", {percent_of(before, each.after)}" if before else ""
            said.append(f"{label_of(each.figure)} {before:,} -> {each.after:,} ({difference:+,}{percent})")
    limit = " and ".join(f"{name}{'=' if name else ''}{amount}" for name, amount in tolerances.items())
    beyond = f"; tolerance {limit}" if limit else ""
    message = [f"{change.network} grew: {', '.join(said)}{beyond}"] if said else []
    return replace(change, figures=tuple(figures)), message


def label_of(figure: str) -> str:
    """Return what a figure that is compared is called, with its unit where it is no count."""
    unit = " (bytes)" if BUDGETED[figure] in OF_NETWORK else ""
    return f"{FIGURES[BUDGETED[figure]].label}{unit}"


def percent_of(before: int, after: int) -> str:
    """Return by how much a figure grew or shrank: ``+4 %``."""
    percent = (after - before) * 100 / before
    return f"{percent:+.3g} %" if abs(percent) < 1000 else f"{percent:+,.0f} %"
