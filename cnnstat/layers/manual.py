"""The manual page of a layer type, from its docstring and its fields."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from cnnstat.layers.reader import described

if TYPE_CHECKING:
    from cnnstat.layers.base import Layer


class Option(Struct, frozen=True):
    """An option of a layer type."""

    name: str
    values: str
    default: str
    meaning: str


def first_line(kind: type[Layer]) -> str:
    """Return what a layer type is, in one line."""
    return inspect.getdoc(kind).split("\n")[0]  # type: ignore[union-attr]  # every type has a docstring


def sections(kind: type[Layer]) -> dict[str, str]:
    """Return the parts of the docstring: ``About``, ``Rule``, ``Example`` and ``Reference``."""
    current = "About"
    parts: dict[str, list[str]] = {current: []}
    for line in (inspect.getdoc(kind) or "").split("\n"):
        if line in ("Rule:", "Example:", "Reference:"):
            current = line.removesuffix(":")
            parts[current] = []
        else:
            parts[current].append(line)
    return {name: textwrap.dedent("\n".join(lines)).strip() for name, lines in parts.items()}


def options(kind: type[Layer]) -> tuple[Option, ...]:
    """Return the options of a layer type, those first that are required."""
    fields = sorted(msgspec.structs.fields(kind), key=lambda field: not field.required)
    return tuple(map(_option, fields))


def _option(field: msgspec.structs.FieldInfo) -> Option:
    info: Any = msgspec.inspect.type_info(field.type)
    default = "required" if field.required else _default(field.default)
    extra = getattr(info, "extra_json_schema", None) or {}
    return Option(field.name, described(info), default, str(extra.get("description", "")))


def page(name: str, kind: type[Layer]) -> str:
    """Return the manual page of a layer type as Markdown."""
    parts = sections(kind)
    lines = [f"## {name}", "", parts["About"], "", "```text", parts["Rule"], "```", ""]
    rows = options(kind)
    if rows:
        lines += ["| option | default | values | meaning |", "|---|---|---|---|"]
        lines += [f"| `{row.name}` | {row.default} | {row.values} | {row.meaning} |" for row in rows]
    else:
        lines.append("No options.")
    lines += [
        "",
        "```yaml",
        parts["Example"],
        "```",
        "",
        f"Reference: {' '.join(parts['Reference'].split())}",
    ]
    return "\n".join(lines) + "\n"


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "none" if value is None else f"`{value}`"
