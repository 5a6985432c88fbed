"""The JSON Schema of a spec, for editors and CI: made from the layers' own declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.base.axes import RANKS
from cnnstat.base.figures import BUDGETED, EXPECTED
from cnnstat.base.limits import MAX_LAYERS, MAX_SIZE
from cnnstat.layers import LAYERS
from cnnstat.layers.manual import first_line
from cnnstat.spec.budget import OF_PARTS
from cnnstat.spec.channels import Channels
from cnnstat.spec.expect import OF_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnnstat.layers.base import Layer

_EXPRESSION = {"type": "string", "pattern": r"\$", "description": "an expression on parameters"}
_NAME = {"type": ["string", "integer"], "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"}
_REFERENCE = {"type": ["string", "integer"]}
_REFERENCES = {"anyOf": [_REFERENCE, {"type": "array", "items": _REFERENCE, "minItems": 1}]}
_PARAMS = {"type": "object", "additionalProperties": True}


def schema() -> dict[str, Any]:
    """Return the schema of a whole spec (draft 2020-12)."""
    about = {"name": {"type": ["string", "number"]}, "source": {"type": "string", "description": "citation"}}
    size = {"anyOf": [_count(MAX_SIZE), _EXPRESSION]}
    shape = {"type": "array", "items": size, "minItems": 1, "maxItems": len(RANKS)}
    entries = {"$ref": "#/$defs/entries"}
    variant = _mapping({**about, "params": _PARAMS, "expect": _expect(EXPECTED), "budget": _budget(BUDGETED)})
    named = {"type": "object", "additionalProperties": _REFERENCE}
    outputs = {"anyOf": [*_REFERENCES["anyOf"], named]}
    block = _mapping(
        {"params": _PARAMS, "inputs": _REFERENCES, "outputs": outputs, "layers": entries}, required=["layers"]
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnnstat spec",
        **_mapping(
            {
                **about,
                "input": {"anyOf": [shape, {"type": "object", "additionalProperties": shape}]},
                "params": _PARAMS,
                "variants": {"type": "object", "additionalProperties": variant},
                "blocks": {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}},
                "layers": entries,
                "outputs": _REFERENCES,
                "expect": _expect(EXPECTED),
                "budget": _budget(BUDGETED),
            },
            required=["input", "layers"],
        ),
        "$defs": {
            "entries": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/entry"}},
            "entry": _entry(),
            "block": block,
            **{f"{key}:": rule for key, rule in _common_rules().items()},
            **{name: _layer(name, kind) for name, kind in LAYERS.items()},
        },
    }


def _mapping(properties: dict[str, Any], required: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the schema of a mapping with these keys and no others."""
    needed = {} if required is None else {"required": required}
    return {"type": "object", "additionalProperties": False, **needed, "properties": properties}


def _count(most: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": 1, "maximum": most}


def _entry() -> dict[str, Any]:
    """Return the schema of one line: a layer by its type, or the call of a block (whose options are free)."""
    choices = [
        {"if": {"properties": {"type": {"const": name}}}, "then": {"$ref": f"#/$defs/{name}"}}
        for name in LAYERS
    ]
    return {"type": "object", "required": ["type"], "properties": _common(), "allOf": choices}


def _common() -> dict[str, Any]:
    """Return the keys that every entry may have, as references to their rules.

    The colon keeps these apart from the layer types, which are defined beside them.
    """
    return {"type": {"type": "string"}, **{key: {"$ref": f"#/$defs/{key}:"} for key in _common_rules()}}


def _common_rules() -> dict[str, Any]:
    return {
        "name": _NAME,
        "from": _REFERENCES,
        "weights": _REFERENCE,
        "when": {"anyOf": [{"type": "boolean"}, _EXPRESSION]},
        "repeat": {"anyOf": [_count(MAX_LAYERS), _EXPRESSION]},
        "first": {"type": "object"},
        "frozen": {"anyOf": [{"type": "boolean"}, _EXPRESSION]},
        "unused": {"type": "boolean"},
        "expect": _expect(OF_LAYERS),
        "budget": _budget(OF_PARTS),
    }


def _layer(name: str, kind: type[Layer]) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([kind], schema_hook=_hook)
    declared = components[kind.__name__]
    options = {
        option: {"anyOf": [_with_expression_lists(rule), _EXPRESSION]}
        for option, rule in declared.get("properties", {}).items()
    }
    properties = {**_common(), "type": {"const": name}, **options}
    return {"description": first_line(kind), **_mapping(properties, required=declared.get("required", []))}


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
    text, value = {"type": "string"}, {"type": ["integer", "number", "string", "array"]}
    remarks = {
        "value": value,
        "source": text,
        "truncated": {"type": "boolean"},
        "tolerance": {"type": ["integer", "number", "string"]},
        "erratum": text,
        "correct": {"type": ["integer", "string", "array"]},
    }
    full = {**_mapping(remarks, required=["value"]), "dependentRequired": {"correct": ["erratum"]}}
    either = {"anyOf": [value, full]}
    return _mapping({"source": text, **dict.fromkeys(figures, either)})


def _budget(figures: Iterable[str]) -> dict[str, Any]:
    bound = {
        "type": "string",
        "pattern": r"^(<=|>=|at most|at least) *[0-9]",
        "description": "the most or the least that the figure may be; '>=' needs quotes",
        "examples": ["<= 5M", "at most 600M", "at least 224", "<= 64MiB"],
    }
    shape = {"type": "array", "items": _count(MAX_SIZE), "minItems": 1, "maxItems": len(RANKS)}
    input_rule = {
        "anyOf": [shape, {"type": "object", "additionalProperties": shape}],
        "description": "the input that these bounds are for, in place of the spec's own",
        "examples": [[3, 320, 320]],
    }
    bounds = _mapping({"input": input_rule, **dict.fromkeys(figures, bound)})
    return {
        "anyOf": [bounds, {"type": "array", "items": bounds}],
        "description": "bounds that figures are held to by 'cnnstat check'",
        "examples": [{"params": "<= 5M"}, [{"macs": "<= 600M"}, {"input": [3, 320, 320], "macs": "<= 1.2G"}]],
    }
