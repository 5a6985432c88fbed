"""The types of the page's data, in TypeScript, from the classes: python -m tests.page.types writes them."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import msgspec
from msgspec import inspect

import cnnstat
from cnnstat.commands.report.document import NetworkPage, PageDocument
from cnnstat.commands.serve.document import (
    ChartsDocument,
    ConventionsDocument,
    FindingsDocument,
    LiveDocument,
    ReadDocument,
    StartDocument,
    ZooDocument,
)
from cnnstat.commands.serve.jobs import Refusal
from cnnstat.commands.serve.kinds import KINDS
from cnnstat.commands.serve.opened_file import FileState
from cnnstat.commands.serve.requests import ToSave
from cnnstat.report.document import Real
from tests.report.json_pages import meanings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SOURCE = Path(cnnstat.__file__).parent / "page" / "source"
FILE = SOURCE / "types.ts"
SERVED = SOURCE / "serve" / "types.ts"
HEAD = "// Made from the classes of the documents: python -m tests.page.types\n"
WHOLE = 'import type { Whole } from "./whole";\n'
WIDTH = 110

PLACES = frozenset(("line", "column", "length", "start", "stop", "inside", "drawn", "place", "marked"))
"""Fields that say where something stands in a text or in the document itself: no number is large there."""
OF_REPORT = (PageDocument, NetworkPage)
OF_REQUESTS: tuple[type[msgspec.Struct], ...] = (
    *dict.fromkeys(each.asked for each in KINDS.values() if each.asked),
    ToSave,
)
OF_SERVE = (
    *(StartDocument, FileState, LiveDocument, FindingsDocument, ChartsDocument, ConventionsDocument),
    *(ReadDocument, ZooDocument, Refusal),
)


def types(*documents: type[msgspec.Struct]) -> str:
    """Return the types of documents, and of all that they are made of."""
    return "\n".join((HEAD, WHOLE, *_interfaces(documents or OF_REPORT).values()))


def served_types() -> str:
    """Return the types of what a server is asked and answers, but for those that a report has, too."""
    known = _interfaces(OF_REPORT)
    written = _interfaces(OF_REQUESTS, asked=True) | _interfaces(OF_SERVE)
    own = [text for name, text in written.items() if name not in known]
    shared = [name for name in sorted(written.keys() & known.keys()) if any(_has(text, name) for text in own)]
    imported = f'import type {{ {", ".join(shared)} }} from "../types";\n{WHOLE.replace("./", "../")}'
    return "\n".join((HEAD, imported, *own))


def _has(text: str, name: str) -> bool:
    return re.search(rf": [^;]*\b{name}\b", text) is not None


def _interfaces(documents: Sequence[type[msgspec.Struct]], *, asked: bool = False) -> dict[str, str]:
    """Return classes in TypeScript; where they are ``asked``, what has a default may be missing."""
    written: dict[str, str] = {}
    for info in inspect.multi_type_info(documents):
        for each in _structs(info):
            written.setdefault(each.cls.__name__, _interface(each, asked=asked))
    return written


def _structs(info: inspect.Type) -> Iterator[inspect.StructType]:
    """Yield every class that a type is made of, each before those within it."""
    if isinstance(info, inspect.StructType):
        yield info
        for field in info.fields:
            yield from _structs(field.type)
    for each in _inner(info):
        yield from _structs(each)


def _inner(info: inspect.Type) -> tuple[inspect.Type, ...]:
    match info:
        case inspect.UnionType(types=parts) | inspect.TupleType(item_types=parts):
            return parts
        case inspect.VarTupleType(item_type=part) | inspect.ListType(item_type=part):
            return (part,)
        case inspect.DictType(value_type=part) | inspect.Metadata(type=part):
            return (part,)
    return ()


def _interface(info: inspect.StructType, *, asked: bool) -> str:
    said, unset = meanings(info.cls), {each.name: each.default for each in msgspec.structs.fields(info.cls)}
    lines = [*_comment(info.cls.__doc__ or "", ""), f"export interface {info.cls.__name__} {{"]
    for field in info.fields:
        lines += _comment(said.get(field.encode_name, ""), "  ")
        missing = "?" if unset[field.name] is msgspec.UNSET or (asked and not field.required) else ""
        shown = _type(field.type)
        if field.name in PLACES:
            shown = shown.replace("Whole", "number")
        lines.append(f"  {_key(field.encode_name)}{missing}: {shown};")
    return "\n".join((*lines, "}\n"))


def _comment(text: str, before: str) -> list[str]:
    lines = wrap(" ".join(text.split()).replace("*/", "* /"), WIDTH - len(before) - 4)
    if len(lines) < 2:
        return [f"{before}/** {line} */" for line in lines]
    return [f"{before}/**", *(f"{before} * {line}" for line in lines), f"{before} */"]


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _union(parts: Sequence[inspect.Type]) -> str:
    return " | ".join(dict.fromkeys(map(_type, parts)))


def _type(info: inspect.Type) -> str:
    """Return a type as TypeScript has it.

    Raises:
        TypeError: none is known for it.
    """
    match info:
        case inspect.StructType(cls=cls):
            return cls.__name__
        case inspect.Metadata(type=inner):
            return _type(inner)
        case inspect.UnionType(types=parts):
            return _union(parts)
        case inspect.TupleType(item_types=parts):
            return f"[{', '.join(map(_type, parts))}]"
        case inspect.VarTupleType(item_type=part) | inspect.ListType(item_type=part):
            inner_type = _type(part)
            return f"({inner_type})[]" if " | " in inner_type else f"{inner_type}[]"
        case inspect.DictType(value_type=part):
            return f"Record<string, {_type(part)}>"
        case inspect.LiteralType(values=values):
            return " | ".join(map(json.dumps, values))
        case inspect.CustomType(cls=cls) if cls is Fraction:
            return "Whole | [Whole, Whole]"
        case inspect.CustomType(cls=cls) if cls is Real:
            return "number | null"
        case inspect.IntType():
            return "Whole"
        case inspect.FloatType():
            return "number"
        case inspect.StrType():
            return "string"
        case inspect.BoolType():
            return "boolean"
        case inspect.NoneType():
            return "null"
        case inspect.AnyType():
            return "unknown"
    raise TypeError(f"no type of TypeScript is known for {info}")


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(types(), encoding="utf-8")
    SERVED.parent.mkdir(exist_ok=True)
    SERVED.write_text(served_types(), encoding="utf-8")
