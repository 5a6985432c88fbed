"""Comments that leave findings out, wherever YAML lets a comment stand, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnnstat.base.errors import Source
from cnnstat.commands.check import ignores
from cnnstat.commands.check.options import CheckOptions
from cnnstat.spec.document import comments
from tests.rules.found import check_text

if TYPE_CHECKING:
    from cnnstat.commands.check.configuration import Level
    from cnnstat.commands.check.document import FileReport

BIAS = "rule/bias-before-norm"
BAD = "- {type: conv, filters: 4, kernel: 3}"
HEAD = "name: ignored\ninput: [3, 9, 9]\nlayers:\n"
NORM = "  - {type: batch_norm}\n"


def check(text: str, variant: str | None = None, **severity: Level) -> FileReport:
    levels = {f"rule/{key.replace('_', '-')}": level for key, level in severity.items()}
    options = CheckOptions(severity=levels)
    return check_text(text, "spec.yaml", variant, options)


def found(report: FileReport) -> list[str]:
    return [f"{each.line}:{each.column} {each.code}: {each.message}" for each in report.findings]


def codes(report: FileReport) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in report.findings]


@pytest.mark.parametrize(
    "layers",
    [
        f"  {BAD}  # cnnstat: ignore[{BIAS}] as published\n",
        f"  {BAD}  # the stem # cnnstat: ignore[{BIAS}] as published\n",
        f"  # cnnstat: ignore[{BIAS}] as published\n  {BAD}\n",
        f"  # cnnstat: ignore[{BIAS}] as published\n# another\n  {BAD}\n",
        f"  # cnnstat: ignore-file[{BIAS}] as published\n  {BAD}\n",
        f"  - {{type: conv, # cnnstat:ignore[ {BIAS} ] as published\n     filters: 4, kernel: 3}}\n",
        f'  - {{type: conv, filters: "$in + 1", kernel: 3}}# cnnstat: ignore[{BIAS}] as published\n',
        f"  - type: conv # cnnstat: ignore[{BIAS}] as published\n    filters: 4\n    kernel: 3\n",
    ],
)
def test_a_finding_is_ignored_and_counted(layers: str) -> None:
    report = check(HEAD + layers + NORM)
    assert (found(report), report.ignored) == ([], 1)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    text = f"{HEAD}  # cnnstat: ignore[{BIAS}] as published\n  {BAD}\n{NORM}  {BAD}\n{NORM}"
    report = check(text.replace("\n", end))
    assert (codes(report), report.ignored) == ([(7, BIAS)], 1)


def test_only_what_is_named_and_where_it_is_said_is_ignored() -> None:
    there = f"  {BAD}  # cnnstat: ignore[{BIAS}] as published\n{NORM}"
    report = check(f"{HEAD}{there}  {BAD}\n{NORM}{there}")
    assert (codes(report), report.ignored) == ([(6, BIAS)], 2)


def test_a_comment_is_no_comment_within_a_value() -> None:
    """The name is the text of an ignore for the whole file, in every style that YAML has."""
    ignore = f"# cnnstat: ignore-file[{BIAS}] x"
    for name in (
        f'"{ignore}"',
        f"'{ignore}'",
        f"|\n  {ignore}\n",
        f'"a\n  {ignore}"',
        f">-\n  a\n  {ignore}",
    ):
        report = check(f"name: {name}\n{HEAD.partition(chr(10))[2]}  {BAD}\n{NORM}")
        assert [code for _, code in codes(report)] == [BIAS], name


def test_comments_are_found_where_values_end() -> None:
    text = """# 1
a: "x # no" # 2
b: plain#no # 3
c: 'it''s # no'   # 4
d: |  # 5
  text # no
  # no

# 6
f: "multi # no
  # no
  end"# 7
g: [1, # 8
  2]# 9
h: multi
  plain # 10
