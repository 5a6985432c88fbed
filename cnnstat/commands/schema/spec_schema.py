"""The JSON Schema of a spec, for editors and CI: made from the layers' own declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.base.figures import EXPECTED
from cnnstat.base.limits import MAX_LAYERS, MAX_SIZE
from cnnstat.layers import LAYERS
from cnnstat.layers.manual import first_line
from cnnstat.spec.expect import OF_LAYERS
from cnnstat.spec.expression import Channels

if TYPE_CHECKING:
    from cnnstat.layers.base import Layer

_EXPRESSION = {"type": "string", "pattern": r"\$", "description": "an expression on parameters"}
_NAME = {"type": ["string", "integer"], "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"}
_REFERENCE = {"type": ["string", "integer"]}
_REFERENCES = {"anyOf": [_REFERENCE, {"type": "array", "items": _REFERENCE, "minItems": 1}]}
_PARAMS = {"type": "object", "additionalProperties": True}


def schema() -> dict[str, Any]:
    """Return the schema of a whole spec (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnnstat spec",
        "type": "object",
        "additionalProperties": False,
        "required": ["input", "layers"],
        "properties": {
            "name": {"type": ["string", "number"]},
            "source": {"type": "string", "description": "citation"},
            "input": {
                "type": "array",
                "items": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_SIZE}, _EXPRESSION]},
                "minItems": 1,
                "maxItems": 3,
            },
            "params": _PARAMS,
            "variants": {"type": "object", "additionalProperties": _variant()},
            "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
            "layers": {"$ref": "#/$defs/entries"},
            "outputs": _REFERENCES,
            "expect": _expect(EXPECTED),
        },
        "$defs": {
            "entries": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/entry"}},
            "entry": _entry(),
            "block": {
                "type": "object",
                "additionalProperties": False,
                "required": ["layers"],
                "properties": {
                    "params": _PARAMS,
                    "inputs": _REFERENCES,
                    "layers": {"$ref": "#/$defs/entries"},
                },
            },
            **_common_rules(),
            **{name: _layer(name, kind) for name, kind in LAYERS.items()},
        },
    }


def _variant() -> dict[str, Any]:
    """Return the schema of one network of a family."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": ["string", "number"]},
            "source": {"type": "string", "description": "citation"},
            "params": _PARAMS,
            "expect": _expect(EXPECTED),
        },
    }


def _entry() -> dict[str, Any]:
    """Return the schema of one line: a layer by its type, or the call of a block (whose options are free)."""
    choices = [
        {"if": {"properties": {"type": {"const": name}}}, "then": {"$ref": f"#/$defs/{name}"}}
        for name in LAYERS
    ]
    return {"type": "object", "required": ["type"], "properties": _common(), "allOf": choices}


def _common() -> dict[str, Any]:
    """Return the keys that every entry may have, as references to their rules."""
    keys = ("name", "from", "when", "repeat", "first", "frozen", "expect")
    return {"type": {"type": "string"}, **{key: {"$ref": f"#/$defs/{key}:"} for key in keys}}


def _common_rules() -> dict[str, Any]:
    # The colon keeps these apart from the layer types, which are defined beside them.
    return {
        "name:": _NAME,
        "from:": _REFERENCES,
        "when:": {"anyOf": [{"type": "boolean"}, _EXPRESSION]},
        "repeat:": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_LAYERS}, _EXPRESSION]},
        "first:": {"type": "object"},
        "frozen:": {"anyOf": [{"type": "boolean"}, _EXPRESSION]},
        "expect:": _expect(OF_LAYERS),
    }


def _layer(name: str, kind: type[Layer]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([kind], schema_hook=_hook)
    declared = components[kind.__name__]
    options = {
        option: {"anyOf": [_with_expression_lists(rule), _EXPRESSION]}
        for option, rule in declared.get("properties", {}).items()
    }
    return {
        "description": first_line(kind),
        "type": "object",
        "additionalProperties": False,
        "required": declared.get("required", []),
        "properties": {**_common(), "type": {"const": name}, **options},
    }


def _with_expression_lists(rule: dict[str, Any]) -> dict[str, Any]:
    """Return a rule whose lists may hold expressions, and without references to `$in`'s own type."""
    plain = {key: value for key, value in rule.items() if key != "anyOf"}
    if "anyOf" in rule:
        kept = [part for part in rule["anyOf"] if "$ref" not in part]
        plain["anyOf"] = [_with_expression_lists(part) for part in kept]
    if "items" in plain:
        plain["items"] = {"anyOf": [_with_expression_lists(plain["items"]), _EXPRESSION]}
    return plain


def _hook(kind: type) -> dict[str, Any]:
    assert kind is Channels
    return _EXPRESSION


def _expect(figures: tuple[str, ...]) -> dict[str, Any]:
    value = {"type": ["integer", "number", "string", "array"]}
    full = {
        "type": "object",
        "additionalProperties": False,
        "required": ["value"],
        "dependentRequired": {"correct": ["erratum"]},
        "properties": {
            "value": value,
            "source": {"type": "string"},
            "truncated": {"type": "boolean"},
            "tolerance": {"type": ["integer", "number", "string"]},
            "erratum": {"type": "string"},
            "correct": {"type": ["integer", "array"]},
        },
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {"source": {"type": "string"}, **{f: {"anyOf": [value, full]} for f in figures}},
    }
