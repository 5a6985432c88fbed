"""Random graphs against PyTorch in float64: outputs and all gradients. Run with `pytest -m torch -s`."""

from __future__ import annotations

import importlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnnstat
from cnnstat.executor.kernel import quiet
from cnnstat.layers import LAYERS
from tests.executor.test_torch_models import models  # noqa: F401 - a fixture: it finds PyTorch, or skips
from tests.fuzz.networks import networks
from tests.fuzz.test_fuzz import short

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array
    from tests.fuzz.pieces import Drawn

GRAPHS = 400
BATCH = 2
TOLERANCE = 1e-9
"""How far a tensor may be off, beside its largest number."""
ROUNDING = 1000
"""How many times what a last digit of the input changes may differ, too: sums have another order."""
NOTHING = 1e-12
"""What rounding may leave of a zero: of the mean of equal numbers, for one."""
DRAWN_ANEW = {"dropout", "drop_path"}
"""Types whose masks in training come from a generator that PyTorch has not."""
REFUSED = ("Expected more than 1",)
"""What PyTorch refuses and cnnstat does not: statistics of a single number, of which it makes zeros."""


def ran(network: cnnstat.Network, x: Any, *, training: bool) -> dict[str, Array]:
    """Return outputs and gradients by name; the loss is the same weighted sum of all outputs each time."""
    found = network.forward(x, training=training)
    outputs = found if isinstance(found, tuple) else (found,)
    dys = weights(outputs)
    back = network.backward(dys if isinstance(found, tuple) else dys[0])
    named = {f"output {number}": y for number, y in enumerate(outputs)}
    return named | dict(network.named(back.input)) | back.parameters


def weights(outputs: Any) -> tuple[Array, ...]:
    return tuple(np.random.default_rng(number).standard_normal(y.shape) for number, y in enumerate(outputs))


def compared(torch_graphs: Any, drawn: Drawn, seed: int, training: bool) -> str:
    """Hold one network against PyTorch; return what became of it."""
    try:
        graph = cnnstat.loads(drawn.text)
    except cnnstat.SpecError as error:
        return f"refused: {error.problems[0].code}"
    with quiet():
        one, near = (cnnstat.Network(graph, seed=seed, dtype="float64") for _ in range(2))
        training = training and not DRAWN_ANEW & {step.type for step in one.program.steps}
        x = one.sample(BATCH)
        noise = np.random.default_rng(seed)
        moved = {
            name: each * (1 + np.finfo(float).eps * noise.standard_normal(each.shape))
            for name, each in one.named(x).items()
        }
        try:
            theirs = torch_graphs.Gone(one, one.named(x), training=training)
        except ValueError as error:
            if any(map(str(error).startswith, REFUSED)):
                return "refused by PyTorch"
            raise
        outputs = [y.detach().numpy() for y in theirs.outputs]
        expected = {f"output {number}": y for number, y in enumerate(outputs)}
        expected |= theirs.backward(list(weights(outputs)))
        found, beside = (
            ran(network, each, training=training) for network, each in ((one, x), (near, near.batch(moved)))
        )
    assert found.keys() == expected.keys()
    if not all(np.isfinite(each).all() for each in (*expected.values(), *found.values())):
        return "not finite"
    for name, array in expected.items():
        assert found[name].shape == array.shape, name
        rounding = ROUNDING * np.abs(beside[name] - found[name]).max(initial=0)
        allowed = TOLERANCE * np.abs(array).max(initial=0) + rounding + NOTHING
        assert np.abs(found[name] - array).max(initial=0) <= allowed, (name, found[name], array)
    return "trained" if training else "compared"


@pytest.mark.torch
def test_every_type_is_one_of_pytorch(models: Any) -> None:  # noqa: F811
    """Or is composed of its functions."""
    assert {*LAYERS} == importlib.import_module("tests.executor.torch_graphs").TYPES


@pytest.mark.torch
def test_random_graphs_agree_with_pytorch(models: Any) -> None:  # noqa: F811
    torch_graphs = importlib.import_module("tests.executor.torch_graphs")
    outcomes: Counter[str] = Counter()
    types: Counter[str] = Counter()

    def compare(drawn: Drawn, seed: int, training: bool) -> None:
        outcome = compared(torch_graphs, drawn, seed, training)
        outcomes[outcome] += 1
        if outcome in ("compared", "trained"):
            types.update(node.type for node in cnnstat.loads(drawn.text).layers)

    short(GRAPHS)(given(networks(), st.integers(0, 99), st.booleans())(compare))()
    print(f"\n{dict(outcomes)}; {types.total()} layers of {len(types)} types")
    assert outcomes["compared"] + outcomes["trained"] > 0.8 * outcomes.total()
