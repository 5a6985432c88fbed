"""Figures that were written, budgets and what a change does: text in every format, whatever they hold."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from cnnstat.commands.check.budgets import Budgeted
from cnnstat.commands.check.changes import FigureChange, FileChange, NetworkChange
from cnnstat.commands.check.document import CheckDocument, FileReport
from cnnstat.commands.check.formats import FORMATS, render
from cnnstat.commands.check.formats.markdown import LONGEST
from cnnstat.commands.check.formats.sections import change_lines
from tests.commands.check.formats.documents import AT_ROOT, finding
from tests.commands.check.formats.readers import READERS
from tests.commands.check.formats.test_inert import HOSTILE

if TYPE_CHECKING:
    from cnnstat.commands.check.changes import Became, NetworkBecame

GROWN = FigureChange(figure="params", before=1000, after=1040, difference=40, ratio=1.04, grown=True)
SHRUNK = FigureChange(figure="macs", before=5000, after=4000, difference=-1000, ratio=0.8, grown=False)
NONE = FigureChange(figure="inference_memory", before=0, after=7, difference=7, ratio=None, grown=True)
SAME = FigureChange(figure="training_memory", before=9, after=9, difference=0, ratio=1.0, grown=False)


def network(name: str, became: NetworkBecame = "changed", note: str = "") -> NetworkChange:
    figures = (GROWN, SHRUNK, NONE, SAME) if became == "changed" else ()
    return NetworkChange(
        network=name, became=became, note=note, figures=figures, field_before="3x3", field_after="5x5"
    )


def report(file: str, became: Became, *networks: NetworkChange, note: str = "") -> FileReport:
    change = FileChange(became=became, before=f"HEAD:{file}", note=note, networks=networks)
    return FileReport(file=file, networks=len(networks), change=change)


def document(*reports: FileReport, removed: tuple[str, ...] = (), against: str = "HEAD") -> CheckDocument:
    return CheckDocument(command="check", files=reports, passed_over=0, against=against, removed=removed)


def hostile_document(name: str) -> CheckDocument:
    """Return a document in which every text is this one."""
    file = f"specs/{name}.yaml".replace("\0", "").replace("//", "/")
    budget = Budgeted(
        network=name,
        name=name,
        places=1,
        figure="params",
        input=name,
        bound=name,
        limit=1,
        value=2,
        room=-1,
        share=-1.0,
        kept=False,
        message=name,
        line=3,
    )
    first = replace(
        report(file, "changed", network(name), network(name, "unknown", name), note=name),
        findings=(finding(file=file),),
        budgets=(budget,),
        written=(name,),
        left=(name,),
    )
    others = (report(f"{became}-{file}", became, note=name) for became in ("renamed", "new", "unknown"))
    return document(first, *others, removed=(file,), against=name)


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_is_read_as_anything_else(form: str) -> None:
    for name in HOSTILE:
        text = render(hostile_document(name), form, replace(AT_ROOT, room=True))
        (said,) = READERS[form](text)
        assert said.code in (None, "shape/too-small")


SPECS = document(
    report(
        "a.yaml", "changed", network("A"), network("B", "same"), network("C", "new"), network("D", "removed")
    ),
    report("b.yaml", "same"),
    report("c.yaml", "renamed", network("E"), note="old.yaml"),
    report("d.yaml", "unknown", note="it was broken: no"),
    report("e.yaml", "new"),
    removed=("f.yaml",),
)
SUMS = "against HEAD: 5 specs, 1 changed, 1 renamed, 1 new, 1 unknown, 1 removed"


def test_a_table_of_what_changed() -> None:
    found = list(change_lines(SPECS))
    figures = ("1,000 -> 1,040 (+4 %) !", "5,000 -> 4,000 (-20 %)", "0 -> 7 !", "9", "3x3 -> 5x5")
    assert [re.split(" {2,}", line) for line in found[:-1]] == [
        [
            *("spec", "network", "params", "MACs"),
            *("inference memory (bytes)", "training memory (bytes)", "receptive field"),
        ],
        ["a.yaml", "A", *figures],
        ["a.yaml", "C: new"],
        ["a.yaml", "D: removed"],
        ["c.yaml", "renamed from old.yaml"],
        ["c.yaml", "E", *figures],
        ["d.yaml", "unknown: it was broken: no"],
        ["e.yaml", "new"],
        ["f.yaml", "removed"],
    ]
    assert len({line.index(word) for line, word in zip(found, ("MACs", "5,000"), strict=False)}) == 1
    assert found[-1] == SUMS


def test_where_a_table_is_too_wide_each_row_has_its_lines() -> None:
    found = list(change_lines(SPECS, 60))
    assert found[:8] == [
        *("a.yaml: A", "  params: 1,000 -> 1,040 (+4 %) !", "  MACs: 5,000 -> 4,000 (-20 %)"),
        *(
            "  inference memory (bytes): 0 -> 7 !",
            "  training memory (bytes): 9",
            "  receptive field: 3x3 -> 5x5",
        ),
        *("a.yaml: C: new", "a.yaml: D: removed"),
    ]
    assert " ".join(" ".join(found[-2:]).split()) == SUMS
    assert max(map(len, found)) <= 60


def test_nothing_is_said_without_a_comparison() -> None:
    assert list(change_lines(document(FileReport(file="a.yaml"), against=""))) == []
    assert list(change_lines(document(report("a.yaml", "same")))) == ["against HEAD: 1 spec, all the same"]


def test_markdown_has_the_table_and_ends_before_a_comment_does() -> None:
    text = render(SPECS, "markdown", AT_ROOT)
    assert f"`{SUMS}`" in text
    assert "| `a.yaml` | `A` | `1,000 -> 1,040 (+4 %) !` | `5,000 -> 4,000 (-20 %)` |" in text
    many = document(*(report(f"{number}.yaml", "changed", network("A")) for number in range(2000)))
    text = render(many, "markdown", AT_ROOT)
    assert len(text) < LONGEST + 1000
    assert "more are left out: a comment has an end." in text


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "gitlab"])
def test_every_format_with_a_place_for_it_says_what_changed(form: str) -> None:
    """GitLab's report is a list of findings and nothing else."""
    text = render(SPECS, form, AT_ROOT)
    if form == "json":
        figures = json.loads(text)["files"][0]["change"]["networks"][0]["figures"]
        assert (figures[0]["before"], figures[0]["after"]) == (1000, 1040)
        return
    assert html.unescape(text).count("1,000 -> 1,040 (+4 %) !") == 2
    assert SUMS in text
    assert "against" not in render(document(FileReport(file="a.yaml"), against=""), form, AT_ROOT)
