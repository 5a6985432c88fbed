"""Where lines are in a text."""

from __future__ import annotations

import pytest

from cnnstat.base.errors import Source


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_lines_end_before_their_end(end: str) -> None:
    source = Source("s", f"first{end}{end}third")
    assert [source.line(number) for number in (1, 2, 3, 4)] == ["first", "", "third", ""]
    assert source.line_count == 3


def test_of_a_long_line_the_part_around_a_column() -> None:
    source = Source("s", "x\n" + "".join(chr(ord("a") + place % 26) for place in range(100)) + "\ny\n")
    assert source.around(1, 1, 10) == ("x", 0)
    assert source.around(2, 1, 10) == ("abcdefghij", 0)
    assert source.around(2, 51, 10) == (source.line(2)[45:55], 45)
    assert source.around(2, 100, 10) == (source.line(2)[94:], 94)
    assert source.around(9, 1, 10) == ("", 0)
