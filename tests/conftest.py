"""What holds for all tests; this file is read before the first of them imports NumPy."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# The arrays of the tests are small. On a busy machine the threads of a matrix product wait for each other
# longer than they count: the gradient checks took five times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Where Python is to leave no compiled files beside the sources, each of some hundred programs that tests
# start would compile the package again, which takes as long as what it does. They go beside pytest's own.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    compiled = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(compiled)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the contract first: what it lists is why others would fail."""
    items.sort(key=lambda item: item.path.name != "test_contract.py")
