"""Each rule finds what the specs in its folder have, in these words and no others, and its own examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnstat import rules
from tests.program import within
from tests.rules.found import codes, expected, said, specs

CASES = [(name, path) for name in rules.NAMES for path in specs(name)]


@pytest.mark.parametrize(("name", "path"), CASES, ids=lambda each: getattr(each, "stem", each))
def test_diagnostics(name: str, path: Path) -> None:
    assert said(path, f"rule/{name}") == expected(path)


@pytest.mark.parametrize("code", rules.CODES)
def test_a_rule_finds_its_bad_example_and_nothing_in_the_good_one(code: str) -> None:
    page = rules.manual(code)
    assert codes(page.bad) == {code}
    assert code not in codes(page.good)


@pytest.mark.parametrize("code", rules.CODES)
def test_explain_prints_the_page(code: str) -> None:
    page, severity = rules.manual(code), rules.rule(code).severity
    table, data = (within("explain", code, "--format", form).stdout for form in ("table", "json"))
    assert table.startswith(f"{code}: {page.title}")
    assert f"default severity  {severity}" in table
    for line in (*page.bad.split("\n"), *page.good.split("\n")):
        assert line in table
    assert f'"severity": "{severity}"' in data
    assert within("explain", code, "--format", "markdown").stdout == rules.page_of(code)


def test_explain_lists_the_rules() -> None:
    listed = within("explain").stdout
    assert all(code in listed and rules.manual(code).title in listed for code in rules.CODES)


def test_the_manual_of_check_names_every_rule_once() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "check.md").read_text(encoding="utf-8")
    lines = manual.partition("\n## Rules\n")[2].partition("\n## ")[0].split("\n")
    named = [name for line in lines if line.startswith("| ") for name in re.findall(r"`(.*?)`", line)]
    assert sorted(named) == sorted(rules.NAMES)
