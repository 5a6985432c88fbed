"""What is asked from Python: comparisons and sweeps, and arguments that are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import cnnstat

if TYPE_CHECKING:
    from collections.abc import Callable

TINY = "input: [1, 8, 8]\nlayers:\n  - {{name: c, type: conv, filters: {}, kernel: 3}}\n"


def test_a_difference_of_two_graphs() -> None:
    found = cnnstat.diff(*(cnnstat.loads(TINY.format(filters)) for filters in (2, 3)))
    (change,) = found.changes
    assert [(edit.what, edit.before, edit.after) for edit in change.edits] == [("filters", 2, 3)]
    assert not cnnstat.diff("lenet5", "lenet5").differ


def test_what_is_printed_fits_a_line() -> None:
    analysis = cnnstat.analyze("lenet5")
    assert f"{analysis!r}" == "<Analysis of LeNet-5 (1x32x32): 14 layers, 60,840 params, 328,096 MACs>"
    assert f"{analysis.graph!r}" == "<Graph of LeNet-5 (1x32x32): 14 layers>"
    assert f"{analysis.named['C3']!r}" == "<LayerRow C3 (conv): 16x10x10, 1,516 params, 150,000 MACs>"
    assert f"{cnnstat.analyze('resnet18').named['layer1.0']!r}".startswith("<BlockRow layer1.0 (basic): ")


@pytest.mark.parametrize("read", [cnnstat.analyze, cnnstat.load, cnnstat.verify])
def test_the_text_of_a_spec_is_for_loads(read: Callable[[str], object]) -> None:
    with pytest.raises(cnnstat.SpecError, match=r"<text>:1:1: .*not the name of a file; cnnstat\.loads"):
        read(TINY.format(2))


def test_parameters_are_those_of_b_and_the_input_is_of_both() -> None:
    found = cnnstat.diff("efficientnet", "efficientnet", params={"width": 2}, input_shape=(3, 64, 64))
    assert found.a.totals.counts.params < found.b.totals.counts.params
    assert found.a.input_shape == found.b.input_shape == (3, 64, 64)


def test_blocks_are_compared_as_wholes() -> None:
    found = cnnstat.diff("vgg16", "vgg19", depth=1)
    assert [change.b.row.name for change in found.changes if change.b and change.edits] == [
        "stage3",
        "stage4",
        "stage5",
    ]


def test_problems_of_both_are_reported() -> None:
    wrong = (cnnstat.loads(TINY.format(1).replace("kernel: 3", f"kernel: {size}")) for size in (9, 10))
    with pytest.raises(cnnstat.SpecError) as caught:
        cnnstat.diff(*wrong)
    found = [problem.message for problem in caught.value.problems]
    assert len(found) == 2
    assert all(any(f"kernel {size}" in each for each in found) for size in (9, 10))


def test_a_sweep() -> None:
    found = cnnstat.sizes("alexnet", first=227, last=(259,), step=16)
    assert [outcome.size for outcome in found.accepted] == [(227, 227), (243, 243), (259, 259)]
    assert [found.fits(outcome) for outcome in found.outcomes] == [True, True, False]
    own = cnnstat.analyze("alexnet", batch=8).totals
    cost = cnnstat.sizes("alexnet", first=227, last=227, batch=8).accepted[0].cost
    assert cost is not None
    assert (cost.macs, cost.inference_memory_bytes) == (own.counts.macs, own.inference_memory_bytes)


def test_a_sweep_without_a_range() -> None:
    assert cnnstat.sizes("lenet5").steps.count == 64


@pytest.mark.parametrize(
    ("call", "arguments", "said"),
    [
        (cnnstat.sizes, {"first": 0}, "first: expected one size or a tuple, from 1"),
        (cnnstat.sizes, {"last": ()}, "last: expected one size or a tuple, from 1"),
        (cnnstat.sizes, {"first": (1, 2, 3)}, "has 3 sizes, but the input has height and width"),
        (cnnstat.sizes, {"step": 0}, "step: expected 1 or more, got 0"),
        (cnnstat.sizes, {"first": 9, "last": 8}, "there is no size from 9x9 to 8x8"),
        (cnnstat.sizes, {"input_shape": (1, 2, 3, 4, 5)}, "input_shape: expected 1 to 4 sizes"),
        (cnnstat.sizes, {"input_shape": (9,)}, "input is a map such as 1x32x32, got 9"),
        (cnnstat.sizes, {"batch": 0}, "batch: expected 1 or more"),
        (cnnstat.sizes, {"dtype": "int4"}, "dtype: expected one of int8"),
        (cnnstat.sizes, {"first": True}, "first: expected one size or a tuple, from 1"),
        (cnnstat.sizes, {"step": 1.5}, "step: expected 1 or more, got 1.5"),
        (cnnstat.analyze, {"optimizer": "lion"}, "optimizer: expected one of sgd"),
        (cnnstat.analyze, {"batch": 1.5}, "batch: expected 1 or more, got 1.5"),
        (cnnstat.analyze, {"input_shape": (1, 32.0, 32.0)}, "input_shape: expected 1 to 4 sizes"),
        (cnnstat.analyze, {"input_shape": (1, True, 32)}, "input_shape: expected 1 to 4 sizes"),
    ],
)
def test_arguments_that_are_refused(call: Callable[..., Any], arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call("lenet5", **arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"depth": 0}, "depth: expected 1 or more, got 0"),
        ({"batch": 0}, "batch: expected 1 or more"),
        ({"params": {"width": 2}}, "a loaded graph has its parameters"),
    ],
)
def test_differences_that_are_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        cnnstat.diff("lenet5", cnnstat.load("lenet5"), **arguments)
