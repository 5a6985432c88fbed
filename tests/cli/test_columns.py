"""Which columns a table has: those asked for, by their names, before those that would be there anyway."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from cnnstat.cli import cli
from tests.program import in_terminal


@pytest.mark.parametrize(
    ("word", "key"), [("field", "receptive_field"), ("shape", "output_shape"), ("stride", "field_stride")]
)
def test_another_name_of_a_column_is_understood(word: str, key: str) -> None:
    result = CliRunner().invoke(cli, ["summary", "lenet5", "--columns", word])
    assert result.exit_code == 2
    assert f"unknown column '{word}'; did you mean '{key}'?" in result.output


def head(columns: int, *arguments: str) -> tuple[list[str], str]:
    """Return the titles of a table in a terminal of this width, and the whole text, on one line."""
    text = re.sub("\x1b\\[[0-9;]*m", "", in_terminal(columns, *arguments))
    titles = next(line for line in text.splitlines() if line.startswith("layer "))
    return titles.split(), " ".join(text.split())


def test_columns_asked_for_are_kept_in_a_narrow_terminal() -> None:
    asked = "params,trainable,macs,padding_macs,flops,connections,activations"
    titles, text = head(60, "summary", "lenet5", "--columns", asked)
    assert " ".join(titles) == "layer params trainable MACs on padding FLOPs connections activations"
    assert "left out" not in text


def test_what_is_left_out_says_how_to_see_it_and_is_not_explained() -> None:
    titles, text = head(60, "summary", "lenet5")
    assert "connections" not in titles
    assert "field (receptive_field); a wider terminal or a pipe shows all" in text
    assert "connections: inputs each unit reads" not in text
    assert "MACs: multiply-adds" in text


def test_a_comparison_drops_the_output_before_the_params() -> None:
    titles, _ = head(80, "diff", "lenet5", "lenet5-full")
    assert "params" in titles
