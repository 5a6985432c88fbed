from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnstat.base.errors import Fault
from cnnstat.executor.expression import Expression
from cnnstat.spec.channels import Channels, multiple
from cnnstat.spec.expression import parse, resolved
from cnnstat.spec.functions import divisible

if TYPE_CHECKING:
    from cnnstat.spec.values import Value

PARAMS: dict[str, Value] = {
    "a": 7,
    "b": 2,
    "half": Fraction(1, 2),
    "on": True,
    "act": "relu",
    "in": Channels(),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$a", 7),
        ("4 * $a", 28),
        ("$a // $b", 3),
        ("$a / $b", Fraction(7, 2)),
        ("$a % $b", 1),
        ("-$a + 1", -6),
        ("($a + 1) / $b", 4),
        ("$half * 4", 2),
        ("0.1 * $a * 10", 7),
        ("2 if $a == 7 else 1", 2),
        ("$a > 3 and not $b > 3", True),
        ("1 < $b < 3", True),
        ("$act == 'relu'", True),
        ("$on", True),
        ("$act", "relu"),
        ("max($a, 9, $b)", 9),
        ("min($a, 9)", 7),
        ("ceil($a / 2)", 4),
        ("floor($a / 2)", 3),
        ("divisible($a * 5, 8)", 32),
        ("$a ** $b", 49),
        ("$b ** -$b", Fraction(1, 4)),
        ("2 ** 3 ** 2 // $b", 256),
        ("0 ** 0 + $a", 8),
        ("(-1) ** 99999999999999999999 + $a", 6),
        ("abs($b - $a)", 5),
        ("sqrt($a * $a)", 7),
        ("sqrt($half / $b)", Fraction(1, 2)),
        ("log2($b ** 10)", 10),
        ("log2($half)", -1),
        ("6 * $in", multiple(6)),
        ("$in / (4 * $b)", multiple(Fraction(1, 8))),
        ("-$in", multiple(-1)),
        ("+$in", multiple(1)),
        ("$b * (3 * $in) / 4", multiple(Fraction(3, 2))),
    ],
)
def test_values(text: str, value: object) -> None:
    assert parse(text).evaluate(PARAMS) == value


