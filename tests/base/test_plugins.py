"""What other packages add, and what becomes of those that cannot be loaded."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.plugged import run_with, write

GOOD = '''
from typing import ClassVar
from cnnstat.layers.base import Layer
from cnnstat.executor.kernels.reshape import IDENTITY
from cnnstat.commands.trace.families.reshape import IDENTITY as TRACE

class Pass(Layer, frozen=True, kw_only=True):
    """What goes in comes out.

    Rule:
        y = x

    Example:
        {type: pass}

    Reference:
        none
    """

    family: ClassVar[str] = "identity"

class Odd(Pass, frozen=True, kw_only=True):
    pair: tuple[int, str] = (1, "a")
    either: dict[str, int] | None = None

KERNEL = IDENTITY
NUMBER = 3

def short(document, medium):
    return "".join(f"{each.code}\\n" for file in document.files for each in file.findings)

class Plain(Layer, frozen=True, kw_only=True):
    """It has no family."""

class Wordless(Layer, frozen=True, kw_only=True):
    family: ClassVar[str] = "identity"
'''

RULE = '''
"""A spec is too friendly.

Why:
    It is.

Source:
    Nobody.

Bad:
    name: hello

Good:
    name: goodbye
"""

from cnnstat.rules.rule import Found, Rule

def family(family):
    if family.name == "hello":
        yield Found("it greets", family.span)

RULE = Rule("warning", family=family)
'''

NETWORK = "def family(analysis):\n    raise ValueError('not today')\n\ndef other(family)"

LAYERS = {
    "pass": "good:Pass",
    "odd": "good:Odd",
    "b~c": "good:Pass",
    "plain": "good:Plain",
    "wordless": "good:Wordless",
    "number": "good:NUMBER",
    "nowhere": "good:Nowhere",
    "relu": "good:Pass",
    "broken": "broken:Layer",
    "leaving": "leaving:Layer",
    "lacking": "notthere:Layer",
}
WHY = {
    "pass": None,
    "odd": None,
    "b~c": "the name of a type has letters, digits, _ and -",
    "plain": "the class Plain has no 'family'",
    "wordless": "the docstring of Wordless, which is its manual page, has no 'Rule:'",
    "number": "3 is no subclass of cnnstat.layers.base.Layer",
    "nowhere": "AttributeError: module 'good' has no attribute 'Nowhere'",
    "relu": "'relu' is built in",
    "broken": "ValueError: not today",
    "leaving": "SystemExit: 4",
    "lacking": "ModuleNotFoundError: No module named 'notthere'",
}


WHY_NO_RULE = {
    "none": "<module 'good'> has no RULE that is a cnnstat.rules.rule.Rule",
    "bare": "the docstring of bare, which is its manual page, has no source",
    "no-citation": "'no-citation' is built in",
}


def _short(reason: str | None) -> str | None:
    """Return a reason without the paths of modules."""
    return reason and re.sub(r" from '[^']+'", "", reason)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where packages are installed whose plug-ins are good and bad in all ways."""
    folder = tmp_path_factory.mktemp("site")
    kernels = {"pass": "good:KERNEL", "plain": "good:NUMBER", "conv": "good:KERNEL"}
    groups = {
        "cnnstat.layers": LAYERS,
        "cnnstat.kernels": kernels,
        "cnnstat.traces": {"odd": "good:TRACE", "plain": "good:NUMBER", "conv": "good:TRACE"},
        "cnnstat.rules": {"hello": "friendly", "none": "good", "bare": "bare", "no-citation": "friendly"},
        "cnnstat.formats": {"short": "good:short", "number": "good:NUMBER", "text": "good:short"},
    }
    write(folder, "good", "1.2", groups, GOOD)
    (folder / "friendly.py").write_text(RULE)
    (folder / "bare.py").write_text(RULE.replace("Nobody.", ""))
    write(folder, "second", "0.1", {"cnnstat.layers": {"pass": "good:Pass"}})
    (folder / "broken.py").write_text("raise ValueError('not today')")
    (folder / "leaving.py").write_text("import sys; sys.exit(4)")
    return folder


def _without(folder: Path, code: str) -> str:
    """Return a configuration in which a code is off."""
    path = folder / "other.yaml"
    path.write_text(f"severity: {{{code}: 'off'}}\n")
    return str(path)


def spec(folder: Path, kind: str) -> str:
    path = folder / f"{kind}.yaml"
    path.write_text(
        f"input: [3, 8, 8]\nlayers:\n  - {{type: conv, filters: 4, kernel: 3}}\n  - type: {kind}\n"
    )
    return str(path)


