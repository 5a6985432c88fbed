"""`cnnstat check --against`: what became of specs since a git revision or a folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.program import within


def spec(filters: int = 2, name: str = "n") -> str:
    return f"name: {name}\ninput: [1, 8, 8]\nlayers: [{{type: conv, filters: {filters}, kernel: 3}}]\n"


FAMILY = """
input: [1, 8, 8]
params: {filters: 2}
variants: {a: {}, b: {params: {filters: 4}}}
layers: [{type: conv, filters: $filters, kernel: 3}]
"""


def git(*arguments: str, folder: Path | None = None) -> str:
    ended = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


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


def write(name: str | Path, text: str | bytes) -> None:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message=x")


def document(*arguments: str) -> dict[str, Any]:
    ended = within("check", *arguments, "--format", "json")
    assert ended.returncode in (0, 1), ended.stderr
    return dict(json.loads(ended.stdout))


def became(*arguments: str) -> dict[str, str]:
    """Return what became of each spec, and of those that are no more."""
    found = document(*arguments)
    files = {each["file"]: each["change"]["became"] for each in found["files"]}
    return files | dict.fromkeys(found["removed"], "removed")


def refused(*arguments: str) -> str:
    ended = within("check", *arguments)
    assert ended.returncode == 2
    return " ".join(ended.stderr.split())


# -- what became of a spec ---------------------------------------------------------------------------------


def test_nothing_changed(here: Path) -> None:
    ended = within("check", "specs", "--against", "HEAD")
    assert ended.returncode == 0
    assert ended.stdout.startswith("against HEAD: 2 specs, all the same\n")
    write("specs/one.yaml", spec(name="other") + "# a comment\n")
    assert became("specs", "--against", "HEAD")["specs/one.yaml"] == "same"


def test_changed_new_renamed_and_removed_specs(here: Path) -> None:
    write("specs/three.yaml", spec(7, "three"))
    write("specs/.hidden.yaml", spec())
    commit()
    git("mv", "specs/one.yaml", "specs/uno.yaml")
    git("rm", "--quiet", "specs/three.yaml", "specs/compose.yaml", "specs/.hidden.yaml")
    write("specs/two.yaml", FAMILY.replace("filters: 4", "filters: 5"))
    write("specs/four.yaml", spec(3))
    assert became("specs", "--against", "HEAD") == {
        "specs/four.yaml": "new",
        "specs/two.yaml": "changed",
        "specs/uno.yaml": "renamed",
        "specs/three.yaml": "removed",
    }
    assert became("specs/two.yaml", "--against", "HEAD") == {"specs/two.yaml": "changed"}


def test_a_spec_is_compared_with_the_one_it_is_renamed_from(here: Path) -> None:
    git("mv", "specs/two.yaml", "specs/due.yaml")
    write("specs/due.yaml", FAMILY.replace("filters: 4", "filters: 5"))
    found = document("specs/due.yaml", "--against", "HEAD")["files"][0]
    assert found["change"]["note"] == "specs/two.yaml"
    assert found["change"]["before"] == "HEAD:specs/two.yaml"
    assert [(each["network"], each["became"]) for each in found["change"]["networks"]] == [
        ("a", "same"),
        ("b", "changed"),
    ]
    assert [each["code"] for each in found["findings"]] == ["against/grown"]


def test_growth_is_a_finding_at_the_network_that_grew(here: Path) -> None:
    write("specs/two.yaml", FAMILY.replace("filters: 4", "filters: 5"))
    ended = within("check", "specs", "--against", "HEAD")
    assert ended.returncode == 1
    place, line, caret, head, row, sums, _ = ended.stdout.splitlines()
    assert place == (
        "specs/two.yaml:4:19: error: against/grown: against HEAD: b grew: params 40 -> 50 (+10, +25 %), MACs"
        " 1,296 -> 1,620 (+324, +25 %), inference memory (bytes) 992 -> 1,176 (+184, +18.5 %), training"
        " memory (bytes) 1,312 -> 1,576 (+264, +20.1 %)"
    )
    assert line.endswith("variants: {a: {}, b: {params: {filters: 5}}}")
    assert line[caret.index("^")] == "b"
    assert re.split(" {2,}", head) == [
        *("spec", "network", "params", "MACs"),
        *("inference memory (bytes)", "training memory (bytes)", "receptive field"),
    ]
    assert re.split(" {2,}", row) == [
        *("specs/two.yaml", "b", "40 -> 50 (+25 %) !", "1,296 -> 1,620 (+25 %) !"),
        *("992 -> 1,176 (+18.5 %) !", "1,312 -> 1,576 (+20.1 %) !", "3x3"),
    ]
    assert sums == "against HEAD: 2 specs, 1 changed"


def test_shrinking_is_none_and_a_larger_field_neither(here: Path) -> None:
    write("specs/one.yaml", spec(1, "one"))
    write("specs/two.yaml", FAMILY.replace("kernel: 3", "kernel: 5").replace("filters: 2", "filters: 1"))
    found = document("specs", "--against", "HEAD", "--tolerance", "200%")
    assert [each["findings"] for each in found["files"]] == [[], []]
    (first, _) = found["files"][1]["change"]["networks"]
    assert (first["field_before"], first["field_after"]) == ("3x3", "5x5")
    params = found["files"][0]["change"]["networks"][0]["figures"][0]
    assert params == {
        **{"figure": "params", "before": 20, "after": 10, "difference": -10, "ratio": 0.5, "grown": False}
    }


def test_growth_matters_as_much_as_a_project_says(here: Path) -> None:
    write("specs/one.yaml", spec(3, "one"))
    write(".cnnstat.yaml", "severity: {against/grown: warning}\n")
    (found,) = document("specs/one.yaml", "--against", "HEAD")["files"]
    assert [(each["code"], each["severity"]) for each in found["findings"]] == [("against/grown", "warning")]
    write(".cnnstat.yaml", "severity: {against/grown: off}\n")
    (found,) = document("specs/one.yaml", "--against", "HEAD")["files"]
    assert found["findings"] == []


@pytest.mark.parametrize(
    ("tolerances", "grown"),
    [
        ((), ["params", "macs", "inference_memory", "training_memory"]),
        (("25%",), []),
        (("24.9%",), ["params", "macs"]),
        (("params=10",), ["macs", "inference_memory", "training_memory"]),
        (("params=9",), ["params", "macs", "inference_memory", "training_memory"]),
        (("0%", "macs=25%", "params=25%"), ["inference_memory", "training_memory"]),
    ],
)
def test_tolerances(here: Path, tolerances: tuple[str, ...], grown: list[str]) -> None:
    write("specs/two.yaml", FAMILY.replace("filters: 4", "filters: 5"))
    options = [word for each in tolerances for word in ("--tolerance", each)]
    found = document("specs/two.yaml", "--against", "HEAD", *options)["files"][0]
    figures = found["change"]["networks"][1]["figures"]
    assert [each["figure"] for each in figures if each["grown"]] == grown
    assert [each["code"] for each in found["findings"]] == ["against/grown"] * bool(grown)


def test_tolerances_that_are_none(here: Path) -> None:
    assert "'much' is not a tolerance" in refused("specs", "--against", "HEAD", "--tolerance", "much")
    said = refused("specs", "--against", "HEAD", "--tolerance", "parms=1%")
    assert "did you mean 'params'?" in said
    assert "--tolerance goes with --against" in refused("specs", "--tolerance", "1%")


def test_variants_that_come_and_go(here: Path) -> None:
    write("specs/two.yaml", FAMILY.replace("b: {", "c: {"))
    networks = document("specs/two.yaml", "--against", "HEAD")["files"][0]["change"]["networks"]
    found = [(each["network"], each["became"]) for each in networks]
    assert found == [("a", "same"), ("c", "new"), ("b", "removed")]
    one = document("specs/two.yaml#a", "--against", "HEAD")["files"][0]["change"]
    assert [each["network"] for each in one["networks"]] == ["a"]


NAMED = FAMILY.replace("b: {", "b: {name: B-Net, ")


def test_a_variant_whose_key_is_another_is_known_by_its_name(here: Path) -> None:
    write("specs/two.yaml", NAMED)
    commit()
    write("specs/two.yaml", NAMED.replace("b: {", "large: {").replace("filters: 4", "filters: 5"))
    ended = within("check", "specs/two.yaml", "--against", "HEAD")
    assert "against/grown: against HEAD: B-Net grew: params 40 -> 50" in ended.stdout
    networks = document("specs/two.yaml", "--against", "HEAD")["files"][0]["change"]["networks"]
    assert [(each["network"], each["became"], each["note"]) for each in networks] == [
        ("a", "same", ""),
        ("B-Net", "changed", "variant 'large', was 'b'"),
    ]
    assert "B-Net: variant 'large', was 'b'" in ended.stdout
    (one,) = document("specs/two.yaml#large", "--against", "HEAD")["files"][0]["change"]["networks"]
    assert one["became"] == "changed"


def test_a_variant_with_another_key_and_name_is_shown_by_both(here: Path) -> None:
    write("specs/two.yaml", NAMED)
    commit()
    write("specs/two.yaml", NAMED.replace("b: {name: B-Net", "c: {name: C-Net"))
    networks = document("specs/two.yaml", "--against", "HEAD")["files"][0]["change"]["networks"]
    assert [(each["network"], each["became"], each["note"]) for each in networks[1:]] == [
        ("C-Net", "new", "variant 'c'"),
        ("B-Net", "removed", "variant 'b'"),
    ]
    (one,) = document("specs/two.yaml#c", "--against", "HEAD")["files"][0]["change"]["networks"]
    assert one["became"] == "new"


def test_of_two_variants_of_one_name_nobody_knows_which_it_was(here: Path) -> None:
    write("specs/two.yaml", NAMED.replace("a: {}", "a: {name: B-Net}"))
    commit()
    write("specs/two.yaml", FAMILY.replace("a: {}, b: {", "c: {name: B-Net}, d: {name: B-Net, "))
    networks = document("specs/two.yaml", "--against", "HEAD")["files"][0]["change"]["networks"]
    assert [each["became"] for each in networks] == ["new", "new", "removed", "removed"]


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        (b"input: [1, 8, 8]\nlayers: [{type: convv}]\n", "it was broken: no layer type"),
        (b"layers: [", "it was broken: not valid YAML"),
        (b"layers: \xff", "it was no UTF-8 text"),
    ],
)
def test_a_spec_that_was_broken_is_mended_without_a_finding(here: Path, broken: bytes, note: str) -> None:
    write("specs/one.yaml", broken)
    commit()
    write("specs/one.yaml", spec())
    found = document("specs/one.yaml", "--against", "HEAD")["files"][0]
    assert found["findings"] == []
    notes = [found["change"]["note"], *(each["note"] for each in found["change"]["networks"])]
    assert any(each.startswith(note[:14]) for each in notes), notes
    assert note.split(":", maxsplit=1)[0] in within("check", "specs/one.yaml", "--against", "HEAD").stdout


def test_a_network_that_is_broken_now_has_its_own_findings(here: Path) -> None:
    write("specs/two.yaml", FAMILY.replace("filters: 4", "filters: 0"))
    found = document("specs/two.yaml", "--against", "HEAD")["files"][0]
    assert [each["code"] for each in found["findings"]] == ["option/value"]
    assert [each["became"] for each in found["change"]["networks"]] == ["same", "unknown"]


# -- git ---------------------------------------------------------------------------------------------------


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


# -- folders -----------------------------------------------------------------------------------------------


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


def test_a_branch_that_is_nearly_called_so_is_named(here: Path) -> None:
    assert "no revision 'mian' here; did you mean 'main'?" in refused("specs", "--against", "mian")
    assert "'git fetch origin release' brings a branch" in refused("specs", "--against", "release")


def test_new_specs_and_variants_have_their_figures(here: Path) -> None:
    write("specs/two.yaml", FAMILY.replace("a: {}", "a: {}, c: {params: {filters: 6}}"))
    write("specs/three.yaml", spec(7, "three"))
    found = {each["file"]: each["change"] for each in document("specs", "--against", "HEAD")["files"]}
    (three,) = found["specs/three.yaml"]["networks"]
    assert found["specs/three.yaml"]["became"] == three["became"] == "new"
    assert three["field_after"] == "3x3"
    params, *_ = three["figures"]
    assert params == {
        "figure": "params",
        "before": None,
        "after": 70,
        "difference": None,
        "ratio": None,
        "grown": False,
    }
    assert [(each["network"], each["became"]) for each in found["specs/two.yaml"]["networks"]] == [
        ("a", "same"),
        ("c", "new"),
        ("b", "same"),
    ]
    said = within("check", "specs", "--against", "HEAD").stdout
    head = "spec              network     params  MACs   inference memory (bytes)  training memory (bytes)"
    assert said.startswith(head)
    assert "specs/three.yaml  three: new  70      2,268  1,544" in said
    assert "specs/two.yaml    c: new      60      1,944  1,360" in said


def test_a_new_spec_that_is_broken_has_none(here: Path) -> None:
    write("specs/three.yaml", "input: [1, 8, 8]\nlayers: [{type: convv}]\n")
    ended = within("check", "specs", "--against", "HEAD")
    assert "specs/three.yaml: new\n" in ended.stdout
