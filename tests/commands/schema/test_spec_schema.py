"""The JSON Schema and the written manual say what the reader does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

import cnnstat
from cnnstat.commands.schema.spec_schema import schema
from cnnstat.layers import LAYERS, manual
from cnnstat.layers.reader import option_names
from cnnstat.spec import bundled, expect_reader
from cnnstat.spec.block_reader import BLOCK_KEYS
from cnnstat.spec.entry_reader import ENTRY_KEYS
from cnnstat.spec.reader import NETWORK_KEYS, VARIANT_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VALIDATOR = jsonschema.Draft202012Validator(schema())


@pytest.mark.parametrize("path", sorted(bundled.folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_accepts_every_architecture(path: Path) -> None:
    VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_the_schema_has_the_keys_that_the_reader_knows() -> None:
    found = schema()
    definitions = found["$defs"]
    expected = definitions["expect:"]["properties"]["params"]["allOf"][0]
    for where, keys in (
        (found, NETWORK_KEYS),
        (found["properties"]["variants"]["additionalProperties"], VARIANT_KEYS),
        (definitions["block"], BLOCK_KEYS),
        (definitions["entry"], ENTRY_KEYS),
        (expected, expect_reader._KEYS),
    ):
        assert set(where["properties"]) == set(keys)
    for name, kind in LAYERS.items():
        assert set(definitions[name]["properties"]) == {*ENTRY_KEYS, *option_names(kind)}


def rules(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every key's rule in a schema, but for references."""
    if isinstance(part, dict):
        for key, rule in part.get("properties", {}).items():
            if "$ref" not in rule and "const" not in rule:
                yield f"{path}/{key}", rule
        for name, each in part.items():
            if name not in ("examples", "if"):
                yield from rules(each, f"{path}/{name}")
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from rules(each, f"{path}/{number}")


RULES = dict(rules(schema()))


def test_every_key_says_what_it_is_and_shows_a_value_that_it_takes() -> None:
    """Editors show it where the mouse rests."""
    assert len(RULES) > 150
    definitions = schema()["$defs"]
    for path, rule in RULES.items():
        assert rule["description"], path
        own = jsonschema.Draft202012Validator({**rule, "$defs": definitions})
        shown = rule.get("examples", ())
        assert shown or path.endswith(("/type", "/expect", "/first")), path
        for value in (*shown, *([rule["default"]] if "default" in rule else ())):
            assert own.is_valid(value), (path, value)


def test_every_option_of_every_type_says_what_it_takes() -> None:
    definitions = schema()["$defs"]
    for name, kind in LAYERS.items():
        for option in manual.options(kind):
            rule = definitions[name]["properties"][option.name]
            assert rule["description"].startswith(f"{option.meaning}: {option.values}; ")
            assert "default" in rule or option.default in ("required", "none")
        assert definitions[name]["properties"]["type"] == {"const": name}


def test_options_under_first_are_those_of_the_type() -> None:
    for first, good in (({"stride": 2}, True), ({}, True), ({"strid": 2}, False), ({"stride": 0}, False)):
        entry = {"type": "conv", "filters": 4, "kernel": 3, "repeat": 2, "first": first}
        assert VALIDATOR.is_valid({"input": [3, 8, 8], "layers": [entry]}) is good


def test_a_right_figure_needs_an_erratum_in_the_schema_too() -> None:
    for figure, good in (({"correct": 9}, False), ({"correct": 9, "erratum": "misprint"}, True)):
        expect = {"params": {"value": 2, **figure}}
        spec = {"input": [3, 8, 8], "layers": [{"type": "relu"}], "expect": expect}
        assert VALIDATOR.is_valid(spec) is good


@pytest.mark.parametrize(
    ("budget", "good"),
    [
        ({"params": "<= 5M"}, True),
        ([{"macs": "at most 1G"}, {"input": [3, 9, 9], "receptive_field": ">= 5"}], True),
        ({"input": {"a": [3, 9, 9]}, "inference_memory": "<= 64MiB"}, True),
        ({"params": 5000000}, False),
        ({"params": "5M"}, False),
        ({"inference_memory_bytes": "<= 5M"}, False),
        ({"input": "3x9x9"}, False),
        ("params <= 5M", False),
    ],
)
def test_the_schema_knows_budgets(budget: object, good: bool) -> None:
    spec = {"input": [3, 8, 8], "layers": [{"type": "relu"}], "budget": budget}
    assert VALIDATOR.is_valid(spec) is good
    entry = {"input": [3, 8, 8], "layers": [{"type": "relu", "budget": {"inference_memory": "<= 5M"}}]}
    assert not VALIDATOR.is_valid(entry)


def test_the_schema_knows_frozen_layers() -> None:
    entry: dict[str, object] = {"type": "conv", "filters": 4, "kernel": 3}
    for value, good in ((True, True), ("$index < 2", True), ("yes", False), (1, False)):
        spec = {"input": [3, 8, 8], "layers": [entry | {"frozen": value}]}
        assert VALIDATOR.is_valid(spec) is good


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "conv", "filters": 4},
        {"type": "conv", "filters": 0, "kernel": 3},
        {"type": "conv", "filters": 4, "kernel": 3, "strid": 1},
        {"type": "conv", "filters": "four", "kernel": 3},
        {"filters": 4},
        {"type": "conv", "filters": 4, "kernel": 3, "padding": "sane"},
        {"type": "conv", "filters": 4, "kernel": [3, 0]},
        {"type": "reduce", "axes": ["chanels"]},
        {"type": "relu", "expect": {"parms": 1}},
        {"type": "relu", "repeat": 0},
        {"type": "conv", "filters": 4, "kernel": 3, "first": {"strid": 1}},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(entry: dict[str, object]) -> None:
    spec = {"input": [3, 8, 8], "layers": [entry]}
    assert not VALIDATOR.is_valid(spec)
    with pytest.raises(cnnstat.SpecError):
        cnnstat.analyze(cnnstat.loads(json.dumps(spec)))


@pytest.mark.parametrize(
    ("kind", "blocks", "valid"),
    [
        ("relu", None, True),
        ("$activation", None, True),
        ("relu if $index else tanh", None, True),
        ("convv", None, False),
        ("stage", None, False),
        ("stage", {"stage": {"layers": [{"type": "relu"}]}}, True),
    ],
)
def test_without_blocks_a_type_is_that_of_a_layer(
    kind: str, blocks: dict[str, Any] | None, valid: bool
) -> None:
    spec = {"input": [3, 8, 8], "layers": [{"type": kind}], **({"blocks": blocks} if blocks else {})}
    errors = [*VALIDATOR.iter_errors(spec)]
    assert bool(errors) is not valid
    assert all([*each.absolute_path] == ["layers", 0, "type"] for each in errors)
