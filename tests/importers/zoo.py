"""Published models through both roads, by `torch.export` and by ONNX: figures have to be PyTorch's own.

    python -m tests.importers.zoo [WORD ...] [--road onnx|torch] [--json FILE]

goes over the models with one of the words in their names: all of torchvision's that classify pictures, and
convolutional ones of timm. Parameters that are trained are the module's, multiply-adds half of what
`FlopCounterMode` counts, and output shapes those of a pass over shapes alone. Modules have no memory for
their weights, so nothing is downloaded and nothing large is held.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import sys
import tempfile
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cnnstat.analysis import analyze_graph
from cnnstat.graph.load import load, loads
from cnnstat.importers import of_module
from cnnstat.importers.torch_export.module import without_memory
from tests.tensors.published_models import torchvision_models

SIDES = {"inception_v3": 299}
"""Sides of the inputs that are no 224."""
OPTIONS: dict[str, dict[str, Any]] = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"aux_logits": False, "init_weights": False},
}
"""Without heads that only training has: a program of evaluation does not have them, `parameters()` does."""

TIMM = (
    *("resnet18", "resnet26d", "resnet50", "resnext50_32x4d", "seresnet50", "ecaresnet50t", "skresnet18"),
    *("res2net50_26w_4s", "resnest14d", "wide_resnet50_2", "resnetrs50", "resnetblur50", "gernet_s"),
    *("cspresnet50", "cspdarknet53", "darknet53", "dla34", "dla60x", "densenet121", "vgg11_bn", "dpn68"),
    *(
        "efficientnet_b0",
        "efficientnet_lite0",
        "tf_efficientnet_b0",
        "efficientnetv2_rw_t",
        "mobilenetv2_100",
    ),
    *("mobilenetv3_large_100", "mobilenetv4_conv_small", "mnasnet_100", "semnasnet_100", "fbnetc_100"),
    *(
        "spnasnet_100",
        "mixnet_s",
        "ghostnet_100",
        "ghostnetv2_100",
        "hardcorenas_a",
        "rexnet_100",
        "lcnet_100",
    ),
    *("tinynet_a", "regnetx_002", "regnety_002", "convnext_atto", "convnextv2_atto", "convmixer_768_32"),
    *("hrnet_w18_small", "selecsls42b", "xception41", "inception_v3", "inception_v4", "inception_resnet_v2"),
    *("ese_vovnet19b_dw", "repvgg_a0", "mobileone_s0", "poolformer_s12", "starnet_s1", "repghostnet_050"),
    *("nf_resnet50", "resnetv2_50", "legacy_senet154", "tresnet_m", "inception_next_atto", "rdnet_tiny"),
)
"""Convolutional models of timm."""


@dataclass
class Checked:
    """What one road makes of a model, beside what PyTorch says; ``why`` is why they differ, or ''."""

    model: str
    road: str
    params: int = 0
    macs: int = 0
    theirs: tuple[int, int] = (0, 0)
    why: str = ""
    without: dict[str, int] | None = None
    seconds: float = 0.0


def models() -> list[str]:
    """Return the names of all models."""
    library = torchvision_models()
    own = library.list_models(module=library)
    return [*(f"torchvision.{name}" for name in own), *(f"timm.{name}" for name in TIMM)]


def built(model: str) -> tuple[Any, int]:
    """Return a module without memory, and the side of its input."""
    import torch

    library, _, name = model.partition(".")
    views = torchvision_models()
    with without_memory(torch), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library == "torchvision":
            return views.get_model(name, weights=None, **OPTIONS.get(name, {})).eval(), SIDES.get(name, 224)
        import timm

        module = timm.create_model(name, pretrained=False).eval()
        return module, module.pretrained_cfg["input_size"][-1]


def expected(module: Any, side: int) -> tuple[int, int, tuple[int, ...]]:
    """Return what PyTorch says of a module: parameters, multiply-adds and the shape of its output."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    params = sum(each.numel() for each in module.parameters())
    # On the meta device itself: buffers go there, too.
    buffers = {name: each.to("meta") for name, each in module.named_buffers()}
    counter = FlopCounterMode(display=False)
    with counter:
        y = torch.func.functional_call(
            module,
            {**dict(module.named_parameters()), **buffers},
            (torch.empty(1, 3, side, side, device="meta"),),
        )
    y = y if isinstance(y, torch.Tensor) else next(iter(y))
    return params, counter.get_total_flops() // 2, tuple(y.shape[1:])


