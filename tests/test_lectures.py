"""The worked examples of the lectures (tests/reference/lectures.yaml) that need no values, only sizes.

Those with values in maps run in tests/test_lectures_run.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnnstat
from cnnstat.analysis import LayerRow
from tests.lectures import EXAMPLES, right, spec
from tests.test_lectures_run import RUN
from tests.test_published import analyzed, row

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_COMPUTABLE = {"s000-year", "s001-alexnet"}
"""A date and an accuracy."""


def shapes(size: str, *layers: str) -> list[tuple[int, ...]]:
    return [r.output_shape for r in cnnstat.analyze(cnnstat.loads(spec(size, *layers))).rows]


def side(n: int, f: int, s: int = 1, p: int = 0, rounding: str = "floor") -> int:
    layer = f"type: conv, filters: 1, kernel: {f}, stride: {s}, padding: {p}, rounding: {rounding}"
    return shapes(f"[1, {n}, {n}]", layer)[0][1]


def params(name: str, *layers: str) -> list[int]:
    return [row(name, layer).counts.params for layer in layers]


def macs(name: str) -> int:
    return analyzed(name).totals.counts.macs


def weight_layers(name: str) -> list[int]:
    kinds = [r.type for r in analyzed(name).rows]
    return [kinds.count("conv"), kinds.count("linear") + kinds.count("rbf")]


def pyramid(*levels: int) -> int:
    return shapes("[256, 13, 13]", f"type: spatial_pyramid_pool, levels: {list(levels)}")[0][0]


def five_to_five(spec: str, figure: str = "connections") -> int:
    counts = cnnstat.analyze(cnnstat.loads(f"input: {spec}")).totals.counts
    count: int = getattr(counts, figure)
    return count


CONV_5 = "[1, 5]\nlayers: [{type: conv, filters: 1, kernel: 3, padding: 1, bias: false}]"
FULL_5 = "[5]\nlayers: [{type: linear, units: 5, bias: false}]"
UFV = ("conv1", "conv2", "conv3")
LENET = ("C1", "S2", "C3", "S4", "C5")
TABLE = ("CONV1", "POOL1", "CONV2", "POOL2", "FC3", "FC4", "FC5")

CASES: dict[str, Callable[[], Any]] = {
    "s000-c5": lambda: row("lenet5", "C5").counts.connections,
    "s000-pad": lambda: side(7, 3),
    "s000-shrink": lambda: side(7, 3) < 7,
    "s000-lenet-maps": lambda: [
        32,
        *(row("lenet5", n).output_shape[1] for n in LENET),
    ],
    "s000-pairs": lambda: {
        "positions": row("lenet5", "C5").output_shape[1],
        "maps": row("lenet5", "S4").output_shape[0],
    },
    "s000-spp": lambda: {
        "bins": {f"{n}x{n}": pyramid(n) // 256 for n in (4, 2, 1)},
        "total_bins": pyramid(4, 2, 1) // 256,
        "vector_256_maps": [pyramid(4), pyramid(2), pyramid(1)],
        "total_length": pyramid(4, 2, 1),
    },
    "s000-gap": lambda: {
        "before": list(row("lenet5-gap", "S4").output_shape),
        "after": list(row("lenet5-gap", "average").output_shape),
        "params": row("lenet5-gap", "average").counts.params,
    },
    "s001-28": lambda: shapes("[3, 32, 32]", "type: conv, filters: 6, kernel: 5")[0][::-1],
    "s001-7x7-s1": lambda: side(7, 3),
    "s001-7x7-s2": lambda: side(7, 3, 2),
    "s001-7x7-p1": lambda: side(7, 3, 1, 1),
    "s001-32-28-24": lambda: [32, side(32, 5), side(28, 5)],
    "s001-760": lambda: {
        "out": list(row("lecture-32x32x3", "conv").output_shape[::-1]),
        "per_filter": row("lecture-32x32x3", "conv").counts.params // 10,
        "params": row("lecture-32x32x3", "conv").counts.params,
        "macs": row("lecture-32x32x3", "conv").counts.macs,
    },
    "s001-3072": lambda: shapes("[3, 32, 32]", "type: flatten")[0][0],
    "s001-vgg": lambda: analyzed("vgg16").totals.counts.params,
    "s001-resnet": lambda: {
        "resnet152_gmac": round(macs("resnet152") / 1e9, 3),
        "vgg16_gmac": round(macs("vgg16") / 1e9, 2),
        "vgg19_gmac": round(macs("vgg19") / 1e9, 3),
    },
    "s002-ufv-layers": lambda: {
        "input_assumed": [39, 39, 3],
        "sizes": [
            list(row("lecture-39x39", n).output_shape[1:] + row("lecture-39x39", n).output_shape[:1])
            for n in UFV
        ],
        "params": params("lecture-39x39", *UFV),
        "params_total": analyzed("lecture-39x39").totals.counts.params,
        "flattened": row("lecture-39x39", "flatten").output_shape[0],
        "rf": [row("lecture-39x39", n).field.sizes(row("lecture-39x39", n).output_shape)[0] for n in UFV],
        "stride": [row("lecture-39x39", n).field.strides[0] for n in UFV],
    },
    "s002-vol": lambda: {"out_f3_s1": list(shapes("[3, 5, 5]", "type: max_pool, kernel: 3, stride: 1")[0])},
    "s002-act": lambda: [
        1024,
        *(row("lenet5-full", n).counts.activations for n in TABLE),
    ],
    "s002-c1": lambda: row("lenet5-full", "CONV1").counts.params,
    "s003-25": lambda: five_to_five(FULL_5),
    "s003-13": lambda: five_to_five(CONV_5),
    "s003-weights": lambda: {
        "connections": five_to_five(CONV_5),
        "distinct_weights_with_sharing": cnnstat.analyze(
            cnnstat.loads(f"input: {CONV_5}")
        ).totals.counts.params,
        "fc": five_to_five(FULL_5),
    },
    "s003-same": lambda: side(5, 3, 1, 1),
    "s003-layers": lambda: {
        "lenet": weight_layers("lenet5"),
        "alexnet": weight_layers("alexnet"),
        "vgg16": weight_layers("vgg16"),
    },
    "s003-flops": lambda: {
        "vgg19": macs("vgg19"),
        "plain34": macs("plain34"),
        "resnet34_optionA": macs("resnet34-a"),
        "resnet34_optionB": macs("resnet34"),
    },
    "s003-ratio": lambda: round(macs("vgg19") / macs("plain34"), 3),
    "s004-poolsize": lambda: {
        "W3_F2_S1": shapes("[1, 3, 3]", "type: max_pool, kernel: 2, stride: 1")[0][1],
        "W28_F2_S2": shapes("[1, 28, 28]", "type: max_pool, kernel: 2")[0][1],
    },
    "s004-c1": lambda: [25, 26, row("lenet5", "C1").counts.params],
    "s004-s2": lambda: row("lenet5", "S2").counts.params,
    "s004-c3": lambda: row("lenet5", "C3").counts.params,
    "s004-s4": lambda: row("lenet5", "S4").counts.params,
    "s004-c5": lambda: row("lenet5", "C5").counts.params,
    "s004-f6": lambda: row("lenet5", "F6").counts.params,
}


@pytest.mark.parametrize("example", CASES)
def test_static_examples(example: str) -> None:
    found = CASES[example]()
    assert (list(found) if isinstance(found, tuple) else found) == right(example)


def test_errata_of_the_lenet_table() -> None:
    for example, layer in (
        ("s002-c3", "CONV2"),
        ("s002-fc3", "FC3"),
        ("s002-fc4", "FC4"),
        ("s002-softmax", "FC5"),
    ):
        full = right(example).get("full_depth", right(example).get("with_bias"))
        assert row("lenet5-full", layer).counts.params == full
        assert EXAMPLES[example]["slide"] != full
    assert row("lenet5", "C3").counts.params == right("s002-c3")["paper_sparse"]
    assert analyzed("lenet5-full").totals.counts.params == right("s002-total")["modern_full_with_bias"]
    assert analyzed("lenet5").totals.counts.trainable == right("s002-total")["paper_exact"]


def test_googlenet_has_not_four_million_parameters() -> None:
    assert analyzed("googlenet").totals.counts.params == right("s001-googlenet")["params_exact"]


def test_the_connection_table_of_c3() -> None:
    c3 = row("lenet5", "C3")
    assert isinstance(c3, LayerRow)
    table = c3.node.layer.table  # type: ignore[attr-defined]
    expected = right("s004-c3-table")
    assert [list(reads) for reads in table] == expected["columns"]
    assert [len(reads) for reads in table] == expected["inputs_per_map"]
    assert sum(map(len, table)) == expected["pairs"]
    found = c3.calculated
    assert found.params.numbers == "6·(3·5·5 + 1) + 6·(4·5·5 + 1) + 3·(4·5·5 + 1) + 1·(6·5·5 + 1)"
    assert found.sizes[1].numbers == "(14 - 5 + 2·0)/1 + 1"


def test_7x7_with_stride_3_does_not_fit() -> None:
    assert round((7 - 3) / 3 + 1, 4) == right("s001-7x7-s3")
    with pytest.raises(cnnstat.SpecError, match=r"\(7 - 3\)/3 \+ 1 = 2\.33"):
        side(7, 3, 3, rounding="exact")
    assert [side(7, 3, 3), side(7, 3, 3, rounding="ceil")] == [2, 3]


def test_a_classifier_fixes_the_size_and_a_pyramid_does_not() -> None:
    # s000-224: flatten and fully connected layers need one size; pooling to fixed bins takes any.
    base = cnnstat.analyze("vgg16").totals.counts.params
    assert cnnstat.analyze("vgg16", input_shape=(3, 256, 256)).totals.counts.params != base
    for size in (224, 256):
        assert cnnstat.analyze("resnet18", input_shape=(3, size, size)).totals.counts.params == 11_689_512


def test_flops_are_a_count_of_multiply_adds_and_not_a_rate() -> None:
    # s003-flops-def: the figure's "FLOPs" are multiply-adds; ours have names of their own.
    counts = analyzed("vgg19").totals.counts
    assert round(counts.macs / 1e9, 1) == 19.6
    assert counts.flops == 2 * counts.macs


def test_every_example_has_a_test_or_a_reason() -> None:
    elsewhere = {"s002-c3", "s002-fc3", "s002-fc4", "s002-softmax", "s002-total", "s001-googlenet"}
    elsewhere |= {"s004-c3-table", "s001-7x7-s3", "s000-224", "s003-flops-def"}
    parts = (set(CASES), elsewhere, RUN, NOT_COMPUTABLE)
    assert sorted(EXAMPLES) == sorted(example for part in parts for example in part)
