"""What every type, figure, command, format, convention, code and rule needs, listed at once by name.

This file runs first. What it lists is what is still to be added; docs/development.md says where.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import click
import msgspec
import pytest
from msgspec.structs import asdict

import cnnstat
from cnnstat import rules as of_check
from cnnstat.analysis.conventions import CONVENTIONS, Convention
from cnnstat.analysis.layer_kinds import WORKS, work_of
from cnnstat.analysis.measures import MEASURES
from cnnstat.base.figures import FIGURES
from cnnstat.base.pages import CODES, DEFINITIONS, words
from cnnstat.cli.group import COMMANDS, cli
from cnnstat.commands.trace.families import FAMILIES
from cnnstat.executor.kernels import KERNELS
from cnnstat.exporters.onnx.layers import WRITERS
from cnnstat.layers import LAYERS, manual
from cnnstat.layers.activation import Relu
from cnnstat.report.columns import COLUMNS
from cnnstat.report.render import FORMATS
from cnnstat.rules.rule import Rule
from cnnstat.spec import bundled
from tests import docs
from tests.analysis.test_conventions import BY_SOURCE
from tests.analysis.tool_prints import TOOLS
from tests.executor.cases import CASES
from tests.executor.reference import COMMAND, path_of, stored
from tests.fuzz.options import lacking
from tests.layers.by_hand import ACTIVATIONS, BY_HAND
from tests.layers.published import PUBLISHED
from tests.program import within
from tests.rules import found as of_rules
from tests.small import EVERY_TYPE
from tests.test_layout import CALCULATING, EXCEPTIONS, STORED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnnstat.layers import Layer

README = (docs.ROOT / "README.md").read_text(encoding="utf-8")
JSON = (docs.ROOT / "docs" / "json.md").read_text(encoding="utf-8")
WRITE = "run: python -m tests.docs"


UNSAID = ("opaque",)
"""Types that are not written to ONNX: what they stand for is not known."""


def types() -> Iterator[str]:
    """Yield what a layer type lacks."""
    written = docs.CATALOGUE.read_text(encoding="utf-8")
    rows = [line for _, line, _, _ in PUBLISHED + BY_HAND] + list(ACTIVATIONS)
    worked_out = {line.strip("{}").split(",")[0].removeprefix("type: ") for line in rows}
    standing = set(re.findall(r"type: (\w+)", EVERY_TYPE))
    cases = {case.type for case in CASES}
    for name, kind in LAYERS.items():
        page = list(_page(kind))
        yield from _lacking(
            name,
            *((False, what) for what in page),
            (name in KERNELS, "no kernel in cnnstat/executor/kernels/__init__.py"),
            (name in FAMILIES, "no trace in cnnstat/commands/trace/families/__init__.py"),
            (name in worked_out, "no row of figures worked out by hand in tests/layers/by_hand.py"),
            (name in WRITERS or name in UNSAID, "no line in WRITERS of cnnstat/exporters/onnx/layers.py"),
            (name in cases, "no reference case in tests/executor/cases.py, and no arrays of it"),
            (name in standing, "no place in the network of every type in tests/small.py"),
            *((False, what) for what in filter(None, [lacking(name)])),
            (page or manual.page(name, kind) in written, f"another page in docs/layers.md, or none; {WRITE}"),
        )
    for name in KERNELS.keys() - LAYERS:
        yield f"{name}: a kernel, but no layer in cnnstat/layers/__init__.py"
    for kind, count in Counter(LAYERS.values()).items():
        if count > 1:
            yield f"{kind.__name__}: one class, but {count} types"
    if set(re.findall(r"^## (\w+)", written, re.MULTILINE)) - LAYERS.keys():
        yield f"docs/layers.md: a page of a type that there is not; {WRITE}"
    made = {(path, case) for path in set(map(path_of, CASES)) for case in stored(path)}
    wanted = {(path_of(case), case.id) for case in CASES}
    for _, case in sorted(wanted - made):
        yield f"{case}: no reference arrays; run: {COMMAND}"
    for path, case in sorted(made - wanted):
        yield f"{case}: reference arrays in {path.name}, but no case; run: {COMMAND}"


def _lacking(name: str, *checks: tuple[object, str]) -> Iterator[str]:
    yield from (f"{name}: {what}" for there, what in checks if not there)


def _page(kind: type[Layer]) -> Iterator[str]:
    """Yield what a type's declaration lacks to be its manual page."""
    lines = inspect.cleandoc(kind.__doc__ or "").split("\n")
    if not lines[0].endswith(".") or any(lines[1:2]):
        yield "the docstring does not begin with a sentence on a line of its own"
    for title in ("Rule:", "Example:", "Reference:"):
        if title not in lines:
            yield f"no '{title}' in the docstring, which is its manual page"
    if not hasattr(kind, "family"):
        yield "no family"
    described = msgspec.json.schema(kind)["$defs"][kind.__name__]["properties"]
    for option in kind.__struct_fields__:
        if not described[option].get("description"):
            yield f"no description of the option '{option}'"


