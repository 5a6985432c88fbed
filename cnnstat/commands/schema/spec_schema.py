"""The JSON Schema of a spec, for editors and CI: made from the layers' own declarations and pages of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnstat.base.axes import RANKS
from cnnstat.base.dtypes import BYTES, DTYPE
from cnnstat.base.figures import BUDGETED, EXPECTED
from cnnstat.base.limits import MAX_LAYERS, MAX_SIZE
from cnnstat.base.pages import DEFINITIONS, KEYS
from cnnstat.commands.schema.layer_rules import layer_rule, type_rule
from cnnstat.commands.schema.rules import Rule, condition, count, explained, mapping, or_list, or_mapping
from cnnstat.layers.plugged import layer_types
from cnnstat.spec.budget import OF_PARTS
from cnnstat.spec.expect import OF_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME: Rule = {
    "type": ["string", "integer"],
    "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$",
    "patternErrorMessage": "a name has A-Z, a-z, 0-9, _ and -",
}
_REFERENCE: Rule = {"type": ["string", "integer"]}
_REFERENCES: Rule = {"type": ["string", "integer", "array"], **or_list(_REFERENCE)}
_PARAMS: Rule = explained("params", {"type": "object", "additionalProperties": True})
_TEXT: Rule = {"type": "string"}
_SPACE: Rule = {"type": ["number", "string", "boolean", "array"]}
_NUMBERS: Rule = {"type": ["number", "array"]}


def schema() -> dict[str, Any]:
    """Return the schema of a whole spec (draft 2020-12)."""
    types = layer_types()
    sizes = or_list(count(MAX_SIZE), 1, len(RANKS))
    shape = {"type": "array", **sizes, "errorMessage": "expected a shape such as [3, 224, 224]"}
    shapes = {**shape, "type": ["array", "object"], "additionalProperties": shape}
    about = {
        "name": {
            "title": "what reports call the network",
            "description": "Without it, the name of the file.",
            "type": ["string", "number"],
            "examples": ["LeNet-5"],
        },
        "source": explained("source", _TEXT),
    }
    entries = explained("layers", {"$ref": "#/$defs/entries"})
    variant = mapping({**about, "params": _PARAMS, "expect": _expect(EXPECTED), "budget": _budget(BUDGETED)})
    outputs = {**_REFERENCES, "type": [*_REFERENCES["type"], "object"], "additionalProperties": _REFERENCE}
    block = {
        "params": _PARAMS,
        "inputs": explained("inputs", _REFERENCES),
        "outputs": explained("outputs", outputs, ["sum", "skip"]),
        "layers": entries,
    }
    network = {
        **about,
        "input": explained("input", shapes, [3, 224, 224]),
        "dtype": explained("dtype", {"enum": [*BYTES], "default": DTYPE}),
        "params": _PARAMS,
        "variants": explained("variants", {"type": "object", "additionalProperties": variant}),
        "blocks": explained("blocks", {"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}}),
        "layers": entries,
        "outputs": explained("outputs", {**_REFERENCES, "examples": ["classes", ["classes", "boxes"]]}),
        "expect": _expect(EXPECTED),
        "budget": _budget(BUDGETED),
        "values": explained("values", {"type": "object", "additionalProperties": _NUMBERS}),
        "space": explained("space", {"type": "object", "additionalProperties": _SPACE}),
    }
    common = _common()
    references = {key: {"$ref": f"#/$defs/{key}:"} for key in common}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnnstat spec",
        **mapping(network, required=["input", "layers"]),
        "if": {"not": {"required": ["blocks"]}},
        "then": {"properties": {"layers": {"$ref": "#/$defs/layers:"}}},
        "$defs": {
            "entries": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/entry"}},
            "entry": _entry(types, references),
            "layers:": {"items": {"properties": {"type": {"$ref": "#/$defs/type:"}}}},
            "type:": _layer_type(types),
            "block": mapping(block, required=["layers"]),
            # The colon keeps these apart from the layer types, which are defined beside them.
            **{f"{key}:": rule for key, rule in common.items()},
            **{
                name: layer_rule(name, kind, references | {"first": common["first"]})
                for name, kind in types.items()
            },
        },
    }


def _layer_type(types: dict[str, Any]) -> Rule:
    """Return the rule of a type where there is no block that it could be: a layer's, or an expression."""
    names = "|".join(types)
    message = "no layer type, and the spec has no blocks; 'cnnstat explain' lists the types"
    return {"type": "string", "pattern": rf"^({names})$|\$| if ", "errorMessage": message}


