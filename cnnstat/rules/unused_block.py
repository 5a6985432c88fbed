"""A block that no layer calls.

Why:
    It is read and checked with the spec, and whoever reads the file takes it for a part of the network. A
    block that is called by unused blocks alone, or by itself, is as unused as they are. --fix takes it out,
    unless a `type:` of the file is an expression, which may come to its name.

Source:
    The rule of linters for what is defined and never used, as pyflakes and ruff have it for imports and
    variables (F401, F841).

Bad:
    name: unused
    input: [3, 32, 32]
    blocks:
      wide: {layers: [{type: conv, filters: 64, kernel: 3}]}
      deep: {layers: [{type: conv, filters: 32, kernel: 3}, {type: conv, filters: 32, kernel: 3}]}
    layers:
      - {type: deep}

Good:
    name: used
    input: [3, 32, 32]
    blocks:
      deep: {layers: [{type: conv, filters: 32, kernel: 3}, {type: conv, filters: 32, kernel: 3}]}
    layers:
      - {type: deep}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.rules.edits import without
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.written import Calls, entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.spec.model import Family


def family(spec: Family) -> Iterator[Found]:
    """Find blocks that nothing leads to from the layers of the network."""
    if not spec.blocks:
        return
    # Which block an expression calls, parameters of a command line may say, too.
    known = all(isinstance(entry.type.value, str) for entry in entries(spec))
    calls, called, waiting = Calls(spec), set[str](), list(spec.layers)
    while waiting:
        for name in calls.blocks(waiting.pop()) - called:
            called.add(name)
            waiting += spec.blocks[name].layers
    for block in spec.blocks.values():
        if block.name not in called:
            edits = without(block.span, alone=not called) if known else ()
            yield Found(f"no layer calls the block '{block.name}'; remove it", block.span, edits)


RULE = Rule("warning", family=family)
