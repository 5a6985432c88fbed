"""What holds for all tests; this file is read before the first of them imports NumPy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# The arrays of the tests are small. On a busy machine the threads of a matrix product wait for each other
# longer than they count: the gradient checks took five times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the contract first: what it lists is why others would fail."""
    items.sort(key=lambda item: item.path.name != "test_contract.py")
