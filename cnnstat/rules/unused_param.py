"""A parameter that nothing reads.

Why:
    Who sets it expects another network and gets the same one. Mostly it was forgotten when a layer changed,
    or the layer that should read it has a number in its place.

Source:
    The rule of linters for arguments that a function does not use: pylint unused-argument, ruff ARG001.

Bad:
    name: unused
    input: [3, 32, 32]
    params: {width: 32, classes: 10}
    layers:
      - {type: conv, filters: $width, kernel: 3}
      - {type: conv, filters: 10, kernel: 1}

Good:
    name: used
    input: [3, 32, 32]
    params: {width: 32, classes: 10}
    layers:
      - {type: conv, filters: $width, kernel: 3}
      - {type: conv, filters: $classes, kernel: 1}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.edits import without
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.written import entries, names, read_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.spec.model import Block, Family


def family(spec: Family) -> Iterator[Found]:
    """Find parameters of the network and of blocks that no expression reads."""
    read = {name for sizes in spec.inputs.values() for size in sizes for name in names(size)}
    read |= read_by(spec.layers)
    given = {option.name for entry in entries(spec) for option in (*entry.options, *entry.first)}
    for block in spec.blocks.values():
        within = read_by(block.layers)
        yield from _of_block(block, within, given)
        read |= within - block.params.keys()
    differing = {name for variant in spec.variants.values() for name in variant.params}
    for name in spec.params:
        if name not in read:
            span = spec.param_spans[name]
            edits = () if name in differing else without(span, alone=len(spec.params) == 1)
            yield Found(_message(name, "the network"), span, edits)


def _of_block(block: Block, read: set[str], given: set[str]) -> Iterator[Found]:
    """Find those of a block; what any entry has as an option may be given to it, and stays."""
    for name in block.params:
        if name not in read:
            span = block.param_spans[name]
            edits = () if name in given else without(span, alone=len(block.params) == 1)
            yield Found(_message(name, f"the block '{block.name}'"), span, edits)


def _message(name: str, whose: str) -> str:
    return f"nothing in {whose} reads the parameter '{name}': write '${name}' where it belongs, or remove it"


RULE = Rule("warning", family=family)
