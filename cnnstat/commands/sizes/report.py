"""Document of `sizes` -> Report: the sizes and what they cost, and in words which are accepted and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.base.text import plural
from cnnstat.commands.sizes.document import ranges
from cnnstat.commands.sizes.spans import how_many, spans
from cnnstat.report.columns import COLUMNS, field_text, footnotes
from cnnstat.report.document import receptive_field
from cnnstat.report.layers import without
from cnnstat.report.model import Column, Fact, Line, Quantity, Report, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.commands.sizes.document import RefusedSizes, SizeEntry, SizesDocument
    from cnnstat.commands.sizes.size_search import SizeSearch
    from cnnstat.commands.sizes.spans import Words
    from cnnstat.report.model import Phrase

_NAMED = 6  # refusing layers that are named
_UNKNOWN = "unknown, as the own size is refused"

_COLUMNS = (
    Column("size", "size", "sizes"),
    replace(COLUMNS["output_shape"], rank=2),
    Column("same_params", "same params", "text", "every layer stores as many numbers as at the own size"),
    Column("params", "params", rank=5),
    replace(COLUMNS["macs"], rank=1),
    COLUMNS["activations"],
    Column("inference_memory_bytes", "inference memory", "bytes", rank=4),
    Column(
        "leftover_layers",
        "leftover",
        convention="layers with rows or columns that no window covers, padding included",
        rank=6,
    ),
    Column("refused_by", "refused by", "text", "the first layer that does not fit", rank=3),
    Column("reason", "reason", "text", rank=9),
)


def report(document: SizesDocument, search: SizeSearch, *, every: bool) -> Report:
    """Return the document for readers; ``every`` size is listed in it, or some are."""
    # A range has all its columns, so that scripts find them; a selection has no refused size but the own.
    columns = _COLUMNS if every or search.own.refusal else _COLUMNS[:-2]
    which = "own" if search.graph.as_published else "given"
    shape = Quantity(document.input_shape, "shape")
    lines = tuple(Line(tuple(_cell(entry, column.key) for column in columns)) for entry in document.sizes)
    return Report(
        title=(f"{document.name}, {which} input ", shape, ", at other sizes", *without(document)),
        tables=(Table("", columns, lines),),
        facts=tuple(_facts(document, search)),
        notes=(
            *_last_of_several(search),
            *footnotes(columns),
            f"inference memory: {document.dtype}, batch {document.batch}",
        ),
        source=document.source,
    )


def _last_of_several(search: SizeSearch) -> Iterator[str]:
    """Say whose output the column shows, where there are several."""
    outputs = search.graph.outputs
    if len(outputs) > 1:
        yield f"output: that of {search.graph.name(outputs[-1])}, the last of {len(outputs)}"


def _cell(entry: SizeEntry, key: str) -> Any:
    value = getattr(entry, key)
    if key == "same_params":
        return {True: "yes", False: "no", None: None}[value]
    if key in ("refused_by", "reason"):
        return value or ""  # nobody refuses, which is known
    return value


def _facts(document: SizesDocument, search: SizeSearch) -> Iterator[Fact]:
    tried, smallest = document.tried, document.smallest
    yield Fact("tried", _tried(document))
    if smallest is None:
        yield Fact("smallest", "none of these sizes is accepted")
    else:
        at_once = smallest == tried.first and min(smallest) > 1
        end = ", the first that was tried" if at_once else ""
        yield Fact("smallest", (Quantity(smallest, "sizes"), end))
        yield Fact("accepted", spans(document.accepted, tried))
        yield Fact("nothing left over", spans(document.nothing_left_over, tried))
    yield Fact("size fixed by", _fixed(document, search))
    yield Fact("trained weights", _trained(document))
    yield Fact("field beyond input", _beyond(document, search))
    for refused in document.refusals[:_NAMED]:
        yield Fact(f"{refused.layer} refuses", _refused(refused, document, search))
    left = document.refusals[_NAMED:]
    if left:
        sizes = Quantity(sum(refused.count for refused in left))
        yield Fact(f"{len(left)} more refuse", (sizes, " sizes"))


def _tried(document: SizesDocument) -> Phrase:
    tried = document.tried
    first, last = (Quantity(size, "sizes") for size in (tried.first, tried.last))
    stepped = (" in steps of ", Quantity(tried.step)) if tried.step > 1 else ()
    accepted = Quantity(how_many(document.accepted, tried))
    return first, " to ", last, *stepped, ": ", accepted, " of ", Quantity(tried.count), " sizes are accepted"


def _fixed(document: SizesDocument, search: SizeSearch) -> Phrase:
    own, refusal = document.input_shape[1:], search.own.refusal
    if refusal:
        size = Quantity(own, "sizes")
        return f"unknown, as {refusal.layer} refuses the own size ", size, f": {refusal.message}"
    if search.fixing:
        others = len(search.fixing) - 1
        more = (" and ", Quantity(others), " more") if others else ()
        return _named(search, search.fixing[0]), *more, ": at other sizes the weights have another shape"
    if search.levelled is not None:
        return f"nothing: behind {_named(search, search.levelled)} no shape depends on it"
    if search.held is not None:
        keeper, refuser = (_named(search, number) for number in search.held)
        if keeper == refuser:
            return f"{keeper}, which refuses others"
        return f"{keeper}: what it puts out does not follow the size, and {refuser} refuses others"
    return "nothing: no layer's weights depend on it"


def _named(search: SizeSearch, number: int) -> str:
    node = search.graph.nodes[number]
    return f"{node.path} ({node.type})"


def _trained(document: SizesDocument) -> Phrase:
    if document.trained_weights is None:
        return _UNKNOWN
    fitting = spans(document.trained_weights, document.tried)
    return ("fit ", *fitting) if document.trained_weights else "fit none of these sizes"


def _beyond(document: SizesDocument, search: SizeSearch) -> Phrase:
    layers, own = document.field_beyond_input, Quantity(document.input_shape[1:], "sizes")
    if layers is None:
        return _UNKNOWN
    if not layers:
        return "no layer's, at ", own
    count, field = len(layers), receptive_field(search.beyond[0], document.input_shape)
    first = f"{layers[0]} with {field_text(field)}"
    return "that of ", Quantity(count), f" {plural('layer', count)} at ", own, f"; the first is {first}"


def _refused(refused: RefusedSizes, document: SizesDocument, search: SizeSearch) -> Words:
    which = ranges(
        search, lambda outcome: outcome.refusal is not None and outcome.refusal.layer == refused.layer
    )
    sizes = (Quantity(refused.count), f" {plural('size', refused.count)}, ", *spans(which, document.tried))
    return *sizes, "; at ", Quantity(refused.largest, "sizes"), f": {refused.reason}"
