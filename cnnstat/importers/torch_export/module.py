"""A module of PyTorch from the user's callable, with its parameters or without any memory for them.

Without: each parameter is put on PyTorch's meta device when its module registers it, which is before it is
initialised in most modules, so that no more than the largest of them is ever in memory. Buffers keep their
numbers: code reads some (`linspace(...).tolist()`), and tables of positions are constants of the program.
"""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnstat.importers.errors import ModelError
from cnnstat.importers.torch_export.library import torch_library
from cnnstat.importers.torch_export.user_code import named, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SEED = 0
"""Draws the weights of a module that has none of its own, so that two runs are alike."""


def built(word: str, options: Mapping[str, object], *, weights: bool) -> Any:
    """Return the module that `torch:...` names; a class or a function is called with these options.

    Raises:
        ModelError: PyTorch is missing, the user's code fails, or what it makes is no module.
    """
    torch = torch_library()
    found = named(word)
    name = word.rpartition(":")[2]
    if not isinstance(found, torch.nn.Module):
        if not callable(found):
            raise ModelError(f"'{name}' is neither a module of PyTorch nor a callable that makes one")
        torch.manual_seed(SEED)
        with running(f"calling {name}"):
            if weights:
                found = found(**options)
            else:
                with without_memory(torch):
                    found = found(**options)
    elif options:
        raise ModelError(f"'{name}' is a module already, which takes no options: leave --set out")
    if not isinstance(found, torch.nn.Module):
        raise ModelError(f"'{name}' makes no torch.nn.Module, but {_a(found)}")
    return found


@contextmanager
def without_memory(torch: Any) -> Iterator[None]:
    """Let modules register parameters without numbers; one that two modules share is one still."""
    register = torch.nn.Module.register_parameter
    twins: dict[int, tuple[weakref.ref[Any], Any]] = {}

    def registered(module: Any, name: str, parameter: Any) -> None:
        register(module, name, parameter)
        plain = parameter is not None and not torch.nn.parameter.is_lazy(parameter)
        if plain and not parameter.is_meta:
            known, twin = twins.get(id(parameter), (None, None))
            if known is None or known() is not parameter:
                twin = torch.nn.Parameter(parameter.to("meta"), requires_grad=parameter.requires_grad)
                twins[id(parameter)] = weakref.ref(parameter), twin
            module._parameters[name] = twin

    torch.nn.Module.register_parameter = registered
    try:
        yield
    finally:
        torch.nn.Module.register_parameter = register


def _a(thing: object) -> str:
    kind = type(thing).__name__
    return f"a{'n' if kind[:1].lower() in 'aeiou' else ''} {kind}"
