"""What a run is to do, whoever asks for it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads it
from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat.analysis.machines import Machine  # noqa: TC001 - msgspec reads it
from cnnstat.base.arguments import Given  # noqa: TC001 - msgspec reads it

if TYPE_CHECKING:
    from cnnstat.bridge.taken_weights import Model


class RunOptions(Struct, frozen=True, kw_only=True):
    """What a run is to do, settled: None stands for what is known only once a network and its input are.

    ``model`` is the model whose own weights are taken where no ``weights`` are given. ``share`` is the number
    of processes that share the memory. ``progress`` shows how far it is to who waits at a terminal.
    """

    batch: int | None = None
    seed: int = 0
    dtype: str = "float32"
    training: bool = False
    loss: str | None = None
    check_grad: bool = False
    method: str = "complex"
    elements: int = 0
    max_memory: int | None = None
    share: int = 1
    against: str | None = None
    weights: Path | None = None
    names: Path | None = None
    explain_names: bool = False
    model: Model | None = None
    save: Path | None = None
    image: tuple[Given, ...] = ()
    invert: bool = False
    array: tuple[Given, ...] = ()
    activations: Path | None = None
    top: int | None = None
    time: bool = False
    machine: Machine | None = None
    progress: bool = True
