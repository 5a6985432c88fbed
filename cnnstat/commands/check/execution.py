"""A network is executed for `check --run`: the proof of `cnnstat run`, as findings and numbers.

Nothing here is imported without `--run`, for it needs NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.errors import Problem
from cnnstat.commands.check.check_file import Execution
from cnnstat.commands.run.options import RunOptions
from cnnstat.commands.run.proof import REFUSALS, prove
from cnnstat.commands.run.refusals import DisprovedError, TooLargeError
from cnnstat.commands.run.verdict import verdict
from cnnstat.report.text import bytes_text, said

if TYPE_CHECKING:
    from cnnstat.base.errors import Span
    from cnnstat.commands.run.proof import Proof
    from cnnstat.graph.model import Graph

OUT_OF_MEMORY = "out of memory"


class Executed(Struct, frozen=True):
    """An execution, if there was one, and what is wrong, if anything is."""

    execution: Execution | None
    problem: Problem | None


def execute(graph: Graph, *, check_grad: bool, max_memory: int | None, jobs: int) -> Executed:
    """Run a network forward and backward on a drawn sample and compare; check its gradients if asked to.

    It is one of ``jobs`` that share the bytes in ``max_memory``.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    span = graph.spec.family.span
    options = RunOptions(
        dtype="float64" if check_grad else "float32",
        check_grad=check_grad,
        max_memory=max_memory and max_memory // jobs,
        progress=False,
    )
    try:
        proof = prove(graph, options)
    except MemoryError:
        return Executed(None, Problem("run/refused", _too_large(OUT_OF_MEMORY, max_memory, jobs), span))
    except TooLargeError as refusal:
        return Executed(None, Problem("run/refused", _too_large(refusal.needs, max_memory, jobs), span))
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


def _too_large(needs: str, max_memory: int | None, jobs: int) -> str:
    """Return why a network is not executed, in terms of what `check` was given."""
    alone = "; --jobs 1 gives all to one network at a time" if jobs > 1 else ""
    if max_memory is None:
        return f"{needs}, and no more is free{alone}"
    each = f", {bytes_text(max_memory // jobs)} for each of {jobs} processes" if jobs > 1 else ""
    return f"{needs}, and --max-memory allows {bytes_text(max_memory)}{each}{alone}"


def _place(graph: Graph, proof: Proof) -> Span:
    """Return where the first layer is written of which something is not true; else where the network is."""
    named = [each.layer for each in proof.verification.differences] + [each.layer for each in proof.wrong]
    spans = {node.path: node.entry.span for node in graph.layers}
    return next((spans[name] for name in named if name in spans), graph.spec.family.span)
