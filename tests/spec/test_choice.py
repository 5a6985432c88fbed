"""Parameters given from outside, variants, and which published figures are compared then."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat import Analysis, SpecError
from cnnstat.base.errors import ArgumentError, Source
from cnnstat.spec import bundled
from cnnstat.spec.choice import choose
from cnnstat.spec.given import read_value
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = """
name: Family
source: "paper"
input: [3, $size, $size]
params: {size: 8, width: 1, deep: false}
expect: {params: 4}
variants:
  one: {expect: {macs: 192}}
  two: {name: The second, source: "another", params: {width: 2, size: 4}, expect: {params: 8, macs: 96}}
layers:
  - {name: conv, type: conv, filters: ceil($width), kernel: 1, expect: {shape: [1, 8, 8]}}
  - {name: more, type: relu, when: $deep}
"""


def analyzed(variant: str | None = None, text: str = FAMILY, **params: object) -> Analysis:
    return cnnstat.analyze(cnnstat.loads(text, variant=variant, params=params))


def figures(analysis: Analysis) -> tuple[int, int, int]:
    return analysis.totals.counts.params, analysis.totals.counts.macs, analysis.checked


def test_without_a_name_it_is_the_first_variant() -> None:
    assert figures(analyzed()) == figures(analyzed("one")) == (4, 192, 3)
    assert (analyzed().name, analyzed().source) == ("one", "paper")


def test_a_variant_has_its_own_figures_and_no_others() -> None:
    two = analyzed("two")
    assert figures(two) == (8, 96, 2)
    assert two.missed == ()
    assert (two.name, two.source, two.input_shape) == ("The second", "another", (3, 4, 4))


def test_one_family_read_once_gives_each_of_its_networks() -> None:
    family = read_family(Source("family.yaml", FAMILY))
    one, two, wide = (choose(family, *which) for which in (("one", {}), ("two", {}), ("one", {"width": 3})))
    assert [spec.name for spec in (one, two, wide)] == ["one", "The second", "one (width=3)"]
    assert [spec.inputs["input"] for spec in (one, two, wide)] == [(3, 8, 8), (3, 4, 4), (3, 8, 8)]
    assert [len(spec.expect) for spec in (one, two, wide)] == [2, 2, 0]
    assert [spec.as_written for spec in (one, two, wide)] == [True, False, False]
    assert [spec.changed for spec in (one, two, wide)] == [{}, {}, {"width": 3}]
    assert family.params == {"size": 8, "width": 1, "deep": False}


def test_parameters_from_outside_go_before_those_of_the_variant() -> None:
    assert figures(analyzed("two", width=1.5, size=8)) == (8, 384, 0)
    assert analyzed("two", width=1.5, deep=True).name == "The second (width=1.5, deep=true)"
    assert [row.name for row in analyzed(deep=True).rows] == ["conv", "more"]


def test_figures_are_compared_where_the_values_are_those_they_were_published_for() -> None:
    assert figures(analyzed(width=2)) == (8, 384, 0)
    assert figures(analyzed(width=Fraction(1))) == (4, 192, 3)
    # The default, but for the first variant's.
    assert figures(analyzed("two", width=1, size=8)) == (4, 192, 2)


@pytest.mark.parametrize(
    ("variant", "params", "said"),
    [
        ("tow", {}, "variant/unknown: no variant 'tow'; did you mean 'two'?"),
        ("abcde", {}, "variant/unknown: no variant 'abcde'; variants: one, two"),
        (
            None,
            {"widht": 1},
            "<string>:5:9: param/unknown: the network has no parameter 'widht'; did you mean",
        ),
        (None, {"zzz": 1}, "no parameter 'zzz' (parameters: size, width, deep)"),
        (None, {"width": "wide"}, "expected a number, got 'wide'"),
        (
            None,
            {"size": 0},
            "spec/input: the input's sizes are whole numbers from 1 to 1,000,000, got [3, 0, 0]",
        ),
        (None, {"deep": 1}, "when: expected true or false, got 1"),
    ],
)
def test_what_cannot_be_chosen(variant: str | None, params: dict[str, object], said: str) -> None:
    with pytest.raises(SpecError) as caught:
        cnnstat.analyze(cnnstat.loads(FAMILY, variant=variant, params=params))
    assert said in str(caught.value)


def test_a_spec_without_parameters_or_variants_says_so() -> None:
    plain = "input: [3]\nlayers:\n  - {type: relu}\n"
    with pytest.raises(SpecError, match=r"no parameter 'width' \(it has no 'params:'\)"):
        analyzed(text=plain, width=2)
    with pytest.raises(SpecError, match="no variant 'b'; the spec has none"):
        analyzed("b", text=plain)


def test_values_from_python_are_values_of_the_language() -> None:
    size = cnnstat.loads(
        "input: [3]\nparams: {size: 1}\nlayers: [{type: relu}]", params={"size": [1.4, True]}
    )
    assert size.spec.params == {"size": (Fraction(7, 5), True)}
    with pytest.raises(ValueError, match="a parameter is a number, a word"):
        analyzed(width={1})
    with pytest.raises(ValueError, match="a loaded graph has its parameters"):
        cnnstat.analyze(cnnstat.loads(FAMILY), params={"width": 2})


def test_an_output_that_is_left_out_is_no_output() -> None:
    text = FAMILY.replace("layers:", "outputs: [more, conv]\nlayers:")
    graph, deep = cnnstat.loads(text), cnnstat.loads(text, params={"deep": True})
    assert [graph.name(number) for number in graph.outputs] == ["conv"]
    assert [deep.name(number) for number in deep.outputs] == ["more", "conv"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.4", Fraction(7, 5)),
        ("2", 2),
        ("true", True),
        ("same", "same"),
        ("010", "010"),
        ("'2'", "2"),
        ("[1, 3]", (1, 3)),
    ],
)
def test_values_are_read_as_in_a_spec(text: str, value: object) -> None:
    assert read_value(text) == value
    assert type(read_value(text)) is type(value)


@pytest.mark.parametrize("text", ["", "$width", "{a: 1}", "[[1]]", "&a 1", "[1", "\udcff"])
def test_what_is_no_plain_value(text: str) -> None:
    with pytest.raises(ArgumentError, match="expected a plain value"):
        read_value(text)


def test_a_variant_by_path(tmp_path: Path) -> None:
    path = tmp_path / "family.yaml"
    path.write_text(FAMILY, encoding="utf-8")
    assert cnnstat.analyze(f"{path}#two").name == "The second"
    assert cnnstat.analyze(path, params={"width": 3}).totals.counts.params == 12
    with pytest.raises(SpecError, match=r"family\.yaml:2:1: .*no variant 'tow'; did you mean 'two'"):
        cnnstat.analyze(f"{path}#tow")
    odd = tmp_path / "odd#two"  # a path that exists comes first
    odd.write_text(FAMILY, encoding="utf-8")
    assert cnnstat.analyze(odd).name == "one"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("efficientnet#efficientnet-b9", "efficientnet:4:1: .*did you mean 'efficientnet-b7'"),
        ("resnet#", "resnet:.*the name of a variant is missing behind '#'; variants: resnet18, "),
        ("lenet5#x", "lenet5:.*no variant 'x'; the spec has none"),
        ("lenet#x", "lenet:1:1: .*no bundled architecture of that name; did you mean 'lenet5'"),
        ("nowhere/net.yaml#x", "nowhere/net.yaml:1:1: .*no such file"),
        ("#x", "#x:1:1: .*no such file"),
    ],
)
def test_a_wrong_variant_by_name(spec: str, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        cnnstat.load(spec)


def test_a_variant_of_a_bundled_family() -> None:
    assert cnnstat.load("efficientnet#efficientnet-b3").spec.name == "EfficientNet-B3"


def test_a_wrong_value_is_told_once_with_what_it_was_read_from() -> None:
    text = """
