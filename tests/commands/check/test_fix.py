"""--fix: what is meant is changed, all else stays byte for byte, and nothing is written that is worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cnnstat.base.errors import Source, Span
from cnnstat.base.files import FileError
from cnnstat.commands.check import changed_text
from cnnstat.commands.check import mended as mending
from cnnstat.commands.check.check_file import check_file
from cnnstat.commands.check.common_budgets import read_demands
from cnnstat.commands.check.edits import Edit, Fixes, applied, edit_of
from cnnstat.commands.check.findings import Fixable, Mend
from cnnstat.commands.check.findings_of import findings_of
from cnnstat.commands.check.mended import mended
from cnnstat.commands.check.options import CheckOptions
from cnnstat.rules.rule import Edit as RuleEdit
from cnnstat.spec import bundled
from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "# a spec\nname: mended  # é😀\ninput: [3, 9, 9]\nlayers:\n"
NORM = "  - {type: batch_norm}  # the norm\n"
LAYOUTS = {
    "{type: conv, filters: 4, kernel: 3}": "{type: conv, filters: 4, kernel: 3, bias: false}",
    "{type: conv, filters: 4, kernel: 3,}": "{type: conv, filters: 4, kernel: 3, bias: false,}",
    "{ filters : 4 , kernel : 3 , type : conv }": "{ filters : 4 , kernel : 3, bias: false , type : conv }",
    "{type: conv, filters: 4, kernel: [3, 3]}": "{type: conv, filters: 4, bias: false, kernel: [3, 3]}",
    "{type: conv, filters: 4, kernel: 3, bias: true}": "{type: conv, filters: 4, kernel: 3, bias: false}",
    "{bias: true, type: conv, filters: 4, kernel: 3}": "{bias: false, type: conv, filters: 4, kernel: 3}",
    '{"bias":true, "type": "conv", filters: 4, kernel: 3}': (
        '{"bias":false, "type": "conv", filters: 4, kernel: 3}'
    ),
    '{type: conv, kernel: 3, filters: "$in + 1"}': '{type: conv, kernel: 3, filters: "$in + 1", bias: false}',
    "{type: conv, kernel: 3, filters: $in + 1}": "{type: conv, kernel: 3, filters: $in + 1, bias: false}",
    "{type: conv, kernel: 3, filters: $in\n      + 1}": (
        "{type: conv, kernel: 3, bias: false, filters: $in\n      + 1}"
    ),
    "{type: conv,  # a\n     kernel: 3,  # b\n     filters: 4}": (
        "{type: conv,  # a\n     kernel: 3,  # b\n     filters: 4, bias: false}"
    ),
    "{type: conv, kernel: 3, filters: 4, name: x}": (
        "{type: conv, kernel: 3, filters: 4, bias: false, name: x}"
    ),
    "type: conv\n    kernel: 3\n    filters: 4": "type: conv\n    kernel: 3\n    filters: 4\n    bias: false",
    "type: conv  # a\n    kernel: 3  # b\n    filters: 4  # c": (
        "type: conv  # a\n    kernel: 3  # b\n    filters: 4  # c\n    bias: false"
    ),
    "type: conv\n    filters: 4\n    kernel:\n    - 3\n    - 3": (
        "type: conv\n    filters: 4\n    bias: false\n    kernel:\n    - 3\n    - 3"
    ),
    "kernel:\n      3\n\n    # a comment\n    filters: 4  \n    type: conv": (
        "kernel:\n      3\n\n    # a comment\n    filters: 4  \n    bias: false\n    type: conv"
    ),
    "  type: conv\n      kernel: 3\n      filters: 4\n      bias:   true   # b": (
        "  type: conv\n      kernel: 3\n      filters: 4\n      bias:   false   # b"
    ),
}
"""A layer with a bias before a norm, and the same without."""


def spec(layer: str, end: str = "\n") -> str:
    return f"{HEAD}  # the layer\n  - {layer}\n{NORM}".replace("\n", end)


@pytest.mark.parametrize("layer", LAYOUTS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_bias_is_taken_away_in_every_layout(layer: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_bytes(spec(layer, end).encode())
    report = check_file(str(path), CheckOptions(fix=True))
    assert (report.fixed, report.findings) == (1, ())
    assert path.read_bytes().decode() == spec(LAYOUTS[layer], end)
    old, new = yaml.safe_load(spec(layer)), yaml.safe_load(path.read_bytes())
    assert new["layers"][0].pop("bias") is False
    old["layers"][0].pop("bias", None)
    assert old == new
    again = check_file(str(path), CheckOptions(fix=True))
    assert (again.fixed, again.findings) == (0, ())
    assert path.read_bytes().decode() == spec(LAYOUTS[layer], end)


@pytest.mark.parametrize(
    "layer",
    [
        "? type\n    : conv\n    ? kernel\n    : 3\n    ? filters\n    : 4",
        "{type: conv, filters: 4, kernel: 3, repeat: 1, first: {bias: true}}",
        "{type: conv, filters: 4, kernel: 3, bias: $kernel == 3}",
    ],
)
def test_what_is_not_simple_is_found_and_left(layer: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = "params: {kernel: 3}\n" * ("$kernel" in layer) + spec(layer)
    path.write_text(text, encoding="utf-8")
    report = check_file(str(path), CheckOptions(fix=True))
    assert [each.code for each in report.findings] == ["rule/bias-before-norm"]
    assert (report.fixed, path.read_text(encoding="utf-8")) == (0, text)


def test_edits_that_overlap_wait_for_the_next_round(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "one\ntwo\nthree\n"
    source = Source("x", text)

    def edit(line: int, column: int, length: int, new: str) -> Edit:
        return edit_of(RuleEdit(Span(source, line, column, length), new))

    fixes = (
        (edit(1, 1, 3, "ONE"), edit(3, 1, 0, "> ")),
        (edit(1, 3, 1, "x"), edit(2, 1, 1, "T")),  # its first overlaps, so neither is made
        (edit(2, 2, 5, "-"),),  # over the end of a line, but for the place where something is put in
        (edit(2, 1, 3, "II"),),
        (edit(3, 1, 0, "again"),),
        (edit(3, 6, 0, "!"),),
    )
    assert applied(text, fixes) == ("ONE\nII\n> three!\n", [0, 3, 5])


def test_a_file_stays_where_it_would_have_a_new_error(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = spec("{type: conv, filters: 4, kernel: 3, expect: {params: 112}}")
    path.write_text(text, encoding="utf-8")
    report = check_file(str(path), CheckOptions(fix=True))
    assert [each.code for each in report.findings] == ["fix/refused", "rule/bias-before-norm"]
    assert "expect/missed: " in report.findings[0].message
    assert (report.fixed, path.read_text(encoding="utf-8")) == (0, text)


def test_an_old_error_hinders_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    wrong = "  - {type: relu, expect: {params: 7}}\n"
    path.write_text(spec("{type: conv, filters: 4, kernel: 3}") + wrong, encoding="utf-8")
    report = check_file(str(path), CheckOptions(fix=True))
    assert (report.fixed, [each.code for each in report.findings]) == (1, ["expect/missed"])


CONV = "{type: conv, filters: 4, kernel: 3}"


@pytest.mark.parametrize("given", [False, True])
def test_an_old_error_with_another_figure_hinders_nothing(tmp_path: Path, given: bool) -> None:
    """Without the bias the budget is exceeded by less, and says so."""
    path = tmp_path / "spec.yaml"
    own = "" if given else "budget: {params: <= 10}\n"
    path.write_text(own + spec(CONV), encoding="utf-8")
    bounds = read_demands(["params <= 10"]) if given else ()
    report = check_file(str(path), CheckOptions(fix=True, budget=bounds))
    assert (report.fixed, [each.code for each in report.findings]) == (1, ["budget/params"])


def test_one_error_more_of_a_kind_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    layer = "{name: %s, type: conv, filters: 4, kernel: 3, expect: {params: {value: %d, source: b}}}"
    text = f"{spec(layer % ('a', 7))}  - {layer % ('b', 148)}\n{NORM}"
    path.write_text(text, encoding="utf-8")
    report = check_file(str(path), CheckOptions(fix=True))
    codes = [each.code for each in report.findings]
    assert (report.fixed, codes.count("fix/refused"), path.read_text(encoding="utf-8")) == (0, 1, text)


def test_the_figures_that_are_pinned_anew_hinder_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = spec(CONV).replace("input:", "expect: {source: cnnstat, params: 120}\ninput:")
    path.write_text(text, encoding="utf-8")
    alone = check_file(str(path), CheckOptions(fix=True))
    assert [each.code for each in alone.findings] == ["fix/refused", "rule/bias-before-norm"]
    assert "; with --write-expect, too, the figure is updated" in alone.findings[0].message
    both = check_file(str(path), CheckOptions(fix=True, write_expect=True))
    assert (both.fixed, both.findings) == (1, ())
    assert "mended: total: params: 116, was 120" in both.written
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))["expect"]
    assert expected["params"] == 116


def test_a_figure_of_somebody_else_is_not_updated(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = spec(CONV).replace("input:", "expect: {source: a paper, params: 120}\ninput:")
    path.write_text(text, encoding="utf-8")
    both = check_file(str(path), CheckOptions(fix=True, write_expect=True))
    assert (both.fixed, both.findings[0].code) == (0, "fix/refused")
    assert "--write-expect" not in both.findings[0].message


FAMILY = """name: family
input: [3, 9, 9]
params: {size: 3}
variants:
  one: {}
  two: {params: {%s}}
