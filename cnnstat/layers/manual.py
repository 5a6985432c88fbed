"""The manual page of a layer type, from its docstring and its fields."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

import msgspec

from cnnstat.layers.reader import described

if TYPE_CHECKING:
    from cnnstat.layers.base import Layer


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


def options(kind: type[Layer]) -> list[tuple[str, str, str, str]]:
    """Return name, accepted values, default and description of each option."""
    rows = []
    for field in sorted(msgspec.structs.fields(kind), key=lambda field: not field.required):
        info = msgspec.inspect.type_info(field.type)
        default = "required" if field.required else _default(field.default)
        rows.append((field.name, described(info), default, _description(info)))
    return rows


def page(name: str, kind: type[Layer]) -> str:
    """Return the manual page of a layer type as Markdown."""
    parts = sections(kind)
    lines = [f"## {name}", "", parts["About"], "", "```text", parts["Rule"], "```", ""]
    rows = options(kind)
    if rows:
        lines += ["| option | default | values | meaning |", "|---|---|---|---|"]
        lines += [f"| `{o}` | {default} | {values} | {text} |" for o, values, default, text in rows]
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


def _description(info: Any) -> str:
    extra = getattr(info, "extra_json_schema", None) or {}
    return str(extra.get("description", ""))
