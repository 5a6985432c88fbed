"""``blocks:`` in a document -> Blocks: the keys of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Problem
from cnnstat.spec.entry_reader import read_entries
from cnnstat.spec.model import Block
from cnnstat.spec.nodes import Mapping, shown
from cnnstat.spec.param_reader import read_params, spans_of_params
from cnnstat.spec.value_reader import check_keys, items_of, need_keys, read_name, read_references

if TYPE_CHECKING:
    from cnnstat.base.errors import Problems
    from cnnstat.spec.model import Reference
    from cnnstat.spec.nodes import Node, Scalar

BLOCK_KEYS = ("params", "inputs", "outputs", "layers")


def read_blocks(node: Node | None, cited: str, problems: Problems) -> dict[str, Block]:
    """Read what stands under ``blocks:``; problems are added to ``problems``.

    ``cited`` is the source of an expectation that cites nothing.
    """
    blocks = {}
    for key, body in items_of(node, "blocks", problems):
        read_name(key, "a block", problems)
        if isinstance(body, Mapping):
            blocks[key.text] = _block(key, body, cited, problems)
        else:
            message = f"the block '{key.text}' is a mapping with 'layers:'"
            problems.add(Problem("spec/type", message, body.span))
    return blocks


def _block(key: Scalar, body: Mapping, cited: str, problems: Problems) -> Block:
    what = f"the block '{key.text}'"
    check_keys(body, BLOCK_KEYS, what, problems)
    need_keys(body, ("layers",), what, key.span, problems)
    inputs = tuple(item.name for item in read_references(body.get("inputs"), problems))
    return Block(
        name=key.text,
        params=read_params(body.get("params"), problems),
        param_spans=spans_of_params(body.get("params")),
        inputs=inputs or ("input",),
        outputs=_outputs(body.get("outputs"), problems),
        layers=read_entries(body.get("layers"), cited, problems),
        span=key.span,
    )


def _outputs(node: Node | None, problems: Problems) -> dict[str, Reference]:
    """Read what a block puts out: layers inside it, or a mapping that gives them other names."""
    if not isinstance(node, Mapping):
        return {reference.name: reference for reference in read_references(node, problems)}
    found = {}
    for key, value in node.entries:
        read_name(key, "an output", problems)
        if len(references := read_references(value, problems)) == 1:
            found[key.text] = references[0]
        else:
            message = f"expected a layer's name, got {shown(value)}"
            problems.add(Problem("spec/name", message, value.span))
    return found
