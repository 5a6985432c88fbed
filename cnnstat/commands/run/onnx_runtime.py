"""ONNX Runtime as the other engine: a network is exported with its weights and run on the same input."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnstat.base.text import plain
from cnnstat.bridge.refusals import RefusedError
from cnnstat.commands.run.opinion import Beside
from cnnstat.commands.run.original import OwnOutputs
from cnnstat.exporters.onnx.external import moved_out
from cnnstat.exporters.onnx.library import onnx_library
from cnnstat.exporters.onnx.model import model
from cnnstat.exporters.refusals import NoExportError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array
    from cnnstat.importers.original import Original

ENGINE = "ONNX Runtime"
_NO_KERNEL = re.compile(r"Could not find an implementation for (\w+)\(\d+\) node with name '([^']*)'")
_NO_MEMORY = re.compile(r"bad[ _]alloc|[Ff]ailed to allocate")
_NO_LOG = 4
"""Nothing but what ends the program: errors are raised, too."""


def libraries() -> Any:
    """Return onnxruntime, and see that onnx is there, too.

    Raises:
        RefusedError: one of them is not installed.
    """
    try:
        onnx_library()
        import onnxruntime  # noqa: PLC0415 - an extra
    except (ImportError, NoExportError) as error:  # its extra brings onnx
        raise RefusedError("--against onnxruntime needs it: pip install 'cnnstat[onnxruntime]'") from error
    return onnxruntime


def beside(
    analysis: Analysis, values: Mapping[str, Array], inputs: Mapping[str, Array], dtype: str
) -> Beside:
    """Run a network with these tensors on these inputs in ONNX Runtime; keep what each layer puts out.

    In one thread and layer by layer as exported: nothing is fused, so that each is held against its own.

    Raises:
        NoExportError: a layer cannot be said in ONNX; RefusedError: ONNX Runtime cannot run one.
        MemoryError: there is too little memory.
    """
    runtime = libraries()
    made, _ = model(analysis, values, dtype=dtype, every_output=True)
    try:
        session = _session(runtime, made)
        del made
        names = [each.name for each in session.get_outputs()]
        found = session.run(names, dict(inputs))
    except Exception as error:  # of a dozen classes of its own, without a common one
        raise _refusal(error, dtype) from error
    return Beside(ENGINE, runtime.__version__, dict(zip(names, found, strict=True)), dtype)


def _session(runtime: Any, made: Any) -> Any:
    options, providers = _options(runtime), ["CPUExecutionProvider"]
    parts = moved_out(made, "numbers")
    if not parts:
        return runtime.InferenceSession(made.SerializeToString(), options, providers)
    with TemporaryDirectory() as folder:
        with (Path(folder) / "numbers").open("wb") as file:
            file.writelines(parts)
        (Path(folder) / "model.onnx").write_bytes(made.SerializeToString())
        return runtime.InferenceSession(str(Path(folder) / "model.onnx"), options, providers)


def _options(runtime: Any) -> Any:
    """Return options of a session: one thread, and nothing fused."""
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _NO_LOG
    return options


def of_file(path: Path, original: Original, inputs: Mapping[str, Array], seed: int) -> OwnOutputs:
    """Run a user's file, as it is, on the network's inputs; an input that no layer reads is drawn.

    A file that takes a fixed number of samples at once gets them in turn.

    Raises:
        RefusedError: ONNX Runtime cannot run it, or not on these. MemoryError: there is too little memory.
    """
    runtime = libraries()
    try:
        session = runtime.InferenceSession(str(path), _options(runtime), ["CPUExecutionProvider"])
        wanted = session.get_inputs()
        dtypes = {each.name: _dtype(each) for each in wanted}
        samples = len(next(iter(inputs.values())))
        given: dict[str, Array] = {}
        rng = np.random.default_rng(seed)
        for each in wanted:
            if each.name not in original.inputs:
                raise RefusedError(f"the numbers of '{plain(each.name)}' are missing")
            name = original.inputs[each.name]
            if not name:
                sizes = [size if isinstance(size, int) else 1 for size in each.shape[1:]]
            x = inputs[name] if name else rng.standard_normal((samples, *sizes))
            x = np.moveaxis(x, 1, -1) if each.name in original.turned and name else x
            given[each.name] = np.ascontiguousarray(x, dtypes[each.name])
        fixed = {each.shape[0] for each in wanted if isinstance(each.shape[0], int)}
        if len(fixed) > 1:
            raise RefusedError("its inputs take different numbers of samples")
        names = [each.name for each in session.get_outputs()]
        at_once = next(iter(fixed), samples)
        parts = [session.run(names, each) for each in _portions(given, samples, at_once)]
    except RefusedError:
        raise
    except Exception as error:  # of a dozen classes of its own, without a common one
        raise _refusal(error, "float32") from error
    outputs = tuple(parts[0]) if len(parts) == 1 else tuple(map(_joined, zip(*parts, strict=True)))
    if samples % at_once:
        outputs = tuple(each[:samples] if each.shape[:1] else each for each in outputs)
    dtype = "float64" if {*dtypes.values()} == {"float64"} else "float32"
    return OwnOutputs(tuple(map(plain, names)), outputs, dtype)


def _dtype(given: Any) -> str:
    """Return NumPy's name of the type of an input.

    Raises:
        RefusedError: its numbers are no fractions.
    """
    known = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16"}
    if given.type not in known:
        raise RefusedError(
            f"its input '{plain(given.name)}' takes {given.type}, not numbers as they are drawn"
        )
    return known[given.type]


def _portions(given: Mapping[str, Array], samples: int, at_once: int) -> Iterator[dict[str, Array]]:
    """Yield so many samples at once; the last portion is filled up with the first samples."""
    for start in range(0, samples, at_once):
        places = [place % samples for place in range(start, start + at_once)]
        yield {name: x[places] for name, x in given.items()}


def _joined(parts: Sequence[Array]) -> Array:
    return np.concatenate(parts) if parts[0].shape else parts[0]


def _refusal(error: Exception, dtype: str) -> Exception:
    """Return what an error of ONNX Runtime comes to for who asked for a run."""
    text = str(error)
    if isinstance(error, MemoryError) or _NO_MEMORY.search(text):
        return MemoryError(text)
    if found := _NO_KERNEL.search(text):
        op, name = found.groups()
        where = f" ({plain(name.partition('/')[0])})" if name else ""
        hint = "; --dtype float32 has one" if dtype == "float64" else ""
        return RefusedError(f"{ENGINE} has no {op} in {dtype}{where}{hint}")
    return RefusedError(
        f"{ENGINE} cannot run the network: {plain(text.splitlines()[0] if text else repr(error))}"
    )