layers:
  - {type: conv, filters: 4, kernel: $size}
  - {type: batch_norm}
  - {type: conv, name: x, filters: 4, kernel: 1}
  - {type: batch_norm, name: y}
  - {type: conv, filters: 4, kernel: $size, when: $size == 3}
  - {type: batch_norm}
"""


def test_an_entry_is_mended_only_if_every_network_that_has_it_shows_it(tmp_path: Path) -> None:
    """Without the third layer, the norm behind it reads the norm above."""
    path = tmp_path / "spec.yaml"
    path.write_text(FAMILY % "size: 5", encoding="utf-8")
    assert check_file(str(path), CheckOptions(fix=True)).fixed == 3
    broken = FAMILY % "size: 11"
    path.write_text(broken, encoding="utf-8")
    report = check_file(f"{path}#one", CheckOptions(fix=True))  # the other network cannot be analyzed
    assert (report.fixed, len(report.findings), path.read_text(encoding="utf-8")) == (0, 3, broken)
    assert not any(each.fixable for each in check_file(str(path), CheckOptions()).findings)


JOINED = """name: family
input: [3, 9, 9]
params: {join: false}
variants:
  one: {}
  two: {params: {join: true}}
layers:
  - {type: conv, filters: 4, kernel: 3}
  - {type: batch_norm}
  - {type: conv, name: x, filters: 4, kernel: 1}
  - {type: batch_norm, name: y}
  - {type: add, from: [y, x], when: $join}
  - {type: relu}
