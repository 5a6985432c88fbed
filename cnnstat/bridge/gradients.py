"""Gradients against derivatives, from a spec: every layer of a network, and the network end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.bridge.program import Network
from cnnstat.executor.kernel import quiet
from cnnstat.executor.measure.end_to_end import check_end_to_end
from cnnstat.executor.measure.gradients import SAMPLES, Plan, check_layers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cnnstat.base.arguments import Inputs
    from cnnstat.executor.measure.gradients import Checked
    from cnnstat.graph.model import Graph


def check_gradients(
    spec: Graph | str | Path,
    *,
    params: Mapping[str, object] | None = None,
    seed: int = 0,
    method: str = "complex",
    elements: int = 0,
    training: bool = False,
    input_shape: Inputs | None = None,
    batch: int | None = None,
) -> tuple[Checked, ...]:
    """Check every gradient of a network in float64: of each layer alone, then end to end.

    Unless `batch` says otherwise layers have two samples, for with one a layer that forgets the others goes
    unnoticed; end to end one is enough, but in training, where samples share statistics. `method` is
    "complex" or "central"; `elements` more single elements of each tensor are checked one by one.

    Raises:
        SpecError: the spec is wrong.
        ValueError: an argument is out of range, or a layer has no kernel, or it cannot take its input.
    """
    plan = Plan(method, elements, seed, training)
    with quiet():
        network = Network(spec, params=params, seed=seed, dtype="float64", input_shape=input_shape)
        alone = check_layers(network, network.sample(SAMPLES if batch is None else batch), plan)
        together = (SAMPLES if training else 1) if batch is None else batch
        whole = check_end_to_end(network, network.sample(together), plan)
        return (*(checked for _, checked in alone), *whole)