input: [3, 8, 8]
params: {width: 1}
blocks:
  wide:
    params: {by: 1}
    layers: [{type: conv, filters: divisible($width * $by), kernel: 1}]
layers: [{type: wide, by: 8}, {type: wide, by: 16}]
"""
    with pytest.raises(SpecError) as negative:
        analyzed(text=text, width=-2)
    assert [problem.message for problem in negative.value.problems] == [
        "divisible(-16) has no value, with $by = 8, $width = -2; and in 1 more instance"
    ]
    with pytest.raises(SpecError, match=r"expected a number, got \[1, 'a'\], with \$by = 8, \$width = "):
        analyzed(text=text, width=[1, "a"])


def test_a_variant_runs() -> None:
    proof = cnnstat.verify(cnnstat.loads(FAMILY, variant="two"))
    assert proof.good
    assert proof.analysis.totals.output_shape == (2, 4, 4)


@pytest.mark.parametrize("path", sorted(bundled.folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_the_names_of_variants_are_found_without_parsing(path: Path) -> None:
    variants = read_family(Source(path.name, path.read_text(encoding="utf-8"))).variants
    assert set(variants) == {n for n in bundled.names() if bundled.address(n) == f"{path}#{n}"}
    assert variants or path.stem in bundled.names()


def test_values_from_python_that_are_floats_of_another_kind() -> None:
    class Other(float):
        def __repr__(self) -> str:
            return f"Other({float(self)})"

    assert analyzed(width=Other(2)).totals.counts.params == analyzed(width=2).totals.counts.params
    with pytest.raises(ValueError, match=r"a parameter is a number, .*, got nan"):
        analyzed(width=float("nan"))
