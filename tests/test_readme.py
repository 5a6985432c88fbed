"""Every example of README.md and of the pages in docs/ is run, and prints what the page shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import cnnstat

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    path.name: path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *ROOT.glob("docs/*.md"))
}
PYTHON = [
    (page, code)
    for page, text in PAGES.items()
    for code in re.findall(r"```python\n(import cnnstat\n.*?)```", text, re.DOTALL)
]
EXAMPLES = [
    example
    for text in PAGES.values()
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    for example in re.findall(r"^\$ (.*?)\n(.*?)(?=^\$ |\Z)", block, re.DOTALL | re.MULTILINE)
]
WRONG = (
    "input: [1, 28, 28]\nlayers:\n  - {type: conv, filter: 6, kernel: 5}\n  - {type: maxpool, kernel: 2}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    spec = re.search(r"```yaml\n(name: Tiny.*?)```", README, re.DOTALL)
    assert spec is not None
    (tmp_path / "tiny.yaml").write_text(spec[1], encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    for place in ("lectures", "docs/lectures"):  # as docs/lectures.md and README.md are read
        shutil.copytree(ROOT / "docs" / "lectures", tmp_path / place)
    return tmp_path


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_examples(command: str, shown: str, folder: Path) -> None:
    program, *arguments = shlex.split(command)
    assert program == "cnnstat"
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    ended = subprocess.run(
        [sys.executable, "-m", "cnnstat", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env=environment,
        check=False,
    )
    pattern = ".*?".join(re.escape(part) for part in re.split(r"\.\.\.(?=[:\nr ])\n?", shown))
    assert re.fullmatch(pattern, ended.stdout or ended.stderr, re.DOTALL), ended.stdout + ended.stderr


@pytest.mark.parametrize(("page", "code"), PYTHON, ids=[f"{page}-{i}" for i, (page, _) in enumerate(PYTHON)])
def test_the_python_examples_run(page: str, code: str, folder: Path) -> None:
    """The last thing printed stands behind the last line, or the lines, that print it."""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        check=True,
    )
    shown = re.findall(r"  # (.*)$", code, re.MULTILINE)
    assert shown
    last = ended.stdout.splitlines()[-1]
    assert last == shown[-1] or shown[-1].startswith(f"{last}:")


def test_examples_of_the_manual_are_specs() -> None:
    text = (Path(__file__).parents[1] / "docs" / "spec.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (blocks,) = (example for example in examples if example.startswith("blocks:"))
    checked = 0
    for example in examples:
        keys = yaml.safe_load(example).keys()
        if keys >= {"input", "layers"}:
            cnnstat.analyze(cnnstat.loads(example))
        elif keys == {"layers"}:  # of a network that the blocks above belong to
            cnnstat.analyze(cnnstat.loads(f"input: [64, 56, 56]\n{blocks}{example}"))
        else:
            continue
        checked += 1
    assert checked >= 3


def test_the_experiment_of_regnet_is_one_command(folder: Path) -> None:
    """As README.md has it, but for fewer models."""
    found = re.search(r"<!-- command: sweep -->\n```sh\ncnnstat (.*?)\n```", README, re.DOTALL)
    assert found is not None
    words = shlex.split(found[1])
    words[words.index("--matches") + 1] = "3"
    words[-1] = words[-1].replace(".svg", ".json")
    ended = subprocess.run(
        [sys.executable, "-m", "cnnstat", *words], capture_output=True, text=True, cwd=folder, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert re.search(r"meet the conditions +3 of ", ended.stdout)
    assert (folder / "regnet.duckdb").stat().st_size > 10_000
    assert '"networks with at most so much"' in (folder / "regnet.json").read_text(encoding="utf-8")
