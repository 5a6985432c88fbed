"""A module of PyTorch -> a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cnnstat.importers.onnx import network
from cnnstat.importers.torch_export.library import torch_library
from cnnstat.importers.torch_export.model import understood
from cnnstat.importers.torch_export.module import built
from cnnstat.importers.torch_export.program import evaluating, exported
from cnnstat.importers.torch_export.tensors import Numbers
from cnnstat.importers.torch_export.user_code import running

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnnstat.base.arguments import Inputs
    from cnnstat.importers.draft import Draft, TensorAt


class TorchModel:
    """The module that a `torch:` word has made, once, and what was understood of it.

    Raises:
        ModelError: PyTorch is missing, the user's code fails, or what it makes cannot be read.
    """

    def __init__(
        self, word: str, options: Mapping[str, object], input_shape: Inputs | None, *, weights: bool
    ) -> None:
        self.word = word
        self._module = built(word, options, weights=weights)
        self._program = exported(self._module, input_shape)
        found = network.drafted(understood(self._program, word.rpartition(":")[2]))
        self.draft = _with_classes(found, self._module)

    def arrays(self) -> Callable[[TensorAt], Any]:
        """Return what gives the numbers of a tensor; the module has to have its weights."""
        return Numbers(self._module, self._program).array

    def outputs(self, inputs: Mapping[str, Any], dtype: str) -> list[Any]:
        """Return what the module itself makes of NumPy arrays, its tensors one by one, in evaluation.

        Raises:
            ModelError: its code fails.
        """
        torch = torch_library()
        given = {name: torch.from_numpy(each.copy()) for name, each in inputs.items()}
        args, kwargs = ([], given) if len(given) > 1 else ([*given.values()], {})
        with evaluating(self._module), running("its forward"), torch.no_grad():
            found = self._module.to(getattr(torch, dtype))(*args, **kwargs)
        flat = torch.utils._pytree.tree_leaves(found)
        return [each.numpy() for each in flat if isinstance(each, torch.Tensor)]


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
