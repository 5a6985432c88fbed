"""Pages that need no network: a layer type, a figure, a problem's code, and what there is to explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.codes import CODES
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
    found = FIGURES[key]
    facts = (("key", key), ("rule", found.rule), ("also called", ", ".join(found.also)))
    return Report(
        title=found.title,
        facts=facts,
        data={
            **head("explain"),
            "figure": key,
            "title": found.title,
            "rule": found.rule,
            "meaning": found.meaning,
            "aliases": list(found.also),
        },
        sections=(Section("", text=found.meaning),),
    )


def problem(key: str) -> Report:
    """Return the page of a problem's code."""
    code = CODES[key]
    return Report(
        title=f"{key}: {code.title}",
        data={
            **head("explain"),
            "problem": key,
            "title": code.title,
            "meaning": code.meaning,
            "way_out": code.way_out,
        },
        sections=(Section("", text=code.meaning), Section("way out", text=code.way_out)),
    )


def contents() -> Report:
    """Return every layer type, every figure and every code of a problem, in a line each."""
    types = tuple(Derivation("", name, text=manual.first_line(kind)) for name, kind in LAYERS.items())
    figures = tuple(Derivation("", key, text=found.title) for key, found in FIGURES.items())
    problems = tuple(Derivation("", key, text=code.title) for key, code in CODES.items())
    return Report(
        title="what there is to explain",
        data={
            **head("explain"),
            "types": [{"name": step.label, "about": step.text} for step in types],
            "figures": [{"name": step.label, "title": step.text} for step in figures],
            "problems": [{"name": step.label, "title": step.text} for step in problems],
        },
        notes=("and every network: cnnstat explain SPEC",),
        sections=(Section("layer types", types), Section("figures", figures), Section("problems", problems)),
    )
