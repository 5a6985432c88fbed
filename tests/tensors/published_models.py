"""Models as torchvision, timm and transformers publish them, with random weights: nothing is downloaded.

`python -m tests.tensors.published_models [WORD ...]` says of each model with one of the words in its name
whether its state dict is accepted, sorted (.safetensors) and in order (.npz), and whether the outputs are
PyTorch's.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import cnnstat
from cnnstat.tensors import FileError, NamesMap, matched, paired, read_weights, save_weights

OPERATORS = (
    *("nms", "qnms", "deform_conv2d", "_deform_conv2d_backward"),
    *(f"{ps}roi_{what}" for ps in ("", "ps_") for what in ("align", "pool")),
    *(f"_{ps}roi_{what}_backward" for ps in ("", "ps_") for what in ("align", "pool")),
)
"""What `import torchvision` looks for; a wheel without operators for this machine lacks them."""
_LIBRARIES: list[Any] = []


def torchvision_models() -> Any:
    """Return torchvision's models, which are plain Python: where operators are missing, names stand in."""
    import torch

    if not hasattr(torch.ops.torchvision, "nms"):
        try:
            import torchvision.models
        except RuntimeError:
            for name in [name for name in sys.modules if name.startswith("torchvision")]:
                del sys.modules[name]
            library = torch.library.Library("torchvision", "DEF")
            for operator in OPERATORS:
                library.define(f"{operator}(Tensor x) -> Tensor")
            _LIBRARIES.append(library)  # what it defines goes with it
    import torchvision.models

    return torchvision.models


@dataclass(frozen=True)
class Model:
    """A model of a library, and the bundled network that it is; `side` is that of its input.

    What no file of weights says is set as the spec has it: `eps` of all norms, and with `late` the stride
    of a block in its first convolution instead of its second. `names` maps what is not certain.
    """

    library: str
    name: str
    spec: str
    side: int = 64
    options: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] | None = None
    eps: float | None = None
    late: bool = False

    def __str__(self) -> str:
        return f"{self.library}-{self.name}"

    def built(self) -> Any:
        """Return the PyTorch model with numbers of its own in every tensor."""
        import torch

        torch.manual_seed(1)
        if self.library == "torchvision":
            model = getattr(torchvision_models(), self.name)(weights=None, **self.options)
        elif self.library == "timm":
            torchvision_models()
            import timm

            model = timm.create_model(self.name, pretrained=False, **self.options)
        else:
            torchvision_models()
            import transformers

            model = transformers.AutoModelForImageClassification.from_config(
                getattr(transformers, f"{self.name}Config")(**self.options)
            )
        with torch.no_grad():
            for name, tensor in model.state_dict().items():
                if tensor.is_floating_point() and tensor.squeeze().ndim < 2:
                    small = name.endswith(("bias", "running_mean"))
                    tensor.uniform_(-0.1, 0.1) if small else tensor.uniform_(0.5, 1.5)
        for module in model.modules():
            if self.eps is not None and hasattr(module, "eps"):
                module.eps = self.eps
            if self.late and hasattr(module, "conv3"):
                module.conv1.stride, module.conv2.stride = module.conv2.stride, module.conv1.stride
        return model.double().eval()


def _tv(spec: str, name: str, side: int = 64, **options: Any) -> Model:
    return Model("torchvision", name, spec, side, options)


def _timm(spec: str, name: str, side: int = 64, eps: float | None = None, late: bool = False) -> Model:
    return Model("timm", name, spec, side, eps=eps, late=late)


_RESNET = {"embedding_size": 64, "num_labels": 1000}

