"""The layout of the house in one table: what each folder may import, and who may use a library."""

from __future__ import annotations

import ast
import subprocess
import sys
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

import cnnstat
from cnnstat.cli.group import COMMANDS, folder_of

PACKAGE = Path(cnnstat.__file__).parent

CORE = ("base", "spec", "layers", "importers", "graph", "analysis", "rules", "report")
LAYOUT: dict[str, tuple[str, ...]] = {
    "base": (),
    "spec": ("base",),
    "layers": ("base", "spec"),
    "importers": ("base", "spec", "layers"),
    "graph": ("base", "spec", "layers", "importers"),
    "analysis": ("base", "spec", "layers", "graph"),
    "rules": ("base", "spec", "layers", "graph", "analysis"),
    "exporters": ("base", "spec", "layers", "graph", "analysis"),
    "report": ("base", "spec", "layers", "graph", "analysis"),
    "page": ("base",),
    "cli": CORE,
    "sweeps": (*CORE, "cli"),
    "commands": (*CORE, "page", "cli", "sweeps"),
    "executor": (),
    "tensors": ("base", "executor"),
    "bridge": ("base", "spec", "layers", "importers", "graph", "analysis", "executor", "tensors"),
}
"""Each folder and the others it may import; itself always."""

EXCEPTIONS = {
    "importers/onnx/nodes/notes.py": ("exporters",),
    "commands/run/*": ("executor", "tensors", "bridge", "exporters"),
    "commands/export/*": ("executor", "tensors", "bridge", "exporters"),
    "commands/trace/*": ("executor", "bridge"),
    "commands/report/*": ("bridge",),
    "commands/check/execution.py": ("bridge",),
    "commands/list/plugins_document.py": ("executor",),
    "commands/serve/answers.py": ("bridge", "exporters"),
}
"""Files that may import more."""

SHARED = {
    "commands/check/execution.py": ("run",),
    "commands/diff/command.py": ("draw",),
    "commands/diff/picture.py": ("draw",),
    "commands/export/network.py": ("import_",),
    "commands/query/command.py": ("sweep",),
    "commands/list/plugins_document.py": ("check", "trace"),
    "commands/sweep/charts.py": ("plot",),
    "commands/sweep/chart_files.py": ("draw", "plot"),
    "commands/plot/colours.py": ("draw",),
    "commands/plot/command.py": ("draw", "sizes"),
    "commands/plot/files.py": ("draw",),
    "commands/plot/layer_chart.py": ("draw",),
    "commands/plot/roofline_chart.py": ("draw",),
    "commands/plot/size_chart.py": ("sizes",),
    "commands/report/*": ("check", "diff", "draw", "explain", "flops", "plot", "run", "summary", "trace"),
    "commands/serve/*": (*("check", "explain", "export", "flops", "import_", "report", "schema"),),
}
"""Files that may import another command: what it does is part of what they do."""

LIBRARIES = {
    "yaml": ("spec/document.py",),
    "rich": ("report/render/terminal.py", "cli/progress.py"),
    "click": ("cli/*", "commands/*/command.py", "sweeps/question/options.py"),
    "numpy": (
        "executor/*",
        "exporters/onnx/*",
        "importers/onnx/*",
        "importers/torch_export/*",
        "commands/run/onnx_runtime.py",
        "commands/run/opinion.py",
        "commands/run/pytorch_engine.py",
        *(
            f"tensors/{name}.py"
            for name in ("matching", "npy", "numbers", "other_names", "pictures", "safetensors")
        ),
    ),
    "onnx": ("exporters/onnx/library.py", "importers/onnx/*"),
    "onnxruntime": ("commands/run/onnx_runtime.py",),
    "torch": ("importers/torch_export/*", "commands/run/pytorch_engine.py"),
    "psutil": ("bridge/memory_limit.py", "commands/serve/workers.py", "commands/serve/worker_process.py"),
    "pathspec": ("commands/check/configuration.py",),
    "PIL": ("tensors/pictures.py",),
    "safetensors": ("tensors/safetensors.py",),
    "pygraphviz": ("commands/draw/libraries.py",),
    "vl_convert": ("commands/draw/libraries.py",),
    "starlette": ("commands/serve/*",),
    "uvicorn": ("commands/serve/server.py", "commands/serve/connections.py"),
    "scipy": ("commands/fit/optimiser.py",),
    "duckdb": ("sweeps/libraries.py",),
    "pyarrow": ("sweeps/libraries.py",),
    "distributed": ("sweeps/libraries.py",),
}
"""Which files may import a library."""


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


FILES = sorted(
    (path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE and "architectures" not in path.parts),
    key=place,
)


@cache
def imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
            if node.module in ("cnnstat", "cnnstat.commands"):
                found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def allowed(path: Path) -> set[str]:
    folder = place(path).split("/")[0]
    more = [name for pattern, names in EXCEPTIONS.items() if fnmatch(place(path), pattern) for name in names]
    return {folder, *LAYOUT[folder], *more}


def shared(path: Path) -> list[str]:
    return [name for pattern, names in SHARED.items() if fnmatch(place(path), pattern) for name in names]


