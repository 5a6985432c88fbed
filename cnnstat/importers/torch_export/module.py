"""A module of PyTorch from the user's callable, with its parameters or without any memory for them.

Without: each parameter is put on PyTorch's meta device when its module registers it, which is before it is
initialised in most modules. What is drawn or filled before, and is large, is put there at once. Smaller
tensors keep their numbers: code reads some (`linspace(...).tolist()`), and tables of positions are constants
of the program.
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

LARGE = 1 << 20
"""From how many numbers on a tensor that is drawn or filled has none; no code looks at each of so many."""
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
        with _large_without_numbers(torch):
            yield
    finally:
        torch.nn.Module.register_parameter = register


def _large_without_numbers(torch: Any) -> Any:
    """Return what puts large tensors on the meta device as they are made, unless code asks for a device."""
    made = {torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn, torch.normal}

    class Large(torch.overrides.TorchFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if function in made and kwargs.get("device") is None and "out" not in kwargs:
                shape = function(*args, **{**kwargs, "device": "meta"})
                if shape.numel() >= LARGE:
                    return shape
            return function(*args, **kwargs)

    return Large()


def _a(thing: object) -> str:
    kind = type(thing).__name__
    return f"a{'n' if kind[:1].lower() in 'aeiou' else ''} {kind}"
