"""Files that `check --write-expect` writes in place, or leaves as they were."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cnnstat.commands.check import changed_text
from cnnstat.commands.check.pins import Pins, pinned
from cnnstat.spec import bundled
from tests.commands.check.test_pins import LAYERS, NEW
from tests.program import run, within


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_bytes(b"input: [1, 8, 8]\n" + LAYERS.encode())
    return tmp_path


def test_files_are_written_in_place_and_a_second_run_changes_nothing(here: Path) -> None:
    (here / "s.yaml").chmod(0o640)
    first = within("check", "--write-expect", ".")
    assert first.returncode == 0
    assert "s.yaml: written: s.yaml: params: 20\n" in first.stdout
    state = (here / "s.yaml").stat()
    assert state.st_mode & 0o777 == 0o640
    second = within("check", "--write-expect", "s.yaml")
    assert second.stdout == "1 file, 1 network: nothing found\n"
    assert (here / "s.yaml").stat().st_mtime_ns == state.st_mtime_ns
    assert [path.name for path in here.iterdir()] == ["s.yaml"]


def test_a_missed_claim_is_a_finding_and_not_overwritten(here: Path) -> None:
    (here / "s.yaml").write_text("source: a book\ninput: [1, 8, 8]\nexpect: {params: 19}\n" + LAYERS)
    ended = within("check", "--write-expect", "s.yaml")
    assert ended.returncode == 1
    assert "expect/missed: total: params: expected 19 (a book), computed 20 (+1, +5.26 %)\n" in ended.stdout
    assert "expect: {params: 19, shape: {value" in (here / "s.yaml").read_text()


def test_a_mark_of_utf_8_stays(here: Path) -> None:
    mark = b"\xef\xbb\xbf"
    (here / "s.yaml").write_bytes(mark + "# Größe\n".encode() + (here / "s.yaml").read_bytes())
    within("check", "--write-expect", "s.yaml")
    written = (here / "s.yaml").read_bytes()
    assert written.startswith(mark + "# Größe\ninput: [1, 8, 8]\nexpect: {source".encode())
    assert written.count(mark) == 1


def test_one_variant_of_a_file(here: Path) -> None:
    (here / "f.yaml").write_text("input: [1, 8, 8]\nvariants: {a: {}, b: {}}\n" + LAYERS)
    within("check", "--write-expect", "f.yaml#b")
    assert "variants: {a: {}, b: {expect: {source" in (here / "f.yaml").read_text()


def test_a_file_with_problems_stays(here: Path) -> None:
    text = "input: [1, 8, 8]\nlayers: [{type: conv, filters: 2}]\n"
    (here / "s.yaml").write_text(text)
    ended = within("check", "--write-expect", "s.yaml")
    assert ended.returncode == 1
    assert "option/missing" in ended.stdout
    assert (here / "s.yaml").read_text() == text


def test_a_bundled_network_is_not_written(here: Path) -> None:
    before = (bundled.folder() / "lenet5.yaml").read_bytes()
    ended = within("check", "--write-expect", "lenet5")
    assert ended.returncode == 1
    assert "lenet5:1:1: error: expect/unwritten: is a bundled network; copy its file" in ended.stdout
    assert (bundled.folder() / "lenet5.yaml").read_bytes() == before


def test_a_file_that_was_changed_meanwhile_is_not_overwritten(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = b"input: [1, 8, 8]\n# mine\n" + LAYERS.encode()

    def while_somebody_writes(*arguments: Any) -> Pins:
        found = pinned(*arguments)
        (here / "s.yaml").write_bytes(other)
        return found

    monkeypatch.setattr(changed_text, "pinned", while_somebody_writes)
    ended = within("check", "--write-expect", "s.yaml")
    assert (
        "expect/unwritten: s.yaml: was changed while it was checked, first in line 2; nothing is written"
        in ended.stdout
    )
    assert ended.returncode == 1
    assert (here / "s.yaml").read_bytes() == other
    assert [path.name for path in here.iterdir()] == ["s.yaml"]


def test_a_write_that_fails_leaves_the_old_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = (here / "s.yaml").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ended = within("check", "--write-expect", "s.yaml")
    assert "expect/unwritten: s.yaml: No space left on device" in ended.stdout
    assert (here / "s.yaml").read_bytes() == old
    assert [path.name for path in here.iterdir()] == ["s.yaml"]


def test_standard_input_is_printed(here: Path) -> None:
    ended = run("check", "--write-expect", "-", input="input: [1, 8, 8]\n" + LAYERS)
    assert ended.returncode == 0
    assert ended.stderr.endswith("1 file, 1 network: nothing found\n")
    assert ended.stdout == f"input: [1, 8, 8]\nexpect: {{source: cnnstat, {NEW}}}\n" + LAYERS
    again = run("check", "--write-expect", "-", input=ended.stdout)
    assert again.stdout == ended.stdout
    wrong = run("check", "--write-expect", "-", input="input: 3\n")
    assert (wrong.returncode, wrong.stdout) == (1, "input: 3\n")
    assert "spec/input" in wrong.stderr
    assert run("check", "--write-expect", "-", "s.yaml", input="").returncode == 2


def test_a_file_is_mended_and_its_figures_pinned_at_once(here: Path) -> None:
    (here / "s.yaml").write_text(
        "input: [1, 8, 8]\nlayers: [{type: conv, filters: 2, kernel: 3}, {type: batch_norm}]\n"
    )
    ended = within("check", "--fix", "--write-expect", "s.yaml")
    assert ended.returncode == 0
    written = (here / "s.yaml").read_text()
    assert "expect: {source: cnnstat, shape: [2, 6, 6], params: 22, " in written
    assert "kernel: 3, bias: false}" in written


def test_a_pin_that_is_missed_says_by_how_much_and_how_it_is_updated(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    layers = "layers: [{type: linear, units: 1000}]\n"
    path.write_text(f"input: [999]\nexpect: {{source: cnnstat, params: 500000}}\n{layers}")
    said = "params: expected 500,000 (cnnstat), computed 1,000,000 (+500,000, +100 %)"
    assert f"{said}; 'cnnstat check --write-expect' updates it\n" in within("check", str(path)).stdout
    path.write_text(f"input: [999]\nexpect: {{source: a book, params: 0.5M}}\n{layers}")
    assert "expected 0.5M (a book), computed 1,000,000 (+100 %)\n" in within("check", str(path)).stdout


def test_variants_of_one_file_are_written_one_after_the_other(here: Path) -> None:
    """Two processes would write it at once, and one of them find that it was changed."""
    keys = [f"v{number}" for number in range(12)]
    variants = ", ".join(f"{key}: {{}}" for key in keys)
    (here / "f.yaml").write_text(f"input: [1, 8, 8]\nvariants: {{{variants}}}\n" + LAYERS)
    (here / "link.yaml").symlink_to("f.yaml")
    named = [f"{'link' if number % 3 else 'f'}.yaml#{key}" for number, key in enumerate(keys)]
    ended = within("check", "--write-expect", "--jobs", "3", "s.yaml", *named, "--format", "json")
    found = json.loads(ended.stdout)["files"]
    assert [each["findings"] for each in found] == [[]] * 13
    assert [len(each["written"]) for each in found] == [5] * 13
    assert [each["file"] for each in found] == ["s.yaml", *(name.split("#")[0] for name in named)]
    assert (here / "f.yaml").read_text().count("{expect: {source") == 12


def test_a_name_with_a_line_end_is_a_name(here: Path) -> None:
    (here / "a: \nb.yaml").write_text("input: [1, 8, 8]\n" + LAYERS)
    ended = within("check", ".")
    assert ended.stdout == "2 files, 2 networks: nothing found\n"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root writes as others")
def test_a_file_that_root_writes_stays_its_owner_s(here: Path) -> None:
    os.chown(here / "s.yaml", 1234, 4321)
    within("check", "--write-expect", "s.yaml")
    after = (here / "s.yaml").stat()
    assert "expect" in (here / "s.yaml").read_text()
    assert (after.st_uid, after.st_gid) == (1234, 4321)