@pytest.mark.parametrize(
    "text",
    [
        "$missing",
        "$a / 0",
        "$a // 0",
        "$a % 0",
        "$in / 0",
        "$a ** $half",
        "0 ** -$a",
        "$b ** 10 ** 9",
        "$b ** -10 ** 9",
        "$half ** 10 ** 9",
        "10 ** 1000 * $a",
        "$a << 2",
        "$a is 2",
        "sqrt($b)",
        "sqrt(-$a)",
        "log2($a)",
        "log2($a - 7)",
        "round($a, 1)",
        "$a.real",
        "$a[0]",
        "__import__('os') + $a",
        "open('x') + $a",
        "lambda: $a",
        "[$a]",
        "f'{$a}'",
        "$a +",
        "$",
        "$1",
        "$act + 1",
        "$on + 1",
        "not $a",
        "$in + 'x'",
        "$in + $on",
        "$in == 'relu'",
        "$act if $in > 3 else 4",
        "max($in, $act)",
        "1j * $a",
        "max()  + $a",
        "(" * 150 + "$a",
        "-" * 199 + "$a",
        "$a" + " + 1" * 100,
        "$a if",
        "a + $a",
        "$a; $b",
        "$a\\n",
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(Fault):
        parse(text).evaluate(PARAMS)


@given(st.text(max_size=60))
def test_any_text_has_a_value_or_a_reason(text: str) -> None:
    with contextlib.suppress(Fault):
        parse(text + "$a").evaluate(PARAMS)


def test_divisible_keeps_nine_tenths() -> None:
    # Values of MobileNet's reference code for a width of 0.35 and others.
    assert [divisible(n) for n in (3, 12, 33, Fraction(112, 10), 1280)] == [8, 16, 32, 16, 1280]


@pytest.mark.parametrize("by", ["2.5", "1 / 2", "-8", "0"])
def test_divisible_is_about_whole_numbers(by: str) -> None:
    """12 is no multiple of 2.5, and 12.5 is no number of filters."""
    with pytest.raises(Fault, match="has no value"):
        parse(f"divisible($a, {by})").evaluate(PARAMS)
    remaining = parse(f"divisible($in, {by})").evaluate(PARAMS)
    assert isinstance(remaining, Channels)
    with pytest.raises(Fault, match="has no value"):
        resolved(remaining, 12)
    with pytest.raises(ValueError, match="has no value"):
        Expression(remaining.text).of(12)


@pytest.mark.parametrize(
    ("text", "written", "below"),
    [
        ("8 / $zero if $in > 100 else 5", "8 / 0 if $in > 100 else 5", 5),
        ("5 if $in <= 100 else 1 + 8 % $zero", "5 if $in <= 100 else 8 % 0", 5),
        ("sqrt($b) * 3 if $in > 100 else 5", "sqrt(2) if $in > 100 else 5", 5),
        ("$in // $zero if $in > 100 else 5", "$in // 0 if $in > 100 else 5", 5),
        ("$in / $zero if $in > 100 else 5", "$in / 0 if $in > 100 else 5", 5),
        ("$b ** $half if $in > 100 else 5", "2 ** (1 / 2) if $in > 100 else 5", 5),
        (
            "(1 / $zero if $in > 99 else 2) if $in > 98 else 5",
            "(1 / 0 if $in > 99 else 2) if $in > 98 else 5",
            5,
        ),
        ("4 if $in > 100 and 8 / $zero > 1 else 5", "4 if $in > 100 and 8 / 0 else 5", 5),
        ("4 if $in <= 100 or 8 / $zero > 1 or $on else 5", "4 if $in <= 100 or 8 / 0 else 5", 4),
        ("4 if 100 < $in < 8 / $zero else 5", "4 if 100 < $in and 8 / 0 else 5", 5),
    ],
)
def test_only_the_branch_that_is_taken_needs_a_value(text: str, written: str, below: int) -> None:
    found = parse(text).evaluate({**PARAMS, "zero": 0})
    assert isinstance(found, Channels)
    assert found.text == written
    assert resolved(found, 7) == below == Expression(found.text).of(7)
    with pytest.raises(Fault):
        resolved(found, 101)
    with pytest.raises(ValueError, match="has no value"):
        Expression(found.text).of(101)


@pytest.mark.parametrize(
    "text",
    ["8 if 1 / $zero > $in else 5", "8 / $zero + $in", "4 if $in < 8 / $zero else 5", "$in > 3 and $act"],
)
def test_what_is_needed_in_any_case_is_refused_at_once(text: str) -> None:
    with pytest.raises(Fault):
        parse(text).evaluate({**PARAMS, "zero": 0})


@pytest.mark.parametrize("text", ["$a << 2", "$a is 2", "$a not in 2", "lambda: $a"])
def test_no_message_has_a_word_of_python(text: str) -> None:
    with pytest.raises(Fault) as raised:
        parse(text).evaluate(PARAMS)
    assert not any(word in raised.value.message for word in ("Shift", "Is", "NotIn", "Lambda"))


def test_halves_are_rounded_to_the_even_number() -> None:
    # As Python's round, in which the reference code of networks is written.
    values = [parse(f"round($a * {number})").evaluate({"a": 1}) for number in (0.5, 1.5, 2.5, 2.4, 2.6, -2.5)]
    assert values == [0, 2, 2, 2, 3, -2]


@pytest.mark.parametrize(
    ("text", "written", "channels", "value"),
    [
        ("divisible($in / 4, 8)", "divisible($in / 4, 8)", 96, 24),
        ("max($in, $a * 9)", "max($in, 63)", 64, 64),
        ("$in + $b * $a", "$in + 14", 3, 17),
        ("($in + 1) * $half", "($in + 1) * (1 / 2)", 3, 2),
        ("$in * $in - $in", "$in * $in - $in", 3, 6),
        ("1 / $in", "1 / $in", 4, Fraction(1, 4)),
        ("$in + 10 ** 40 - 10 ** 40", f"$in + {10**40} - {10**40}", 4, 4),
        ("$b ** log2($in)", "2 ** log2($in)", 32, 32),
        ("-max($in, 1) - (-$a)", "-max($in, 1) - -7", 3, 4),
        ("64 if $in > $a else $in", "64 if $in > 7 else $in", 7, 7),
        ("64 if $b < $in < $a and $on else $in", "64 if 2 < $in and $in < 7 else $in", 3, 64),
        ("8 if $in > 7 or not $on or not $in < 3 else 4", "8 if $in > 7 or not $in < 3 else 4", 2, 4),
        ("(8 if $in > 7 else 4) * $b", "(8 if $in > 7 else 4) * 2", 8, 16),
        ("sqrt($in) // 1 % 3", "sqrt($in) // 1 % 3", 16, 1),
        ("round($in / 4) + abs($in - 9)", "round($in / 4) + abs($in - 9)", 6, 5),
    ],
)
def test_what_remains_is_as_written_with_the_values_put_in(
    text: str, written: str, channels: int, value: object
) -> None:
    found = parse(text).evaluate(PARAMS)
    assert isinstance(found, Channels)
    assert found.text == written
    assert resolved(found, channels) == value
    assert Expression(found.text).of(channels) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("$in > 3 and $on and $b > $a", False), ("$in > 3 or $on", True), ("$b > $a > $in", False)],
)
def test_a_condition_that_is_decided_without_the_channels_is_known(text: str, value: bool) -> None:
    assert parse(text).evaluate(PARAMS) is value


