"""A module and the shapes of its inputs -> what `torch.export` makes of it, without computing anything.

Tensors are fake: they have a shape and no numbers. Each input has `SAMPLES` samples, a number that few other
sizes are, so that the axis of samples is found again behind a reshape.
"""

from __future__ import annotations

import inspect
import io
import logging
import warnings
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING, Any, cast

from msgspec import Struct

from cnnstat.importers.errors import ModelError
from cnnstat.importers.torch_export.library import torch_library
from cnnstat.importers.torch_export.user_code import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.base.arguments import Inputs
    from cnnstat.layers.base import Shape

SAMPLES = 13


class Program(Struct):
    """What `torch.export` returns, the shape of one sample of each input, and the numbers of its buffers.

    ``trained`` are the names of the parameters that training changes. ``parameters`` has for each name which
    tensor it is, as two names may be of one, and how many numbers it has.
    """

    exported: Any
    inputs: dict[str, Shape]
    buffers: dict[str, Any]
    trained: frozenset[str]
    parameters: dict[str, tuple[int, int]]


def exported(module: Any, input_shape: Inputs | None, samples: int = SAMPLES) -> Program:
    """Return a module's program in evaluation.

    ``input_shape`` is that of one sample; of several inputs by the names that `forward` has for them.

    Raises:
        ModelError: shapes are missing or do not fit `forward`, or `torch.export` cannot follow it.
    """
    torch = torch_library()
    from torch._subclasses.fake_tensor import FakeTensorMode  # noqa: PLC0415

    if not isinstance(module, torch.nn.Module):
        raise ModelError(f"is no torch.nn.Module, but a {type(module).__name__}")
    shapes = _shapes(module, input_shape)
    buffers = dict(module.named_buffers(remove_duplicate=False))
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    first = next((each for each in module.parameters() if each.is_floating_point()), None)
    dtype = torch.float32 if first is None else first.dtype
    device = "cpu" if first is None or first.is_meta else first.device
    with mode:
        tensors = {
            name: torch.empty((samples, *shape), dtype=dtype, device=device) for name, shape in shapes.items()
        }
    by_name = isinstance(input_shape, dict)
    args, kwargs = ((), tensors) if by_name else (tuple(tensors.values()), {})
    try:
        with evaluating(module), _faked(module, mode, torch), running("torch.export"), _silent():
            program = torch.export.export(module, args, kwargs, strict=False)
            if _changes_views(program):
                program = program.run_decompositions({})
    except ModelError as error:
        raise ModelError(f"{error}{_of_samples(str(error), shapes)}") from None
    parameters = dict(module.named_parameters(remove_duplicate=False))
    trained = frozenset(name for name, each in parameters.items() if each.requires_grad)
    is_lazy = torch.nn.parameter.is_lazy
    sizes = {name: (id(each), each.numel()) for name, each in parameters.items() if not is_lazy(each)}
    return Program(program, shapes, buffers, trained, sizes)


def _of_samples(said: str, shapes: dict[str, Shape]) -> str:
    """Return what the number of samples is in what PyTorch says of a shape, which nobody has written."""
    for shape in shapes.values():
        whole = str([SAMPLES, *shape])
        if whole in said:
            own = "x".join(map(str, shape[1:]))
            way_out = f": --input is one without their axis, {own}" if shape[0] == 1 and own else ""
            return f"; of {whole}, {SAMPLES} are samples{way_out}"
    return ""


def _shapes(module: Any, given: Inputs | None) -> dict[str, Shape]:
    """Return the shape of each input that `forward` gets."""
    parameters = [*inspect.signature(module.forward).parameters.values()]
    named = [each for each in parameters if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
    needed = [each.name for each in named if each.default is each.empty]
    names = [each.name for each in named] or ["input"]
    if given is None:
        example = (
            [f"--input {name}=3x224x224" for name in needed] if len(needed) > 1 else ["--input 3x224x224"]
        )
        raise ModelError(f"the shape of its input is not known; give it, such as {' '.join(example)}")
    if not isinstance(given, dict):
        if len(needed) > 1:
            example = [f"--input {name}=3x224x224" for name in needed]
            message = f"its forward takes {', '.join(needed)}; give each: {' '.join(example)}"
            raise ModelError(message)
        return {names[0]: (*cast("Shape", given),)}
    missing = [name for name in needed if name not in given]
    open_ = any(each.kind == each.VAR_KEYWORD for each in parameters)
    unknown = [name for name in given if name not in names and not open_]
    if missing or unknown:
        what = f"no input '{unknown[0]}'" if unknown else f"the shape of '{missing[0]}' is missing"
        raise ModelError(f"{what}: its forward takes {', '.join(names)}")
    return {name: tuple(given[name]) for name in sorted(given, key=lambda name: [*names, name].index(name))}


@contextmanager
def evaluating(module: Any) -> Iterator[None]:
    """Put a module into evaluation, and each of its modules back as it was."""
    training = [(each, each.training) for each in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for each, was in training:
            each.training = was


@contextmanager
def _faked(module: Any, mode: Any, torch: Any) -> Iterator[None]:
    """Give a module fake tensors in place of its own, on the processor where it has none of memory."""
    fakes: dict[int, Any] = {}

    def fake(tensor: Any, parameter: bool) -> Any:
        if id(tensor) not in fakes:
            device = "cpu" if tensor.is_meta else tensor.device
            with mode:
                found = torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device=device)
            fakes[id(tensor)] = (
                torch.nn.Parameter(found, requires_grad=tensor.requires_grad) if parameter else found
            )
        return fakes[id(tensor)]

    kept: list[tuple[dict[str, Any], str, Any]] = []
    for each in module.modules():
        for table, parameter in ((each._parameters, True), (each._buffers, False)):
            for name, tensor in table.items():
                if tensor is not None and not torch.nn.parameter.is_lazy(tensor):
                    kept.append((table, name, tensor))
                    table[name] = fake(tensor, parameter)
    try:
        yield
    finally:
        for table, name, tensor in kept:
            table[name] = tensor


def _changes_views(program: Any) -> bool:
    """Say whether a call writes into a tensor that others see under another name, as `x[:, :3] *= 2` does."""
    roots: dict[Any, Any] = {}
    order = {node: number for number, node in enumerate(program.graph.nodes)}
    members: dict[Any, list[Any]] = {}
    for node in program.graph.nodes:
        target = getattr(node.target, "_schema", None)
        read = [each for each in node.args if isinstance(each, type(node))]
        roots[node] = node
        if node.op != "call_function" or not read:
            continue
        if target is None:
            roots[node] = roots[read[0]]
        elif target.arguments and target.arguments[0].alias_info is not None:
            roots[node] = roots[read[0]]
            if target.arguments[0].alias_info.is_write:
                seen = [each for each in members.get(roots[node], [roots[node]]) if each is not node]
                if any(order[user] > order[node] for each in seen for user in each.users):
                    return True
        members.setdefault(roots[node], [roots[node]]).append(node)
    return False


@contextmanager
def _silent() -> Iterator[None]:
    """Drop what PyTorch says and logs of its own work, as code that it had traced where it failed."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)
