"""Spaces: what may vary, what follows from it, which points there are, and how they are drawn."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest

import cnnstat
from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.spec.axis import BITS, Range, Values, read_range
from cnnstat.spec.expression import parse
from cnnstat.spec.functions import round_log
from cnnstat.spec.space import Space, check_space, random_bits
from cnnstat.spec.space_reader import given_space
from cnnstat.spec.values import show_value


def values(text: str) -> list[object]:
    axis = read_range(text)
    assert axis.count is not None
    return [axis.at(number) for number in range(axis.count)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1:3:1", [1, 2, 3]),
        ("0.5:2:0.5", [Fraction(1, 2), 1, Fraction(3, 2), 2]),
        ("0.25:1:0.3", [Fraction(1, 4), Fraction(11, 20), Fraction(17, 20)]),
        ("-1:1:1", [-1, 0, 1]),
        ("5:5:1", [5]),
        ("power2 8:64", [8, 16, 32, 64]),
        ("power2 8:63", [8, 16, 32]),
        ("power2 0.25:1", [Fraction(1, 4), Fraction(1, 2), 1]),
        ("log 8:32:8", [8, 16, 24, 32]),
        (" log  8 : 24 : 8 ", [8, 16, 24]),
    ],
)
def test_a_range_has_exact_values(text: str, found: list[object]) -> None:
    assert values(text) == found


def test_a_range_of_a_hundred_tenths_ends_where_it_says() -> None:
    assert values("0:10:0.1")[-1] == 10
    assert len(values("0:10:0.1")) == 101


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1:2:3:4", "no range"),
        ("1:", "no range"),
        (":", "no range"),
        ("a:2", "'a' in 'a:2' is no number"),
        ("010:20", "'010' in '010:20' is no number"),
        ("2:1", "1 < 2"),
        ("1:2:0", "more than 0, got 0"),
        ("1:2:-1", "more than 0, got -1"),
        ("log 0:2", "begins above 0"),
        ("power2 3:9", "begins at a power of two, got 3"),
        ("power2 2:8:2", "write power2 2:8"),
        ("normal 1:2", "not 'normal'"),
    ],
)
def test_what_is_no_range_is_refused_with_a_way_out(text: str, why: str) -> None:
    with pytest.raises(Fault) as caught:
        read_range(text)
    assert why in caught.value.message
    assert caught.value.code == "space/range"


def test_a_grid_takes_every_point_once_and_the_last_parameter_changes_first() -> None:
    space = given_space({"a": "1,2", "b": "1:3:1", "c": "x,y"})
    assert space.count == 12
    points = [tuple(space.at(number).values()) for number in range(12)]
    assert len({*points}) == 12
    assert points[:3] == [(1, 1, "x"), (1, 1, "y"), (1, 2, "x")]
    assert points[-1] == (2, 3, "y")


def test_every_value_of_a_range_is_drawn_and_none_beyond_it() -> None:
    for text in ("1:7:2", "log 8:64:8", "power2 8:64"):
        axis = read_range(text)
        drawn = {axis.drawn(random_bits(1, number, "a")) for number in range(2000)}
        assert drawn == {*values(text)}, text
        assert axis.drawn(0) == values(text)[0]
        assert axis.drawn((1 << BITS) - 1) == values(text)[-1]


def test_an_even_range_is_drawn_evenly() -> None:
    axis = read_range("1:4:1")
    counts = Counter(axis.drawn(random_bits(0, number, "a")) for number in range(8000))
    assert all(1850 < count < 2150 for count in counts.values())


def test_a_logarithmic_range_is_a_line_on_a_logarithmic_axis() -> None:
    """The distribution of `log_uniform` in pycls/sweep/random.py: P(value <= v) is linear in log v."""
    axis, many = read_range("log 8:256:8"), 20_000
    drawn = [float(axis.drawn(random_bits(3, number, "w"))) for number in range(many)]  # type: ignore[arg-type]
    for value in (8, 16, 64, 128, 256):
        expected = (math.log(value) - math.log(4)) / (math.log(256) - math.log(4))
        assert abs(sum(each <= value for each in drawn) / many - expected) < 0.015, value


def test_a_range_without_steps_has_six_digits_and_no_grid() -> None:
    space = given_space({"a": "0:1", "b": "log 1:1000"})
    assert space.count is None
    assert space.endless == ("a", "b")
    drawn = space.drawn(0, 5)
    for value in drawn.values():
        assert isinstance(value, int | Fraction)
        assert float(f"{float(value):.6g}") == float(value)


def test_a_point_depends_on_its_number_seed_and_names_alone() -> None:
    one = given_space({"a": "1:100:1", "b": "log 1:100:1"})
    other = given_space({"c": "1:100:1", "b": "log 1:100:1", "a": "1:100:1"})
    for number in (0, 1, 10**15):
        first = one.drawn(7, number)
        assert {name: other.drawn(7, number)[name] for name in first} == first
    assert one.drawn(7, 1) != one.drawn(8, 1) != one.drawn(8, 2)


def test_points_are_the_same_in_another_process() -> None:
    """Hashes of Python's own would not be, nor logarithms that a machine rounds in its own way."""
    program = (
        "from cnnstat.spec.space_reader import given_space\n"
        "space = given_space({'a': 'log 0.001:1000', 'b': 'log 8:256:0.1', 'c': '0:1'})\n"
        "print([space.drawn(1, number) for number in range(50)])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    space = given_space({"a": "log 0.001:1000", "b": "log 8:256:0.1", "c": "0:1"})
    assert ended.stdout.strip() == str([space.drawn(1, number) for number in range(50)])


def test_points_stay_what_they_were() -> None:
    """A store is gone on with by another version of the libraries beneath."""
    texts = {"a": "log 0.001:1000", "b": "log 8:256:0.1", "c": "0:1", "d": "power2 1:64", "e": "1:9:1"}
    found = given_space(texts).drawn(1, 0)
    assert found == {
        "a": Fraction(257261, 500_000),
        "b": Fraction("63.7"),
        "c": Fraction(430317, 500_000),
        "d": 2,
        "e": 6,
    }


def test_what_follows_reads_what_stands_above_it() -> None:
    space = given_space({"a": "3", "list": "[2 * $j + $a for $j in range($a)]", "n": "count($list, 5)"})
    found = space.settled(space.at(0), {})
    assert found == {"a": 3, "list": (3, 5, 7), "n": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("range(1, 2)", "it is range(number)"),
        ("range($a / 2)", "0 to 10,000 items, got range(0.5)"),
        ("range(10 ** 9)", "0 to 10,000 items"),
        ("count(3, 3)", "it is count(list, number)"),
        ("[$j for $j in 3]", "a list is made of a list"),
        ("range($a) + 1", "expected a number, got [0]"),
    ],
)
def test_a_list_that_cannot_be_made_says_why(text: str, why: str) -> None:
    space = Space(derived={"x": parse(text, lists=True)})
    with pytest.raises(Fault) as caught:
        space.settled({}, {"a": 1})
    assert why in caught.value.message


