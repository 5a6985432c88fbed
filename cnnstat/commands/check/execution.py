"""A network is executed for `check --run`: the proof of `cnnstat run`, as findings and numbers.

Nothing here is imported without `--run`, for it needs NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Problem
from cnnstat.bridge.refusals import DisprovedError, TooLargeError
from cnnstat.commands.check.document import Execution
from cnnstat.commands.run.options import RunOptions
from cnnstat.commands.run.proof import REFUSALS, prove
from cnnstat.commands.run.verdict import verdict
from cnnstat.report.text import said

if TYPE_CHECKING:
    from cnnstat.base.errors import Span
    from cnnstat.commands.run.proof import Proof
    from cnnstat.graph.model import Graph

OUT_OF_MEMORY = "out of memory; --max-memory says how much it may take"


class Executed(Struct, frozen=True):
    """An execution, if there was one, and what is wrong, if anything is."""

    execution: Execution | None
    problem: Problem | None


def execute(graph: Graph, *, check_grad: bool, max_memory: int | None, share: int) -> Executed:
    """Run a network forward and backward on a drawn sample and compare; check its gradients if asked to.

    It is one of so many that ``share`` the bytes in ``max_memory``.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    span = graph.spec.family.span
    options = RunOptions(
        dtype="float64" if check_grad else "float32",
        check_grad=check_grad,
        max_memory=max_memory,
        share=share,
        progress=False,
    )
    try:
        proof = prove(graph, options)
    except MemoryError:
        return Executed(None, Problem("run/refused", OUT_OF_MEMORY, span))
    except TooLargeError as refusal:
        more = (
            "--jobs 1 gives all of it to one network at a time"
            if share > 1
            else "a larger --max-memory allows more"
        )
        return Executed(None, Problem("run/refused", f"{refusal.needs}, and {refusal.there}; {more}", span))
    except REFUSALS as refusal:
        return Executed(None, Problem("run/refused", str(refusal), span))
    except DisprovedError as disproved:
        return Executed(None, Problem("run/disproved", str(disproved), span))
    if proof.interrupted:
        raise KeyboardInterrupt
    sentence = said(verdict(proof))
    execution = Execution(
        network=graph.spec.name,
        figures=proof.verification.compared - len(proof.verification.differences),
        gradients=sum(checked.good for checked in proof.checked),
        verdict=sentence,
    )
    return Executed(
        execution, None if proof.good else Problem("run/disproved", sentence, _place(graph, proof))
    )


def _place(graph: Graph, proof: Proof) -> Span:
    """Return where the first layer is written of which something is not true; else where the network is."""
    named = [each.layer for each in proof.verification.differences] + [each.layer for each in proof.wrong]
    spans = {node.path: node.entry.span for node in graph.layers}
    return next((spans[name] for name in named if name in spans), graph.spec.family.span)
