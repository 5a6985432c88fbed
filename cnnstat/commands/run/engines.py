"""The engines that a run is held against: every layer beside theirs, and the user's own model in its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat.base.text import plain
from cnnstat.bridge.refusals import RefusedError
from cnnstat.commands.run import onnx_runtime, pytorch_engine
from cnnstat.commands.run.opinion import ModelOutputs
from cnnstat.commands.run.original import OwnOutputs, compared
from cnnstat.importers import code_original, code_outputs, original_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.analysis import Analysis
    from cnnstat.bridge.program import Network
    from cnnstat.commands.run.opinion import Beside
    from cnnstat.commands.run.options import RunOptions
    from cnnstat.executor.kernel import Array
    from cnnstat.executor.network import Batch


def check_library(engine: str) -> None:
    """See that an engine is there.

    Raises:
        RefusedError, NoExportError: it is not.
    """
    if engine == "torch":
        pytorch_engine.library()
    else:
        onnx_runtime.libraries()


def beside(analysis: Analysis, network: Network, inputs: Mapping[str, Array], options: RunOptions) -> Beside:
    """Run a network in the engine that is asked for."""
    if options.against == "torch":
        return pytorch_engine.beside(analysis, network.parameters, inputs, options.dtype, options.seed)
    return onnx_runtime.beside(analysis, network.parameters, inputs, options.dtype)


def model_itself(network: Network, x: Batch, options: RunOptions) -> ModelOutputs | None:
    """Run the user's own model, if the network was read from one, and the engine is that of such models."""
    model, against = options.model, options.against
    if model is None:
        return None
    name = plain(Path(model).name if isinstance(model, str) else model.word)
    if options.weights is not None:
        return ModelOutputs(name, refused="its weights are others", asked=False)
    if (against == "torch") == isinstance(model, str):
        return ModelOutputs(name, refused=f"{against} runs no such model", asked=False)
    inputs, shapes = network.named(x), network.program.inputs
    try:
        if isinstance(model, str):
            shape = {**shapes} if len(shapes) > 1 else network.program.input_shape
            path, own = original_file(model, shape)
            theirs = onnx_runtime.of_file(path, own, inputs, options.seed)
        else:
            own, arrays = code_original(model), code_outputs(model, inputs, options.dtype)
            names = tuple(f"output {number}" for number in range(len(arrays)))
            theirs = OwnOutputs(names, tuple(arrays), options.dtype)
    except RefusedError as why:
        return ModelOutputs(name, refused=str(why))
    return compared(name, own, theirs, network, x)
