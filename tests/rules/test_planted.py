"""A mistake that is planted into a bundled network is found, at its line, and nothing else with it."""

from __future__ import annotations

from collections import Counter

import pytest

from cnnstat import rules
from cnnstat.commands.check.options import CheckOptions
from cnnstat.spec import file
from tests.rules.found import check_text

RELU = "      - {name: relu1, type: relu}\n"
POOL = "  - {name: avgpool, type: global_avg_pool}\n"

PLANTED = [
    ("activation-twice", "resnet", RELU, f"{RELU}      - {{type: relu}}\n"),
    ("bias-before-norm", "resnet", "padding: 3, bias: false}", "padding: 3, bias: true}"),
    ("checkerboard", "unet", "kernel: 2, stride: 2}", "kernel: 3, stride: 2, padding: 1, output_padding: 1}"),
    ("constant-output", "resnet", POOL, f"{POOL}  - {{type: instance_norm}}\n"),
    ("dropout-before-norm", "resnet", RELU, f"{RELU}      - {{type: dropout}}\n"),
    ("early-downsampling", "resnet", "64, kernel: 7, stride: 2, padding: 3", "4, kernel: 4, stride: 4"),
    ("field-too-small", "resnet", "input: [3, 224, 224]", "input: [3, 512, 512]"),
    ("input-not-divisible", "yolov5", "input: [3, 640, 640]", "input: [3, 600, 640]"),
    ("linear-holds-most", "resnet", POOL, ""),
    ("no-citation", "darknet19", "source: ", "# "),
    ("odd-width", "resnet", "repeat: $n2, filters: 128", "repeat: $n2, filters: 100"),
    ("pool-of-one", "resnet", POOL, f"{POOL}  - {{type: max_pool, kernel: 1}}\n"),
    ("shadowed-name", "efficientnet", "{filters, kernel: 1,", "{filters, eps: 1.0e-4, kernel: 1,"),
    ("unread-pixels", "resnet", "kernel: 3, stride: $stride, padding: 1", "kernel: 1, stride: $stride"),
    ("unused-block", "resnet", "blocks:\n", "blocks:\n  plain: {layers: [{type: relu}]}\n"),
    ("unused-param", "resnet", "units: $classes}", "units: 1000}"),
    (
        "unused-variant-value",
        "resnet",
        "variants:\n",
        "variants:\n  copy: {params: {n1: 3, n2: 4, n3: 6, n4: 3}}\n",
    ),
]
"""A rule, a bundled spec, what is written there, and what is written in its place."""


def found(text: str) -> Counter[tuple[str, str]]:
    """Return the findings of rules by code and line."""
    findings = check_text(text, "spec.yaml", None, CheckOptions(least="info")).findings
    return Counter((each.code, each.text) for each in findings if each.code in rules.CODES)


@pytest.mark.parametrize(("name", "spec", "old", "new"), PLANTED, ids=[name for name, *_ in PLANTED])
def test_a_planted_mistake_is_found_and_nothing_else(name: str, spec: str, old: str, new: str) -> None:
    text, *_ = file.read(spec)
    assert old in text
    planted = text.replace(old, new, 1)
    more = found(planted) - found(text)
    assert [code for code, _ in more] == [f"rule/{name}"], more
