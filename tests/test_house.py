"""The rules of the house: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cnnstat

PACKAGE = Path(cnnstat.__file__).parent
FLOORS = (
    ("arithmetic", "errors", "figures", "limits", "bundled", "spec_file", "synonyms"),
    ("spec",),
    ("layers",),
    ("unfold",),
    ("graph",),
    ("analysis",),
    ("api",),
    ("run",),
    ("files",),
    ("crossing",),
    ("verification",),
    ("report",),
    ("cli",),
)
"""From the ground up: a file imports its own floor and those below. `run` imports itself alone."""

ONLY = {
    "yaml": {"spec/document.py"},
    "rich": {"report/terminal.py", "report/progress.py"},
    "click": {f"cli/{path.name}" for path in (PACKAGE / "cli").glob("*.py")},
    "numpy": {f"run/{path.name}" for path in (PACKAGE / "run").glob("*.py")} - {"run/__init__.py"}
    | {f"files/{name}.py" for name in ("matching", "npy", "numbers", "pictures", "tensors")},
    "PIL": {"files/pictures.py"},
    "safetensors": {"files/tensors.py"},
}
"""Which files may import a library."""


def files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "architectures" not in path.parts)


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
            if node.module == "cnnstat":
                found.update(f"cnnstat.{alias.name}" for alias in node.names)
    return found


def floor(part: str) -> int:
    return next(number for number, parts in enumerate(FLOORS) if part in parts)


def test_every_file_stands_on_a_floor() -> None:
    known = {part for parts in FLOORS for part in parts} | {"__init__", "__main__"}
    parts = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in files()}
    assert parts == known


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if part.startswith("__"):
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "cnnstat" and len(parts) > 1 and not parts[1].startswith("__"):
            assert floor(parts[1]) <= floor(part), f"{path.name} imports {name} from above"


@pytest.mark.parametrize("path", sorted((PACKAGE / "run").glob("*.py")), ids=lambda p: p.name)
def test_the_done_hall_imports_numpy_and_itself(path: Path) -> None:
    known = {"cnnstat.run", "numpy", *sys.stdlib_module_names}
    for name in imports(path):
        package = ".".join(name.split(".")[:2]) if name.startswith("cnnstat") else name.split(".")[0]
        assert package in known, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "files").glob("*.py")), ids=lambda p: p.name)
def test_files_know_nothing_of_specs(path: Path) -> None:
    known = {"cnnstat", "cnnstat.files", "cnnstat.run", "cnnstat.errors"}
    assert {".".join(name.split(".")[:2]) for name in imports(path) if name.startswith("cnnstat")} <= known


@pytest.mark.parametrize("library", ONLY)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    users = {
        str(path.relative_to(PACKAGE))
        for path in files()
        if any(name.split(".")[0] == library for name in imports(path))
    }
    assert users <= ONLY[library]


TELLING = {
    **dict.fromkeys(
        (
            *("summary lenet5", "rf lenet5", "sizes lenet5", "diff lenet5 vgg16", "list"),
            *("flops lenet5", "flops lenet5 --training", "flops lenet5 --conventions"),
        ),
        ("table", "json", "csv", "markdown"),
    ),
    **dict.fromkeys(
        ("explain lenet5", "explain lenet5 --quiz --answers", "explain conv", "explain macs"),
        ("table", "json", "markdown"),
    ),
}
"""The commands that run nothing, and their formats."""


@pytest.mark.parametrize("command", TELLING)
def test_telling_needs_neither_numpy_nor_rich(command: str) -> None:
    program = f"""
import sys
from cnnstat.cli import cli
for form in {TELLING[command]}:
    cli.main([*{command.split()}, "--format", form], standalone_mode=False)
    assert not {{"numpy", "rich"}} & set(sys.modules), form  # colour needs rich, a pipe does not
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
