"""One server for all tests that change nothing of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.serve.client import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.commands.serve.client import Page


@pytest.fixture(scope="package")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with served(tmp_path_factory.mktemp("models")) as found:
        yield found
