"""Each layer type as Keras says it, over the cases of the executor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.exporters.keras.functions import FUNCTIONS
from cnnstat.exporters.keras.modules import MODULES
from cnnstat.exporters.refusals import NoExportError
from cnnstat.layers import LAYERS
from tests.executor.cases import CASES
from tests.exporters.keras.compared import apart, written
from tests.small import network_of

if TYPE_CHECKING:
    from tests.executor.cases import Case

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras

INFERENCE = [case for case in CASES if not case.training]
FIRST = {case.type: case for case in reversed(INFERENCE)}


def slow(case: Case) -> tuple[pytest.MarkDecorator, ...]:
    """Return what leaves all but the first case of each type to a run that takes minutes."""
    return () if FIRST[case.type] is case else (pytest.mark.slow,)


def test_every_type_has_words() -> None:
    assert not MODULES.keys() & FUNCTIONS.keys()
    assert MODULES.keys() | FUNCTIONS.keys() <= LAYERS.keys()
    assert LAYERS.keys() - MODULES.keys() - FUNCTIONS.keys() <= {"opaque"}


@pytest.mark.exchange
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id, marks=slow(case)) for case in INFERENCE])
def test_keras_agrees(case: Case) -> None:
    graph = network_of(case)
    try:
        written(graph)
    except NoExportError as refused:
        assert case.type == "transposed_conv", refused  # noqa: PT017 - others are not refused
        return
    assert apart(graph) < 1e-9
