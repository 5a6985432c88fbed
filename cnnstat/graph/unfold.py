"""Blocks, repeats and conditions unfolded: from the entries of a spec to a flat list of layers.

A block with given arguments unfolds to one `Template`, whose nodes are numbered as those of a network: the
block's inputs first, then its layers. A template is made once for each set of arguments; a call of the block
only prefixes the paths and shifts the numbers, so ten thousand equal blocks cost little.

`scope` goes through a list of entries, with the `values` of options and, by `names` and `paths`, the
`references` to what stands above. Each layer or block that an entry asks for is a `call`. What comes out of a
scope is a `template`; all scopes of one spec share a `catalogue` and the `problems` found.
"""

from __future__ import annotations

from collections import ChainMap
from contextlib import suppress
from typing import TYPE_CHECKING

from cnnstat.graph.catalogue import Catalogue
from cnnstat.graph.problems import Skip, UnfoldingProblems
from cnnstat.graph.scope import Scope

if TYPE_CHECKING:
    from cnnstat.graph.template import Template
    from cnnstat.spec.choice import Spec


def unfold(spec: Spec, inputs: tuple[str, ...]) -> tuple[Template, tuple[int, ...]]:
    """Return the network's layers behind inputs of these names, and the numbers of its outputs.

    Raises:
        SpecError: with every problem in types, options, parameters and references.
    """
    problems = UnfoldingProblems()
    catalogue = Catalogue(spec, problems)
    catalogue.check_definitions()
    problems.stop_if_any()
    scope = Scope(catalogue, spec.family.layers, inputs, ChainMap(spec.params), ())
    template = scope.unfold()
    outputs: list[int] = []
    for reference in spec.family.outputs:
        with suppress(Skip):
            if not scope.references.left_out(reference):
                outputs += scope.references.find_all(reference)
    catalogue.check_unplaced()
    problems.stop_if_any()
    return template, tuple(outputs) or (template.output,)
