"""What comes from a spec is text in every format, and nothing else, whatever it holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cnnstat.commands.check.changes import FigureChange, FileChange, NetworkChange
from cnnstat.commands.check.formats import FORMATS, render
from cnnstat.commands.check.formats.markdown import SHOWN
from tests.commands.check.formats.documents import AT_ROOT, BELOW, finding, of_findings
from tests.commands.check.formats.readers import READERS, Said
from tests.program import within

if TYPE_CHECKING:
    from cnnstat.commands.check.findings import Finding

HOSTILE = (
    *(
        "::error::owned",
        " ::warning file=a::b",
        "##vso[task.complete]",
        "##[group]x",
        "::stop-commands::x",
        ":::x",
    ),
    *(
        "<script>alert(1)</script>",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[x",
        "&amp;&lt;",
        "&#58;&#x3a;",
        "<details>",
    ),
    *(
        "${{ secrets.TOKEN }}",
        "$(id)",
        "=cmd|' /C calc'!A0",
        "@everyone",
        "#123",
        "a1b2c3d4e5f6a7b8",
        ":tada:",
    ),
    *("`", "``", "` ` `", "```x```", "|", "\\|", "\\\\|", "a|b|c", "\\", "`|`", "`\\|"),
    *(
        "[x](https://example.org)",
        "![x](y.png)",
        "https://example.org",
        "www.example.org",
        "a@example.org",
        "](",
    ),
    *("*b* _i_ ~s~ # h", "{0}", "{{0}}", "{", "%0A::error::x", "%25", "%", "%s", "a,b=c;d", '"', "'"),
    *("a\nb", "a\r\n::error::b", "\u2028", "\u2029::error::x", "\x85", "\x0b\x0c", "\t"),
    *(
        "\x00",
        "\x1b[31mred",
        "\x1b]0;t\x07",
        "\x07",
        "\x08",
        "\x7f",
        "\x9b31m",
        "\u202egnp",
        "\u2066\u2069",
        "\u200b",
    ),
    *(
        "\ud800",
        "\udcff",
        "\ufffe",
        "\uffff",
        "\ufeff",
        "\U0001f600",
        "\u4e2d\u6587",
        "e\u0301",
        " ",
        "  a  ",
    ),
    *("x" * 5000, "<" * 300, "|" * 300, "`" * 300, "é" * 300),
)
"""What means something somewhere: markup, commands of logs, control and formatting characters."""


def shown(text: str) -> str:
    """Return text with what no page can show as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def parted(text: str) -> str:
    """Return text without the spaces that part what a log would read."""
    return text.replace(" ", "")


def expected(each: Finding, form: str) -> dict[str, Any]:
    """Return what a reader of a format finds of a finding."""
    raw = {key: getattr(each, key) for key in Said.__struct_fields__}
    if form == "json":
        return raw
    if form == "markdown":  # long texts are cut there
        raw |= {key: _cut(raw[key]) for key in ("file", "message")}
    said = {key: shown(value) if isinstance(value, str) else value for key, value in raw.items()}
    if form == "sarif":  # a name there is made of bytes
        said["file"] = os.fsencode(each.file).decode(errors="surrogateescape") if _is_a_name(each) else None
    if form == "github":  # a log has the place, too
        said["message"] = f"{said['file']}:{each.line}:{each.column}: {said['message']}"
    return said


def _cut(text: str) -> str:
    text = text if len(text) <= 500 else f"{text[:500]}…"
    return re.sub("`{21,}", "`" * 20 + "…", text)


def _is_a_name(each: Finding) -> bool:
    try:
        return each.file == os.fsdecode(os.fsencode(each.file))
    except UnicodeEncodeError:
        return False


def hold(found: list[Finding], form: str, text: str) -> None:
    """Hold a text against the findings that it is to have, and no others."""
    said = READERS[form](text)
    order = ("error", "warning", "info")
    if form in ("github", "markdown"):
        found = sorted(found, key=lambda each: order.index(each.severity))
    assert len(said) == len(found)
    for one, each in zip(said, found, strict=True):
        wanted = expected(each, form)
        for key in Said.__struct_fields__:
            value, want = getattr(one, key), wanted[key]
            if value is None or want is None or (key == "file" and form in ("text", "junit")):
                continue
            assert (parted(value) == parted(want)) if isinstance(want, str) else value == want, (form, key)


def test_no_format_is_without_a_reader() -> None:
    """A new format needs a reader, by whatever reads it in the end, and then stands in all these tests."""
    assert READERS.keys() == set(FORMATS)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("medium", [AT_ROOT, BELOW], ids=["root", "below"])
