"""The JSON of every command is what its document's class says, and docs/json.md says the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from tests.program import within
from tests.report.json_pages import FILE, documents, pages, schema

if TYPE_CHECKING:
    from pathlib import Path

LINES = (
    "summary lenet5",
    "summary unet --depth 1",
    "rf googlenet",
    "rf vgg16 --at pool5 --unit 3,3",
    "list",
    "flops resnet18",
    "flops resnet18 --training",
    "flops lenet5 --conventions",
    "flops resnet18 --training --convention torch",
    "flops resnet18 --convention fvcore --depth 1",
    "explain lenet5-full",
    "explain lenet5 --quiz",
    "explain lenet5 --quiz --answers",
    "explain conv",
    "explain macs",
    "explain",
    "sizes lenet5",
    "sizes alexnet --from 60 --to 230 --step 10",
    "diff vgg16 vgg19",
    "diff lenet5 lenet5-full --depth 1",
    "run lenet5",
    "run lenet5 --check-grad --top 2",
)


@pytest.mark.parametrize("line", LINES)
def test_json_is_what_the_document_says(line: str) -> None:
    done = within(*line.split(), "--format", "json")
    assert done.returncode == 0, done.stderr
    kinds = documents()[line.split(maxsplit=1)[0]]
    found = json.loads(done.stdout)
    rules = [schema(kind) for kind in kinds]
    matching = [
        rule
        for rule in rules
        if set(found) <= set(rule["$defs"][rule["$ref"].rpartition("/")[2]]["properties"])
        and not list(jsonschema.Draft202012Validator(rule).iter_errors(found))
    ]
    assert matching, [kind.__name__ for kind in kinds]


def test_a_stride_that_is_a_fraction_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "up.yaml"
    layers = "  - {type: upsample, scale: 3}\n  - {type: conv, filters: 1, kernel: 3, stride: [3, 1]}\n"
    path.write_text(f"input: [1, 8, 8]\nlayers:\n{layers}", encoding="utf-8")
    for line in ("summary", "run"):
        found = json.loads(within(line, str(path), "--format", "json").stdout)
        kinds = [schema(kind) for kind in documents()[line]]
        assert any(jsonschema.Draft202012Validator(kind).is_valid(found) for kind in kinds)
        figures = [layer.get("measured", layer) for layer in found["layers"]]
        strides = [each["receptive_field"]["stride"] for each in figures]
        assert strides == [[[1, 3], [1, 3]], [1, [1, 3]]]


@pytest.mark.parametrize(
    "name", ["##vso[task.setvariable variable=PATH]/x", "::error::x", ":::", "###[x]", r"\\::"]
)
@pytest.mark.parametrize("line", ["summary", "run", "flops"])
def test_no_word_is_a_command_of_a_ci_log(line: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(f"name: '{name}'\ninput: [1, 8, 8]\nlayers:\n  - {{type: relu}}\n", encoding="utf-8")
    text = within(line, str(path), "--format", "json").stdout
    assert "::" not in text
    assert "##" not in text
    assert json.loads(text)["name"] == name


def test_the_manual_of_the_json_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == pages(), "python -m tests.docs writes it"
