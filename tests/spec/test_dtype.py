"""`dtype:` of a spec: the numbers that memory figures are for, unless others are asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import cnnstat
from cnnstat.base.errors import SpecError
from cnnstat.cli.group import cli

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: small
input: [3, 8, 8]
dtype: int8
layers:
  - {name: conv, type: conv, filters: 4, kernel: 3}
"""
FLOATS = SPEC.replace("dtype: int8\n", "")


def bytes_of(text: str, **how: str) -> int:
    return cnnstat.analyze(cnnstat.loads(text), **how).totals.inference_memory_bytes  # type: ignore[arg-type]


def test_memory_is_that_of_the_spec_s_type() -> None:
    assert 4 * bytes_of(SPEC) == bytes_of(FLOATS)
    assert cnnstat.analyze(cnnstat.loads(SPEC)).settings.dtype == "int8"


def test_what_is_asked_for_wins() -> None:
    assert bytes_of(SPEC, dtype="float32") == bytes_of(FLOATS)


def test_a_type_that_is_none_is_refused_where_it_stands() -> None:
    with pytest.raises(SpecError, match=r"bad:4:8: spec/dtype: expected one of int8, .*, got 'int7'"):
        cnnstat.loads(SPEC.replace("int8", "int7"), "bad")


def _run(*words: str, text: str = SPEC) -> str:
    ended = CliRunner().invoke(cli, words, input=text)
    assert ended.exit_code == 0, ended.output
    return ended.output


def test_commands_say_which_type_it_is() -> None:
    assert "(int8, batch 1)" in _run("summary", "-")
    assert "(float16, batch 1)" in _run("summary", "-", "--dtype", "float16")
    assert "int8, batch 1" in _run("explain", "-")
    assert json.loads(_run("summary", "-", "--format", "json"))["dtype"] == "int8"


def test_sizes_are_worked_out_in_it() -> None:
    found, other = (
        json.loads(_run("sizes", "-", "--from", "8", "--to", "9", "--format", "json", text=text))
        for text in (SPEC, FLOATS)
    )
    assert (found["dtype"], other["dtype"]) == ("int8", "float32")
    memory = [[each["inference_memory_bytes"] for each in of["sizes"]] for of in (found, other)]
    assert [4 * each for each in memory[0]] == memory[1]


def test_a_difference_has_the_type_of_each_side(tmp_path: Path) -> None:
    before, after = tmp_path / "a.yaml", tmp_path / "b.yaml"
    before.write_text(FLOATS, encoding="utf-8")
    after.write_text(SPEC, encoding="utf-8")
    document = json.loads(_run("diff", str(before), str(after), "--format", "json"))
    assert [document[side]["dtype"] for side in "ab"] == ["float32", "int8"]
    said = _run("diff", str(before), str(after)).splitlines()
    assert any(line.split() == ["memory", "for", "float32", "int8"] for line in said), said
    assert said[-1].endswith("0 changed, 0 added, 0 removed, 1 the same; memory for float32 → int8")
    asked = json.loads(_run("diff", str(before), str(after), "--dtype", "int8", "--format", "json"))
    assert (asked["dtype"], asked["differ"], "dtype" in asked["a"]) == ("int8", False, False)
