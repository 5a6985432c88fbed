"""Every layer type has a manual page, and the page's example is a line one can write."""

from __future__ import annotations

import inspect

import msgspec
import pytest
import yaml

from cnnstat.layers import LAYERS, Layer, manual
from cnnstat.layers.reader import read_layer
from tests.layers.case import ENTRY_KEYS, options_of

TYPES = pytest.mark.parametrize("kind", LAYERS)


def page(kind: str) -> str:
    return inspect.cleandoc(LAYERS[kind].__doc__ or "")


def section(kind: str, title: str) -> str:
    lines = page(kind).splitlines()
    start = lines.index(f"{title}:") + 1
    body: list[str] = []
    for line in lines[start:]:
        if line and not line.startswith(" "):
            break
        body.append(line.strip())
    return "\n".join(body).strip()


@TYPES
def test_the_example_is_a_line_of_a_spec(kind: str) -> None:
    example = section(kind, "Example")
    assert example == manual.sections(LAYERS[kind])["Example"], "nothing else stands below the example"
    options = options_of(example)
    for name, value in yaml.safe_load(example).items():
        # Other readers of YAML take a number such as 1e-6 for a word.
        assert isinstance(value, str) == isinstance(options[name], str)
    assert options["type"] == kind
    own = {name: value for name, value in options.items() if name not in ENTRY_KEYS}
    assert set(own) <= set(LAYERS[kind].__struct_fields__)
    required = {field.name for field in msgspec.structs.fields(LAYERS[kind]) if field.required}
    assert required <= set(own)
    made, misfits = read_layer(kind, LAYERS[kind], own)
    assert not misfits
    assert isinstance(made, LAYERS[kind])


@TYPES
def test_a_join_names_its_inputs(kind: str) -> None:
    sources = options_of(section(kind, "Example")).get("from", "above")
    count = len(sources) if isinstance(sources, tuple) else 1
    least, most = LAYERS[kind].arity
    assert least <= count
    assert most == 0 or count <= most


@TYPES
def test_a_layer_is_a_frozen_value(kind: str) -> None:
    own = {n: v for n, v in options_of(section(kind, "Example")).items() if n not in ENTRY_KEYS}
    made, again = (read_layer(kind, LAYERS[kind], own)[0] for _ in range(2))
    assert made == again
    assert hash(made) == hash(again)


@TYPES
def test_no_option_hides_a_figure(kind: str) -> None:
    figures = {name for name in vars(Layer) if not name.startswith("_")}
    assert not figures & set(LAYERS[kind].__struct_fields__)
