"""The networks that other tools have measured."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import cnnstat

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis

LENET = """
name: LeNet-5
input: [1, 28, 28]
layers:
  - {type: conv, filters: 6, kernel: 5, padding: 2}
  - {type: relu}
  - {type: max_pool, kernel: 2}
  - {type: conv, filters: 16, kernel: 5}
  - {type: relu}
  - {type: max_pool, kernel: 2}
  - {type: flatten}
  - {type: linear, units: 120}
  - {type: relu}
  - {type: linear, units: 84}
  - {type: relu}
  - {type: linear, units: 10}
"""

NETWORKS = ("lenet5", "alexnet", "vgg16", "vgg19", "resnet34")


@cache
def network(name: str) -> Analysis:
    """Return torchvision's network; of VGG with the average pool that the paper does not have."""
    if name == "lenet5":
        return cnnstat.analyze(cnnstat.loads(LENET))
    if name.startswith("vgg"):
        return cnnstat.analyze(cnnstat.load(name, params={"torchvision": True}))
    return cnnstat.analyze({"alexnet": "alexnet-torchvision"}.get(name, name))
