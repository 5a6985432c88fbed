"""PyTorch itself, which is loaded by whoever needs it."""

from __future__ import annotations

from typing import Any

from cnnstat.importers.errors import ModelError


def torch_library() -> Any:
    """Return the module `torch`.

    Raises:
        ModelError: it is not installed, or cannot be loaded.
    """
    try:
        import torch  # noqa: PLC0415 - it takes seconds
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        why = "pip install torch" if missing else str(error)
        raise ModelError(f"reading it needs PyTorch: {why}") from None
    return torch
