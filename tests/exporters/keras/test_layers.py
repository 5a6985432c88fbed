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

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # of Keras itself

INFERENCE = [case for case in CASES if not case.training]


def test_every_type_has_words() -> None:
    assert not MODULES.keys() & FUNCTIONS.keys()
    assert MODULES.keys() | FUNCTIONS.keys() <= LAYERS.keys()
    assert LAYERS.keys() - MODULES.keys() - FUNCTIONS.keys() <= {"opaque"}


@pytest.mark.exchange
@pytest.mark.parametrize("case", INFERENCE, ids=lambda case: case.id)
def test_keras_agrees(case: Case) -> None:
    graph = network_of(case)
    if case.id in REFUSED:
        with pytest.raises(NoExportError):
            written(graph)
        return
    assert apart(graph) < 1e-9


REFUSED: set[str] = set()
"""Cases that Keras has no words for."""
