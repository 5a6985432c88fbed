"""A module of PyTorch -> a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.onnx import network
from cnnstat.importers.torch_export.model import understood
from cnnstat.importers.torch_export.module import built
from cnnstat.importers.torch_export.program import exported
from cnnstat.importers.torch_export.tensors import Numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.base.arguments import Inputs
    from cnnstat.importers.draft import Draft, TensorAt


def of_code(word: str, options: Mapping[str, object], input_shape: Inputs | None) -> Draft:
    """Return the network that a callable makes, which takes no memory for its parameters.

    Raises:
        ModelError: PyTorch is missing, the user's code fails, or what it makes cannot be read.
    """
    module = built(word, options, weights=False)
    return of_module(module, input_shape, word.rpartition(":")[2])


def with_numbers(
    word: str, options: Mapping[str, object], input_shape: Inputs | None
) -> tuple[Draft, Callable[[TensorAt], Any]]:
    """Return the network that a callable makes, and what gives its tensors.

    Raises:
        ModelError: PyTorch is missing, the user's code fails, or what it makes cannot be read.
    """
    module = built(word, options, weights=True)
    program = exported(module, input_shape)
    draft = network.drafted(understood(program, word.rpartition(":")[2]))
    return draft, Numbers(module, program).array


def of_module(module: Any, input_shape: Inputs | None, name: str) -> Draft:
    """Return the network that a module is.

    Raises:
        ModelError: it cannot be read.
    """
    return _with_classes(network.drafted(understood(exported(module, input_shape), name)), module)


def _with_classes(draft: Draft, module: Any) -> Draft:
    """Return a draft that knows of which classes its modules are."""
    return replace(
        draft, classes={name: type(each).__name__ for name, each in module.named_modules() if name}
    )