def by_torch(module: Any, side: int) -> Any:
    """Return the analysis of a module by `torch.export`."""
    return analyze_graph(loads(of_module(module, (3, side, side))))


def by_onnx(module: Any, side: int) -> Any:
    """Return the analysis of what PyTorch's own exporter to ONNX makes of a module, without weights."""
    import onnx_ir
    import torch

    from cnnstat.importers.torch_export import program

    with _quiet():
        made = program.exported(module, (3, side, side), samples=1)
        model = torch.onnx.export(made.exported, dynamo=True, optimize=False, verbose=False).model
    for value in model.graph.initializers.values():
        tensor = value.const_value
        if tensor.size > 64 or type(tensor.raw).__name__ in ("FakeTensor", "Parameter"):
            value.const_value = onnx_ir.ExternalTensor(
                "stripped", 0, tensor.nbytes, dtype=tensor.dtype, shape=tensor.shape, name=tensor.name
            )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        onnx_ir.save(model, path)
        return analyze_graph(load(path))


ROADS = {"torch": by_torch, "onnx": by_onnx}


def check(model: str, road: str) -> Checked:
    """Read a model by a road and hold it against PyTorch."""
    start = time.perf_counter()
    found = Checked(model, road)
    try:
        module, side = built(model)
        *theirs, output = expected(module, side)
        found.theirs = (theirs[0], theirs[1])
        analysis = ROADS[road](module, side)
        totals = analysis.totals
        found.params, found.macs, found.without = (
            totals.counts.trainable,
            totals.counts.macs,
            dict(analysis.without),
        )
        ops = dict.fromkeys(name.rpartition(".")[2].rpartition("_")[0] or name for name in analysis.without)
        reasons = [f"without {sum(analysis.without.values())} nodes: {', '.join(ops)}"[:120]] if ops else []
        reasons += [f"params {found.params - theirs[0]:+,}"] if found.params != theirs[0] else []
        reasons += [f"MACs {found.macs - theirs[1]:+,}"] if found.macs != theirs[1] else []
        reasons += [f"output {totals.output_shape}, not {output}"] if totals.output_shape != output else []
        found.why = "; ".join(reasons)
    except Exception as error:
        found.why = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:200]
    found.seconds = time.perf_counter() - start
    return found


@contextlib.contextmanager
def _quiet() -> Any:
    logging.disable(logging.WARNING)
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def main(arguments: list[str]) -> int:
    """Print a row for each model and road; return how many are not as PyTorch says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*")
    parser.add_argument("--road", choices=[*ROADS], action="append")
    parser.add_argument("--json", type=Path, help="a file that a line is added to for each")
    given = parser.parse_args(arguments)
    chosen = [name for name in models() if not given.words or any(word in name for word in given.words)]
    rows = []
    for name in chosen:
        for road in given.road or ROADS:
            row = check(name, road)
            rows.append(row)
            counts = f"{row.params:>12,} {row.macs:>16,} {row.seconds:5.1f} s"
            print(f"{name:42} {road:6} {counts}  {row.why or 'ok'}", flush=True)
            if given.json:
                with given.json.open("a") as file:
                    file.write(json.dumps(asdict(row)) + "\n")
    for road in given.road or ROADS:
        of_road = [row for row in rows if row.road == road]
        print(f"{road}: {sum(not row.why for row in of_road)} of {len(of_road)} are as PyTorch says")
    return sum(bool(row.why) for row in rows)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
