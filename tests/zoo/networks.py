"""The networks that have a hand-written PyTorch module: what builds it, and an input that is quick to run."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any, NamedTuple


class Reference(NamedTuple):
    """`family.function` in this folder, its arguments, a small input, and whether even that takes seconds.

    Without a small input it is the network's own.
    """

    model: str
    small: tuple[int, ...] | None
    options: dict[str, Any] = {}  # noqa: RUF012 - never changed
    heavy: bool = False
    of_small: dict[str, Any] = {}  # noqa: RUF012 - arguments that go with the small input


NETWORKS = {
    "xception": Reference("classifiers.xception", (3, 47, 53), heavy=True),
    "seresnet50": Reference("classifiers.seresnet50", (3, 64, 48), heavy=True),
    "dcgan-generator": Reference("pictures.dcgan_generator", (100, 1, 1)),
    "dcgan-generator-pytorch": Reference("pictures.dcgan_generator", (100, 1, 1), {"n": 64, "kernel": 4}),
    "dcgan-discriminator": Reference("pictures.dcgan_discriminator", (3, 64, 64)),
    "srresnet": Reference("pictures.srresnet", (3, 7, 9)),
    "ghostnet": Reference("mobile.ghostnet", (3, 64, 48)),
    "repvgg-a0": Reference("mobile.repvgg_a0", (3, 64, 48), {"deploy": True}),
    "repvgg-a0-train": Reference("mobile.repvgg_a0", (3, 64, 48), {"deploy": False}),
    "efficientnet-v2": Reference("mobile.efficientnet_v2_s", (3, 64, 48), heavy=True),
    "res2net50": Reference("classifiers.res2net50", (3, 64, 48), heavy=True),
    "resnet101-v1.5": Reference("classifiers.resnet101", (3, 64, 48), heavy=True),
    "resnet152-v1.5": Reference("classifiers.resnet152", (3, 64, 48), heavy=True),
    "vgg16-torchvision": Reference("classifiers.vgg16", (3, 40, 48), heavy=True),
    "convnext-tiny-linear": Reference("classifiers.convnext_tiny", (3, 64, 96), heavy=True),
    "siamese": Reference("pictures.Siamese", None, heavy=True),
    "cbam-resnet50": Reference("attention.cbam_resnet50", (3, 64, 48), heavy=True),
    "nonlocal-resnet50": Reference("attention.nonlocal_resnet50", (3, 64, 48), heavy=True),
    "botnet50": Reference("attention.BoTNet", (3, 64, 96), heavy=True, of_small={"height": 4, "width": 6}),
    "vit-b-16": Reference("attention.ViT", (3, 48, 32), heavy=True, of_small={"words": 7}),
    "resnet50-fpn": Reference("dense_prediction.ResNet50FPN", (3, 72, 56), heavy=True),
    "retinanet-r50": Reference(
        "dense_prediction.RetinaNet",
        (3, 72, 56),
        {"classes": 80, "first": True, "from_p5": False},
        heavy=True,
    ),
    "retinanet-r50-torchvision": Reference(
        "dense_prediction.RetinaNet",
        (3, 72, 56),
        {"classes": 91, "first": False, "from_p5": True},
        heavy=True,
    ),
    "deeplabv3-resnet50": Reference("dense_prediction.DeepLabV3", (3, 49, 41), heavy=True),
    "pspnet50": Reference("dense_prediction.PSPNet", (3, 57, 49), heavy=True),
    "hourglass": Reference("streams.StackedHourglass", (3, 68, 76), heavy=True),
    "hrnet": Reference("streams.HRNet", (3, 72, 56), heavy=True),
    "wavenet": Reference("sequences.WaveNet", (256, 70)),
    "tcn": Reference("sequences.TCN", (1, 784)),
    "yolov5s": Reference("yolo.YOLOv5", (3, 64, 96)),
    "yolov8n": Reference("yolo.YOLOv8", (3, 64, 96)),
    "c3d": Reference("volumes.c3d", (3, 8, 112, 112), heavy=True),
    "r2plus1d-18": Reference("volumes.r2plus1d_18", (3, 5, 33, 28), {"own": False}, heavy=True),
    "r2plus1d-18-paper": Reference("volumes.r2plus1d_18", (3, 5, 33, 28), {"own": True}, heavy=True),
    "unet3d": Reference("volumes.UNet3D", (3, 92, 92, 92), heavy=True),
}
"""By the name of the bundled network."""


def builder(name: str, *, small: bool = False) -> Any:
    """Return what builds the module of a network, for its own input or the small one."""
    reference = NETWORKS[name]
    family, _, function = reference.model.partition(".")
    build = getattr(import_module(f"tests.zoo.{family}"), function)
    return partial(build, **reference.options, **(reference.of_small if small else {}))