MODELS = (
    _tv("alexnet-torchvision", "alexnet", 224),
    *(_tv(n, n, 224) for n in ("vgg11", "vgg13", "vgg19")),
    _tv("vgg16-torchvision", "vgg16", 224),
    *(_tv(n, n) for n in ("resnet18", "resnet34")),
    *(_tv(f"{n}-v1.5", n) for n in ("resnet50", "resnet101", "resnet152")),
    _tv("resnext50", "resnext50_32x4d"),
    _tv("resnext101-32x8d", "resnext101_32x8d"),
    _tv("resnext101-64x4d", "resnext101_64x4d"),
    _tv("wide-resnet50", "wide_resnet50_2"),
    _tv("wide-resnet101", "wide_resnet101_2"),
    *(_tv(n, n) for n in ("densenet121", "densenet161", "densenet169", "densenet201")),
    _tv("googlenet", "googlenet", 224, aux_logits=False, init_weights=False),
    _tv("inception-v3", "inception_v3", 107, aux_logits=False, init_weights=False),
    _tv("inception-v3-aux", "inception_v3", 299, aux_logits=True, init_weights=False),
    _tv("mobilenet-v2", "mobilenet_v2"),
    _tv("mobilenet-v3-large", "mobilenet_v3_large"),
    _tv("mobilenet-v3-small", "mobilenet_v3_small"),
    *(_tv(f"mnasnet{n}", f"mnasnet{n.replace('.', '_')}") for n in ("0.5", "0.75", "1.0", "1.3")),
    *(
        _tv(f"shufflenet-v2-{n}", f"shufflenet_v2_x{n.replace('.', '_')}")
        for n in ("0.5", "1.0", "1.5", "2.0")
    ),
    _tv("squeezenet1.0", "squeezenet1_0"),
    _tv("squeezenet1.1", "squeezenet1_1"),
    *(_tv(f"efficientnet-b{n}", f"efficientnet_b{n}") for n in range(8)),
    _tv("efficientnet-v2", "efficientnet_v2_s"),
    *(
        _tv(f"regnet-{kind}-{size}", f"regnet_{kind}_{size.replace('.', '_')}")
        for kind in "xy"
        for size in ("400mf", "800mf", "1.6gf", "3.2gf", "8gf", "16gf", "32gf")
    ),
    *(_tv(f"convnext-{n}", f"convnext_{n}") for n in ("tiny", "small", "base", "large")),
    _tv("vit-b-16", "vit_b_16", 224),
    *(_timm(n, n) for n in ("resnet18", "resnet34")),
    _timm("resnet50-v1.5", "resnet50"),
    _timm("resnext50", "resnext50_32x4d"),
    _timm("wide-resnet50", "wide_resnet50_2"),
    _timm("seresnet50", "seresnet50", late=True),
    _timm("densenet121", "densenet121"),
    _timm("vgg16-torchvision", "vgg16", 224),
    _timm("inception-v3", "inception_v3", 107),
    _timm("mobilenet-v2", "mobilenetv2_100"),
    _timm("mobilenet-v3-large", "mobilenetv3_large_100", eps=1e-3),
    _timm("mobilenet-v3-small", "mobilenetv3_small_100", eps=1e-3),
    _timm("mobilenet-v1", "mobilenetv1_100"),
    _timm("mnasnet1.0", "mnasnet_100"),
    _timm("efficientnet-b0", "efficientnet_b0"),
    _timm("efficientnet-v2", "efficientnetv2_rw_s"),
    _timm("efficientnet-v2", "efficientnetv2_s", eps=1e-3),
    _timm("regnet-x-400mf", "regnetx_004_tv"),
    _timm("regnet-x-400mf-pycls", "regnetx_004"),
    _timm("regnet-y-400mf", "regnety_004"),
    _timm("regnet-y-1.6gf", "regnety_016"),
    _timm("convnext-tiny", "convnext_tiny"),
    _timm("convnext-small", "convnext_small"),
    _timm("ghostnet", "ghostnet_100"),
    _timm("repvgg-a0-train", "repvgg_a0"),
    _timm("res2net50", "res2net50_26w_4s"),
    _timm("darknet53", "darknet53"),
    _timm("xception", "legacy_xception", eps=1e-3),
    _timm("hrnet", "hrnet_w18"),
    _timm("botnet50", "botnet50ts_256"),
    _timm("vit-b-16", "vit_base_patch16_224", 224),
    Model("transformers", "ResNet", "resnet50-v1.5", 64, _RESNET),
    Model(
        "transformers",
        "ResNet",
        "resnet18",
        64,
        {**_RESNET, "layer_type": "basic", "depths": [2, 2, 2, 2], "hidden_sizes": [64, 128, 256, 512]},
    ),
    Model("transformers", "ConvNext", "convnext-tiny", 64, {"num_labels": 1000}, eps=1e-6),
    Model(
        "transformers",
        "RegNet",
        "regnet-y-400mf",
        64,
        {
            "num_labels": 1000,
            "hidden_sizes": [48, 104, 208, 440],
            "depths": [1, 3, 6, 6],
            "groups_width": 8,
            "layer_type": "y",
        },
    ),
    Model(
        "transformers", "MobileNetV2", "mobilenet-v2", 64, {"num_labels": 1000, "tf_padding": False}, eps=1e-5
    ),
    Model("transformers", "ViT", "vit-b-16", 224, {"num_labels": 1000}),
    Model(
        "transformers",
        "ViT",
        "vit-b-16",
        224,
        {"num_labels": 1000},
        {"encoder.*.norm1": "vit.layers.*.layernorm_before"},
        1e-6,
    ),
)


