"""docs/plugin-example as its users have it: a package, installed into an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "plugin-example"
SPEC = str(EXAMPLE / "maxout.yaml")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return what runs the program where the package is installed.

    The environment has what this one has, by a list of its paths, so that nothing is downloaded.
    """
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    python = str(folder / "bin" / "python")
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "here.pth").write_text("\n".join([str(ROOT), *filter(None, sys.path)]))
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    _run(*pip, "--no-deps", "--no-index", "--no-build-isolation", "--target", str(site), str(EXAMPLE))
    return lambda *arguments, of="-mcnnstat": subprocess.run(
        [python, of, *arguments], capture_output=True, text=True, check=False
    )


def _run(*command: str) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_it_is_calculated_explained_and_proved(installed: Run) -> None:
    summary = json.loads(installed("summary", SPEC, "--format", "json").stdout)
    shapes = {layer["name"]: layer["output_shape"] for layer in summary["layers"]}
    assert (shapes["conv2"], shapes["maxout2"], shapes["maxout3"]) == ([32, 10, 10], [8, 10, 10], [8])
    assert "output channels = channels/pieces" in installed("explain", "maxout").stdout
    assert "maxout" in json.loads(installed("schema").stdout)["$defs"]
    proved = installed("run", SPEC, "--check-grad")
    assert proved.returncode == 0
    assert proved.stdout.splitlines()[-1].startswith("proved: ")
    assert proved.stdout.splitlines()[-1].endswith(", 20 gradients are right")
    assert "left out  maxout: " in installed("flops", SPEC, "--conventions").stdout


def test_its_units_are_traced(installed: Run) -> None:
    """Its values, and the shares of its gradients, are those of the run."""
    for at, unit in (("maxout2", "7,9,9"), ("conv2", "29,1,9"), ("maxout3", "3"), ("hidden", "17")):
        asked = ("trace", SPEC, "--at", at, "--unit", unit, "--backward", "--format", "json")
        found = json.loads(installed(*asked).stdout)
        assert found["working"]["value"] == pytest.approx(found["executed"], rel=1e-12)
        back = found["backward"]
        assert back["gradient"] == pytest.approx(back["executed"], rel=1e-12, abs=1e-15)
        if at in ("conv2", "hidden"):
            assert back["shares"][0]["type"] == "maxout"
    text = installed("trace", SPEC, "--at", "maxout3", "--unit", "3").stdout
    assert "input: units 15 to 19" in text


def test_check_has_its_rule_and_its_format(installed: Run, tmp_path: Path) -> None:
    path = tmp_path / "twice.yaml"
    path.write_text("name: a\ninput: [4, 8, 8]\nlayers:\n  - type: maxout\n  - {type: relu}\n")
    found = installed("check", "--format", "azure", str(path), SPEC)
    assert found.stdout == (
        f"##vso[task.logissue type=warning;sourcepath={path};linenumber=5;columnnumber=12;"
        "code=rule/activation-after-maxout]'relu1' is an activation of 'maxout1', a maxout, which is one"
        " already\n"
    )
    assert found.returncode == 1
    assert "Goodfellow" in installed("explain", "rule/activation-after-maxout").stdout
    assert installed("check", SPEC).stdout.startswith("1 file, 1 network: nothing found")


def test_all_that_it_brings_is_listed(installed: Run) -> None:
    listed = json.loads(installed("list", "--plugins", "--format", "json").stdout)["plugins"]
    assert [(each["adds"], each["name"], each.get("failed")) for each in listed] == [
        ("layer type", "maxout", None),
        ("kernel", "maxout", None),
        ("trace", "maxout", None),
        ("rule", "activation-after-maxout", None),
        ("format of check", "azure", None),
    ]


def test_its_type_is_drawn_by_the_fuzzers(installed: Run) -> None:
    program = "from tests.fuzz.options import TYPES, lacking; print('maxout' in TYPES, lacking('maxout'))"
    assert installed(program, of="-c").stdout == "True None\n"
