from __future__ import annotations

from typing import Any

import pytest

import cnnstat
from cnnstat.base.errors import Fault, Source, Span
from cnnstat.spec.expect import Expectation, check_figure, printed, tolerance

SPAN = Span(Source("s", ""), 1, 1)


def expect(text: str, **how: Any) -> Expectation:
    return Expectation("params", printed(text), "a paper", SPAN, **how)


@pytest.mark.parametrize(
    ("text", "value", "agrees"),
    [
        ("156", 156, True),
        ("156", 157, False),
        ("138M", 138_357_544, True),
        ("138M", 138_500_001, False),
        ("3.6G", 3_644_493_824, True),
        ("3.6G", 3_663_761_408, False),  # ResNet-34 with option B rounds to 3.7
        ("112Ki", 112 * 1024, True),
        ("0.27M", 269_722, True),
        ("0.27M", 275_001, False),
    ],
)
def test_rounded_to_the_printed_digits(text: str, value: int, agrees: bool) -> None:
    assert expect(text).agrees(value) is agrees


def test_truncation_and_tolerance() -> None:
    assert expect("3.8G", truncated=True).agrees(3_857_973_248)
    assert not expect("3.8G").agrees(3_857_973_248)
    assert not expect("3.8G", truncated=True).agrees(3_900_000_000)
    base = printed("650000")
    assert expect("650000", tolerance=tolerance("5%", base.value)).agrees(659_272)
    assert not expect("650000", tolerance=tolerance("50", base.value)).agrees(659_272)


def test_an_erratum_must_not_agree_and_the_right_figure_must() -> None:
    erratum = expect("416", erratum="forgets the maps", correct=2416)
    assert erratum.missed(2416) is None
    assert "right figure is 2,416" in (erratum.missed(2417) or "")
    assert "marked as an erratum" in (erratum.missed(416) or "")


FIELD = "input: [1, 8, 8]\nlayers:\n  - {name: p, type: %s, expect: {receptive_field: %s}}\n"


@pytest.mark.parametrize(
    ("kind", "expected", "said"),
    [
        ("global_avg_pool", "all", None),
        ("global_avg_pool", "8", "p: receptive_field: expected 8 (a paper), computed all"),
        ("global_avg_pool", "{value: 8, erratum: too small, correct: all}", None),
        ("max_pool, kernel: 2", "all", "p: receptive_field: expected all (a paper), computed 2x2"),
        ("max_pool, kernel: 2", "2", None),
    ],
)
def test_the_whole_input_is_a_field(kind: str, expected: str, said: str | None) -> None:
    analysis = cnnstat.analyze(cnnstat.loads("source: a paper\n" + FIELD % (kind, expected)))
    assert [missed.message for missed in analysis.missed] == ([] if said is None else [said])
    assert analysis.checked == 1


def test_only_a_field_is_the_whole_input() -> None:
    with pytest.raises(cnnstat.SpecError, match="'all' is not a figure"):
        cnnstat.loads(FIELD.replace("receptive_field", "params") % ("relu", "all"))


def test_shapes_and_fields_per_axis() -> None:
    shape = Expectation("shape", (6, 28, 28), "a paper", SPAN)
    assert shape.agrees((6, 28, 28))
    assert not shape.agrees((6, 28, 27))
    assert expect("14").agrees((14, 14))
    assert not expect("14").agrees((14, 15))


@pytest.mark.parametrize(
    ("word", "figure"),
    [("field", "receptive_field"), ("output_shape", "shape"), ("weights", "params"), ("parms", "params")],
)
def test_another_name_of_a_figure_is_understood(word: str, figure: str) -> None:
    with pytest.raises(Fault, match=f"unknown figure '{word}'; did you mean '{figure}'"):
        check_figure(word, total=False)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "12m", "-5", "1e9", "5 M", "9" * 40])
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(Fault):
        printed(text)


def test_the_right_size_of_a_field_holds_for_each_of_its_axes() -> None:
    erratum = expect("1024", erratum="of the block alone", correct=1025)
    assert erratum.missed((1025,)) is None
    assert erratum.missed((1025, 1025)) is None
    assert "right figure is 1,025" in (erratum.missed((1025, 1026)) or "")
