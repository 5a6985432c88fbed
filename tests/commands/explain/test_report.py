"""Explanations for readers: lines that fit, and signs that an output can show."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.report.text import encodable
from tests.commands.explain.explained import of_text, quiz_shown, shown


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit(width: int) -> None:
    analysis = cnnstat.analyze("googlenet")
    for page in (shown(analysis, width=width), quiz_shown(analysis, answers=True, width=width)):
        assert max(map(len, page.splitlines())) <= width


def test_rounding_is_said_in_plain_signs_where_there_are_no_others() -> None:
    page = shown(cnnstat.analyze("resnet18"), "conv1")
    assert "⌊(224 - 7 + 2·3)/2⌋ + 1 = 112" in page
    assert "floor((224 - 7 + 2*3)/2) + 1 = 112" in encodable(page, "ascii")


def test_text_from_a_spec_is_only_text() -> None:
    text = (
        'name: "\\e[31m<b>"\ninput: [1, 8, 8]\nlayers:\n'
        "  - {name: a, type: conv, filters: 2, kernel: 3,"
        ' expect: {params: {value: 18, source: "\\e[1m::error::", erratum: "\\e[2J<script>"}}}\n'
    )
    for form in ("table", "markdown"):
        page = shown(of_text(text), form=form)
        assert "\x1b" not in page
        assert "::error" not in page
    assert r"\<script\>" in page
