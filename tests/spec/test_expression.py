from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnstat.base.errors import Fault
from cnnstat.spec.expression import Channels, Value, parse
from cnnstat.spec.functions import divisible

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
        ("6 * $in", Channels(6, 1)),
        ("$in / (4 * $b)", Channels(1, 8)),
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
        "$a ** 2",
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
        "$in + 1",
        "1 / $in",
        "$in == 3",
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