def test_a_type_of_a_package_is_good_or_named_with_its_package_and_the_reason(folder: Path) -> None:
    specs = [spec(folder, kind) for kind in LAYERS]
    checked = json.loads(run_with(folder, "check", "--format", "json", *specs).stdout)
    found = {
        Path(file["file"]).stem: [
            (each["line"], each["column"], each["code"], each["message"]) for each in file["findings"]
        ]
        for file in checked["files"]
    }
    failed = {kind: why for kind, why in WHY.items() if why and kind != "relu"}
    came = "comes from package good 1.2, which cannot be loaded"
    assert found == {kind: [] for kind in ("pass", "odd", "relu")} | {
        kind: [(4, 11, "type/plugin", f"type '{kind}' {came}: {why}")] for kind, why in failed.items()
    }
    ended = run_with(folder, "summary", spec(folder, "broken"))
    assert f"broken.yaml:4:11: type/plugin: type 'broken' {came}: ValueError: not today\n" in ended.stderr
    assert ended.returncode == 1


def test_all_plugins_are_listed_and_those_that_failed_with_the_reason(folder: Path) -> None:
    ended = run_with(folder, "list", "--plugins", "--format", "json")
    assert ended.returncode == 0
    listed = json.loads(ended.stdout)["plugins"]
    why = {(each["package"], each["adds"], each["name"]): _short(each.get("failed")) for each in listed}
    assert why == {
        **{("good", "layer type", name): reason for name, reason in WHY.items()},
        ("good", "kernel", "pass"): None,
        ("good", "kernel", "plain"): "3 is no cnnstat.executor.kernel.Kernel",
        ("good", "kernel", "conv"): "'conv' is built in",
        ("good", "trace", "odd"): None,
        ("good", "trace", "plain"): "3 is no cnnstat.commands.trace.families.family.Family",
        ("good", "trace", "conv"): "'conv' is built in",
        ("good", "rule", "hello"): None,
        **{("good", "rule", name): reason for name, reason in WHY_NO_RULE.items()},
        ("good", "format of check", "short"): None,
        ("good", "format of check", "number"): "3 is no function of a document and a medium",
        ("good", "format of check", "text"): "'text' is built in",
        ("second", "layer type", "pass"): "'pass' is taken by package good 1.2",
    }
    table = run_with(folder, "list", "--plugins").stdout
    assert "What goes in comes out." in table
    assert "layer type broken of good: ValueError: not today\n" in table
    assert table.endswith("19 plug-ins cannot be loaded\n")


def test_every_command_that_asks_for_all_types_has_those_that_can_be_loaded(folder: Path) -> None:
    assert "What goes in comes out." in run_with(folder, "explain").stdout
    assert "What goes in comes out." in run_with(folder, "explain", "pass").stdout
    assert run_with(folder, "explain", "pass", "--format", "markdown").stdout.startswith("## pass\n")
    definitions = json.loads(run_with(folder, "schema").stdout)["$defs"]
    assert {"pass", "odd"} <= definitions.keys()
    assert "plain" not in definitions
    failed = run_with(folder, "explain", "broken")
    assert (
        "layer type 'broken' comes from package good 1.2, which cannot be loaded: ValueError" in failed.stderr
    )
    unknown = run_with(folder, "summary", spec(folder, "pas"))
    assert "unknown type 'pas'; did you mean 'pass'?" in unknown.stderr


def test_a_type_runs_with_the_kernel_of_its_package(folder: Path) -> None:
    ended = run_with(folder, "run", spec(folder, "pass"), "--check-grad")
    assert "proved: " in ended.stdout
    assert ended.returncode == 0


def test_a_type_is_traced_by_what_its_package_says(tmp_path: Path) -> None:
    kinds = ("whole", "lacking", "broken")
    groups = {
        "cnnstat.layers": dict.fromkeys(kinds, "good:Pass"),
        "cnnstat.kernels": dict.fromkeys(kinds, "good:KERNEL"),
        "cnnstat.traces": {"whole": "good:TRACE", "broken": "good:NUMBER"},
    }
    write(tmp_path, "good", "1.2", groups, GOOD)

    def traced(kind: str, at: str, *more: str) -> subprocess.CompletedProcess[str]:
        return run_with(tmp_path, "trace", spec(tmp_path, kind), "--at", at, "--unit", "0,0,0", *more)

    assert "back through whole1 (whole)" in traced("whole", "conv1", "--backward").stdout
    why = {
        "lacking": "layers of type 'lacking' have no trace: its package has to add one under",
        "broken": "the trace of 'broken' comes from package good 1.2, which cannot be loaded: 3 is",
    }
    for kind, said in why.items():
        for asked in ((f"{kind}1",), ("conv1", "--backward")):
            ended = traced(kind, *asked)
            assert said in " ".join(ended.stderr.split())
            assert ended.returncode == 2
        assert "value = " in traced(kind, "conv1").stdout


