"""What each format says, in the words of whoever reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from cnnstat import rules
from cnnstat.base.pages import CODES
from cnnstat.commands.check.document import Execution, document
from cnnstat.commands.check.formats import FORMATS, markdown, render
from cnnstat.commands.check.formats.medium import Medium, repository
from cnnstat.commands.check.options import CheckOptions
from tests.commands.check.formats.documents import AT_ROOT, BELOW, finding, of_findings
from tests.commands.check.formats.readers import READERS, read_tests
from tests.rules.found import check_text

if TYPE_CHECKING:
    from pathlib import Path

ERROR = finding()
WARNING = finding(code="rule/bias-before-norm", severity="warning", message="no effect", line=7, fixable=True)
INFO = finding(code="rule/no-citation", severity="info", message="no source", file="b.yaml", line=9)
ALL = of_findings(WARNING, ERROR, INFO)
NONE = of_findings()


# -- text ----------------------------------------------------------------------------------------------


def test_text_has_each_finding_with_its_line_and_the_sums() -> None:
    assert render(ALL, "text", AT_ROOT) == (
        "a.yaml:7:12: warning: rule/bias-before-norm: no effect\n"
        "    7 |   - {type: conv, filters: 8, kernel: 5}\n"
        "      |            ^^^^\n"
        "a.yaml:4:12: error: shape/too-small: kernel 5 exceeds 3\n"
        "    4 |   - {type: conv, filters: 8, kernel: 5}\n"
        "      |            ^^^^\n"
        "b.yaml:9:12: info: rule/no-citation: no source\n"
        "    9 |   - {type: conv, filters: 8, kernel: 5}\n"
        "      |            ^^^^\n"
        "--fix would mend 1 of 3\n"
        "3 files, 4 networks: 1 error, 1 warning, 1 info\n"
    )
    assert render(NONE, "text", AT_ROOT) == "1 file, 2 networks: nothing found\n"


def test_text_counts_what_is_hidden_and_what_was_proved() -> None:
    run = Execution(network="n", figures=1200, gradients=5, verdict="proved")
    text = render(of_findings(ERROR, hidden=3, executions=(run,)), "text", AT_ROOT)
    assert text.splitlines()[-1] == (
        "2 files, 3 networks: 1 error; 3 more with a lower --severity;"
        " 1,200 figures and 5 gradients proved by execution"
    )


def test_text_counts_many_findings_by_their_codes() -> None:
    many = of_findings(*(finding(line=n) for n in range(1, 12)), WARNING)
    assert render(many, "text", AT_ROOT).splitlines()[-5:] == [
        "",
        "       11  shape/too-small",
        "        1  rule/bias-before-norm (1 with --fix)",
        "--fix would mend 1 of 12",
        "2 files, 3 networks: 11 errors, 1 warning",
    ]


def test_text_does_not_offer_what_was_refused() -> None:
    assert "--fix would" not in render(of_findings(WARNING, finding(code="fix/refused")), "text", AT_ROOT)


@pytest.mark.parametrize("width", [40, 80])
def test_sums_rooms_and_what_was_done_fit_a_terminal_too(width: int) -> None:
    text = "input: [3, 8, 8]\nbudget: {params: <= 12M, inference_memory: <= 1G}\n"
    spec = f"{text}layers: [{{type: conv, filters: 8, kernel: 3}}]\n"
    report = check_text(spec, "folder/" * 5 + "x.yaml", None, CheckOptions())
    done = ("a: params: 5, was " + "7" * 20 + " and more words" * 5,)
    written = structs.replace(report, written=done, hidden=7)
    checked = structs.replace(document([written] * 3, 12), against="a-revision", removed=("a b " * 20,))
    said = render(checked, "text", Medium(width=width, room=True))
    assert max(map(len, said.splitlines())) <= width
    for sentence in ("12 YAML files have no key of a spec", "budget 12M: 11,999,776 left"):
        assert sentence in " ".join(said.split())


@pytest.mark.parametrize("width", [40, 80, 200])
def test_text_fits_a_terminal(width: int) -> None:
    wide = finding(
        message="a word and another " * 20, text="x" * 300 + "卷积" + "y" * 300, column=301, length=2
    )
    text = render(of_findings(wide), "text", Medium(width=width))
    findings, sums = text.splitlines()[:-1], text.splitlines()[-1]
    assert max(map(len, findings)) <= width
    assert sums == "2 files, 3 networks: 1 error"
    *_, line, carets = findings
    assert line[carets.index("^") - carets[: carets.index("^")].count("卷") :].startswith("卷积")


def test_text_has_colours_where_they_are_wanted() -> None:
    text = render(of_findings(ERROR), "text", Medium(colour=True))
    first, line, carets, sums = text.splitlines()
    assert first == "\x1b[1ma.yaml:4:12\x1b[0m: \x1b[1;31merror\x1b[0m: shape/too-small: kernel 5 exceeds 3"
    assert line == "\x1b[2m    4 | \x1b[0m  - {type: conv, filters: 8, kernel: 5}"
    assert carets == "\x1b[2m      | \x1b[0m           \x1b[1;31m^^^^\x1b[0m"
    assert sums == "\x1b[1m2 files, 3 networks: 1 error\x1b[0m"


LONG = (
    "input: [1, 8, 8]\nlayers: [" + "{type: relu}, " * 5000 + "{type: cnv}, " + "{type: relu}, " * 5000 + "]"
)


def test_of_a_line_as_long_as_a_file_only_the_part_around_the_place_is_kept() -> None:
    (found,) = check_text(LONG, "long.yaml", None, CheckOptions()).findings
    assert len(found.text) <= 1000
    assert found.text[found.column - 1 - found.before :].startswith("cnv}")
    assert max(map(len, render(of_findings(found), "junit", AT_ROOT).splitlines())) < 200
    text = render(of_findings(found), "text", AT_ROOT).splitlines()
    assert text[1][text[2].index("^") :].startswith("cnv}")
    run = json.loads(render(of_findings(found), "sarif", AT_ROOT))["runs"][0]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startColumn"], region["endColumn"]) == (found.column, found.column + 3)


# -- GitHub --------------------------------------------------------------------------------------------


def test_github_has_an_annotation_for_each_finding_errors_first() -> None:
    said = READERS["github"](render(ALL, "github", BELOW))
    assert [(each.severity, each.file, each.line, each.column, each.code) for each in said] == [
        ("error", "models/a.yaml", 4, 12, "shape/too-small"),
        ("warning", "models/a.yaml", 7, 12, "rule/bias-before-norm"),
        ("info", "models/b.yaml", 9, 12, "rule/no-citation"),
    ]
    assert said[0].message == "a.yaml:4:12: kernel 5 exceeds 3"
    assert ",col=12,endColumn=15," in render(of_findings(ERROR), "github", AT_ROOT)


def test_github_is_what_its_own_toolkit_writes() -> None:
    """The line was printed by issueCommand of npm @actions/core 3.0.1, given the same properties."""
    each = finding(file="a,b:c%.yaml", message="100% of a:b, c\r\nd")
    line = render(of_findings(each), "github", AT_ROOT).splitlines()[0]
    assert line == (
        "::error file=a%2Cb%3Ac%25.yaml,line=4,endLine=4,col=12,endColumn=15,title=shape/too-small"
        "::a,b:c%25.yaml:4:12: 100%25 of a:b, c\\r\\nd"
    )


def test_github_says_so_where_it_shows_not_all_of_them() -> None:
    ten, eleven = ([finding(line=n + 1) for n in range(count)] for count in (10, 11))
    limit = "GitHub shows the first 10 errors, warnings and notices of a step; all are in its log."
    assert limit not in render(of_findings(*ten), "github", AT_ROOT)
    assert limit in render(of_findings(*eleven), "github", AT_ROOT).splitlines()


# -- fingerprints: GitLab and SARIF --------------------------------------------------------------------


def prints(form: str, document: Any) -> list[str]:
    found = json.loads(render(document, form, AT_ROOT))
    if form == "gitlab":
        return [each["fingerprint"] for each in found]
    return [each["partialFingerprints"]["findingOnLine/v1"] for each in found["runs"][0]["results"]]


@pytest.mark.parametrize("form", ["gitlab", "sarif"])
def test_fingerprints_stay_when_lines_move_and_figures_change(form: str) -> None:
    (before,) = prints(form, of_findings(ERROR))
    assert prints(form, of_findings(finding(line=40, message="kernel 5 exceeds 2"))) == [before]
    assert prints(form, of_findings(finding(column=14, text=f"  {ERROR.text}"))) == [before]
    for other in (finding(code="shape/rank"), finding(file="b.yaml"), finding(text="- {type: conv}")):
        assert prints(form, of_findings(other)) != [before]


@pytest.mark.parametrize("form", ["gitlab", "sarif"])
def test_equal_findings_have_fingerprints_of_their_own(form: str) -> None:
    first, second = prints(form, of_findings(ERROR, finding(line=5)))
    assert first != second
    assert prints(form, of_findings(ERROR)) == [first]


def test_gitlab_gets_severities_it_knows_and_paths_from_the_root() -> None:
    found = json.loads(render(ALL, "gitlab", BELOW))
    assert [(each["severity"], each["location"]["path"]) for each in found] == [
        ("minor", "models/a.yaml"),
        ("major", "models/a.yaml"),
        ("info", "models/b.yaml"),
    ]
    assert json.loads(render(NONE, "gitlab", AT_ROOT)) == []


# -- JUnit ---------------------------------------------------------------------------------------------


def test_junit_has_a_test_for_each_file() -> None:
    tests = read_tests(render(ALL, "junit", BELOW))
    assert list(tests) == ["models/a.yaml", "models/b.yaml", "models/clean.yaml"]
    assert tests["models/clean.yaml"] is None
    assert tests["models/a.yaml"] == (
        "a.yaml:7:12: warning: rule/bias-before-norm: no effect\n"
        "      - {type: conv, filters: 8, kernel: 5}\n"
        "               ^^^^\n"
        "a.yaml:4:12: error: shape/too-small: kernel 5 exceeds 3\n"
        "      - {type: conv, filters: 8, kernel: 5}\n"
        "               ^^^^"
    )


# -- SARIF ---------------------------------------------------------------------------------------------


def test_sarif_points_at_what_is_meant() -> None:
    run = json.loads(render(ALL, "sarif", BELOW))["runs"][0]
    place = run["results"][1]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "models/a.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4, "startColumn": 12, "endColumn": 16},
    }
    assert run["originalUriBaseIds"] == {"%SRCROOT%": {"uri": "file:///repo/"}}
    assert run["columnKind"] == "unicodeCodePoints"
    assert [each["level"] for each in run["results"]] == ["warning", "error", "note"]


@pytest.mark.parametrize(
    ("file", "artifact"),
    [
        ("../a.yaml", {"uri": "a.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/repo/a b.yaml", {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"}),
        ("../../a.yaml", {"uri": "file:///a.yaml"}),
        ("/elsewhere/ü.yaml", {"uri": "file:///elsewhere/%C3%BC.yaml"}),
        ("<stdin>", {"uri": "%3Cstdin%3E"}),
    ],
)
def test_sarif_names_files_by_their_place(file: str, artifact: dict[str, str]) -> None:
    run = json.loads(render(of_findings(finding(file=file)), "sarif", BELOW))["runs"][0]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == artifact


def test_sarif_has_no_end_behind_the_line_and_none_without_one() -> None:
    long, empty = finding(length=500), finding(text="", line=1, column=1, code="file/unreadable")
    run = json.loads(render(of_findings(long, empty), "sarif", AT_ROOT))["runs"][0]
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in run["results"]]
    assert regions[0]["endColumn"] == len(long.text) + 1
    assert regions[1] == {"startLine": 1, "startColumn": 1}


@pytest.mark.parametrize("code", [*rules.CODES, *CODES])
def test_sarif_has_the_page_of_every_code(code: str) -> None:
    run = json.loads(render(of_findings(finding(code=code)), "sarif", AT_ROOT))["runs"][0]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == code
    assert len(rule["shortDescription"]["text"]) > 5
    assert len(rule["help"]["text"]) > 40
    READERS["sarif"](render(of_findings(finding(code=code)), "sarif", AT_ROOT))


def test_sarif_takes_a_code_without_a_page() -> None:
    run = json.loads(render(of_findings(finding(code="rule/of-nobody")), "sarif", AT_ROOT))["runs"][0]
    assert run["tool"]["driver"]["rules"] == [{"id": "rule/of-nobody"}]


# -- Markdown ------------------------------------------------------------------------------------------


def test_markdown_is_a_table_errors_first() -> None:
    assert render(ALL, "markdown", BELOW) == (
        "**cnnstat check**: 3 files, 4 networks: 1 error, 1 warning, 1 info\n"
        "\n"
        "| | where | code | what |\n"
        "|---|---|---|---|\n"
        "| error | `models/a.yaml:4:12` | `shape/too-small` | `kernel 5 exceeds 3` |\n"
        "| warning | `models/a.yaml:7:12` | `rule/bias-before-norm` | `no effect` |\n"
        "| info | `models/b.yaml:9:12` | `rule/no-citation` | `no source` |\n"
    )
    assert render(NONE, "markdown", AT_ROOT) == "**cnnstat check**: 1 file, 2 networks: nothing found\n"


def test_markdown_folds_what_is_long_and_ends_before_a_comment_does() -> None:
    many = of_findings(*(finding(line=n, message="m" * 300) for n in range(1, 2001)))
    text = render(many, "markdown", AT_ROOT)
    shown = READERS["markdown"](text)
    assert f"<details><summary>{len(shown) - markdown.SHOWN:,} more</summary>" in text
    assert f"{2000 - len(shown):,} more are left out" in text
    assert 60_000 - 400 < len(text) < 65_536
    assert len(shown) < 2000


# -- all -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_where_nothing_was_found(form: str) -> None:
    text = render(NONE, form, AT_ROOT)
    assert READERS[form](text) == []
    assert text.endswith("\n")


@pytest.mark.parametrize("form", FORMATS)
def test_more_networks_of_a_file_are_counted(form: str) -> None:
    text = render(of_findings(finding(networks=("a", "b", "c"))), form, AT_ROOT)
    (said,) = READERS[form](text)
    assert form == "json" or said.message.endswith("; in a and 2 more networks")


@pytest.mark.parametrize("form", FORMATS)
def test_the_variant_of_a_finding_is_named(form: str) -> None:
    (said,) = READERS[form](render(of_findings(finding(networks=("a",), in_family=True)), form, AT_ROOT))
    assert form == "json" or said.message.endswith("; in a")
    (said,) = READERS[form](render(of_findings(finding(networks=("a",))), form, AT_ROOT))
    assert not said.message.endswith("; in a")


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("json", "gitlab")])
def test_files_that_were_passed_over_are_counted(form: str) -> None:
    said = "2 YAML files have no key of a spec"
    checked = structs.replace(NONE, passed_over=2)
    assert said in render(checked, form, AT_ROOT)
    assert said not in render(NONE, form, AT_ROOT)


def test_the_root_is_where_git_begins_or_where_a_ci_says(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert repository(below, {}) == below
    assert repository(below, {"CI_PROJECT_DIR": str(tmp_path / "a")}) == tmp_path / "a"
    assert repository(below, {"GITHUB_WORKSPACE": "/elsewhere"}) == below
    (tmp_path / ".git").mkdir()
    assert repository(below, {"CI_PROJECT_DIR": str(tmp_path / "a")}) == tmp_path
