"""A network, run -> the document of `run`, or why it cannot be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.bridge.refusals import DisprovedError
from cnnstat.commands.run.document import document
from cnnstat.commands.run.options import RunOptions
from cnnstat.commands.run.proof import REFUSALS, prove

if TYPE_CHECKING:
    from cnnstat.bridge.taken_weights import Model
    from cnnstat.commands.run.document import RunDocument
    from cnnstat.graph.model import Graph


class Outcome(Struct, frozen=True):
    """What came of running a network: None and the ``reason`` where it could not be run.

    ``proved``: whether every figure was measured as calculated; None where nothing was measured.
    """

    document: RunDocument | None
    reason: str
    proved: bool | None

    @property
    def said(self) -> str:
        """Return the verdict, or why there is none."""
        return self.document.verdict if self.document else self.reason


def proof_of(graph: Graph, model: Model | None, max_memory: int | None) -> Outcome:
    """Run a network as `run` does."""
    try:
        found = document(prove(graph, RunOptions(model=model, max_memory=max_memory)), None)
    except MemoryError:
        return Outcome(None, "out of memory", None)
    except REFUSALS as refusal:
        return Outcome(None, str(refusal), None)
    except DisprovedError as disproved:
        return Outcome(None, str(disproved), False)
    return Outcome(found, "", found.proved)
