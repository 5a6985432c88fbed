"""What rule/bias-before-norm says of a bias, shown by execution: to change it changes nothing."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Source, SpecError
from cnnstat.bridge.program import program
from cnnstat.commands.check.options import CheckOptions
from cnnstat.executor.network import Executor
from cnnstat.graph.model import build
from cnnstat.rules import bias_before_norm
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family
from tests.rules.found import check_text, specs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from cnnstat.analysis import Analysis
    from cnnstat.executor.network import Batch


SPECS = specs("bias-before-norm")


def networks(path: Path) -> Iterator[Analysis]:
    family = read_family(Source(path.name, path.read_text(encoding="utf-8")))
    for variant in family.variants or [None]:
        yield analyze_graph(build(choose(family, variant, {})))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_bias_that_is_found_changes_nothing_and_any_other_does(path: Path) -> None:
    for analysis in networks(path):
        found = {each.message.split("'")[1] for each in bias_before_norm.network(analysis)}
        network, rng = Executor(program(analysis.graph), dtype="float64"), np.random.default_rng(1)
        # In training, a run takes means of the batch in frozen norms, too.
        training = not any(node.frozen and node.type == "batch_norm" for node in analysis.graph.layers)
        frozen = {node.path for node in analysis.graph.layers if node.frozen}
        x = network.sample(3)
        before = outputs(network, x, training)
        for name, array in network.parameters.items():
            layer, _, tensor = name.rpartition(".")
            if tensor != "bias" or "norm" in analysis.named[layer].type:
                continue
            if layer in frozen:  # what nobody trains is nobody's to take out
                continue
            kept = array.copy()
            array[...] = kept + rng.normal(size=array.shape)
            changed = np.abs(outputs(network, x, training) - before).max()
            assert (changed < 1e-9) == (layer in found), (analysis.name, layer)
            array[...] = kept


def others(params: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Yield parameters that a command line may set instead: all choices of yes and no, and other numbers."""
    choices = [name for name, value in params.items() if isinstance(value, bool)]
    for chosen in product((False, True), repeat=len(choices)):
        yield dict(zip(choices, chosen, strict=True))
    for name, value in params.items():
        if isinstance(value, int) and not isinstance(value, bool):
            yield from ({name: other} for other in (1, 2, 8))
    yield from ({name: word} for name in params for word in ("channels", "relu"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_is_mended_has_no_effect_under_other_parameters(path: Path) -> None:
    """A layer may be left out there; where it is there, its bias is found as well."""
    text = path.read_text(encoding="utf-8")
    mended = {
        each.line for each in check_text(text, path.name, None, CheckOptions()).findings if each.fixable
    }
    family = read_family(Source(path.name, text))
    for variant in family.variants or [None]:
        for params in others(family.params):
            try:
                analysis = analyze_graph(build(choose(family, variant, params)))
            except SpecError:  # no such network
                continue
            found = {each.span.line for each in bias_before_norm.network(analysis)}
            there = {node.span_of("bias").line for node in analysis.graph.layers}
            assert mended & there <= found, params


def outputs(network: Executor, x: Batch, training: bool) -> np.ndarray[Any, Any]:
    found = network.forward(x, training=training)
    return np.concatenate([np.ravel(y) for y in (found if isinstance(found, tuple) else (found,))])