def test_a_type_without_a_kernel_that_can_be_loaded_is_refused_with_the_reason(tmp_path: Path) -> None:
    layers = {"pass": "good:Pass", "past": "good:Pass"}
    kernels = {"pass": "good:NUMBER"}
    write(tmp_path, "good", "1.2", {"cnnstat.layers": layers, "cnnstat.kernels": kernels}, GOOD)
    for kind, why in (
        ("pass", "; that of package good 1.2 cannot be loaded: 3 is no cnnstat.executor.kernel.Kernel"),
        ("past", ""),
    ):
        ended = run_with(tmp_path, "run", spec(tmp_path, kind))
        assert f"the executor has no kernel for {kind} (layer {kind}1{why})" in ended.stderr
        assert ended.returncode == 2


def test_check_has_rules_of_packages_and_names_those_that_cannot_be_loaded(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "hello.yaml"
    path.write_text("name: hello\ninput: [3, 8, 8]\nlayers:\n  - type: pass\n")
    found = run_with(folder, "check", "--format", "short", str(path))
    assert (found.stdout, found.returncode) == ("rule/hello\n", 1)
    assert [_short(line) for line in found.stderr.splitlines()] == [
        f"rule '{name}' comes from package good 1.2, which cannot be loaded: {reason}"
        for name, reason in sorted(WHY_NO_RULE.items())
    ]
    bad = run_with(folder, "check", "--format", "number", str(path))
    assert (
        "format 'number' comes from package good 1.2, which cannot be loaded: 3 is no function" in bad.stderr
    )
    assert bad.returncode == 2
    page = run_with(folder, "explain", "rule/none")
    assert "rule 'rule/none' comes from package good 1.2, which cannot be loaded: " in page.stderr
    assert "A spec is too friendly" in run_with(folder, "explain", "rule/hello").stdout
    (run,) = json.loads(run_with(folder, "check", "--format", "sarif", str(path)).stdout)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "rule/hello"
    assert rule["shortDescription"] == {"text": "A spec is too friendly."}
    assert rule["defaultConfiguration"] == {"level": "warning"}
    assert "rule/hello" in run_with(folder, "explain").stdout


def test_a_rule_of_a_package_that_fails_is_a_finding_and_the_others_go_on(tmp_path: Path) -> None:
    failing = RULE.replace('"it greets"', "family.greeting")
    of_networks = failing.replace("family=family", "network=family").replace("def family(family)", NETWORK)
    (tmp_path / "failing.py").write_text(failing)
    (tmp_path / "gloomy.py").write_text(of_networks)
    (tmp_path / "friendly.py").write_text(RULE)
    rules = {"a": "failing", "b": "friendly", "c": "gloomy"}
    write(tmp_path, "good", "1.2", {"cnnstat.rules": rules}, GOOD)
    path = tmp_path / "hello.yaml"
    path.write_text("name: hello\ninput: [3, 8, 8]\nlayers:\n  - type: relu\n  - type: relu\n")
    ended = run_with(tmp_path, "check", "--format", "json", str(path))
    found = [(each["code"], each["message"]) for each in json.loads(ended.stdout)["files"][0]["findings"]]
    why = "of package good 1.2 failed: AttributeError: 'Family' object has no attribute 'greeting'"
    assert found == [
        ("rule/b", "it greets"),
        ("rule/failed", f"rule/a {why}"),
        ("rule/activation-twice", found[2][1]),
    ]
    assert ended.returncode == 1
    off = run_with(tmp_path, "check", "--format", "json", "--config", _without(tmp_path, "rule/a"), str(path))
    found = [(each["code"], each["message"]) for each in json.loads(off.stdout)["files"][0]["findings"]]
    assert found[1] == ("rule/failed", "rule/c of package good 1.2 failed: ValueError: not today")


def test_a_block_has_its_name_whatever_is_installed(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "block.yaml"
    path.write_text("input: [3, 8, 8]\nblocks: {pass: {layers: [{type: relu}]}}\nlayers: [{type: pass}]\n")
    ended = run_with(folder, "summary", str(path))
    assert "relu" in ended.stdout
    assert ended.returncode == 0


def test_nobody_looks_for_plugins_who_needs_none() -> None:
    program = """
import sys
from cnnstat.cli.group import cli
for command in ("summary", "rf", "explain", "flops", "run"):
    cli.main([command, "lenet5"], standalone_mode=False)
cli.main(["summary", "resnet18"], standalone_mode=False)  # it has blocks
assert "importlib.metadata" not in sys.modules
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
