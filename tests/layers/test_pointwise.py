"""Types that say they work value by value do, in whatever order axes stand; the others do not."""

from __future__ import annotations

import numpy as np
import pytest

from cnnstat.executor.kernels import KERNELS
from cnnstat.layers import LAYERS
from tests.executor.cases import CASES, Case

PLAIN = [case for case in CASES if not case.training]
POINTWISE = [case for case in PLAIN if LAYERS[case.type].pointwise]
OTHERS = sorted({case.type for case in PLAIN if not LAYERS[case.type].pointwise and len(case.shapes[0]) > 2})


def commutes(case: Case) -> bool:
    """Say whether turned inputs come to the turned output, with the axes of a sample back to front."""

    def forward(inputs: tuple[np.ndarray, ...]) -> np.ndarray:
        y, _ = KERNELS[case.type].forward(inputs, case.params, case.options, case.context(backward=False))
        return np.asarray(y)

    def turned(array: np.ndarray) -> np.ndarray:
        return array.transpose(0, *range(array.ndim - 1, 0, -1))

    try:
        found, wanted = forward(tuple(map(turned, case.inputs))), turned(forward(case.inputs))
    except (ValueError, IndexError):  # a size is another one there
        return False
    return found.shape == wanted.shape and bool(np.allclose(found, wanted))


def test_what_changes_the_order_of_axes_asks_the_type() -> None:
    assert {case.type for case in POINTWISE} == {
        *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "hard_swish", "hard_sigmoid"),
        *("sigmoid", "tanh", "scaled_tanh", "hard_tanh", "softsign", "softplus", "mish", "abs", "clamp"),
        *("power", "dropout", "drop_path", "identity", "add", "subtract", "multiply", "maximum"),
    }


@pytest.mark.parametrize("case", POINTWISE, ids=[case.id for case in POINTWISE])
def test_a_pointwise_type_works_value_by_value(case: Case) -> None:
    assert commutes(case)
    assert not case.params


@pytest.mark.parametrize("kind", OTHERS)
def test_another_type_does_not(kind: str) -> None:
    assert not all(commutes(case) for case in PLAIN if case.type == kind)
