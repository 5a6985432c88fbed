"""`cnnstat check --against`: what became of specs since a git revision or a folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.commands.check.against import FAMILY, became, commit, document, git, refused, spec, write
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path


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
