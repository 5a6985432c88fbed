"""A name that stands for something else elsewhere.

Why:
    A parameter of a block hides the network's parameter of the same name: where a call leaves it out, its
    default counts, and what the network, a variant or `--set` say does not arrive. A layer with the name of
    another block, or with one that the program would give a layer of another type (`relu2`), is taken for
    what it is not.

Source:
    The rule of linters for names that shadow: pylint redefined-outer-name, ruff A001.

Bad:
    name: shadow
    input: [3, 32, 32]
    params: {eps: 0.001}
    blocks:
      conv_bn:
        params: {filters, eps: 1.0e-5}
        layers:
          - {type: conv, filters: $filters, kernel: 3, bias: false}
          - {type: batch_norm, eps: $eps}
    layers:
      - {type: conv_bn, filters: 16}
      - {type: conv_bn, filters: 32, eps: $eps}

Good:
    name: no shadow
    input: [3, 32, 32]
    params: {eps: 0.001}
    blocks:
      conv_bn:
        params: {filters}
        layers:
          - {type: conv, filters: $filters, kernel: 3, bias: false}
          - {type: batch_norm, eps: $eps}
    layers:
      - {type: conv_bn, filters: 16}
      - {type: conv_bn, filters: 32}
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.layers import LAYERS
from cnnstat.rules.rule import Found, Rule
from cnnstat.rules.written import Calls, entries
from cnnstat.spec.expression import Expression
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.spec.model import Entry, Family

_NUMBERED = re.compile(r"([a-z0-9_]*[a-z_])[0-9]+")


def family(spec: Family) -> Iterator[Found]:
    """Find parameters of blocks that hide the network's, and layers that have the name of something else."""
    left_out = _left_out(spec)
    for block in spec.blocks.values():
        for name, default in block.params.items():
            if (block.name, name) in left_out:
                own, outer = show_value(default), show_value(spec.params[name])
                message = f"'{name}' hides the network's: a call that leaves it out gets {own}, not {outer}"
                yield Found(message, block.param_spans[name])
    for layers in (spec.layers, *(block.layers for block in spec.blocks.values())):
        yield from _of_layers(spec, layers)


def _left_out(spec: Family) -> set[tuple[str, str]]:
    """Return blocks with those of their parameters that hide the network's and are left out by some call."""
    found, calls = set[tuple[str, str]](), Calls(spec)
    hiding = {
        block.name: {
            name for name in block.params.keys() & spec.params.keys() if block.params[name] is not None
        }
        for block in spec.blocks.values()
    }
    for entry in entries(spec):
        for block in calls.blocks(entry):
            if hiding[block]:
                left_out = hiding[block] - {option.name for option in entry.options}
                found |= {(block, name) for name in left_out}
                hiding[block] -= left_out
    return found


def _of_layers(spec: Family, layers: tuple[Entry, ...]) -> Iterator[Found]:
    unnamed = {entry.type.value for entry in layers if entry.name is None}
    for entry in layers:
        name, kind = entry.name, entry.type.value
        if name is None or isinstance(kind, Expression) or name == kind:
            continue
        numbered = _NUMBERED.fullmatch(name)
        if name in spec.blocks:
            yield Found(f"the layer '{name}' has the name of a block, but is a {kind}", entry.span)
        elif numbered and numbered[1] in LAYERS and numbered[1] in unnamed and numbered[1] != kind:
            message = f"'{name}' is a {kind}, but has a name as {numbered[1]} layers without one get it"
            yield Found(message, entry.span)


RULE = Rule("info", family=family)