def test_every_folder_stands_in_the_table() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert folders - {"__pycache__", "architectures"} == set(LAYOUT)
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("path", FILES, ids=place)
def test_a_file_imports_only_what_its_folder_may(path: Path) -> None:
    own = place(path).split("/")
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "cnnstat" or len(parts) == 1 or parts[1].startswith("__"):
            continue
        assert parts[1] in allowed(path), f"{place(path)} imports {name}"
        if parts[1] == own[0] == "commands" and len(parts) > 2:
            shared = (
                name for pattern, names in SHARED.items() if fnmatch(place(path), pattern) for name in names
            )
            assert parts[2] in (own[1], *shared), f"{place(path)} imports another command: {name}"


SWEEPS = ("cells", "libraries", "networks", "selection", "output", "store", "workers", "question")
"""The library of sweeps, in the order of docs/development.md."""


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith("sweeps/")], ids=place)
def test_a_part_of_sweeps_imports_only_those_above_it(path: Path) -> None:
    parts = [name.split(".")[2] for name in imports(path) if name.startswith("cnnstat.sweeps.")]
    if path.name != "__init__.py":
        above = SWEEPS[: SWEEPS.index(place(path).split("/")[1].removesuffix(".py")) + 1]
        assert [part for part in parts if part not in above] == []


@pytest.mark.parametrize(("table", "within"), [(EXCEPTIONS, 1), (SHARED, 2)], ids=["more", "commands"])
def test_what_is_allowed_is_needed(table: dict[str, tuple[str, ...]], within: int) -> None:
    for pattern, names in table.items():
        users = [path for path in FILES if fnmatch(place(path), pattern)]
        used = {
            part for user in users for name in imports(user) for part in name.split(".")[within : within + 1]
        }
        assert [name for name in names if name not in used] == [], pattern


@pytest.mark.parametrize("path", [path for path in FILES if place(path).startswith("executor/")], ids=place)
def test_the_executor_imports_numpy_and_itself(path: Path) -> None:
    known = {"cnnstat", "numpy", *sys.stdlib_module_names}
    assert {name.split(".")[0] for name in imports(path)} <= known


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    users = [place(path) for path in FILES if any(name.split(".")[0] == library for name in imports(path))]
    assert users, f"nobody imports {library}"
    assert [user for user in users if not any(fnmatch(user, each) for each in LIBRARIES[library])] == []


def test_each_command_has_a_folder_of_its_name() -> None:
    folders = {path.parent.name for path in (PACKAGE / "commands").glob("*/command.py")}
    assert folders == {*map(folder_of, COMMANDS)}
    assert folders == {path.name for path in (PACKAGE / "commands").iterdir() if path.is_dir()} - {
        "__pycache__"
    }


def test_no_submodule_bears_the_name_of_a_public_one() -> None:
    """Importing `cnnstat.diff` as a module would overwrite the function."""
    modules = {path.stem for path in PACKAGE.iterdir()}
    assert not modules & {name for name in cnnstat.__all__ if not name.startswith("__")}


def test_tests_mirror_the_package() -> None:
    """A folder of tests is named after the folder of the package that it is about."""
    tests = Path(__file__).parent
    known = {place(path.parent) for path in FILES} | {place(path.parents[1]) for path in FILES}
    others = {
        "__pycache__",
        "benchmarks",
        "fuzz",
        "hostile",
        "metamorphic",
        "models",
        "reference",
        "specs",
        "zoo",
    }
    for folder in (path for path in tests.rglob("*") if path.is_dir()):
        name = folder.relative_to(tests).as_posix()
        if not others & {*name.split("/")}:
            assert name in known, f"tests/{name}"


CALCULATING = {
    **dict.fromkeys(
        (
            *("summary lenet5", "rf lenet5", "sizes lenet5", "diff lenet5 vgg16", "list"),
            *("flops lenet5", "flops lenet5 --training", "flops lenet5 --conventions"),
        ),
        ("table", "json", "csv", "markdown"),
    ),
    "check lenet5": ("text", "json", "github", "gitlab", "junit", "sarif", "markdown"),
    "fit mobilenet-v1 --vary width=1,2 --most macs": ("table", "json", "csv", "markdown"),
    "sweep mobilenet-v1 --vary width=1,2": ("table", "json", "csv", "markdown", "jsonl"),
    **dict.fromkeys(
        ("explain lenet5", "explain lenet5 --quiz --answers", "explain conv", "explain macs"),
        ("table", "json", "markdown"),
    ),
}
"""The commands that run nothing, and their formats."""

STORED = ("query",)
"""The commands that read a file by a library of its own."""


@pytest.mark.parametrize("command", CALCULATING)
def test_calculating_needs_neither_numpy_nor_rich(command: str) -> None:
    program = f"""
import sys
from functools import cache
from cnnstat.cli.group import cli
from cnnstat.commands.list import command
command.analyze = cache(command.analyze)  # `list` asks for every network, in each of its formats
for form in {CALCULATING[command]}:
    cli.main([*{command.split()}, "--format", form], standalone_mode=False)
    assert not {{"numpy", "rich", "onnx", "torch"}} & set(sys.modules), form  # colour alone needs rich
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
