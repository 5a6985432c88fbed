"""What a run is to do, whoever asks for it."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - msgspec reads it

from msgspec import Struct

from cnnstat.base.arguments import Given  # noqa: TC001 - msgspec reads it


class RunOptions(Struct, frozen=True, kw_only=True):
    """What a run is to do, settled: None stands for what is known only once a network and its input are.

    ``model`` is the model whose own weights are taken where no ``weights`` are given, as the command line has
    it; ``model_params`` are given to the code that it may be. ``share`` is the number of processes that share
    the memory. ``progress`` shows how far it is to who waits at a terminal.
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
    model: str | None = None
    model_params: dict[str, object] = {}
    save: Path | None = None
    image: tuple[Given, ...] = ()
    invert: bool = False
    array: tuple[Given, ...] = ()
    activations: Path | None = None
    top: int | None = None
    progress: bool = True
