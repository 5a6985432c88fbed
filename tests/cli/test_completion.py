"""What a shell completes, asked as click's scripts for shells ask it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from cnnstat import rules
from cnnstat.cli import completion
from cnnstat.cli.group import COMMANDS, cli
from cnnstat.layers import plugged
from cnnstat.spec import bundled
from tests.program import run

if TYPE_CHECKING:
    from pathlib import Path

FAMILY = """input: [3, 8, 8]
params: {width: 4, deep: false}
variants:
    wide: {params: {width: 8}}
    narrow: {params: {width: 2}}
layers:
  - {name: stem, type: conv, filters: $width, kernel: 3}
  - {name: tail, type: relu, repeat: 2}
"""


def offered(*words: str) -> list[str]:
    """Return the words that are offered for the last one; a file stands for whatever the shell finds."""
    *before, incomplete = words
    found = ShellComplete(cli, {}, "cnnstat", completion.VARIABLE).get_completions(before, incomplete)
    return [f"<{each.type}>" if each.type != "plain" else each.value for each in found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "family.yaml").write_text(FAMILY)
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "bad.yaml").write_text("input: [3, 8, 8]\nlayers: [")
    return tmp_path


def test_words_of_other_packages_are_topics_of_explain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules.PLUGINS, "every", lambda: {"of-a-plug-in": None})
    monkeypatch.setattr(plugged.PLUGINS, "every", lambda: {"maxout-of-a-plug-in": None})
    assert offered("explain", "rule/of") == ["rule/of-a-plug-in"]
    assert offered("explain", "maxout") == ["maxout-of-a-plug-in"]


def test_commands_and_options() -> None:
    assert offered("") == list(COMMANDS)
    assert offered("su") == ["summary"]
    assert "--depth" in offered("summary", "lenet5", "--")
    assert offered("summary", "lenet5", "--format", "") == ["table", "json", "csv", "markdown"]


@pytest.mark.usefixtures("folder")
def test_specs_are_bundled_networks_and_files_at_hand() -> None:
    assert offered("summary", "") == [*bundled.names(), "bad.yaml", "family.yaml"]
    assert offered("summary", "squeeze") == ["squeezenet1.0", "squeezenet1.1"]
    assert offered("diff", "lenet5", "fam") == ["family.yaml"]
    assert offered("explain", "conv") == ["conv", *(each for each in bundled.names() if each[:4] == "conv")]
    assert offered("explain", "shape/lef") == ["shape/leftover"]
    assert offered("explain", "repe") == ["repeat"]


@pytest.mark.usefixtures("folder")
def test_anything_else_is_left_to_the_shell() -> None:
    assert offered("summary", "../ot") == offered("summary", "notes") == ["<file>"]
    assert offered("check", "") == offered("run", "lenet5", "--weights", "") == ["<file>"]


@pytest.mark.usefixtures("folder")
def test_variants_behind_a_sign() -> None:
    assert offered("summary", "family.yaml#") == ["family.yaml#wide", "family.yaml#narrow"]
    assert offered("summary", "./family.yaml#w") == ["./family.yaml#wide"]
    assert "vgg#vgg16" in offered("run", "vgg#")
    assert offered("summary", "bad.yaml#") == offered("summary", "none.yaml#") == []


@pytest.mark.usefixtures("folder")
def test_layers_of_the_network_on_the_line() -> None:
    assert offered("explain", "resnet18", "la") == [f"layer{i}" for i in range(1, 5)]
    assert offered("explain", "resnet18", "conv1", "layer2.") == ["layer2.0", "layer2.1"]
    assert offered("rf", "family.yaml", "--at", "") == ["stem", "tail"]
    assert offered("trace", "family.yaml", "--at", "") == ["input", "stem", "tail"]
    assert offered("rf", "family.yaml", "--unit", "1,1", "--at", "tail.") == ["tail.0", "tail.1"]
    assert offered("explain", "bad.yaml", "") == offered("explain", "-", "") == []


@pytest.mark.usefixtures("folder")
def test_parameters_of_the_network_on_the_line() -> None:
    assert offered("summary", "family.yaml", "--set", "") == ["width=", "deep="]
    assert offered("summary", "family.yaml", "--set", "width=8", "--set", "d") == ["deep="]


def test_the_program_answers_a_shell_and_says_nothing_of_a_line_that_is_wrong() -> None:
    for words, expected in (
        ("cnnstat summary squeeze", "plain,squeezenet1.0\nplain,squeezenet1.1\n"),
        ("cnnstat nothing x", ""),
        ("cnnstat summary lenet5 --nothing zz", "file,zz\n"),
    ):
        count = str(len(words.split()) - 1)
        asked = {"COMP_WORDS": words, "COMP_CWORD": count, completion.VARIABLE: "bash_complete"}
        ended = run(env=asked)
        assert (ended.stdout, ended.stderr) == (expected, "")


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_takes_what_the_program_offers(tmp_path: Path) -> None:
    program = tmp_path / "cnnstat"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m cnnstat \"$@\"\n")
    program.chmod(0o755)
    script = f"""
PATH='{tmp_path}':$PATH
eval "$({completion.VARIABLE}=bash_source cnnstat)"
complete -p cnnstat
COMP_WORDS=(cnnstat summary squeeze) COMP_CWORD=2
_cnnstat_completion cnnstat
echo "${{COMPREPLY[@]}}"
"""
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    registered, replied = ended.stdout.splitlines()
    assert registered.endswith("-F _cnnstat_completion cnnstat")
    assert replied == "squeezenet1.0 squeezenet1.1"
    assert ended.stderr == ""


def test_a_start_does_not_wait_for_what_shells_ask() -> None:
    program = """
import sys
from cnnstat.cli.group import cli
cli.main(["summary", "lenet5"], standalone_mode=False)
assert "click.shell_completion" not in sys.modules
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
