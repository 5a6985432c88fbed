"""All fuzzers by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fuzz import files, gradients, pairs, specs, tried, truth

if TYPE_CHECKING:
    from tests.fuzz.findings import Fuzzer

FUZZERS: dict[str, Fuzzer] = {
    "specs": specs.FUZZER,
    "commands": tried.FUZZER,
    "networks": truth.FUZZER,
    "gradients": gradients.FUZZER,
    "files": files.FUZZER,
    "pairs": pairs.FUZZER,
}
