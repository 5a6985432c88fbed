"""ONNX Runtime as the other engine: a network is exported with its weights and run on the same input."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from cnnstat.base.text import plain
from cnnstat.commands.run.opinion import Beside
from cnnstat.commands.run.refusals import RefusedError
from cnnstat.exporters.onnx.external import moved_out
from cnnstat.exporters.onnx.library import onnx_library
from cnnstat.exporters.onnx.model import model
from cnnstat.exporters.refusals import NoExportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.executor.kernel import Array

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
    options = runtime.SessionOptions()
    options.graph_optimization_level = runtime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _NO_LOG
    providers = ["CPUExecutionProvider"]
    parts = moved_out(made, "numbers")
    if not parts:
        return runtime.InferenceSession(made.SerializeToString(), options, providers)
    with TemporaryDirectory() as folder:
        with (Path(folder) / "numbers").open("wb") as file:
            file.writelines(parts)
        (Path(folder) / "model.onnx").write_bytes(made.SerializeToString())
        return runtime.InferenceSession(str(Path(folder) / "model.onnx"), options, providers)


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