def test_messages_and_lines(form: str, medium: Any) -> None:
    for number, hostile in enumerate(HOSTILE):
        severity = ("error", "warning", "info")[number % 3]
        each = finding(message=f"got '{hostile}'", text=hostile, severity=severity, networks=(hostile,))
        text = render(of_findings(each), form, medium)
        if medium is AT_ROOT:
            hold([each], form, text)
        else:
            assert len(READERS[form](text)) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_a_message_that_is_nothing_else(form: str) -> None:
    for hostile in HOSTILE:
        each = finding(message=hostile, text=f"  {hostile}", column=3, length=len(hostile))
        hold([each], form, render(of_findings(each), form, AT_ROOT))


@pytest.mark.parametrize("form", FORMATS)
def test_names_of_files(form: str) -> None:
    for hostile in HOSTILE:
        name = f"specs/x{hostile}.yaml".replace("\0", "").replace("//", "/")
        each = finding(file=name)
        hold([each], form, render(of_findings(each), form, AT_ROOT))
        each = finding(file=name.removesuffix(".yaml"))
        hold([each], form, render(of_findings(each), form, AT_ROOT))


@pytest.mark.parametrize("form", FORMATS)
def test_many_at_once(form: str) -> None:
    found = [finding(message=hostile, text=hostile, line=n + 1) for n, hostile in enumerate(HOSTILE)]
    assert len(found) > SHOWN
    hold(found, form, render(of_findings(*found), form, AT_ROOT))


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_change_does_and_what_was_written(form: str) -> None:
    """Names of networks, of files before and of revisions; figures that were pinned, with their layers."""
    for hostile in HOSTILE:
        grown = FigureChange(figure="params", before=1, after=2, difference=1, ratio=2.0, grown=True)
        figures = (grown,) * 4
        networks = (
            NetworkChange(
                network=hostile, became="changed", figures=figures, field_before="1", field_after="2"
            ),
            NetworkChange(network=hostile, became="unknown", note=hostile),
        )
        change = FileChange(became="renamed", before=hostile, note=hostile, networks=networks)
        each = finding(message="grown")
        one = of_findings(each, change=change, written=(hostile,), left=(hostile,))
        text = render(replace(one, against=hostile, removed=(hostile,)), form, AT_ROOT)
        hold([each], form, text)


_SIGNS = st.text(
    st.sampled_from(":#[]<>&;!`|\\$%{}()*_@=-\"'\n\r\t\x00\x1b\x85\u2028\u202e\ud800\udcff\ufffe ae0/."),
    max_size=30,
)


@pytest.mark.parametrize("form", FORMATS)
def test_whatever_is_made_of_such_signs(form: str) -> None:
    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(_SIGNS.filter(bool), _SIGNS, st.integers(1, 40), st.integers(1, 40))
    def one(message: str, line: str, column: int, length: int) -> None:
        each = finding(message=message, text=line, column=min(column, len(line) + 1), length=length)
        hold([each], form, render(of_findings(each), form, AT_ROOT))

    one()


SPEC = """
name: "<script>\\e[31m"
# ::error::comment ]]> ${{ }} ##vso[x] \u202e
input: [1, 8, 8]
source: "::warning::s \\u2028 | `x` ]]> =cmd()"
params: {"a<b>": 1}
layers:
  - {name: "::error::n|`<b>${{ }}`", type: "x ]]> ##vso[task]", "=cmd()": 3}  # ::c | <script>
  - {type: conv, filters: 1, kernel: 3, expect: {params: {value: 1, erratum: "]]> <b> |", correct: 9}}}
"""
NAMES = (
    b"a<b>|`x`.yaml",
    b"::error::n.yaml",
    b"]]>.yaml",
    b"n\xff\xfe.yaml",
    b"new\nline.yaml",
    b"##vso[t].yaml",
    b"\x1b[31m.yaml",
    b"%0A.yaml",
    b"a,b=c.yaml",
    b"=cmd().yaml",
    "\u202e\u2028.yaml".encode(),
)


@pytest.mark.parametrize("form", FORMATS)
def test_whole_files_with_such_names_and_such_texts(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        Path(os.fsdecode(name)).write_text(SPEC, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "cnnstat", "check", ".", "--severity", "info", "--format", form],
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, b"")
    text = ended.stdout.decode()
    said = READERS[form](text)
    assert len(said) == len(said) // len(NAMES) * len(NAMES) > 0
    assert "Traceback" not in text
    if form in ("json", "sarif"):
        assert {os.fsencode(each.file) for each in said} == set(NAMES)


BAD = sorted((Path(__file__).parents[3] / "specs" / "bad").glob("*.yaml"))


@pytest.mark.parametrize("form", FORMATS)
def test_every_bad_spec(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD[0].parent)
    ended = within("check", *(path.name for path in BAD), "--format", form, "--jobs", "1")
    assert ended.returncode == 1
    codes = {each.code for each in READERS[form](ended.stdout)}
    assert "shape/too-small" in codes
    assert all(re.fullmatch(r"[a-z]+/[a-z-]+", str(code)) for code in codes)
