"""One layer or block that is asked for, and what can be wrong with that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.limits import MAX_NESTING
from cnnstat.base.text import listed, plural

if TYPE_CHECKING:
    from cnnstat.graph.catalogue import Asked
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.graph.problems import UnfoldingProblems
    from cnnstat.layers.base import Layer
    from cnnstat.spec.model import Block, Entry
    from cnnstat.spec.values import Value


class Call(Struct, frozen=True):
    """One layer or block that an entry asks for, with all values settled.

    ``kind`` is a layer type or a block's name, ``inputs`` are numbers of nodes, and ``index`` says, of a
    repeat, which repetition it is. ``lenders`` are the layers whose parameters it uses, none for its own.
    """

    entry: Entry
    kind: str
    path: str
    inputs: tuple[int, ...]
    arguments: dict[str, Value]
    frozen: bool
    index: int | None
    lenders: tuple[LayerNode, ...] = ()


def check_arity(call: Call, kind: type[Layer], problems: UnfoldingProblems) -> None:
    """Refuse a layer that reads too few or too many others."""
    least, most = kind.arity
    got = len(call.inputs)
    if got < least or (most and got > most):
        wanted = f"{least}" if least == most else f"{least} to {most}" if most else f"{least} or more"
        inputs = plural("input", most)
        message = f"{call.kind} needs {wanted} {inputs}, got {got}; name them with 'from: [...]'"
        problems.refuse("graph/arity", message, call.entry.span)


def check_block(
    call: Call, block: Block, asked: Asked, stack: tuple[Asked, ...], problems: UnfoldingProblems
) -> None:
    """Refuse a call of a block that never ends or nests too deep, or lacks parameters or inputs.

    ``asked`` is what it asks for, ``stack`` what the calls do that it stands in.
    """
    name, span = block.name, call.entry.span
    if asked in stack:
        chain = " -> ".join(kind for kind, _ in (*stack[stack.index(asked) :], asked))
        problems.refuse("block/recursion", f"the block '{name}' contains itself: {chain}", span)
    if len(stack) >= MAX_NESTING:
        way_out = "; a block that calls itself ends with 'when:'" if name in dict(stack) else ""
        problems.refuse("block/nesting", f"blocks nest more than {MAX_NESTING} deep{way_out}", span)
    missing = [f"'{param}:'" for param in block.required if param not in call.arguments]
    if missing:
        message = f"the block '{name}' needs {listed(missing, ' and ')}"
        problems.refuse("block/missing-parameter", message, span)
    if len(call.inputs) != len(block.inputs):
        count = len(block.inputs)
        wanted = f"{count} {plural('input', count)} ({listed(block.inputs)})"
        message = f"the block '{name}' has {wanted}, got {len(call.inputs)}"
        problems.refuse("graph/arity", message, span)
