"""The file of a report: texts of a spec stand in it as data, and its policy lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest

from cnnstat.analysis.settings import Settings
from cnnstat.commands.check.configuration import Configuration
from cnnstat.commands.report.finding_entries import Checks
from cnnstat.commands.report.html import html, policy_of
from cnnstat.commands.report.networks import Given, networks
from cnnstat.commands.report.pages import Wanted, pages_of
from cnnstat.page.assets import Assets, assets
from tests.commands.draw.hostile_spec import SIGNS, hostile_text
from tests.commands.report.html_reader import elements, held, report
from tests.program import run, within

if TYPE_CHECKING:
    from pathlib import Path

MORE = (
    "</script><script>window.ran=1</script>",
    "<!--<script>",
    "</noscript></title></style>",
    "\u2028\u2029\u0085",
    "\u202egnp.\u2066\u200b",
    "&lt;b&gt;&#x3c;",
    "]]>--!>",
)
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "div", "noscript", "h1", "p"),
    *("table", "caption", "tr", "th", "td", "br", "script"),
}


@pytest.mark.parametrize("sign", [*SIGNS, *MORE, "".join((*SIGNS, *MORE))], ids=repr)
def test_texts_of_a_spec_are_data(sign: str, tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(hostile_text(sign), encoding="utf-8")
    text = report(tmp_path, str(spec))
    found = elements(text)
    assert {each.name for each in found} <= ALLOWED
    data = held(text)
    assert data["network-0"]["summary"]["source"] == sign
    assert data["document"]["title"] == data["network-0"]["summary"]["name"]
    assert data["network-0"]["spec"]["text"] == hostile_text(sign)
    scripts = [each for each in found if each.name == "script"]
    assert [each.text for each in scripts if "type" not in each.attributes] == [assets("report").script]
    assert len(scripts) == 3
    assert not [name for each in found for name in each.attributes if name.startswith("on")]
    shown = "".join(each.text for each in found if each.name not in ("script", "style"))
    assert all(character.isprintable() or character in "\n" for character in shown)


def test_a_file_that_is_refused_says_why_without_markup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_text(
        "input: [1, 8, 8]\nlayers:\n  - {type: '<script>x</script>'}\n", encoding="utf-8"
    )
    (tmp_path / "b.yaml").write_text("input: [1, 8, 8]\nlayers:\n  - {type: relu}\n", encoding="utf-8")
    text = report(tmp_path, ".", code=1)
    wrong, right = held(text)["document"]["index"]
    assert "unknown type '<script>x</script>'" in wrong["problems"][0]
    assert [wrong["totals"], right["problems"]] == [None, []]
    assert {*held(text)} == {"document", "network-1"}
    assert {each.name for each in elements(text)} <= ALLOWED


def test_the_policy_names_the_only_script_and_style(tmp_path: Path) -> None:
    found = elements(report(tmp_path, "lenet5"))
    (said,) = (
        each.attributes["content"] or ""
        for each in found
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.split(" ", 1) for rule in said.split("; "))
    for name in ("script", "style"):
        (text,) = (each.text for each in found if each.name == name and "type" not in each.attributes)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }


def test_nothing_is_named_that_could_be_loaded(tmp_path: Path) -> None:
    """The policy would refuse it; addresses stand in texts alone."""
    found = elements(report(tmp_path, "resnet18"))
    assert not [each for each in found if {"src", "href", "srcset", "data"} & {*each.attributes}]
    assert not re.search(r"@import|url\((?!['\"]?data:)", assets("report").style)


def test_one_input_makes_one_file(tmp_path: Path) -> None:
    """In another process, where sets have another order."""
    written = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.html"
        ended = run("report", "lenet5", "googlenet", "-o", str(path), env={"PYTHONHASHSEED": seed})
        assert ended.returncode == 0, ended.stderr
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_resnet_152_takes_less_than_two_megabytes(tmp_path: Path) -> None:
    assert len(report(tmp_path, "resnet152").encode()) < 2_000_000


def test_who_has_no_script_sees_the_totals(tmp_path: Path) -> None:
    found = elements(report(tmp_path, "lenet5", "resnet18"))
    first = next(i for i, each in enumerate(found) if each.name == "noscript")
    assert [each.text for each in found[first:] if each.name == "caption"] == ["Totals of the networks"]
    cells = [each.text for each in found[first:] if each.name in ("th", "td")]
    totals = json.loads(within("summary", "resnet18", "--format", "json").stdout)["totals"]
    for key in ("params", "macs", "flops", "activations", "inference_memory_bytes", "training_memory_bytes"):
        assert f"{totals[key]:,}" in cells


@pytest.mark.parametrize("script", ["x='</SCRIPT >'", "x='<!-- <script>'", "a\r\nb"])
def test_a_script_that_ends_its_element_is_refused(script: str) -> None:
    pages = pages_of(
        networks(["lenet5"], Given(Configuration(), {}, None, Settings())), Wanted(), Checks(Configuration())
    )
    with pytest.raises(ValueError, match="does not fit into <script>"):
        html(pages.document, pages.networks, Assets(script, ""))
    assert "script-src 'sha256-" in policy_of(Assets(script, ""))
