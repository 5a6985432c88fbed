"""A repository to compare with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.commands.check.against import FAMILY, commit, git, spec, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def clean_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of this machine, and no hook that runs the tests."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}.items():
        monkeypatch.setenv(name, value)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "a")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.org")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean_git: None) -> Path:
    """A repository with one commit: two specs, and a YAML file that is none."""
    folder = tmp_path / "repository"
    (folder / "specs").mkdir(parents=True)
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch=main")
    write("specs/one.yaml", spec(name="one"))
    write("specs/two.yaml", FAMILY)
    write("specs/compose.yaml", "services: {web: {image: nginx}}\n")
    commit()
    return folder