def test_lists_are_made_in_spaces_alone() -> None:
    for text in ("[$j for $j in range(3)]", "count($a, 1)", "range(3)"):
        with pytest.raises(Fault):
            parse(text)


def test_an_item_hides_a_parameter_of_its_name_within_its_list_alone() -> None:
    space = given_space({"j": "7", "x": "[$j for $j in range(2)]", "y": "$j"})
    assert space.settled(space.at(0), {}) == {"j": 7, "x": (0, 1), "y": 7}


@pytest.mark.parametrize("base", ["2", "2.5", "0.3", "1.001", "10"])
def test_the_nearest_power_is_exact_at_and_beside_the_middle(base: str) -> None:
    number = Fraction(base)
    for power in range(-6, 7):
        assert round_log(number**power, number) == power
    for power in range(-4, 4):
        square = number ** (2 * power + 1)  # of the middle between two powers, which may be no fraction
        root = Fraction(
            math.isqrt(square.numerator * square.denominator * 10**40), square.denominator * 10**20
        )
        below, above = sorted((power, power + 1), key=lambda each: number**each)
        assert round_log(root * (1 - Fraction(1, 10**15)), number) == below
        assert round_log(root * (1 + Fraction(1, 10**15)), number) == above


def test_of_two_powers_as_near_the_even_one_is_taken() -> None:
    assert round_log(2, 4) == 0
    assert round_log(8, 4) == 2
    assert round_log(Fraction(1, 2), 4) == 0


@pytest.mark.parametrize(
    ("value", "base"), [(0, 2), (-1, 2), (2, 1), (2, 0), (10**300, Fraction(10001, 10000))]
)
def test_what_has_no_logarithm_is_refused(value: int, base: Fraction) -> None:
    with pytest.raises(ValueError, match=r"\d"):
        round_log(value, base)


def test_another_space_replaces_what_it_names() -> None:
    space = given_space({"a": "1,2", "b": "$a * 2"}).with_(given_space({"b": "3,4", "c": "5"}))
    assert {*space.axes} == {"a", "b", "c"}
    assert space.derived == {}
    assert space.without(["a"]).axes.keys() == {"b", "c"}


