"""One browser for the tests of a file, and one folder for its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.chromium import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")
