"""What a trace is to show, and of which run."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads it
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.base.arguments import Given  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch
    from cnnstat.importers.torch_export.network import TorchModel


class TraceOptions(Struct, frozen=True, kw_only=True):
    """The unit of a layer, whether the way back is wanted, and what the network computes with.

    ``x`` and ``tensors`` are what Python gives in place of files.
    """

    at: str
    unit: tuple[int, ...]
    sample: int = 0
    backward: bool = False
    weight: tuple[int, ...] | None = None
    batch: int | None = None
    seed: int = 0
    dtype: str = "float64"
    training: bool = False
    loss: str | None = None
    target: int | None = None
    max_memory: int | None = None
    weights: Path | None = None
    names: Path | None = None
    model: str | TorchModel | None = None
    image: tuple[Given, ...] = ()
    invert: bool = False
    array: tuple[Given, ...] = ()
    x: Batch | None = None
    tensors: Mapping[str, Array] | None = None
