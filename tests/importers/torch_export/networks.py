"""A module as the executor runs it, read by `torch.export`, and what PyTorch makes of the same input."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

import cnnstat
from cnnstat.graph.load import loads
from cnnstat.importers import of_module
from cnnstat.importers.onnx.network import drafted
from cnnstat.importers.spec_text import spec_text
from cnnstat.importers.torch_export.model import understood
from cnnstat.importers.torch_export.program import exported
from cnnstat.importers.torch_export.tensors import Numbers


def drawn(module: Any) -> Any:
    """Return a module in evaluation with numbers of its own in every tensor."""
    torch.manual_seed(1)
    module = module.eval()
    with torch.no_grad():
        for tensor in (
            *module.parameters(),
            *(each for each in module.buffers() if each.is_floating_point()),
        ):
            tensor.copy_(torch.rand_like(tensor) * 0.5 + 0.1)
    return module


def ours(module: Any, shape: Any) -> tuple[cnnstat.Network, list[Any]]:
    """Return a module as the executor runs it, with the module's own weights, and what it puts out."""
    program = exported(module, shape)
    draft = drafted(understood(program, "module"))
    written = spec_text(draft)
    found = cnnstat.Network(loads(written.text))
    numbers = Numbers(module, program)
    for layer in draft.layers:
        for name, at in layer.tensors.items():
            found.load({f"{written.paths[layer.name]}.{name}": numbers.array(at)})
    y = found.forward(found.sample(2), backward=False)
    return found, list(y) if isinstance(y, tuple) else [y]


def theirs(module: Any, found: cnnstat.Network) -> list[Any]:
    """Return what PyTorch makes of the same input."""
    given = [torch.from_numpy(array.copy()) for array in found.named(found.sample(2)).values()]
    with torch.no_grad():
        y = module(*given)
    return [each.numpy() for each in (y if isinstance(y, tuple | list) else [y])]


def figures(module: Any, shape: tuple[int, ...]) -> tuple[int, int]:
    """Return PyTorch's own count of parameters and multiply-adds for one sample."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        module(torch.zeros(1, *shape))
    return sum(each.numel() for each in module.parameters()), counter.get_total_flops() // 2


def analyzed(module: Any, shape: Any) -> cnnstat.Analysis:
    """Return the analysis of a module."""
    return cnnstat.analyze(loads(of_module(module, shape)))
