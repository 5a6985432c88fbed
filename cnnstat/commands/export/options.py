"""What an export is to be."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads it

from msgspec import Struct


class ExportOptions(Struct, frozen=True, kw_only=True):
    """What to export to, and the numbers that go with it: read from a file, drawn from a seed, or none."""

    to: str
    file: Path
    weights: Path | None = None
    seed: int = 0
    no_weights: bool = False
    dtype: str = "float32"
    max_memory: int | None = None

    @property
    def numbers(self) -> str:
        """Return where the numbers come from."""
        if self.to == "pytorch":
            return "none"
        return "none" if self.no_weights else "file" if self.weights else "seed"
