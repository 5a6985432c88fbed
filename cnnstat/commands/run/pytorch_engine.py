"""PyTorch as the other engine: a network is written as a module, with its weights, and run on
the same input.

Its gradient of the inputs is compared, too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.base.text import plain
from cnnstat.bridge.refusals import RefusedError
from cnnstat.commands.run.opinion import Beside, Slopes, drawn_slopes
from cnnstat.exporters.pytorch.module import Written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array

ENGINE = "PyTorch"
_NO_MEMORY = re.compile(r"can't allocate memory|not enough memory|out of memory|[Ff]ailed to allocate")


def library() -> Any:
    """Return torch.

    Raises:
        RefusedError: it is not installed, or cannot be loaded.
    """
    try:
        import torch  # noqa: PLC0415 - an extra, which takes seconds
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        why = "pip install 'cnnstat[torch]'" if missing else plain(str(error))
        raise RefusedError(f"--against torch needs PyTorch: {why}") from error
    return torch


def beside(
    analysis: Analysis, values: Mapping[str, Array], inputs: Mapping[str, Array], dtype: str, seed: int
) -> Beside:
    """Run a network with these tensors on these inputs in PyTorch; keep what each layer puts out.

    The gradient of the inputs is kept, too, for slopes of the outputs that are drawn.

    Raises:
        NoExportError: a layer cannot be said in PyTorch; RefusedError: PyTorch cannot run one.
        MemoryError: there is too little memory.
    """
    torch = library()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as many processors as NumPy may have are not known here
    try:
        written = Written(torch, analysis, values, dtype)
        given = tuple(torch.from_numpy(x.copy()).requires_grad_() for x in inputs.values())
        outputs, ends = written.outputs(given)
        slopes = drawn_slopes((tuple(end.shape) for end in ends), dtype, seed)
        total = sum((torch.from_numpy(slope) * end).sum() for slope, end in zip(slopes, ends, strict=True))
        back = [None] * len(given)
        if total.requires_grad:
            back = torch.autograd.grad(total, given, allow_unused=True)
        gradients = {
            name: np.zeros_like(x) if slope is None else slope.numpy()
            for (name, x), slope in zip(inputs.items(), back, strict=True)
        }
        found = {name: each.detach().numpy() for name, each in outputs.items()}
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        text = str(error)
        if _NO_MEMORY.search(text):
            raise MemoryError(text) from error
        first = plain(text.splitlines()[0] if text else repr(error))
        raise RefusedError(f"{ENGINE} cannot run the network: {first}") from error
    finally:
        torch.set_num_threads(threads)
    return Beside(ENGINE, str(torch.__version__), found, dtype, Slopes(slopes, gradients))
