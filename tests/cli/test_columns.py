"""Which columns a table has: those asked for, by their names, before those that would be there anyway."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from cnnstat.cli import cli


@pytest.mark.parametrize(
    ("word", "key"), [("field", "receptive_field"), ("shape", "output_shape"), ("stride", "field_stride")]
)
def test_another_name_of_a_column_is_understood(word: str, key: str) -> None:
    result = CliRunner().invoke(cli, ["summary", "lenet5", "--columns", word])
    assert result.exit_code == 2
    assert f"unknown column '{word}'; did you mean '{key}'?" in result.output
