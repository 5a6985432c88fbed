"""`cnnstat check --against FOLDER`, and what is compared of a folder or a revision."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.check.against import became, commit, document, git, refused, spec, write


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("old/deep", "new/deep"):
        Path(name).mkdir(parents=True)
    write("old/same.yaml", spec())
    write("new/same.yaml", spec())
    write("old/deep/changed.yaml", spec(3))
    write("new/deep/changed.yaml", spec(2))
    write("old/former.yaml", spec(5))
    write("new/latter.yaml", spec(5))
    write("old/gone.yaml", spec(6))
    write("old/compose.yaml", "services: {}\n")
    write("new/new.yaml", spec(7))


def test_a_folder_answers_to_the_one_that_is_checked(folders: None) -> None:
    assert became("new", "--against", "old") == {
        "new/deep/changed.yaml": "changed",
        "new/latter.yaml": "renamed",
        "new/new.yaml": "new",
        "new/same.yaml": "same",
        "new/gone.yaml": "removed",
    }


def test_or_to_the_folder_at_hand(folders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("new")
    assert became("deep/changed.yaml", "same.yaml", "--against", "../old") == {
        "deep/changed.yaml": "changed",
        "same.yaml": "same",
    }


def test_what_the_configuration_excludes_is_not_removed(folders: None) -> None:
    write(".cnnstat.yaml", "exclude: [gone.yaml]\n")
    assert "new/gone.yaml" not in became("new", "--against", "old")


@pytest.mark.parametrize("against", ["HEAD", "../before"])
def test_what_the_configuration_includes_was_a_spec_then_as_well(here: Path, against: str) -> None:
    write(".cnnstat.yaml", "include: ['*.net', 'bare.yaml']\n")
    for name in ("same.net", "other.net", "gone.net", "old.net", "gone.yaml"):
        write(f"specs/{name}", spec(name=name))
    write("bare.yaml", "name: no key of a spec\n")
    commit()
    shutil.copytree(here, here.parent / "before", ignore=shutil.ignore_patterns(".git"))
    write("specs/other.net", spec(3))
    for name in ("specs/gone.net", "specs/gone.yaml", "bare.yaml"):
        Path(name).unlink()
    Path("specs/old.net").rename("specs/new.net")
    git("add", "--all")
    found = document("--against", against)
    became = {each["file"]: each["change"]["became"] for each in found["files"]}
    assert became == {
        "specs/new.net": "renamed",
        "specs/other.net": "changed",
        "specs/same.net": "same",
    }
    assert found["removed"] == ["bare.yaml", "specs/gone.net"]


def test_a_folder_and_a_revision_of_one_name(here: Path) -> None:
    (here / "main").mkdir()
    assert "'main' is a folder and a revision; write ./main or heads/main" in refused(
        "specs", "--against", "main"
    )
    assert set(became("specs", "--against", "heads/main").values()) == {"same"}
    assert set(became("specs", "--against", "./main").values()) == {"new"}


def test_what_is_mended_is_what_is_compared(here: Path) -> None:
    layers = "layers: [{type: conv, filters: 2, kernel: 3}, {type: batch_norm}]\n"
    write("specs/one.yaml", f"input: [1, 8, 8]\n{layers}")
    commit()
    found = document("specs/one.yaml", "--against", "HEAD", "--fix")["files"][0]
    params = found["change"]["networks"][0]["figures"][0]
    assert (params["before"], params["after"]) == (24, 22)


@pytest.mark.parametrize("against", ["HEAD", "../before"])
def test_removed_specs_are_listed_for_a_pattern(here: Path, against: str) -> None:
    Path("specs/deep/er").mkdir(parents=True)
    write("specs/deep/er/gone.yaml", spec())
    write("specs/deep/stays.yaml", spec())
    commit()
    shutil.copytree(".", "../before")
    for name in ("specs/one.yaml", "specs/deep/er/gone.yaml"):
        Path(name).unlink()

    def removed(*patterns: str) -> list[str]:
        return sorted(document(*patterns, "--against", against)["removed"])

    assert removed("specs/*.yaml") == ["specs/one.yaml"]
    assert removed("specs/**/*.yaml") == ["specs/deep/er/gone.yaml", "specs/one.yaml"]
    assert removed("specs/d*") == ["specs/deep/er/gone.yaml"]
    assert removed("specs/t*.yaml") == []
    assert removed("s*/[ot]*.ya[m]l") == ["specs/one.yaml"]
