"""Draft -> the text of a spec, which is then read as any other: nothing but the reader builds graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.dtypes import DTYPE
from cnnstat.importers.block_names import BlockNames
from cnnstat.importers.entries import (
    Block,
    Entry,
    named,
    one_line,
    quoted,
    value,
    word,
    wrapped,
    written,
    written_block,
)
from cnnstat.importers.folding.fold import folded
from cnnstat.importers.folding.network_params import with_classes
from cnnstat.importers.tree import ONLY_INPUT, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.importers.draft import Draft
    from cnnstat.importers.tree import Module, Tree


_REMARKS = 10
"""Remarks that stand in the text."""


class SpecText(Struct, frozen=True):
    """The text of a spec, and the path in it of each layer and input, by the names of the draft."""

    text: str
    paths: dict[str, str]
    inputs: dict[str, str]


def spec_text(draft: Draft) -> SpecText:
    """Return a draft as a spec that has a block for each module."""
    found = tree(draft)
    blocks: list[Block] = []
    names = BlockNames(layer.type for layer in draft.layers)
    entries = _entries(found.root, blocks, names)
    return SpecText(_text(draft, found, blocks, entries, {}), found.paths, found.inputs)


def folded_text(draft: Draft) -> SpecText:
    """Return a draft as a spec in which equal modules are one block."""
    draft, params = with_classes(draft)
    found = tree(draft)
    made = folded(draft, found, BlockNames(layer.type for layer in draft.layers))
    return SpecText(_text(draft, found, made.blocks, made.entries, params), found.paths, found.inputs)


def _entries(module: Module, blocks: list[Block], names: BlockNames) -> tuple[Entry, ...]:
    """Return the lines of a module; the blocks that they call are added before."""
    entries: list[Entry] = []
    for line in module.lines:
        kind = line.type
        if line.module is not None:
            kind = names.new("_".join(line.module.path))
            inner = _entries(line.module, blocks, names)
            blocks.append(Block(name=kind, entries=inner, inputs=line.module.inputs))
        entries.append(
            Entry(name=line.name, type=kind, reads=line.reads, weights=line.weights, options=line.options)
        )
    return tuple(entries)


def _text(
    draft: Draft, found: Tree, blocks: Sequence[Block], entries: Sequence[Entry], params: dict[str, int]
) -> str:
    lines = [f"# {one_line(remark)}" for remark in draft.remarks[:_REMARKS]]
    if len(draft.remarks) > _REMARKS:
        lines.append(f"# and {len(draft.remarks) - _REMARKS:,} more")
    lines.append(f"name: {word(draft.name)}")
    if draft.source:
        lines.append(f"source: {quoted(draft.source)}")
    shapes = {found.inputs[name]: list(shape) for name, shape in draft.inputs.items()}
    lines.append(f"input: {value(shapes[ONLY_INPUT] if [*shapes] == [ONLY_INPUT] else shapes)}")
    if draft.dtype != DTYPE:
        lines.append(f"dtype: {draft.dtype}")
    if params:
        lines.append(f"params: {value(params)}")
    if blocks:
        lines.append("blocks:")
        for block in blocks:
            lines += written_block(block)
    lines.append("layers:")
    lines += written(entries, found.root.inputs, "  ")
    outputs = [found.paths[name] for name in draft.outputs]
    if outputs != [found.paths[draft.layers[-1].name]]:
        lines += wrapped([*map(named, outputs)], "outputs: [", "]")
    return "\n".join([*lines, ""])
