"""Pages that need no network: a layer type, a figure, and what there is to explain."""

from __future__ import annotations

from cnnstat.figures import FIGURES
from cnnstat.layers import LAYERS, manual
from cnnstat.report.data import SCHEMA_VERSION
from cnnstat.report.model import Report, Section, Step


def layer_type(name: str) -> Report:
    """Return the manual of a layer type as data; its page for readers is `manual.page`."""
    kind = LAYERS[name]
    keys = ("name", "values", "default", "meaning")
    parts = {key.lower(): text for key, text in manual.sections(kind).items()}
    return Report(
        title=name,
        tables=(),
        facts=(),
        data={
            "schema_version": SCHEMA_VERSION,
            "command": "explain",
            "type": name,
            **parts,
            "options": [dict(zip(keys, option, strict=True)) for option in manual.options(kind)],
        },
    )


def figure(key: str) -> Report:
    """Return the definition of a figure."""
    told = FIGURES[key]
    facts = (("key", key), ("rule", told.rule), ("also called", ", ".join(told.also)))
    return Report(
        title=told.title,
        tables=(),
        facts=facts,
        data={
            "schema_version": SCHEMA_VERSION,
            "command": "explain",
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
    types = tuple(Step("", name, text=manual.first_line(kind)) for name, kind in LAYERS.items())
    figures = tuple(Step("", key, text=told.title) for key, told in FIGURES.items())
    return Report(
        title="what there is to explain",
        tables=(),
        facts=(),
        data={
            "schema_version": SCHEMA_VERSION,
            "command": "explain",
            "types": [{"name": step.label, "about": step.text} for step in types],
            "figures": [{"name": step.label, "title": step.text} for step in figures],
        },
        notes=("and every network: cnnstat explain SPEC",),
        sections=(Section("layer types", types), Section("figures", figures)),
    )
