"""The schema in the YAML language server of editors: pytest -m editor, with it on the PATH."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from cnnstat.base.pages import DEFINITIONS, KEYS
from cnnstat.commands.schema.spec_schema import schema
from cnnstat.layers import LAYERS, STAND_INS, manual
from cnnstat.layers.reader import option_names
from cnnstat.spec.entry_reader import ENTRY_KEYS
from tests.commands.schema.language_server import LanguageServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.editor

TOP = "input: [3, 8, 8]\nlayers:\n"
CONV = f"{TOP}  - {{type: conv, filters: 4, kernel: 3, "


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    program = shutil.which("yaml-language-server")
    assert program, "npm install yaml-language-server, and put node_modules/.bin on the PATH"
    path = tmp_path_factory.mktemp("editor") / "spec.schema.json"
    path.write_text(json.dumps(schema()))
    started = LanguageServer(program, path)
    yield started
    started.close()


def plain(text: str) -> str:
    """Return a text without the signs that keep Markdown from reading it."""
    return " ".join(text.replace("\\", "").split())


@pytest.mark.parametrize("name", ["conv", "relu", "layer_norm", "matmul"])
def test_a_type_shows_its_manual_page(server: LanguageServer, name: str) -> None:
    shown = server.hover(f"{TOP}  - type: |{name}\n")
    for part in ("About", "Rule", "Example", "Reference"):
        assert plain(manual.sections(LAYERS[name])[part]) in plain(shown)
    assert shown.startswith(f"#### {name.replace('_', chr(92) + '_')}\n")


@pytest.mark.parametrize("option", ["stride", "padding", "filters", "bias"])
def test_an_option_shows_what_it_takes_and_its_default(server: LanguageServer, option: str) -> None:
    (page,) = (each for each in manual.options(LAYERS["conv"]) if each.name == option)
    others = {
        "filters": "filters: 4",
        "kernel": "kernel: 3",
        "stride": "stride: 2",
        "padding": "padding: same",
    }
    entries = ", ".join({**others, option: "|" + others.get(option, "bias: true")}.values())
    shown = plain(server.hover(f"{TOP}  - {{type: conv, {entries}}}\n"))
    assert f"{page.meaning}: {page.values}" in shown
    assert page.default.strip("`") in shown


def test_keys_and_figures_show_their_pages(server: LanguageServer) -> None:
    assert plain(KEYS["repeat"].meaning) in plain(server.hover(f"{TOP}  - {{type: mine, |repeat: 3}}\n"))
    assert plain(KEYS["input"].meaning) in plain(server.hover("|input: [3, 8, 8]\nlayers: []\n"))
    assert plain(KEYS["type"].meaning) in plain(server.hover(f"{TOP}  - {{type: m|ine, repeat: 3}}\n"))
    expected = server.hover(f"{TOP}  - {{type: relu, expect: {{|macs: 0}}}}\n")
    assert plain(DEFINITIONS["macs"].meaning) in plain(expected)


def test_budgets_say_what_they_are_and_how_one_is_written(server: LanguageServer) -> None:
    spec = f"{TOP}  - type: relu\nbudget:\n"
    assert {"params", "inference_memory", "input"} <= server.completions(f"{spec}  |\n").keys()
    page = plain(DEFINITIONS["inference_memory_bytes"].meaning)
    assert page in plain(server.hover(f"{spec}  |inference_memory: <= 64MiB\n"))
    (problem,) = server.problems(f"{spec}  params: 5M\n")
    assert problem[:2] == (5, 11)
    assert problem[2].startswith("expected a bound such as <= 5M")


def test_types_are_offered_with_their_manuals(server: LanguageServer) -> None:
    offered = server.completions(f"{TOP}  - type: |\n")
    assert list(offered) == [*LAYERS, *STAND_INS]
    assert all(manual.first_line(kind) in offered[name] for name, kind in LAYERS.items())


def test_options_are_offered_with_what_they_are(server: LanguageServer) -> None:
    offered = server.completions(f"{CONV}str|}}\n")
    named = {*ENTRY_KEYS, *option_names(LAYERS["conv"])} - {"type", "filters", "kernel"}
    assert offered.keys() >= named
    assert not offered.keys() & {"units", "rate", "mode"}
    assert offered["stride"].startswith("step of the window")


def test_words_of_an_option_are_offered(server: LanguageServer) -> None:
    assert {"same", "valid"} <= server.completions(f"{CONV}padding: |}}\n").keys()
    assert server.completions(f"{TOP}  - type: reduce\n    mode: |\n").keys() == {"mean", "max", "sum"}


@pytest.mark.parametrize(
    ("entry", "column", "message"),
    [
        ("{type: conv, filters: 4, kernel: 3, strid: 2}", 41, "Property strid is not allowed."),
        ("{type: conv, filters: 4}", 5, 'Missing property "kernel".'),
        (
            "{type: conv, filters: 4, kernel: 3, padding: sane}",
            50,
            "expected a whole number from 0 to 1,000,000, a list of 1 to 6 of these or 'same' or 'valid',"
            " or an expression such as $width",
        ),
        ("{type: conv, filters: 4, kernel: 0}", 38, "Value is below the minimum of 1."),
        ("{name: a, filters: 4}", 5, 'Missing property "type".'),
        ("{type: relu, expect: {parms: 1}}", 27, "Property parms is not allowed."),
    ],
)
def test_a_mistake_is_marked_once_and_where_it_is(
    server: LanguageServer, entry: str, column: int, message: str
) -> None:
    assert server.problems(f"{TOP}  - {entry}\n") == [(3, column, message)]


def test_a_good_spec_has_no_marks(server: LanguageServer) -> None:
    lines = (
        "{type: conv, filters: 6 * $in, kernel: [3, $k], padding: same}",
        "{type: mine, any: 1, repeat: $n}",
    )
    block = "blocks:\n  mine: {params: {any: 1}, layers: [{type: relu}]}\n"
    assert server.problems(block + TOP + "".join(f"  - {line}\n" for line in lines)) == []
