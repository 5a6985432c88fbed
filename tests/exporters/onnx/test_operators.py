"""Each layer type in ONNX, over the cases of the executor: odd sizes, strides, groups, every rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import cnnstat
from tests.executor.cases import CASES
from tests.exporters.onnx.exported import apart, checked, drawn, outputs
from tests.small import network_of

if TYPE_CHECKING:
    from tests.executor.cases import Case

INFERENCE = [case for case in CASES if not case.training]
TOLERANCE = {"float32": 1e-5, "float64": 1e-9}
"""Attributes, as the eps of a norm, are float32 whatever they are about."""

NOT_IN_FLOAT64 = {
    *("conv", "depthwise_conv", "transposed_conv", "subsample", "avg_pool", "global_avg_pool"),
    *("global_max_pool", "adaptive_avg_pool", "adaptive_max_pool", "spatial_pyramid_pool", "instance_norm"),
    *("local_response_norm", "leaky_relu", "prelu", "elu", "selu", "gelu", "hard_swish", "hard_sigmoid"),
    *("softsign", "softplus", "mish", "upsample"),
}
"""Types with an operator, in some case, that ONNX Runtime 1.31 runs on float32 alone."""


@pytest.mark.exchange
@pytest.mark.parametrize("case", INFERENCE, ids=lambda case: case.id)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_onnx_runtime_agrees(case: Case, dtype: str) -> None:
    graph = network_of(case)
    network = cnnstat.Network(graph, dtype=dtype)
    drawn(network)
    made = checked(graph, network.parameters, dtype, every_output=True)
    if dtype == "float64" and case.type in NOT_IN_FLOAT64:
        return  # checked, and not run
    x = network.sample(2)
    x = np.round(2 * x) if case.ties else x
    found = apart(network, x, outputs(made, {"input": x}))
    assert max(found.values()) < TOLERANCE[dtype], found


@pytest.mark.exchange
@pytest.mark.parametrize("case", INFERENCE, ids=lambda case: case.id)
def test_without_weights_it_is_whole(case: Case) -> None:
    graph = network_of(case)
    made = checked(graph, None, "float32")
    tensors = {
        f"{row.name}.{name}"
        for row in cnnstat.analyze(graph).rows
        for name in row.node.layer.tensors(tuple(cnnstat.analyze(graph).shapes[i] for i in row.node.inputs))
    }
    assert {each.name for each in made.graph.input} == {"input", *tensors}