"""


def test_an_entry_is_left_where_another_network_needs_its_bias(tmp_path: Path) -> None:
    """In the second network, the sum reads the second layer with its bias."""
    path = tmp_path / "spec.yaml"
    path.write_text(JOINED, encoding="utf-8")
    report = check_file(str(path), CheckOptions(fix=True))
    assert [(each.line, each.networks, each.fixable) for each in report.findings] == [(10, ("one",), False)]
    assert report.fixed == 1
    assert path.read_text(encoding="utf-8").count("bias: false") == 1


def test_a_variant_that_is_named_does_not_decide_for_the_others(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = FAMILY.replace("params: {size: 3}", "params: {size: 3, last: batch_norm}") % "last: relu"
    text = text.replace("{type: batch_norm, name: y}", "{type: $last, name: y}")
    path.write_text(text, encoding="utf-8")
    report = check_file(f"{path}#one", CheckOptions(fix=True))
    assert (report.fixed, [each.line for each in report.findings]) == (2, [10])


def test_what_is_ignored_is_not_mended(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    text = spec("{type: conv, filters: 4, kernel: 3}  # cnnstat: ignore[rule/bias-before-norm] as it was")
    path.write_text(text, encoding="utf-8")
    report = check_file(str(path), CheckOptions(fix=True))
    assert (report.fixed, report.ignored, path.read_text(encoding="utf-8")) == (0, 1, text)


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(spec("{type: conv, filters: 4, kernel: 3}"), encoding="utf-8")

    def changing(text: str, fixes: Fixes) -> tuple[str, list[int]]:
        path.write_text("input: [1]\n", encoding="utf-8")
        return applied(text, fixes)

    monkeypatch.setattr(mending, "applied", changing)
    report = check_file(str(path), CheckOptions(fix=True))
    assert [each.code for each in report.findings] == ["fix/unwritten", "rule/bias-before-norm"]
    assert "was changed while it was checked" in report.findings[0].message
    assert (report.fixed, path.read_text(encoding="utf-8")) == (0, "input: [1]\n")
    assert [*tmp_path.iterdir()] == [path]


def test_a_mark_in_front_links_and_modes_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    layer = "{type: conv, filters: 4, kernel: 3}"
    real.write_text(spec(layer), encoding="utf-8-sig")
    real.chmod(0o640)
    link.symlink_to(real)
    assert check_file(str(link), CheckOptions(fix=True)).fixed == 1
    assert real.read_bytes() == spec(LAYOUTS[layer]).encode("utf-8-sig")
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_bundled_network_is_nobody_s_to_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, text = tmp_path / "biased.yaml", spec("{type: conv, filters: 4, kernel: 3}")
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(bundled, "folder", lambda: tmp_path)
    report = check_file("biased", CheckOptions(fix=True, write_expect=True))
    assert (report.fixed, path.read_text(encoding="utf-8")) == (0, text)
    why = "is a bundled network; copy its file and name that"
    assert [(each.code, each.message) for each in report.findings if each.line == 1] == [
        ("expect/unwritten", why),
        ("fix/unwritten", why),
    ]
    path.write_text(text.replace(NORM, ""), encoding="utf-8")
    assert check_file("biased", CheckOptions(fix=True)).findings == ()


def test_what_is_refused_is_said_where_nothing_can_be_written_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *_: str) -> None:
        raise FileError(path, "is protected")

    path = tmp_path / "spec.yaml"
    text = spec("{type: conv, filters: 4, kernel: 3, expect: {params: {value: 112, source: b}}}")
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(changed_text, "replace_text", refuse)
    found = check_file(str(path), CheckOptions(fix=True, write_expect=True)).findings
    assert [each.code for each in found if each.line == 1] == ["expect/unwritten", "fix/refused"]


def test_of_standard_input_the_mended_text_is_printed() -> None:
    layer = "{type: conv, filters: 4, kernel: 3}"
    ended = run("check", "--fix", "-", input=spec(layer))
    assert (ended.returncode, ended.stdout) == (0, spec(LAYOUTS[layer]))
    assert ended.stderr.splitlines()[1:] == ["1 file, 1 network: nothing found, 1 fixed"]
    assert ended.stderr.startswith("<stdin>:6:12: fixed: rule/bias-before-norm: ")
    broken = run("check", "--fix", "-", input="input: [\n")
    assert (broken.returncode, broken.stdout) == (1, "input: [\n")
    assert "yaml/syntax" in broken.stderr
    assert within("check", "--fix", "-", "lenet5").returncode == 2


def test_how_many_were_mended_is_said(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(spec("{type: conv, filters: 4, kernel: 3}"), encoding="utf-8")
    first, last = within("check", "--fix", str(path)).stdout.splitlines()
    assert first.startswith(f"{path}:6:12: fixed: rule/bias-before-norm: the bias of ")
    assert last == "1 file, 1 network: nothing found, 1 fixed"
    assert within("check", "--fix", str(path)).stdout == "1 file, 1 network: nothing found\n"


def test_a_rule_that_never_rests_comes_to_an_end() -> None:
    def restless(text: str) -> tuple[object, tuple[Fixable]]:
        report, _ = findings_of("input: [3]\nlayers: [{type: relu}]", "x", None, CheckOptions())
        return report, (Fixable(Mend(1, 1, "rule/x", "y"), (Edit(0, 0, "x"),)),)

    assert len(mended("a", restless, str, pins=False).fixed) == 10  # type: ignore[arg-type]


@pytest.mark.parametrize("option", ["--fix", "--write-expect"])
def test_a_pipe_cannot_be_changed(option: str) -> None:
    ended = run("check", option, "/dev/stdin", input=spec("{type: conv, filters: 4, kernel: 3}"))
    assert ended.returncode == 1
    assert "is no regular file, so it cannot be changed; name - to print the changed text" in ended.stdout
