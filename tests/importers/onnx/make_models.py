"""Make the stored models: published networks in PyTorch, exported both ways, weights stripped.

    python -m tests.importers.onnx.make_models [NAME ...]

Beside each file stands what PyTorch says of the module: its parameters, the multiply-adds that its own
`FlopCounterMode` counts (of which a FLOP is half), and the shapes of its outputs.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from tests.importers.onnx.stripped import strip
from tests.zoo.networks import NETWORKS, builder

MODELS = Path(__file__).parent / "models"


class Export(NamedTuple):
    """A network of `tests.zoo`, by which exporter it is written, and in which opset."""

    network: str
    newer: bool
    opset: int


EXPORTS = {
    "srresnet-opset9": Export("srresnet", newer=False, opset=9),
    "dcgan-generator-opset9": Export("dcgan-generator", newer=False, opset=9),
    "ghostnet-opset11": Export("ghostnet", newer=False, opset=11),
    "seresnet50-opset13": Export("seresnet50", newer=False, opset=13),
    "convnext-opset13": Export("convnext-tiny-linear", newer=False, opset=13),
    "deeplabv3-opset17": Export("deeplabv3-resnet50", newer=False, opset=17),
    "yolov8n-opset17": Export("yolov8n", newer=False, opset=17),
    "vit-opset20": Export("vit-b-16", newer=False, opset=20),
    "repvgg-dynamo": Export("repvgg-a0-train", newer=True, opset=18),
    "efficientnet-v2-dynamo": Export("efficientnet-v2", newer=True, opset=20),
    "res2net50-opset15": Export("res2net50", newer=False, opset=15),
    "convnext-dynamo": Export("convnext-tiny-linear", newer=True, opset=20),
    "vit-dynamo": Export("vit-b-16", newer=True, opset=20),
    "tcn-dynamo": Export("tcn", newer=True, opset=20),
}


def module_of(export: Export) -> tuple[Any, Any]:
    """Return a module with numbers that are all different, and an input."""
    torch.manual_seed(0)
    module = builder(export.network, small=True)().eval()
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.copy_(torch.randn_like(tensor) * 0.1)
        for tensor in module.buffers():
            if tensor.dtype.is_floating_point:
                tensor.copy_(torch.rand_like(tensor) + 0.5)
    return module, torch.randn(1, *(NETWORKS[export.network].small or ()))


def write(export: Export, module: Any, x: Any, path: Path) -> None:
    """Export a module so that batch norms stay."""
    more: dict[str, Any] = {"optimize": False, "verbose": False}
    if not export.newer:
        more = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.disable(logging.WARNING)
        torch.onnx.export(module, (x,), str(path), dynamo=export.newer, opset_version=export.opset, **more)


def figures_of(module: Any, x: Any) -> dict[str, Any]:
    """Return what PyTorch says of a module."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        y = module(x)
    outputs = y if isinstance(y, tuple | list) else [y]
    return {
        "params": sum(tensor.numel() for tensor in module.parameters()),
        "macs": counter.get_total_flops() // 2,
        "outputs": [list(each.shape[1:]) for each in outputs],
    }


def main(names: list[str]) -> None:
    """Make the models of these names, or all."""
    path = MODELS / "figures.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    for name in names or EXPORTS:
        module, x = module_of(EXPORTS[name])
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder, "model.onnx")
            write(EXPORTS[name], module, x, whole)
            strip(whole, MODELS / f"{name}.onnx")
        figures[name] = figures_of(module, x)
        print(name, figures[name], (MODELS / f"{name}.onnx").stat().st_size, flush=True)
        path.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
