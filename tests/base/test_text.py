"""Text as messages print it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from cnnstat.base.text import excerpt, plain


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
    shown, moved = excerpt(line, column)
    rest = plain(line[column - 1 :])
    assert shown[moved - 1 :].lstrip() == rest.lstrip()