_NUMBERS = st.sampled_from(["$in", "1", "2", "3", "8", "0.5", "7 / 3", "64", "-1"])


def _deeper(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two = ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} // {})", "({} % {})", "({}) ** ({})"]
    two += ["min({}, {})", "max({}, {})", "divisible({}, {})", "({0} if {0} > {1} else {1})"]
    two += ["({0} if not {1} <= {0} or {0} == 3 else 2)", "({0} if {1} != {0} < 9 and {1} >= 1 else 5)"]
    one = ["abs({})", "-({})", "+{}", "floor({})", "ceil({})", "round({})", "sqrt({})", "log2({})"]
    return st.one_of(
        st.builds(str.format, st.sampled_from(one), parts),
        st.builds(str.format, st.sampled_from(two), parts, parts),
    )


@example("(3) ** (64)", 1)
@example("(($in) ** (3)) ** (($in) ** (3))", 10)
@given(st.recursive(_NUMBERS, _deeper, max_leaves=6), st.integers(1, 40))
def test_both_halves_work_out_the_same(text: str, channels: int) -> None:
    try:
        found = parse(text + " + 0 * $in").evaluate({"in": Channels()})
    except Fault:
        return
    assert isinstance(found, Channels)
    try:
        value = resolved(found, channels)
    except Fault as fault:
        if (
            "digits" not in fault.message
        ):  # no spec with such a number is run: the executor has a bound of its own
            with pytest.raises(ValueError, match="has no value"):
                Expression(found.text).of(channels)
        return
    assert Expression(found.text).of(channels) == value


@pytest.mark.parametrize("text", ["-" * 190 + "abs($in)", "not " * 45 + "$in > 3", "$in" + " + 1" * 48])
def test_deep_ones_are_read_again(text: str) -> None:
    found = parse(text).evaluate(PARAMS)
    assert isinstance(found, Channels)
    assert resolved(found, 4) is not None


def test_what_grows_from_block_to_block_is_bounded() -> None:
    grows = parse("$a + $a + max($a, 1)")
    value: Value = Channels()
    for _ in range(2):
        value = grows.evaluate({"a": value})
    with pytest.raises(Fault, match="more than 200 characters"):
        grows.evaluate({"a": value})


@pytest.mark.parametrize("text", ["$in ** 10 ** 9", "$in ** $in ** $in ** $in", "2 ** $in ** 9"])
def test_what_is_too_long_is_refused_before_it_is_worked_out(text: str) -> None:
    found = parse(text).evaluate(PARAMS)
    assert isinstance(found, Channels)
    with pytest.raises(Fault, match=r"more than 1,000 digits, with \$in = 512"):
        resolved(found, 512)
    with pytest.raises(ValueError, match="too many digits"):
        Expression(found.text).of(512)
