"""The pictures in the documents are what the commands beside them draw today."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.program import within

DOCS = Path(__file__).parents[3] / "docs"
COMMANDS = re.findall(r"^cnnstat (plot .*)$", (DOCS / "plot.md").read_text(encoding="utf-8"), re.MULTILINE)


def texts(file: Path) -> list[str]:
    """Return what is written in a picture: how it is drawn depends on the version of vl-convert, too."""
    tree = ElementTree.parse(file)
    return ["".join(each.itertext()) for each in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_a_picture_is_what_its_command_draws(command: str, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="the extra draw")
    *arguments, name = shlex.split(command)
    ended = within(*arguments, str(tmp_path / name))
    assert ended.returncode == 0, ended.stderr
    shown = texts(tmp_path / name)
    assert len(shown) > 10
    assert shown == texts(DOCS / "pictures" / name)
