"""Weights that a run reads: what the document says of them, and `--explain-names`, which only pairs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from cnnstat.analysis import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.bridge.memory import Uses, running_bytes
from cnnstat.bridge.memory_limit import MemoryLimit
from cnnstat.bridge.program import Network
from cnnstat.bridge.weights import SPECS_OWN, TensorPair, pairs_of, variants_alike
from cnnstat.report.document import NetworkDocument, head
from cnnstat.report.layers import title_of
from cnnstat.report.model import Column, Fact, Line, Quantity, Report, Table

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.analysis import Analysis
    from cnnstat.bridge.taken_weights import Taken
    from cnnstat.commands.run.options import RunOptions
    from cnnstat.graph.model import Graph


class WeightsRead(Struct, frozen=True):
    """Weights that were read, of a file or of the model that the network is."""

    file: str
    tensors: int
    own: Annotated[bool, Meta(description="whether they are those of the model that SPEC names")]
    fits_too: Annotated[
        tuple[str, ...], Meta(description="other variants of the spec that have the same tensors")
    ]


def weights_read(taken: Taken, analysis: Analysis) -> WeightsRead | None:
    """Return what was read, None where weights were drawn."""
    if taken.whose == "seed":
        return None
    own = taken.whose == "model"  # which says all that a spec does: no other variant is meant
    return WeightsRead(taken.name, taken.tensors, own, () if own else variants_alike(analysis))


class NamesDocument(NetworkDocument, frozen=True, kw_only=True):
    """`run --explain-names`: which tensor of a file is which of the network."""

    file: str
    pairs: tuple[TensorPair, ...]
    fits_too: Annotated[
        tuple[str, ...], Meta(description="other variants of the spec that have the same tensors")
    ]


def names_document(graph: Graph, weights: Path, options: RunOptions) -> NamesDocument:
    """Return the pairs of a file's tensors with a network's, for which no more is read than headers.

    Raises:
        SpecError: a layer does not fit, or the map of names is no YAML.
        MemoryError, or one of `proof.REFUSALS`: it cannot be.
    """
    analysis = analyze_graph(graph, Settings(dtype=options.dtype))
    limit = MemoryLimit(options.max_memory)
    limit.check(running_bytes(analysis, Uses(weights=True)))
    with limit.held():
        network = Network(graph, seed=options.seed, dtype=options.dtype)
        pairs = pairs_of(network, graph, weights, options.names)
    fits = variants_alike(analysis)
    return NamesDocument(command="run", **head(analysis), file=weights.name, pairs=pairs, fits_too=fits)


def names_report(document: NamesDocument) -> Report:
    """Return the table of pairs."""
    columns = (
        Column("ours", "ours", "text"),
        Column("theirs", "theirs", "text"),
        Column("shape", "shape", "shape"),
        Column("why", "why", "text", rank=1),
    )
    lines = tuple(Line((pair.ours, pair.theirs, pair.shape, pair.why)) for pair in document.pairs)
    facts = [Fact("weights", (Quantity(len(lines)), f" tensors of {document.file}; {SPECS_OWN}"))]
    if document.fits_too:
        facts.append(Fact("", f"these tensors fit {', '.join(document.fits_too)}, too"))
    return Report(
        title=(*title_of(document), ", names"),
        tables=(Table("", columns, lines),),
        facts=tuple(facts),
        source=document.source,
    )