def figures() -> Iterator[str]:
    """Yield what a figure lacks."""
    found = json.loads(within("summary", "lenet5", "--format", "json").stdout)
    layer, totals = found["layers"][0].keys(), found["totals"].keys()
    parts = {"field_stride", "field_padding"}  # of receptive_field, in the JSON
    keys = {figure.layer_key or key: figure for key, figure in FIGURES.items()}
    for key, figure in keys.items():
        part, of_layers = key in parts, not figure.of_network
        yield from _lacking(
            key,
            (not of_layers or part or key in layer, "not in the JSON of a layer"),
            (part or key in totals or key == "leftover", "not in the JSON of the totals"),
            (not of_layers or key in COLUMNS or key == "operations", "no column in report/columns.py"),
            (part or f"`{key}`" in JSON, "not in docs/json.md"),
            (figure.key in DEFINITIONS, "no page in cnnstat/base/figures.toml"),
        )
    of_layer = {
        "name",
        "type",
        "inputs",
        "folded_layers",
        "leftover_input",
    }  # the last: a part of the leftover
    for key in (layer | totals | COLUMNS.keys()) - keys.keys() - of_layer:
        yield f"{key}: shown, but not in cnnstat/base/figures.py"
    for key in DEFINITIONS.keys() - FIGURES:
        yield f"{key}: a page in cnnstat/base/figures.toml, but no figure in cnnstat/base/figures.py"
    taken = Counter([*words(), *LAYERS, *bundled.names(), *CODES])
    yield from (f"{word}: means two things" for word, count in taken.items() if count > 1)


def commands() -> Iterator[str]:
    """Yield what a command lacks."""
    running = {pattern.split("/")[1] for pattern in EXCEPTIONS if pattern.startswith("commands/")}
    calculating = {line.split()[0] for line in CALCULATING}
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        options = [param for param in command.params if isinstance(param, click.Option)]
        formats = any(option.name == "form" for option in options)
        yield from _lacking(
            name,
            (f"cnnstat {name}" in README, "not in README.md"),
            (f"`{name}" in JSON or name == "summary" or not formats, "its JSON is not in docs/json.md"),
            (
                name in calculating | running | {*STORED} or not formats,
                "no line in CALCULATING of tests/test_layout.py",
            ),
            (command.help, "no help"),
            *((option.help or option.name == "form", f"no help of {option.opts[-1]}") for option in options),
        )
    for word in set(re.findall(r"(?:\$ |`|bin/)cnnstat ([a-z]+)", README)) - {*COMMANDS}:
        yield f"{word}: a command in README.md that there is not"


def formats() -> Iterator[str]:
    """Yield what a format lacks."""
    texts = {form: within("summary", "lenet5", "--format", form).stdout for form in FORMATS}
    for number, (form, text) in enumerate(texts.items()):
        if not text or text in [*texts.values()][:number]:
            yield f"{form}: no renderer of its own (cnnstat/report/render/__init__.py)"
    if f"`--format {'|'.join(FORMATS)}`" not in README:
        yield f"--format {'|'.join(FORMATS)}: not in README.md"


def conventions() -> Iterator[str]:
    """Yield what another tool's convention lacks, or has too much."""
    held = TOOLS | {row[2] for row in BY_SOURCE}
    for name, tool in CONVENTIONS.items():
        if name not in held:
            yield f"{name}: no figure of the tool in tests/analysis/test_conventions.py"
        if not (tool.tool and tool.prints and tool.source and tool.held):
            yield f"{name}: no version, name of its figure, or source"
        for kind in tool.nothing & tool.weights.keys():
            yield f"{name}: '{kind}' has weights and counts as nothing"
        for kind in (*tool.weights, *tool.weight_gradients, *tool.nothing):
            if kind not in LAYERS:
                yield f"{name}: there is no type '{kind}'"
        for kind, weights in (*tool.weights.items(), *tool.weight_gradients.items()):
            if not weights.keys() <= MEASURES.keys():
                yield f"{name}: '{kind}' is weighed by something that is no measure"
            if kind in LAYERS:
                yield from _lacking(f"{name}: '{kind}'", *_terms(kind, weights))


