"""What a store knows a sweep by: what texts say, not how they are written, and nothing less."""

from __future__ import annotations

import pytest

from cnnstat.sweeps.networks.meaning import conditions, content

SPEC = "input: [3, 8, 8]\nlayers:\n- {type: conv, filters: 0.5, name: 'a  b'}\n- {type: relu}\n"


@pytest.mark.parametrize(
    "other",
    [
        "# Of two layers\n" + SPEC,
        SPEC.replace("\n", "  # here\n", 1),
        SPEC.replace("[3, 8, 8]", "[3,8,  8]"),
        SPEC.replace("\n-", "\n\n   -"),
        SPEC.replace("'a  b'", '"a  b"'),
    ],
)
def test_comments_and_blanks_say_nothing(other: str) -> None:
    assert other != SPEC
    assert content(other) == content(SPEC)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("0.5", "0.50"),
        ("0.5", "'0.5'"),
        ("a  b", "a b"),
        ("a  b", "a #b"),
        ("relu", "silu"),
        ("type: conv, filters: 0.5", "filters: 0.5, type: conv"),
        ("{type: relu}", "type: relu"),
        ("\n- {type: relu}", ""),
    ],
)
def test_whatever_a_reader_gets_says_something(was: str, now: str) -> None:
    assert was in SPEC
    assert content(SPEC.replace(was, now)) != content(SPEC)


def test_conditions_have_no_order_and_no_blanks() -> None:
    assert conditions(("$a  >= 1", "'x  y' == $b")) == conditions(("'x  y'==$b", "$a>=1", "$a >= 1"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$a > 1", "$a >= 1"),
        ("$b == 'x  y'", "$b == 'x y'"),
        ("$b == 'x'", "$b == ' x'"),
        ("$b == 'it\\'s  so'", "$b == 'it\\'s so'"),
        ('$b == "x  y"', '$b == "x y"'),
        ("$a in [1, 2]", "$a in [12]"),
        ("not $a", "$nota"),
        ("$a > 1.5", "$a > 15"),
        ("$a > 1 5", "$a > 15"),
    ],
)
def test_conditions_differ_by_their_words(one: str, other: str) -> None:
    assert conditions((one,)) != conditions((other,))
