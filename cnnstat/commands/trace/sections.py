"""The document of `trace` as sections for readers, in order; and what is left out there."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

from msgspec import UNSET, Struct

from cnnstat.base.text import plain
from cnnstat.commands.trace.working import Part, Plane, number_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.trace.document import Backward, TraceDocument
    from cnnstat.commands.trace.working import Matrix

MOST_ROWS, MOST_COLUMNS, MOST_PLANES = 12, 12, 5
"""From more than so many on, the middle is left out."""


class Section(Struct, frozen=True):
    """A title, the parts of a working, what it comes to, and a map that shows it in its place."""

    title: str
    parts: tuple[Part, ...] = ()
    result: str = ""
    map_title: str = ""
    map: Plane | None = None


def title_of(document: TraceDocument) -> str:
    """Return what is traced."""
    what = "number" if document.type == "input" else "unit"
    kind = "" if document.type == "input" else f" ({document.type})"
    sample = f", sample {document.sample}" if document.samples > 1 else ""
    return plain(f"{document.name}: {what} {_places(document.unit)} of {document.layer}{kind}{sample}")


def facts_of(document: TraceDocument) -> str:
    """Return how the network was run."""
    given = [f"values of the spec: {', '.join(document.values)}"] if document.values else []
    if document.weights is not UNSET:
        own = document.own_weights
        given.append(f"{document.weights}'s own weights" if own else f"weights of {document.weights}")
    if document.drawn:
        given.append(f"{'all else drawn from ' if given else ''}seed {document.seed}")
    training = ", as in training" if document.training else ""
    return plain("; ".join((f"{document.dtype}{training}", *given)))


def sections(document: TraceDocument) -> Iterator[Section]:
    """Yield the value, the activation behind it, and the way back."""
    axis = "channel" if len(document.unit) > 1 else "unit"
    place = f"{axis} {document.unit[0]} of {document.layer}" if axis == "channel" else document.layer
    value = document.working.value
    result = f"value = {number_text(value)}{_executed(value, document.executed)}"
    yield Section("value", document.working.parts, result, plain(place), document.map)
    if document.activation is not UNSET:
        behind = document.activation
        found = f"value = {number_text(behind.working.value)}"
        yield Section(plain(f"activation: {behind.layer} ({behind.type})"), behind.working.parts, found)
    if document.backward is not UNSET:
        yield from _back(document, document.backward, plain(place))


def _back(document: TraceDocument, back: Backward, place: str) -> Iterator[Section]:
    target = "" if back.target is UNSET else f", class {back.target}"
    loss = "" if back.written else f"; loss = {number_text(back.value)} ({back.loss}{target})"
    if back.from_loss is not UNSET:
        found = f"delta = {number_text(back.from_loss.value)}"
        yield Section(
            "dL/dy" if back.written else f"from the loss: {back.loss}{target}", back.from_loss.parts, found
        )
    for share in back.shares:
        which = f", its input {share.input}" if share.input > 1 else ""
        found = f"share = {number_text(share.working.value)}"
        yield Section(plain(f"back through {share.layer} ({share.type}){which}"), share.working.parts, found)
    total = f"delta = {number_text(back.gradient)}{_executed(back.gradient, back.executed)}{loss}"
    if not back.shares and back.from_loss is UNSET:
        total = f"nothing comes back: delta = 0{loss}"
    yield Section(
        "delta of the unit", (), total, f"deltas of {place}", back.map if back.map.matrices else None
    )
    for weight in back.weights:
        gradient = weight.working.value
        found = f"gradient = {number_text(gradient)}"
        if weight.shared_with:
            others = plain(", ".join(weight.shared_with))
            found += f"; with {others}, which shares it, {number_text(weight.executed)}"
        else:
            found += _executed(gradient, weight.executed)
        title = plain(f"gradient of {weight.tensor} at {_places(weight.index)}")
        beside = (
            weight.map
            if len(weight.map.matrices[0].rows[0]) > 1 or len(weight.map.matrices[0].rows) > 1
            else None
        )
        yield Section(title, weight.working.parts, found, "gradients beside it", beside)


def _places(index: tuple[int, ...]) -> str:
    return ",".join(map(str, index))


def _executed(value: float, executed: float) -> str:
    """Return what the run has where the digits shown are others: in float32 the last ones are."""
    if number_text(value) == number_text(executed):
        return ""
    return f" (in the run {number_text(executed)})"


# -- what is left out ------------------------------------------------------------------------------


def kept(count: int, most: int, marked: tuple[int, ...] = ()) -> tuple[int | None, ...]:
    """Return which of some rows are shown: first, last and marked ones; None is a gap."""
    if count <= most:
        return tuple(range(count))
    last = max(1, most // 3)
    shown = sorted({*range(most - last - 1), *range(count - last, count), *marked})
    found: list[int | None] = []
    for place in shown:
        if found and place != (found[-1] or 0) + 1 and found[-1] is not None:
            found.append(None)
        found.append(place)
    return tuple(found)


def kept_of(
    matrix: Matrix, most_columns: int = MOST_COLUMNS
) -> tuple[tuple[int | None, ...], tuple[int | None, ...]]:
    """Return which rows and which columns of a matrix are shown."""
    rows, columns = matrix.size
    marked = matrix.marked
    return (
        kept(rows, MOST_ROWS, tuple(row for row, _ in marked)),
        kept(columns, most_columns, tuple(column for _, column in marked)),
    )


def kept_planes(part: Part) -> tuple[int | None, ...]:
    """Return which planes of a part are shown."""
    marked = (i for i, plane in enumerate(part.planes) if any(each.marked for each in plane.matrices))
    return kept(len(part.planes), MOST_PLANES, tuple(marked))


def left_out(part: Part, most_columns: int = MOST_COLUMNS) -> str:
    """Return how much of a part is not shown, and what it adds up to; nothing where all is."""
    shown, total = 0, 0
    numbers: list[float] = []
    for number, plane in enumerate(part.planes):
        matrix = plane.matrices[-1]
        rows, columns = kept_of(plane.matrices[0], most_columns)
        total += matrix.size[0] * matrix.size[1]
        here = number in kept_planes(part)
        for i, row in enumerate(matrix.rows):
            for j, each in enumerate(row):
                if here and i in rows and j in columns:
                    shown += 1
                else:
                    numbers.append(each or 0.0)
    if shown == total:
        return ""
    said = f"{total - shown:,} of {total:,} are left out here"
    return f"{said}; they add up to {number_text(fsum(numbers))}" if part.summed else said


# -- numbers ---------------------------------------------------------------------------------------


def padding_of(matrix: Matrix) -> str:
    """Return how padding is shown."""
    return "(0)" if matrix.beyond == "zero" else "(–)"


def texts(numbers: list[float]) -> dict[float, str]:
    """Return numbers as texts of as many decimals as all of them need, at most four."""
    largest = max((abs(each) for each in numbers), default=0.0)
    least = min((abs(each) for each in numbers if each), default=1.0)
    if largest >= 1e7 or largest < 1e-3 or least < 1e-6:
        return {each: _signed(f"{each:.4g}") for each in numbers}
    digits = next((d for d in range(4) if all(_exact(each, d) for each in numbers)), 4)
    return {each: _signed(f"{each:.{digits}f}") if each else "0" for each in numbers}


def _exact(value: float, digits: int) -> bool:
    return abs(round(value, digits) - value) <= 1e-12 * max(1.0, abs(value))


def _signed(text: str) -> str:
    return text.replace("-", "−")


def padding_note(document: TraceDocument) -> str:
    """Return what brackets mean where there are some."""
    found = {
        matrix.beyond
        for section in sections(document)
        for part in section.parts
        for plane in part.planes
        for matrix in plane.matrices
        if any(None in row for row in matrix.rows)
    }
    said = {"zero": "(0) is padding, or no unit", "nothing": "(–) is padding, which is never the largest"}
    return "; ".join(said[each] for each in ("zero", "nothing") if each in found)
