"""What an export is to be."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads it
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from cnnstat.bridge.taken_weights import Model

SOURCES = ("pytorch", "keras")
"""Targets that are source code, which holds no numbers."""
FILES = {".onnx": "onnx", ".npz": "npz", ".safetensors": "safetensors"}
"""Suffixes that say what a file is to be."""


class ExportOptions(Struct, frozen=True, kw_only=True):
    """What to export to, and the numbers that go with it: read from a file, drawn from a seed, or none.

    ``model`` is the one that the network is, whose numbers are taken where no ``weights`` are given.
    ``names`` maps our names to those of ``weights``; ``like`` is a file whose names the numbers get. Without
    ``to``, the suffix of ``file`` says what it is to be.
    """

    file: Path
    to: str = ""
    model: Model | None = None
    weights: Path | None = None
    names: Path | None = None
    like: Path | None = None
    seed: int = 0
    no_weights: bool = False
    dtype: str = "float32"
    max_memory: int | None = None
