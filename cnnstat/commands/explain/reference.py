"""Pages that need no network: a layer type, a figure, and what there is to explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.figures import FIGURES
from cnnstat.layers import LAYERS, manual
from cnnstat.report.data import head
from cnnstat.report.model import Derivation, Report, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.layers import Layer


def layer_type(name: str) -> Report:
    """Return the manual of a layer type; as Markdown it is `manual.page`."""
    kind = LAYERS[name]
    keys = ("name", "values", "default", "meaning")
    parts = {key.lower(): text for key, text in manual.sections(kind).items()}
    return Report(
        title=f"{name}, a layer type",
        data={
            **head("explain"),
            "type": name,
            **parts,
            "options": [dict(zip(keys, option, strict=True)) for option in manual.options(kind)],
        },
        sections=(
            *(Section("", text=" ".join(about.split())) for about in parts["about"].split("\n\n")),
            Section("rule", _lines(parts["rule"])),
            Section("options", tuple(_options(kind)), text="" if manual.options(kind) else "  none"),
            Section("example", _lines(parts["example"])),
            Section("", text=f"Reference: {' '.join(parts['reference'].split())}"),
        ),
    )


def _lines(text: str) -> tuple[Derivation, ...]:
    """Return the lines of equations or of an example as they stand."""
    return tuple(Derivation("", "", text=line) for line in text.split("\n"))


def _options(kind: type[Layer]) -> Iterator[Derivation]:
    for name, values, default, meaning in manual.options(kind):
        given = "required" if default == "required" else f"default {default.strip('`')}"
        yield Derivation("options", name, text=f"{meaning}: {values}; {given}")


def figure(key: str) -> Report:
    """Return the definition of a figure."""
    told = FIGURES[key]
    facts = (("key", key), ("rule", told.rule), ("also called", ", ".join(told.also)))
    return Report(
        title=told.title,
        facts=facts,
        data={
            **head("explain"),
            "figure": key,
            "title": told.title,
            "rule": told.rule,
            "meaning": told.meaning,
            "aliases": list(told.also),
        },
        sections=(Section("", text=told.meaning),),
    )


def contents() -> Report:
    """Return every layer type and every figure, in a line each."""
    types = tuple(Derivation("", name, text=manual.first_line(kind)) for name, kind in LAYERS.items())
    figures = tuple(Derivation("", key, text=told.title) for key, told in FIGURES.items())
    return Report(
        title="what there is to explain",
        data={
            **head("explain"),
            "types": [{"name": step.label, "about": step.text} for step in types],
            "figures": [{"name": step.label, "title": step.text} for step in figures],
        },
        notes=("and every network: cnnstat explain SPEC",),
        sections=(Section("layer types", types), Section("figures", figures)),
    )