def _terms(kind: str, weights: dict[str, int]) -> Iterator[tuple[object, str]]:
    family = LAYERS[kind].family
    there = {kind, family} & WORKS.keys()
    yield there, f"neither it nor its family '{family}' has a term in analysis/layer_kinds.py"
    if there and "biases" in weights:
        yield work_of(kind, family).biases, "no term for its biases in analysis/layer_kinds.py"


def codes() -> Iterator[str]:
    """Yield what a problem's code lacks."""
    used = _used_codes()
    for key in used.keys() - CODES:
        yield f"{key}: no page in cnnstat/base/codes.toml (used in {', '.join(sorted(used[key]))})"
    for key, page in CODES.items():
        yield from _lacking(
            key,
            (key in used, "a page in cnnstat/base/codes.toml, but nobody uses it"),
            (page.title and page.meaning.endswith("."), "no title, or no meaning"),
            (page.way_out.endswith("."), "no way out"),
        )


@cache
def _used_codes() -> dict[str, set[str]]:
    """Return the codes that stand in the program, and in which files."""
    package = Path(cnnstat.__file__).parent
    used: dict[str, set[str]] = {}
    for path in package.rglob("*.py"):
        place = path.relative_to(package).as_posix()
        for code in _codes_in(ast.parse(path.read_text(encoding="utf-8"))):
            used.setdefault(code, set()).add(place)
    return used


_TAKING = ("Problem", "problem", "refuse")
"""Functions that take a code."""


