"""`cnnstat check --against REVISION`: which revisions there are, and what git is asked."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.check.against import FAMILY, became, commit, document, git, refused, spec, write
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path


def test_a_revision_that_there_is_not(here: Path) -> None:
    assert "there is no folder and no revision 'mian' here" in refused("specs", "--against", "mian")
    git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    assert "did you mean 'origin/trunk'?" in refused("specs", "--against", "trunk")
    assert became("specs", "--against", "origin/trunk")["specs/one.yaml"] == "same"


@pytest.mark.parametrize(
    "name",
    [
        "--upload-pack=touch pwned",
        "-h",
        "--output=pwned",
        "HEAD;touch pwned",
        "$(touch pwned)",
        "HEAD\nx",
        "HEAD:specs",
        "main..HEAD",
        "^HEAD",
        "",
    ],
)
def test_a_hostile_revision_is_none(here: Path, name: str) -> None:
    refused("specs", f"--against={name}")
    assert not list(here.rglob("pwned"))


def test_a_shallow_clone_says_what_is_missing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("specs/one.yaml", spec(3, "one"))
    commit()
    git("switch", "--quiet", "--create", "change")
    write("specs/one.yaml", spec(4, "one"))
    commit()
    clone = here.parent / "clone"
    git("clone", "--quiet", "--depth=1", "--branch=change", f"file://{here}", str(clone))
    monkeypatch.chdir(clone)
    said = refused("specs", "--against", "origin/main")
    assert "this clone is shallow and has no revision 'origin/main'" in said
    assert "'git fetch --depth=1 origin main' and --against FETCH_HEAD" in said
    assert "fetch-depth: 0" in said
    for relative in ("origin/main~1", "HEAD^", "main@{1}", "HEAD~2"):
        said = refused("specs", "--against", relative)
        assert "'git fetch --unshallow' fetches all of it" in said, relative
        assert "--depth=1 origin" not in said
    git("fetch", "--quiet", "--depth=1", "origin", "main")
    found = document("specs", "--against", "FETCH_HEAD")["files"][0]
    params = found["change"]["networks"][0]["figures"][0]
    assert (params["before"], params["after"]) == (30, 40)


def test_without_git_a_folder_is_enough(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here.parent / "old").mkdir()
    write(here.parent / "old" / "one.yaml", spec(1))
    monkeypatch.setenv("PATH", str(here))
    assert "git is not installed" in refused("specs", "--against", "HEAD")
    assert became("specs", "--against", "../old") == {"specs/one.yaml": "changed", "specs/two.yaml": "new"}


@pytest.mark.parametrize("folder", [".", "specs"])
def test_a_hook_of_git_in_a_folder_below_compares_with_the_same(
    here: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """For hooks of linked work trees git sets where its files are, and takes any folder for the root."""
    git("worktree", "add", "--quiet", "../linked")
    linked = here.parent / "linked"
    write(linked / "specs" / "one.yaml", spec(filters=9))
    monkeypatch.setenv("GIT_DIR", str(here / ".git" / "worktrees" / "linked"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(here / ".git" / "worktrees" / "linked" / "index"))
    monkeypatch.setenv("GIT_PREFIX", "")
    monkeypatch.chdir(linked / folder)
    changes = [each["change"] for each in document("--against", "HEAD")["files"]]
    assert [each["became"] for each in changes] == ["changed", "same"]
    assert [each["grown"] for each in changes[0]["networks"][0]["figures"]].count(True)


def test_where_there_is_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean_git: None
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    write("s.yaml", spec())
    assert "--against needs git: not a git repository" in refused("s.yaml", "--against", "HEAD")


def test_files_that_git_does_not_know(here: Path) -> None:
    outside = here.parent / "outside.yaml"
    write(outside, spec())
    found = document(str(outside), "lenet5", "specs/one.yaml", "--against", "HEAD")["files"]
    assert [each["change"]["became"] for each in found] == ["unknown", "unknown", "same"]
    assert found[0]["change"]["note"] == f"it is no file below {here.resolve()}"
    ended = within("check", str(outside), "--against", "HEAD")
    assert f"unknown: it is no file below {here.resolve()}" in ended.stdout


def test_the_repository_is_that_of_the_file_where_none_is_at_hand(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here.parent)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(here.parents[1]))
    assert became("repository/specs", "--against", "HEAD") == {
        "repository/specs/one.yaml": "same",
        "repository/specs/two.yaml": "same",
    }


def test_a_link_is_what_it_points_to(here: Path) -> None:
    (here / "link.yaml").symlink_to("specs/one.yaml")
    write("specs/one.yaml", spec(1, "one"))
    assert became("link.yaml", "--against", "HEAD") == {"link.yaml": "changed"}


@pytest.fixture(params=["a b", "line\nbreak", "tab\there", "–'\"$(x)", b"\xff\xfe", "::error::x", "-v", "*"])
def odd(request: pytest.FixtureRequest) -> str:
    return os.fsdecode(request.param) + ".yaml"


def test_odd_names(here: Path, odd: str) -> None:
    for name in (f"specs/{odd}", f"specs/gone {odd}"):
        write(name, spec(2 if name.startswith("specs/gone") else 3, "odd"))
    commit()
    (here / "specs" / f"gone {odd}").unlink()
    write(f"specs/{odd}", spec(4, "odd"))
    changed = became("specs", "--against", "HEAD")
    assert [name for name, what in changed.items() if what == "changed"] == [f"specs/{odd}"]
    assert [name for name, what in changed.items() if what == "removed"] == [f"specs/gone {odd}"]
    text = within("check", "specs", "--against", "HEAD").stdout
    assert "\n::" not in text
    assert text.count("\n") == text.count("\n", 0, text.rindex("\n")) + 1
    commit()
    git("mv", "--", f"specs/{odd}", f"specs/new {odd}")
    assert became("specs", "--against", "HEAD")[f"specs/new {odd}"] == "renamed"


def test_a_submodule_has_its_own_history(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = here.parent / "other"
    other.mkdir()
    git("init", "--quiet", folder=other)
    write(other / "s.yaml", spec())
    git("add", "--all", folder=other)
    git("commit", "--quiet", "--message=x", folder=other)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "sub")
    commit()
    found = document("sub", "specs/one.yaml", "--against", "HEAD")["files"]
    assert [each["change"]["became"] for each in found] == ["unknown", "same"]
    assert found[0]["change"]["note"] == "it is in another repository, sub"
    monkeypatch.chdir(here / "sub")
    assert became(".", "--against", "HEAD") == {"s.yaml": "same"}


def test_programs_that_a_repository_names_are_not_run(here: Path) -> None:
    ran = here / "ran"
    script = here / "script.sh"
    write(script, f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "diff.y.textconv", "diff.y.command", "core.pager"):
        git("config", key, str(script))
    write(".gitattributes", "*.yaml diff=y\n")
    write("specs/one.yaml", spec(5))
    ran.unlink(missing_ok=True)
    assert became("specs", "--against", "HEAD")["specs/one.yaml"] == "changed"
    assert not ran.exists()


def test_in_a_hook_and_in_a_linked_work_tree(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git tells a hook its folder and its index in the environment."""
    hook = here / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    write(
        hook,
        f"#!/bin/sh\nexec {sys.executable} -m cnnstat check specs --against HEAD --format json > out.json\n",
    )
    hook.chmod(0o755)
    git("worktree", "add", "--quiet", "../linked")
    for folder in (here, here.parent / "linked"):
        monkeypatch.chdir(folder)
        write("specs/one.yaml", spec(1, "one"))
        git("commit", "--quiet", "--all", "--message=x")
        found = json.loads((folder / "out.json").read_text())
        assert [each["change"]["became"] for each in found["files"]] == ["changed", "same"]


def test_several_processes_say_the_same(here: Path) -> None:
    write("specs/two.yaml", FAMILY.replace("filters: 4", "filters: 5"))
    one, two = (within("check", "specs", "--against", "HEAD", "--jobs", jobs).stdout for jobs in "12")
    assert one == two
    assert "against/grown" in one


def test_a_branch_that_is_nearly_called_so_is_named(here: Path) -> None:
    assert "no revision 'mian' here; did you mean 'main'?" in refused("specs", "--against", "mian")
    assert "'git fetch origin release' brings a branch" in refused("specs", "--against", "release")
