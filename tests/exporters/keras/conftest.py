"""Sources are held beside the executor in float64; other tests of the process have Keras as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.exporters.keras.compared import in_float64

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def float64(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keras in float64, where the tests that need it are run at all."""
    if request.node.get_closest_marker("exchange") is None:
        yield
        return
    with in_float64():
        yield
