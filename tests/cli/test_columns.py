"""Which columns a table has: those asked for, by their names, before those that would be there anyway."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cnnstat.cli import cli
from tests.program import in_terminal, within

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (
            "{name: a, type: conv, filters: 1, kernel: 3, stride: 2, padding: 1}",
            "only padding or gaps in 1 layer",
        ),
        ("{name: a, type: conv, filters: 1, kernel: 1, stride: 2}", "only padding or gaps in 1 layer"),
        ("{name: a, type: max_pool, kernel: 3, stride: 2}", "a 1x1: input that no window reads"),
        (
            "{name: a, type: max_pool, kernel: 3, stride: 2}, "
            "{name: b, type: conv, filters: 1, kernel: 2, stride: 3, padding: 1, from: input}, "
            "{name: c, type: conv, filters: 1, kernel: 3, stride: 2, padding: 1, from: input}",
            "a 1x1: input that no window reads; only padding or gaps in 2 other layers",
        ),
    ],
)
def test_a_leftover_of_padding_is_no_lost_input(layers: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "left.yaml"
    outputs = "outputs: [a, b, c]" if "name: b" in layers else ""
    path.write_text(f"input: [1, 8, 8]\nlayers: [{layers}]\n{outputs}\n")
    (line,) = (
        line for line in within("summary", str(path)).stdout.splitlines() if line.startswith("leftover")
    )
    assert line.split(maxsplit=1)[1] == f"{said} (--strict refuses sizes that are rounded down)"
    found = json.loads(within("summary", str(path), "--format", "json").stdout)["layers"]
    assert [layer["leftover"] != [0, 0] for layer in found] == [True] * len(found)
    assert [layer["leftover_input"] for layer in found] == [[int("a 1x1" in said)] * 2, [0, 0], [0, 0]][
        : len(found)
    ]