i: "é😀 # no" # 11
j: >
# 12
k: |2-
"""
    spans = [*comments(Source("x", text))]
    assert [text.split("\n")[each.line - 1][each.column - 1 :] for each in spans] == [
        f"# {number}" for number in range(1, 13)
    ]


def test_what_is_wrong_with_an_ignore_is_said() -> None:
    comments = (
        f"# cnnstat: ignore[{BIAS}]",
        "# cnnstat: ignore[rule/bias-before-nrom] why",
        "# cnnstat: ignore[yaml/syntax, shape/leftover, expect/missed] why",
        "# cnnstat: ignore why",
        "# cnnstat: ignore[] why",
        f"# cnnstat: ignore[{BIAS}] why",
        "# cnnstat: ignore[ignore/unused,against/grown,run/refused,budget/type] why",
    )
    text = HEAD + f"  {BAD}  " + f"\n{NORM}  - {{type: relu}}  ".join(comments) + "\n"
    report = check(text)
    assert report.ignored == 1
    assert found(report) == [
        "4:42 ignore/reason: say why, behind the bracket",
        "6:37 ignore/unknown: no code 'rule/bias-before-nrom'; did you mean 'rule/bias-before-norm'?",
        "8:37 ignore/refused: yaml/syntax cannot be ignored: the spec itself is wrong; mend that",
        "8:50 ignore/refused: shape/leftover cannot be ignored: the spec itself is wrong; mend that",
        "8:66 ignore/refused: expect/missed cannot be ignored: the spec itself is wrong; mend that",
        "10:19 ignore/form: expected '# cnnstat: ignore[CODE, ...] reason, or ignore-file[CODE, ...] reason'",
        "12:19 ignore/form: expected '# cnnstat: ignore[CODE, ...] reason, or ignore-file[CODE, ...] reason'",
        f"14:37 ignore/unused: nothing to ignore: {BIAS} is not found here; remove it",
        "16:37 ignore/refused: ignore/unused cannot be ignored: it is about the check, not about the spec",
        "16:51 ignore/refused: against/grown cannot be ignored: it is about the check, not about the spec",
        "16:65 ignore/refused: run/refused cannot be ignored: it is about the check, not about the spec",
        "16:77 ignore/refused: budget/type cannot be ignored: the spec itself is wrong; mend that",
    ]


def test_problems_of_a_spec_stay() -> None:
    text = f"# cnnstat: ignore-file[shape/too-small] x\n{HEAD}  - {{type: conv, filters: 4, kernel: 11}}\n"
    assert codes(check(text)) == [(1, "ignore/refused"), (5, "shape/too-small")]


def test_an_ignore_is_not_unused_where_nobody_looked() -> None:
    there = f"  - {{type: relu}}  # cnnstat: ignore[{BIAS}] why\n"
    assert codes(check(HEAD + there)) == [(4, "ignore/unused")]
    assert codes(check(HEAD + there, bias_before_norm="off")) == []
    family = "variants: {a: {}, b: {}}\n" + HEAD
    assert codes(check(family + there)) == [(5, "ignore/unused")]
    assert codes(check(family + there, "a")) == []
    assert codes(check(HEAD + there + "  - {type: conv, filters: 4, kernel: 11}\n")) == [
        (5, "shape/too-small")
    ]


def test_suggestions_are_for_the_first_codes_that_there_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look for one takes milliseconds, and a comment may name thousands."""
    monkeypatch.setattr(ignores, "MAX_PROBLEMS", 3)
    said = found(check(f"# cnnstat: ignore[{', '.join(['rule/odd-widht'] * 5)}] why\n{HEAD}  {BAD}\n"))
    near = [each for each in said if "ignore/unknown" in each and "did you mean" in each]
    assert len(near) == 3
    assert sum("ignore/unknown" in each for each in said) == 5


def test_a_reason_has_a_word() -> None:
    report = check(f"{HEAD}  {BAD}  # cnnstat: ignore[{BIAS}] ...\n{NORM}")
    assert (4, "ignore/reason") in codes(report)


def test_a_budget_for_an_input_that_there_cannot_be_is_no_opinion() -> None:
    budget = "budget: {input: [3, 9], params: <= 5M}  # cnnstat: ignore[budget/input] later\n"
    report = check(f"{budget}{HEAD}  {BAD.replace('3}', '3, bias: false}')}\n")
    assert codes(report) == [(1, "budget/input"), (1, "ignore/refused")]