def test_a_condition_that_does_not_hold_names_what_it_read() -> None:
    space = Space({"a": Values((1,))}, {}, (parse("$a >= $b"),))
    with pytest.raises(Fault, match=r"'\$a >= \$b' does not hold, with \$a = 1, \$b = 2"):
        space.settled(space.at(0), {"b": 2})


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"widht": "1,2"}, "did you mean 'width'"),
        ({"width": "$helper"}, "there is no $helper"),
        ({"width": "$later", "later": "$width"}, "it stands below"),
    ],
)
def test_names_that_mean_nothing_are_refused(texts: dict[str, str], why: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        check_space(given_space(texts), {"width": 1})
    assert why in str(caught.value)


@pytest.mark.parametrize("text", ["", "1,,2", "[1", "{a: 1}", "~", "null,1"])
def test_what_is_no_list_of_values_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError):
        given_space({"a": text})


def test_a_value_may_be_a_word_a_truth_value_or_a_decimal() -> None:
    space = given_space({"a": "relu,silu", "b": "true,false", "c": "0.5"})
    assert space.axes["a"] == Values(("relu", "silu"))
    assert space.axes["b"] == Values((True, False))
    assert space.at(0) == {"a": "relu", "b": True, "c": Fraction(1, 2)}
    assert not isinstance(space.axes["a"], Range)


def test_a_value_that_is_written_twice_is_one() -> None:
    """In a file as on a command line, which has no lists; 1 and true are two values."""
    text = "4, 4.0, 4e0, 1, true, true, same, same"
    layers = "layers: [{type: conv, filters: $w, kernel: 3}]"
    head = f"input: [3, 8, 8]\nparams: {{w: 4}}\nspace: {{w: [{text}, [1, 2], [true, 2], [1.0, 2]]}}\n"
    space = cnnstat.loads(head + layers).spec.family.space
    assert space is not None
    plain = ["4", "1", "true", "same"]
    (written,) = space.axes.values()
    (given,) = given_space({"w": text}).axes.values()
    for axis, found in ((given, plain), (written, [*plain, "[1, 2]", "[true, 2]"])):
        assert isinstance(axis, Values)
        assert [show_value(item).strip("'") for item in axis.items] == found


@pytest.mark.parametrize(
    "text",
    [
        "1,2",
        "4,4.0,4e0",
        "1,true,true",
        "same,valid,same",
        '"1",1',
        "'1:2:1'",
        "'a:b',c",
        "'2 * 3'",
        "True",
        "2*3,4",
        "1/2",
        "[1,2],[3]",
        "[1,1],[1,1.0]",
        "[[1,2],[3,4]]",
        "[2*3,1]",
        "1,",
        "1,,2",
        "null,1",
        "{a: 1}",
        "0.5:2:0.5",
        "1:1",
        "4:1",
        "a:b",
        "log 8:64:8",
        "power2 8:64:8",
        "$w * 2",
        "max($w, 3)",
        "$w *",
    ],
)
def test_a_text_means_the_same_on_a_command_line_and_in_a_file(text: str) -> None:
    """A file has values in brackets."""
    single = "$" in text or re.fullmatch(r"[^']*:[^']*", text)
    head = "input: [1]\nparams: {x: 1, w: 1}\n"
    space = f"space:\n  w: [1]\n  x: {text if single else f'[{text}]'}\n"

    def in_file() -> Space | None:
        try:
            return cnnstat.loads(f"{head}{space}layers: [{{type: linear, units: 2}}]").spec.family.space
        except cnnstat.SpecError:
            return None

    def on_command_line() -> Space | None:
        try:
            return given_space({"x": text})
        except ArgumentError:
            return None

    written, given = in_file(), on_command_line()
    assert (written is None) == (given is None)
    if written is not None and given is not None:
        assert written.axes.get("x") == given.axes.get("x")
        assert [each.text for each in written.derived.values()] == [
            each.text for each in given.derived.values()
        ]


def test_a_word_that_looks_like_arithmetic_is_refused_and_stands_in_quotes() -> None:
    with pytest.raises(ArgumentError, match=r"x: '2\*3' is a word: .* stands in quotes"):
        given_space({"x": "2*3,4"})
    assert given_space({"x": "'2*3',4"}).axes["x"] == Values(("2*3", 4))


@pytest.mark.parametrize("text", ["log 0.1:7", "log 3:1e30", "0.25:4", "log 1:1", "log 0.3:0.7"])
def test_a_range_goes_from_its_first_number_to_its_last(text: str) -> None:
    axis = read_range(text)
    assert axis.between(Fraction(0)) == axis.first
    assert axis.between(Fraction(1)) == axis.last
    middle = axis.between(Fraction(1, 2))
    if axis.kind == "log":
        assert abs(middle * middle / (axis.first * axis.last) - 1) < Fraction(1, 10**18)
    else:
        assert middle * 2 == axis.first + axis.last
