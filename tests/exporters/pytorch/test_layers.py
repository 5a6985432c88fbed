"""Each layer type as PyTorch says it, over the cases of the executor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.exporters.pytorch.functions import FUNCTIONS
from cnnstat.exporters.pytorch.modules import MODULES
from cnnstat.layers import LAYERS
from tests.executor.cases import CASES
from tests.exporters.pytorch.compared import apart
from tests.small import network_of

if TYPE_CHECKING:
    from tests.executor.cases import Case

INFERENCE = [case for case in CASES if not case.training]
ROUNDED_BY_PYTORCH = {"hard_sigmoid"}
"""Types whose gradient PyTorch computes with a constant that is a float32: 1/6."""


def test_every_type_has_words() -> None:
    assert not MODULES.keys() & FUNCTIONS.keys()
    assert MODULES.keys() | FUNCTIONS.keys() <= LAYERS.keys()
    assert LAYERS.keys() - MODULES.keys() - FUNCTIONS.keys() <= {"opaque"}


@pytest.mark.exchange
@pytest.mark.parametrize("case", INFERENCE, ids=lambda case: case.id)
def test_pytorch_agrees(case: Case) -> None:
    values, slopes = apart(network_of(case))
    assert values < 1e-9
    assert slopes < (1e-7 if case.type in ROUNDED_BY_PYTORCH else 1e-9)