def _entry(types: dict[str, Any], references: dict[str, Rule]) -> Rule:
    """Return the rule of one line: a layer by its type, or the call of a block, whose options are free."""
    choices = [
        {
            "if": {"required": ["type"], "properties": {"type": {"const": name}}},
            "then": {"$ref": f"#/$defs/{name}"},
        }
        for name in types
    ]
    kinds = [type_rule(name, kind) for name, kind in types.items()]
    # A block has words of its own: of rules without, editors show all.
    block = {"type": "string", "title": "a block", "description": KEYS["type"].meaning}
    kind = {"description": KEYS["type"].meaning, "anyOf": [*kinds, block]}
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": kind, **references},
        "allOf": choices,
    }


def _common() -> dict[str, Rule]:
    """Return the keys that every entry may have beside its type."""
    return {
        "name": explained("name", _NAME),
        "from": explained("from", _REFERENCES, "low"),
        "weights": explained("weights", _REFERENCE),
        "when": explained("when", condition(default=True)),
        "repeat": explained("repeat", count(MAX_LAYERS)),
        "first": explained("first", {"type": "object"}),
        "frozen": explained("frozen", condition(default=False)),
        "unused": explained("unused", {"type": "boolean", "default": False}),
        "expect": _expect(OF_LAYERS),
        "budget": _budget(OF_PARTS),
    }


def _expect(figures: tuple[str, ...]) -> Rule:
    """Return the rule of published figures: each is a value, or a mapping with a value and remarks."""
    value = {"type": ["integer", "number", "string", "array"]}
    remarks = {
        "value": explained("value", value),
        "source": explained("source", _TEXT),
        "truncated": explained("truncated", {"type": "boolean", "default": False}),
        "tolerance": explained("tolerance", {"type": ["integer", "number", "string"]}),
        "erratum": explained("erratum", _TEXT),
        "correct": explained("correct", {"type": ["integer", "string", "array"]}),
    }
    full = or_mapping(remarks, required=["value"], dependentRequired={"correct": ["erratum"]})
    stated = {key: {**_figure(key), "type": [*value["type"], "object"], **full} for key in figures}
    return explained("expect", mapping({"source": explained("source", _TEXT), **stated}))


def _budget(figures: Iterable[str]) -> Rule:
    """Return the rule of bounds: a mapping of figures, or a list of these, each for an input of its own."""
    message = "expected a bound such as <= 5M, at most 600M, '>= 224' (in quotes) or at least 224"
    bound: Rule = {
        "type": "string",
        "pattern": r"^(<=|>=|at most|at least) *[0-9]",
        "errorMessage": message,
        "patternErrorMessage": message,
    }
    shape = {"type": "array", **or_list({"type": "integer", "minimum": 1}, 1, len(RANKS))}
    own = {**shape, "type": ["array", "object"], "additionalProperties": shape}
    bounds = {
        key: {**_figure(BUDGETED[key]), **bound, "examples": ["<= 5M", "at least 224"]} for key in figures
    }
    keys = {"input": explained("input", own, [3, 320, 320]), **bounds}
    either = [*or_list(mapping(keys))["allOf"], *or_mapping(keys)["allOf"]]
    return explained("budget", {"type": ["object", "array"], "allOf": either})


_EXAMPLES: dict[str, list[Any]] = {
    "shape": [[6, 28, 28]],
    "receptive_field": [[32, 32], "all"],
}


def _figure(key: str) -> Rule:
    """Return what a figure is, and how it is written."""
    page = DEFINITIONS[key]
    shown = _EXAMPLES.get(key, [156, "138M", {"value": "3.8G", "truncated": True}])
    return {"title": page.title, "description": f"{page.meaning}\n\nRule: {page.rule}", "examples": shown}
