"""Text as messages print it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnnstat.base.text import cells_of, exact, excerpt, plain


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (64, "64"),
        (-3, "-3"),
        (Fraction(64), "64.0"),
        (Fraction("64.0000001"), "64.0000001"),
        (Fraction("1.00000001"), "1.00000001"),
        (Fraction("0.1"), "0.1"),
        (Fraction("-0.00000000000000000001"), "-1e-20"),
        (Fraction("1e-99"), "1e-99"),
        (Fraction(2**60 + 1, 2), "576460752303423488.5"),
        (Fraction(10**20), "100000000000000000000.0"),
        (Fraction(14, 3), "14/3"),
        (Fraction(-1, 3), "-1/3"),
        (10**60, "a number of 61 digits"),
        (Fraction(10**400, 7), "a number of 402 digits"),
        (Fraction(1, 2**3000), "a number of 905 digits"),
    ],
)
def test_numbers_are_shown_as_they_are(number: int | Fraction, text: str) -> None:
    assert exact(number) == text


@given(st.one_of(st.fractions(), st.integers(), st.decimals(-(10**9), 10**9, places=9).map(Fraction)))
def test_what_is_shown_is_the_number(number: int | Fraction) -> None:
    text = exact(number)
    assert text.startswith("a number of ") or Fraction(text) == number


@given(st.text(st.sampled_from(":# \x1b\u202ea")))
@example(":::")
@example("###")
def test_a_ci_log_reads_no_command_from_it(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable()
    assert "::" not in shown
    assert "##" not in shown
    if text.isprintable():
        assert shown.replace(" ", "") == text.replace(" ", "")


@given(st.text(st.sampled_from(":# \x1bab"), min_size=1), st.data())
def test_the_column_of_an_excerpt_is_that_of_its_sign(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    shown, carets = excerpt(line, column, 1)
    rest = plain(line[column - 1 :])
    assert shown[carets.index("^") :].lstrip() == rest.lstrip()


WIDE = st.text(st.sampled_from("ab: \x1b\u4e2d\u0301\t"), min_size=1, max_size=300)


@given(WIDE, st.data(), st.integers(20, 200))
def test_an_excerpt_fits_the_width_that_is_given(line: str, data: st.DataObject, width: int) -> None:
    column = data.draw(st.integers(1, len(line)))
    shown, carets = excerpt(line, column, data.draw(st.integers(1, 50)), width)
    assert cells_of(shown) <= width
    assert cells_of(carets) <= width
    assert carets.strip(" ").strip("^") == ""
    assert "^" in carets


def test_carets_stand_beneath_what_is_meant_where_signs_take_two_cells() -> None:
    assert excerpt("{name: \u5377\u79ef, type: cnv}", 18, 3)[1] == " " * 19 + "^^^"
    assert excerpt("x" * 200 + "cnv" + "y" * 200, 201, 3, 40) == (
        "..." + "x" * 17 + "cnv" + "y" * 14 + "...",
        " " * 20 + "^^^",
    )


def test_an_excerpt_marks_what_is_cut_off() -> None:
    line = "a" * 100 + "BCD" + "e" * 100
    for width in (None, 80, 40, 20):
        shown, carets = excerpt(line, 101, 3, width)
        assert shown.startswith("...a"), width
        assert shown.endswith("e..."), width
        assert shown[carets.index("^") : len(carets)] == "BCD", width
        assert width is None or len(shown) <= width
    assert excerpt("short", 2, 3) == ("short", " ^^^")
    assert excerpt("BCD" + "e" * 200, 1, 3, 40) == ("BCD" + "e" * 31 + "...", "^^^")
    assert excerpt("a" * 200 + "BCD", 201, 3)[0].endswith("BCD")
