"""Arrays that PyTorch computed for each case: a file for each file of kernels, written by `make_reference`.

What a case reads comes from its own name, so a new case adds arrays and changes none.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cnnstat.executor.kernels import KERNELS

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array
    from tests.executor.cases import Case

TORCH = "torch==2.13.0"
COMMAND = f"pip install {TORCH} && python -m tests.executor.make_reference"
Stored = dict[str, dict[str, "Array"]]
"""Arrays by the id of their case and their own names."""


def path_of(case: Case) -> Path:
    """Return the file of a case's family: the kernels that stand in one file."""
    family = KERNELS[case.type].forward.__module__.rpartition(".")[2]
    return Path(__file__).with_name(f"{family}.npz")


@cache
def stored(path: Path) -> Stored:
    """Read a file; nothing if there is none yet."""
    found: Stored = {}
    if path.exists():
        with np.load(path) as arrays:
            for key, value in arrays.items():
                case, _, name = key.rpartition("/")
                found.setdefault(case, {})[name] = value
    return found


def store(path: Path, arrays: Stored) -> None:
    """Write a file; the same arrays make the same bytes."""
    keyed: dict[str, Any] = {
        f"{case}/{name}": value for case, named in arrays.items() for name, value in named.items()
    }
    np.savez_compressed(path, **keyed)


def reference(case: Case) -> dict[str, Array]:
    """Return what PyTorch found for a case; fail with the way to it where it was not asked yet."""
    arrays = stored(path_of(case)).get(case.id)
    if arrays is None:
        pytest.fail(f"{path_of(case).name} has no arrays of '{case.id}' yet; they are added by: {COMMAND}")
    return arrays