def state(model: Any) -> dict[str, Any]:
    """Return the tensors of a model's state dict, in its order."""
    return {name: tensor.numpy() for name, tensor in model.state_dict().items()}


def reading(of: Model, model: Any, suffixes: tuple[str, ...] = (".safetensors", ".npz")) -> dict[str, str]:
    """Return for each kind of file `right`, `WRONG by ...` or why it was refused."""
    import torch

    network = cnnstat.Network(of.spec, input_shape=(3, of.side, of.side), dtype="float64")
    x = network.sample(1)
    with torch.no_grad():
        wanted = model(torch.from_numpy(x))
        wanted = getattr(wanted, "logits", wanted)
        if network.program.steps[-1].type == "softmax":
            wanted = wanted.softmax(1)
    wanted = wanted.numpy()
    found: dict[str, str] = {}
    known: dict[bytes, str] = {}
    for suffix in suffixes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"weights{suffix}"
            save_weights(path, state(model))
            try:
                names = None if of.names is None else NamesMap(of.names)
                tensors = matched(network.parameters, read_weights(path), path.name, names)
            except FileError as refusal:
                found[suffix] = str(refusal)
                continue
        key = b"".join(tensor.ravel()[:3].tobytes() for tensor in tensors.values())
        if key not in known:
            network.load(tensors)
            outputs = network.forward(x, backward=False)
            got = np.asarray(outputs[-1] if isinstance(outputs, tuple) else outputs)
            error = np.abs(got.reshape(wanted.shape) - wanted).max() / np.abs(wanted).max()
            known[key] = "right" if error < 1e-9 else f"WRONG by {error:.1e}"
        found[suffix] = known[key]
    return found


def goes_by_execution(of: Model, model: Any) -> bool:
    """Say whether a sorted state dict is paired in the order in which PyTorch executes its modules."""
    import torch

    network = cnnstat.Network(of.spec, input_shape=(3, of.side, of.side))
    executed: list[str] = []
    for name, module in model.named_modules():
        if next(module.parameters(recurse=False), None) is not None:
            module.register_forward_hook(lambda *_, name=name: executed.append(name))
    with torch.no_grad():
        model(torch.zeros(1, 3, of.side, of.side, dtype=torch.float64))
    found = paired(network.parameters, dict(sorted(state(model).items())), str(of))
    return executed == list(dict.fromkeys(match.name.rpartition(".")[0] for match in found.values()))


def main(words: list[str]) -> None:
    import torch

    torch.set_num_threads(1)
    for model in MODELS:
        if words and not any(word in f"{model} {model.spec}" for word in words):
            continue
        try:
            found = reading(model, model.built())
        except Exception as error:  # a model that cannot be built here is a row, too
            found = {"failed": f"{type(error).__name__}: {error}"}
        for suffix, said in found.items():
            print(f"{model!s:36} {model.spec:22} {suffix:13} {said[:220]}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