def _codes_in(tree: ast.Module) -> Iterator[str]:
    """Yield the codes in a file: all strings that look like one, and all that are used as one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z]+/[a-z]+(-[a-z]+)*", str(node.value)):
            yield str(node.value)
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in _TAKING:
            yield from (str(first.value) for first in node.args[:1] if isinstance(first, ast.Constant))


def rules() -> Iterator[str]:
    """Yield what a rule of `check` lacks."""
    folder = Path(of_check.__file__).parent
    named = {name.replace("-", "_") for name in of_check.NAMES}
    written = docs.RULES.read_text(encoding="utf-8")
    for path in folder.glob("*.py"):
        if path.stem not in named and "\nRULE = " in path.read_text(encoding="utf-8"):
            yield f"{path.stem}: a rule, but not in NAMES of cnnstat/rules/__init__.py"
    for name, code in zip(of_check.NAMES, of_check.CODES, strict=True):
        if not (folder / f"{name.replace('-', '_')}.py").is_file():
            yield f"{name}: no file in cnnstat/rules"
            continue
        page, rule = of_check.manual(code), of_check.rule(code)
        beside = [path.with_suffix(".txt") for path in of_rules.specs(name)]
        there = [path.read_text(encoding="utf-8") for path in beside if path.is_file()]
        yield from _lacking(
            name,
            *((text, f"no '{part.title()}:' in the docstring") for part, text in asdict(page).items()),
            (rule.network or rule.family, "nothing that looks"),
            (sum(map(bool, there)) > 1, f"less than two bad specs in tests/rules/specs/{name}"),
            (there.count("") > 1, f"less than two good specs in tests/rules/specs/{name}"),
            *((path.is_file(), f"no {path.name} beside its spec") for path in beside),
            (of_check.page_of(code) in written, f"another page in docs/rules.md, or none; {WRITE}"),
        )
    for path in of_rules.FOLDER.iterdir():
        if path.name not in of_check.NAMES:
            yield f"{path.name}: specs in tests/rules/specs, but no rule"
    if set(re.findall(r"^## (rule/\S+)", written, re.MULTILINE)) - {*of_check.CODES}:
        yield f"docs/rules.md: a page of a rule that there is not; {WRITE}"


def numbers() -> Iterator[str]:
    """Yield the pages that count types and networks as they no longer are."""
    for path in docs.COUNTING:
        text = path.read_text(encoding="utf-8")
        if docs.counted(text) != text:
            yield f"{path.name}: another number of types, networks or files; {WRITE}"


@pytest.mark.parametrize("lacks", [types, figures, commands, formats, conventions, codes, rules, numbers])
def test_nothing_is_lacking(lacks: Callable[[], Iterator[str]]) -> None:
    if found := list(lacks()):
        pytest.fail("\n".join((f"{lacks.__name__}: {len(found)} to be added", *found)), pytrace=False)


def about(name: str, lacks: Callable[[], Iterator[str]]) -> list[str]:
    """Return what is listed of one type, figure or the like."""
    return [line.removeprefix(f"{name}: ") for line in lacks() if line.startswith(f"{name}: ")]


class Bare(Relu, frozen=True, kw_only=True):
    slope: bytes = b""


def test_all_that_a_new_type_lacks_is_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYERS, "bare", Bare)
    assert [line.split(" in ")[0] for line in about("bare", types)] == [
        "the docstring does not begin with a sentence on a line of its own",
        "no 'Rule:'",
        "no 'Example:'",
        "no 'Reference:'",
        "no description of the option 'slope'",
        "no kernel",
        "no trace",
        "no row of figures worked out by hand",
        "no line",
        "no reference case",
        "no place",
        "no strategy for options of the kind BytesType",
    ]


def test_a_code_without_a_page_and_a_page_without_a_code_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CODES, "shape/odd", CODES["shape/leftover"])
    monkeypatch.delitem(CODES, "shape/leftover")
    (unknown,), (unused,) = about("shape/leftover", codes), about("shape/odd", codes)
    assert unknown == "no page in cnnstat/base/codes.toml (used in layers/window.py)"
    assert unused == "a page in cnnstat/base/codes.toml, but nobody uses it"


def test_what_is_wrong_with_a_convention_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = {"flatten": {"outputs": 1}, "relu": {"biases": 1}, "nothing": {"size": 1}}
    tool = Convention("tool", "tool 1", "ops", "a file", weights, frozenset({"relu"}))
    monkeypatch.setitem(CONVENTIONS, "tool", tool)
    assert about("tool", conventions) == [
        "no figure of the tool in tests/analysis/test_conventions.py",
        "'relu' has weights and counts as nothing",
        "there is no type 'nothing'",
        "'flatten': neither it nor its family 'reshape' has a term in analysis/layer_kinds.py",
        "'relu': no term for its biases in analysis/layer_kinds.py",
        "'nothing' is weighed by something that is no measure",
    ]


def test_a_figure_that_is_shown_nowhere_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FIGURES, "weight", msgspec.structs.replace(FIGURES["macs"], key="weight"))
    assert about("weight", figures) == [
        "not in the JSON of a layer",
        "not in the JSON of the totals",
        "no column in report/columns.py",
        "not in docs/json.md",
        "no page in cnnstat/base/figures.toml",
    ]


def test_all_that_a_new_rule_lacks_is_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = ModuleType("cnnstat.rules.bare_rule")
    bare.RULE = Rule("info")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, bare.__name__, bare)
    monkeypatch.setattr(of_check, "NAMES", (*of_check.NAMES, "bare-rule", "no-rule"))
    monkeypatch.setattr(of_check, "CODES", (*of_check.CODES, "rule/bare-rule", "rule/no-rule"))
    monkeypatch.setattr(Path, "is_file", lambda path: path.stem == "bare_rule" or path.exists())
    assert about("no-rule", rules) == ["no file in cnnstat/rules"]
    assert about("bare-rule", rules) == [
        "no 'Title:' in the docstring",
        "no 'Why:' in the docstring",
        "no 'Source:' in the docstring",
        "no 'Bad:' in the docstring",
        "no 'Good:' in the docstring",
        "nothing that looks",
        "less than two bad specs in tests/rules/specs/bare-rule",
        "less than two good specs in tests/rules/specs/bare-rule",
        "another page in docs/rules.md, or none; run: python -m tests.docs",
    ]


def test_what_readme_does_not_say_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "README", "$ cnnstat dance\n")
    assert all("not in README.md" in about(name, commands) for name in COMMANDS)
    assert about("dance", commands) == ["a command in README.md that there is not"]
    assert about(f"--format {'|'.join(FORMATS)}", formats) == ["not in README.md"]
    assert docs.counted("7 layer\ntypes, 8 bundled networks in 9 files") == (
        f"{len(LAYERS)} layer\ntypes, {len(bundled.names())} bundled networks in"
        f" {len(list(bundled.folder().glob('*.yaml')))} files"
    )
