"""docs/json.md, from the classes of the documents; `python -m tests.docs` writes it."""

from __future__ import annotations

import ast
import inspect
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.base.figures import FIGURES
from cnnstat.cli.group import COMMANDS, folder_of
from cnnstat.report.document import Document, NetworkDocument, Real

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[2] / "docs" / "json.md"
HEAD = """# The JSON of `--format json`

Made from the classes of the documents by `python -m tests.docs`. `schema_version` is 1: keys may be added;
none changes its meaning within a version. All counts are exact integers. A shape is that of one sample,
channels first.
"""


_ELSEWHERE = {"sweep": "cnnstat.sweeps.output"}
"""Where the documents of commands are that share them with others."""


def documents() -> dict[str, tuple[type[Document], ...]]:
    """Return the documents of each command that has any."""
    found = {command: tuple(_documents(command)) for command in COMMANDS}
    return {command: kinds for command, kinds in found.items() if kinds}


def _documents(command: str) -> Iterator[type[Document]]:
    folder = import_module(_ELSEWHERE.get(command, f"cnnstat.commands.{folder_of(command)}"))
    files = [each.name for each in iter_modules(folder.__path__) if each.name.endswith("document")]
    modules = (import_module(f"{folder.__name__}.{name}") for name in files)
    values = (each for module in modules for each in vars(module).values())
    own = [each for each in dict.fromkeys(filter(inspect.isclass, values)) if issubclass(each, Document)]
    used = [each for each in own if each not in (Document, NetworkDocument)]
    yield from (
        each for each in used if not any(other is not each and issubclass(other, each) for other in used)
    )


def schema(kind: type[Document]) -> dict[str, Any]:
    """Return the JSON Schema of a document."""
    return msgspec.json.schema(kind, schema_hook=_number)


def _number(kind: type) -> dict[str, Any]:
    assert kind in (Fraction, Real)
    if kind is Real:
        return {"type": ["number", "null"]}
    pair = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    return {"anyOf": [{"type": "integer"}, pair]}


def pages() -> str:
    """Return the text of docs/json.md."""
    parts = [HEAD]
    written: set[str] = set()
    for command, kinds in documents().items():
        parts.append(f"\n## {command}\n")
        for kind in kinds:
            rules = schema(kind)["$defs"]
            classes = {each.__name__: each for each in _classes(msgspec.inspect.type_info(kind))}
            for name in dict.fromkeys((kind.__name__, *rules)):
                if name not in written:
                    written.add(name)
                    parts.append(_page(name, rules[name], meanings(classes[name])))
    return "".join(parts)


def _classes(info: Any) -> Iterator[type[msgspec.Struct]]:
    """Yield every class that a type is made of."""
    inner = [*getattr(info, "types", ()), *getattr(info, "item_types", ())]
    inner += [getattr(info, part) for part in ("item_type", "value_type", "type") if hasattr(info, part)]
    if isinstance(info, msgspec.inspect.StructType):
        yield info.cls
        inner = [field.type for field in info.fields]
    for each in inner:
        yield from _classes(each)


def meanings(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return what stands beneath the fields of a class, its own and inherited ones, by their keys."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if each.__module__.startswith("cnnstat."):
            (declared,) = ast.parse(inspect.getsource(each)).body
            assert isinstance(declared, ast.ClassDef)
            for field, text in pairwise(declared.body):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(meaning))):
                        said = " ".join(meaning.split()).removesuffix(".")
                        found[name] = said[0].lower() + said[1:]
    keys = zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True)
    return {key: found[name] for name, key in keys if name in found}


def _page(name: str, rule: dict[str, Any], meanings: dict[str, str]) -> str:
    lines = [
        f"\n### {name}\n",
        " ".join(rule.get("description", "").split()),
        "",
        "| key | value | meaning |",
    ]
    lines.append("|---|---|---|")
    required = rule.get("required", [])
    for key, value in rule.get("properties", {}).items():
        may = "" if key in required or "default" in value else "may be missing; "
        meaning = meanings.get(key) or value.get("description") or _brief(key)
        lines.append(f"| `{key}` | {_type(value)} | {may}{meaning} |")
    return "\n".join(lines) + "\n"


def _brief(key: str) -> str:
    """Return the convention of a figure."""
    figure = next((each for each in FIGURES.values() if key in (each.key, each.layer_key)), None)
    return figure.brief if figure else ""


def _type(rule: dict[str, Any]) -> str:
    if "$ref" in rule:
        return str(rule["$ref"]).rpartition("/")[2]
    if "anyOf" in rule:
        return " or ".join(_type(part) for part in rule["anyOf"])
    if rule.get("type") == "array":
        inner = rule.get("items") or (rule.get("prefixItems") or [{}])[0]
        return f"list of {_type(inner)}" if inner else "list"
    if rule.get("type") == "object" and isinstance(rule.get("additionalProperties"), dict):
        return f"object of {_type(rule['additionalProperties'])}"
    if "enum" in rule:
        return " or ".join(f"`{each}`" for each in rule["enum"])
    kind = rule.get("type", "any")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)
