"""Heads whose maps get their size from another layer: they are right at any input size, and resize freely."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.bridge.verify import verify
from cnnstat.commands.sizes.size_range import every_size
from cnnstat.commands.sizes.size_search import sweep

BACKBONE = """
input: [2, 24, 24]
layers:
  - {name: c1, type: conv, filters: 3, kernel: 3, stride: 2, padding: 1}
  - {name: c2, type: conv, filters: 4, kernel: 3, stride: 2, padding: 1}
"""

DEEPLAB = """
  - {name: a1, type: conv, from: c2, filters: 3, kernel: 1}
  - {name: a2, type: conv, from: c2, filters: 3, kernel: 3, padding: 2, dilation: 2}
  - {name: pool, type: global_avg_pool, from: c2}
  - {name: reduce, type: conv, filters: 3, kernel: 1}
  - {name: image, type: upsample, from: [reduce, c2], mode: bilinear}
  - {name: aspp, type: concat, from: [a1, a2, image]}
  - {name: score, type: conv, filters: 5, kernel: 1}
  - {name: out, type: upsample, from: [score, input], mode: bilinear}
"""

PSPNET = """
  - {name: bins1, type: adaptive_avg_pool, from: c2, size: 1}
  - {name: up1, type: upsample, from: [bins1, c2], mode: bilinear, align_corners: true}
  - {name: bins2, type: adaptive_avg_pool, from: c2, size: 2}
  - {name: up2, type: upsample, from: [bins2, c2], mode: bilinear, align_corners: true}
  - {name: joined, type: concat, from: [c2, up1, up2]}
  - {name: score, type: conv, filters: 5, kernel: 1}
  - {name: out, type: upsample, from: [score, input], mode: bilinear, align_corners: true}
"""

FPN = """
  - {name: p2, type: conv, filters: 3, kernel: 1}
  - {name: l1, type: conv, from: c1, filters: 3, kernel: 1}
  - {name: top, type: upsample, from: [p2, c1]}
  - {name: p1, type: add, from: [l1, top]}
"""

LADDER = """
  - {name: pooled, type: adaptive_max_pool, from: [c1, c2]}
  - {name: both, type: concat, from: [c2, pooled]}
  - {name: framed, type: pad, from: [both, c1]}
  - {name: cut, type: crop, from: [framed, c2]}
"""

HEADS = {"DeepLabv3": DEEPLAB, "PSPNet": PSPNET, "FPN": FPN, "pad and adaptive pool": LADDER}
SIZES = [(24, 24), (25, 18), (31, 33)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_is_right_at_any_input_size(head: str, size: tuple[int, int]) -> None:
    graph = cnnstat.loads(BACKBONE + head)
    verified = verify(graph, input_shape=(2, *size))
    assert verified.differences == ()
    assert verified.unmeasured == ()
    assert all(checked.good for checked in cnnstat.check_gradients(graph, input_shape=(2, *size)))


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_head_resizes_freely(head: str) -> None:
    graph = cnnstat.loads(BACKBONE + head)
    found = sweep(graph, every_size(graph))
    assert len(found.accepted) == len(found.outcomes)
    assert (found.held, found.fixing) == (None, ())


CONSTANT = [
    (FPN.replace("from: [p2, c1]", "from: p2, size: 12"), ("top", "p1")),
    (PSPNET.replace("from: [bins2, c2]", "from: bins2, size: 6"), ("up2", "joined")),
    (LADDER.replace("[c1, c2]", "c1, size: 6"), ("pooled", "both")),
    # The one that lends its size is what holds it, not the one whose values are enlarged.
    (
        "  - {name: fixed, type: adaptive_avg_pool, from: c1, size: 6}\n"
        "  - {name: one, type: adaptive_avg_pool, from: c2, size: 2}\n"
        "  - {name: large, type: upsample, from: [one, fixed]}\n"
        "  - {name: join, type: concat, from: [c2, large]}\n",
        ("fixed", "join"),
    ),
]


@pytest.mark.parametrize(("head", "held"), CONSTANT, ids=["upsample", "pyramid", "adaptive", "lent"])
def test_a_constant_size_is_named(head: str, held: tuple[str, str]) -> None:
    graph = cnnstat.loads(BACKBONE + head)
    found = sweep(graph, every_size(graph))
    assert found.held is not None
    assert tuple(map(graph.name, found.held)) == held


def test_the_size_of_a_second_input_is_explained() -> None:
    row = next(row for row in cnnstat.analyze(cnnstat.loads(BACKBONE + FPN)).rows if row.name == "top")
    assert [size.numbers for size in row.calculated.sizes[1:]] == ["12", "12"]
    assert [size.name for size in row.calculated.sizes[1:]] == [
        "height of the second input",
        "width of the second input",
    ]
