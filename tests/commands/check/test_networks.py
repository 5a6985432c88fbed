"""How many networks of a file are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.commands.check import budgets, networks
from cnnstat.commands.check.against import compare
from cnnstat.commands.check.earlier import Earlier
from cnnstat.commands.check.options import CheckOptions
from cnnstat.commands.check.pins import pinned
from tests.rules.found import check_text

if TYPE_CHECKING:
    from cnnstat.commands.check.document import FileReport

FAMILY = """\
name: many
source: x
input: [1, 8, 8]
params: {width: 8}
variants: {a: {}, b: {params: {width: 16}}, c: {params: {width: 24}}, d: {params: {width: 32}}}
layers:
  - {type: conv, filters: $width, kernel: 1}  # cnnstat: ignore[rule/leftover] never
"""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file have so many layers that two variants of one layer are checked."""
    monkeypatch.setattr(networks, "MAX_CHECKED_LAYERS", 25)
    monkeypatch.setattr(budgets, "MAX_CHECKED_LAYERS", 25)


def check(text: str, variant: str | None = None) -> FileReport:
    return check_text(text, "many.yaml", variant, CheckOptions())


def test_variants_that_are_not_checked_are_a_finding() -> None:
    report = check(FAMILY)
    (finding,) = report.findings  # no ignore is called unused
    assert (finding.code, finding.severity, finding.line) == ("file/unchecked", "error", 5)
    assert finding.message == (
        "2 of 4 variants were not checked: those before have more than 25 layers together; name "
        "FILE#VARIANT, or write several files"
    )
    assert report.networks == 2


def test_each_is_checked_by_itself() -> None:
    assert check(FAMILY, "d").findings == ()


def test_the_first_is_checked_however_many_layers_it_has() -> None:
    report = check(FAMILY.replace("kernel: 1}", "kernel: 1, repeat: 100}"))
    assert report.networks == 1
    assert [each.code for each in report.findings] == ["file/unchecked"]


def test_budgets_for_more_inputs_than_are_looked_at_are_a_finding() -> None:
    budget = ", ".join(f"{{input: [1, 8, {width}], params: <= 1M}}" for width in (9, 10, 11))
    report = check(f"budget: [{budget}]\n{FAMILY}".replace("kernel: 1}", "kernel: 1, repeat: 12}"), "a")
    assert [each.message for each in report.findings] == [
        "the budgets for 1 of 3 inputs were not checked: the network has more than 25 layers on all of them "
        "together"
    ]
    assert [each.input for each in report.budgets] == ["1x8x9", "1x8x10"]


def test_what_became_of_them_is_unknown() -> None:
    earlier = Earlier("old.yaml", "there", content=FAMILY.replace("width: 8", "width: 4").encode())
    change = compare(earlier, FAMILY, "many.yaml", None, {}, "old").change
    assert change is not None
    assert [each.became for each in change.networks] == ["changed", "same", "unknown", "unknown"]
    assert change.networks[3].note == "not checked: the variants before it have too many layers together"


def test_their_figures_are_not_written() -> None:
    assert {each.split(":")[0] for each in pinned(FAMILY, "many.yaml", None).written} == {"a", "b"}
