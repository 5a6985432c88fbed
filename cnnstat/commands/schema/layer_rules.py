"""The rule of each layer type and of its options, from the layer's own declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.base.pages import KEYS
from cnnstat.commands.schema.rules import EXPRESSION, OR_EXPRESSION, Rule, examples, mapping, or_list
from cnnstat.layers import manual
from cnnstat.spec.channels import Channels

if TYPE_CHECKING:
    from cnnstat.layers.base import Layer


def layer_rule(name: str, kind: type[Layer], common: dict[str, Rule]) -> Rule:
    """Return the rule of the entries of a type; ``common`` are the keys that every entry may have."""
    _, components = msgspec.json.schema_components([kind], schema_hook=_hook)
    declared = components[kind.__name__]
    rules = declared.get("properties", {})
    options = {each.name: _option(name, kind, each, rules[each.name]) for each in manual.options(kind)}
    # What stands under `first:` may be any of the options, and needs none of them.
    first = mapping({option: {"$ref": f"#/$defs/{name}/properties/{option}"} for option in options})
    about = {"title": KEYS["first"].title, "description": KEYS["first"].meaning}
    properties = {**common, "type": {"const": name}, "first": {**about, **first}, **options}
    return mapping(properties, required=declared.get("required", []))


def type_rule(name: str, kind: type[Layer]) -> Rule:
    """Return the rule of the name of a layer type, with its manual page in short."""
    parts = manual.sections(kind)
    rule, example = f"```text\n{parts['Rule']}\n```", f"```yaml\n{parts['Example']}\n```"
    reference = f"Reference: {' '.join(parts['Reference'].split())}"
    page = "\n\n".join((parts["About"], rule, example, reference))
    return {"const": name, "title": name, "description": parts["About"], "markdownDescription": page}


def _option(name: str, kind: type[Layer], option: manual.Option, rule: Rule) -> Rule:
    given = option.default if option.default == "required" else f"default {option.default.strip('`')}"
    flat = _flat(rule, f"expected {option.values}, or {OR_EXPRESSION}")
    default = {"default": rule["default"]} if "default" in rule else {}
    shown = examples(manual.sections(kind)["Example"], option.name)
    return {
        "title": f"{option.name} of {name}",
        "description": f"{option.meaning}: {option.values}; {given}",
        **default,
        "examples": shown + [each for each in _samples(rule, rule.get("default")) if each not in shown],
        **flat,
    }


_LIST: Rule = {"items": {}}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength")
"""The keywords of a declaration that a rule takes over; those of lists stand apart (`or_list`)."""


def _flat(rule: Rule, message: str) -> Rule:
    """Return one rule of all alternatives of an option, and of an expression in its place."""
    parts = _parts(rule)
    words = [word for part in parts for word in part.get("enum", ())]
    typed = {part["type"]: part for part in parts if isinstance(part.get("type"), str)}
    known = len(typed) + sum("enum" in part for part in parts)
    if known < len(parts) or not isinstance(typed.get("array", _LIST)["items"], dict):
        # A package may declare anything that msgspec reads.
        return {"anyOf": [*parts, {"type": "string", "pattern": EXPRESSION}]}
    flat: Rule = {"type": [*typed], "errorMessage": message}
    for part in typed.values():
        flat |= {key: value for key, value in part.items() if key in _BOUNDS}
    if "string" not in typed:
        pattern = "|".join((*(f"^{word}$" for word in words), EXPRESSION))
        flat |= {"type": [*typed, "string"], "pattern": pattern, "patternErrorMessage": message}
    if "array" in typed:
        part = typed["array"]
        flat |= or_list(_flat(part["items"], message), part.get("minItems", 0), part.get("maxItems"))
    return flat


def _parts(rule: Rule) -> list[Rule]:
    """Return the alternatives of a declaration but for an expression with `$in`, which JSON does not know."""
    return [part for part in rule.get("anyOf", [rule]) if "$ref" not in part]


def _samples(rule: Rule, default: Any = None) -> list[Any]:
    """Return values that a declaration takes, of each kind one or all there are."""
    found: list[Any] = [] if default is None else [default]
    for part in _parts(rule):
        found += part.get("enum", ())
        kind = part.get("type")
        if kind == "boolean":
            found += [True, False]
        if kind in ("integer", "number"):
            least = part.get("minimum", part.get("exclusiveMinimum", 0) + 1)
            found.append(min(max(least, 2), part.get("maximum", part.get("exclusiveMaximum", 4) / 2)))
        if kind == "array" and isinstance(part["items"], dict):
            size = max(part.get("minItems", 1), min(part.get("maxItems", 2), 2))
            found.append((_samples(part["items"]) * size)[:size])
    return [each for i, each in enumerate(found) if each not in found[:i]]


def _hook(kind: type) -> Rule:
    """Return the rule of what JSON does not know."""
    return {"$ref": ""} if kind is Channels else {}
