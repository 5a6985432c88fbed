"""Which files are checked: folders, patterns, what a configuration includes and leaves out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cnnstat.base.errors import ArgumentError
from cnnstat.commands.check.check_file import check_file
from cnnstat.commands.check.configuration import Configuration, read_configuration
from cnnstat.commands.check.options import CheckOptions
from cnnstat.commands.check.spec_files import spec_files

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "input: [1, 8, 8]\nlayers: [{type: relu}]\n"
FILES = {
    "b.yaml": SPEC,
    "a.yml": SPEC,
    "one-line.yaml": "{input: [1], layers: [{type: relu}]}",
    "compose.yaml": "services: {web: {image: nginx}}\n",
    "notes.txt": SPEC,
    "drafts/c.yaml": SPEC,
    "drafts/deep/d.yaml": SPEC,
    ".github/workflows/ci.yaml": SPEC,
    ".hidden.yaml": SPEC,
    "odd [1] name.yaml": SPEC,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*paths: str) -> tuple[str, ...]:
    return spec_files(paths, Configuration()).specs


ALL = ("a.yml", "b.yaml", "odd [1] name.yaml", "one-line.yaml", "drafts/c.yaml", "drafts/deep/d.yaml")


def test_a_folder_is_searched_for_specs(folder: Path) -> None:
    here = spec_files((".",), Configuration())
    assert here.specs == ALL
    assert here.others == 1


def test_what_is_named_comes_in_its_order_and_once(folder: Path) -> None:
    assert found("drafts", "b.yaml", "a.yml", "b.yaml", "-", "lenet5", "vgg#vgg16") == (
        *("drafts/c.yaml", "drafts/deep/d.yaml", "b.yaml", "a.yml"),
        *("-", "lenet5", "vgg#vgg16"),
    )


def test_a_named_file_is_a_spec_whatever_is_in_it(folder: Path) -> None:
    assert found("compose.yaml", "missing.yaml", ".hidden.yaml") == (
        *("compose.yaml", "missing.yaml", ".hidden.yaml"),
    )


def test_patterns_are_those_of_a_shell(folder: Path) -> None:
    assert found("**/d*.yaml") == ("drafts/deep/d.yaml",)
    assert found("odd [1] name.yaml") == ("odd [1] name.yaml",)
    assert found("dr*") == ("drafts/c.yaml", "drafts/deep/d.yaml")


@pytest.mark.parametrize("path", ["no*.yaml", ".github/none*"])
def test_a_pattern_that_matches_nothing_is_refused(folder: Path, path: str) -> None:
    with pytest.raises(ArgumentError, match="no file matches"):
        found(path)


def test_nothing_to_check_is_refused(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "other.yaml").write_text("a: 1\n")
    with pytest.raises(ArgumentError, match="no spec to check in empty; 1 YAML files have none of the keys"):
        found("empty")


@pytest.mark.parametrize(
    ("text", "is_spec"),
    [
        ("inputs: [3, 8, 8]\nlayer: [{type: relu}]\n", True),
        ("Input: [3, 8, 8]\nLayers: [{type: relu}]\n", True),
        ("'inpt': [3, 8, 8]\nlayrs: [{type: relu}]\n", True),
        ("name: an action\ninputs: {who: {default: me}}\nruns: {using: node20}\n", False),
        ("layer: top\nname: a drawing\n", False),
        ("services: {web: {image: nginx}}\nvolumes: {a: {}}\nnetworks: {b: {}}\n", False),
        ("a:\n  inputs: [3]\n  layer: [3]\n", False),
        ("{Input: [3, 8, 8], Layers: [{type: relu}]}", True),
    ],
)
def test_keys_that_are_nearly_those_of_a_spec_are_meant_so(folder: Path, text: str, is_spec: bool) -> None:
    (folder / "new").mkdir()
    (folder / "new" / "a.yaml").write_text(SPEC)
    (folder / "new" / "b.yaml").write_text(text)
    here = spec_files(("new",), Configuration())
    assert (here.specs, here.others) == (("new/a.yaml", *["new/b.yaml"] * is_spec), not is_spec)


BROKEN = {
    "one line": "{name: x, input: [3, 8, 8], layers: [{type: no}]}",
    "braces below": "{\n  name: x,\n  input: [3, 8, 8],\n  layers: [{type: no}]\n}\n",
    "behind a sign": "--- {name: x, input: [3, 8, 8], layers: [{type: no}]}\n",
    "with a tag": "!!map {name: x, input: [3, 8, 8], layers: [{type: no}]}\n",
    "JSON": '{"name": "x", "input": [3, 8, 8], "layers": [{"type": "no"}]}\n',
    "further in": "# x\n\n  name: x\n  input: [3, 8, 8]\n  layers: [{type: no}]\n",
    "carriage returns": "name: x\rinput: [3, 8, 8]\rlayers: [{type: no}]\r",
    "question marks": "? name\n: x\n? input\n: [3, 8, 8]\n? layers\n: [{type: no}]\n",
    "far below": "name: x\n" + 50_000 * "# long\n" + "input: [3, 8, 8]\nlayers: [{type: no}]\n",
    "a mistake": "{name: x, expect: {params: 3, input: [3, 8, 8], layers: [{type: no}]}",
    "a mark": "\ufeffinput: [3, 8, 8]\nlayers: [{type: no}]\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_spec_with_a_mistake_is_a_spec_however_it_is_written(
    folder: Path, text: str, encoding: str
) -> None:
    (folder / "new").mkdir()
    (folder / "new" / "b.YAML").write_bytes(text.encode(encoding))
    here = spec_files(("new",), Configuration())
    assert (here.specs, here.others) == (("new/b.YAML",), 0)
    assert check_file("new/b.YAML", CheckOptions()).findings


OTHERS = {
    "below another key": "{jobs: {input: 3, layers: [{type: no}]}, name: x}",
    "in a list": "[{input: 3, layers: [{type: no}]}]",
    "a template": "name: x\njobs:\n  {{ if .layers }}\n  input: 3\n",
    "a value": "name: {input: 1}\njobs: 'layers: input:'\n",
    "nothing": "# input\n",
    "a word": "  layers\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_has_the_words_elsewhere_is_no_spec(folder: Path, text: str) -> None:
    (folder / "new").mkdir()
    (folder / "new" / "a.yaml").write_text(SPEC)
    (folder / "new" / "b.yaml").write_text(text)
    here = spec_files(("new",), Configuration())
    assert (here.specs, here.others) == (("new/a.yaml",), 1)


def test_a_link_to_nothing_is_found(folder: Path) -> None:
    (folder / "gone.yaml").symlink_to("nowhere.yaml")
    (folder / "itself.yaml").symlink_to("itself.yaml")
    (folder / "other.txt").symlink_to("nowhere.txt")
    assert {*found(".")} - {*ALL} == {"gone.yaml", "itself.yaml"}
    for name in ("gone.yaml", "itself.yaml"):
        assert [each.code for each in check_file(name, CheckOptions()).findings] == ["file/unreadable"]


def test_a_folder_that_cannot_be_read_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert {*ALL} ^ {*found(".")} == {"drafts/deep/d.yaml", "./drafts/deep"}
    (finding,) = check_file("drafts/deep", CheckOptions()).findings
    assert (finding.code, finding.message) == ("file/unreadable", "cannot be read: Permission denied")


@pytest.mark.parametrize("pattern", ["**/*.yaml", "./**/*.yaml", "drafts/**", "**/drafts/**/*.yaml", "**"])
def test_a_pattern_does_not_follow_links_to_folders(folder: Path, pattern: str) -> None:
    """Two that lead to each other would have no end."""
    before = found(pattern)
    (folder / "drafts" / "one").symlink_to(folder)
    (folder / "drafts" / "two").symlink_to(folder)
    assert found(pattern) == before
    assert any("d.yaml" in name for name in before)


def test_a_loop_of_links_ends_nothing(folder: Path) -> None:
    (folder / "drafts" / "left").symlink_to("right")
    (folder / "drafts" / "right").symlink_to("left")
    (folder / ".cnnstat.yaml").write_text("exclude: [deep/]\n")
    configuration = read_configuration(None, folder)
    assert spec_files((".",), configuration).specs == tuple(name for name in ALL if "deep" not in name)


def test_what_the_configuration_leaves_out_is_left_out_where_it_is_named_too(folder: Path) -> None:
    (folder / ".cnnstat.yaml").write_text("include: ['*.yaml', '!one-line.yaml']\nexclude: [deep/]\n")
    configuration = read_configuration(None, folder)
    named = ("b.yaml", "drafts/deep/d.yaml", "a.yml", "one-line.yaml", "lenet5", "-", "b.yaml#x")
    forced = spec_files(named, configuration, force=True).specs
    assert forced == ("b.yaml", "lenet5", "-", "b.yaml#x")
    assert spec_files(("drafts/deep/d.yaml",), configuration, force=True).specs == ()
    assert spec_files(("a.yml", "drafts/deep/d.yaml"), Configuration(), force=True).specs != ()


def test_a_pipe_in_a_folder_is_left_alone(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    assert found(".") == ALL


def test_links_are_followed_to_files_not_to_folders(folder: Path) -> None:
    (folder / "linked.yaml").symlink_to("b.yaml")
    (folder / "drafts" / "up").symlink_to(folder)
    assert found(".") == (*ALL[:2], "linked.yaml", *ALL[2:])


def test_a_configuration_includes_and_leaves_out(folder: Path) -> None:
    (folder / ".cnnstat.yaml").write_text("include: ['*.yaml', '*.yml']\nexclude: [deep/, '/compose.*']\n")
    configuration = read_configuration(None, folder)
    assert spec_files((".",), configuration).specs == tuple(name for name in ALL if "deep" not in name)
    # What is named is checked all the same.
    assert spec_files(("drafts/deep/d.yaml",), configuration).specs == ("drafts/deep/d.yaml",)
