"""Hand-outs as their readers take them: Markdown by GitHub's own, mathematics by KaTeX, LaTeX by pdfTeX."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

import cmarkgfm
import pytest
from msgspec.structs import replace

import cnnstat
from cnnstat.base.text import plain
from cnnstat.commands.trace.formats import render
from cnnstat.commands.trace.options import TraceOptions
from cnnstat.commands.trace.traced_run import prepared, traced
from cnnstat.commands.trace.unit_trace import document_of
from tests.commands.draw.hostile_spec import LONG, SIGNS, hostile_text
from tests.node_modules import module
from tests.program import within
from tests.small import EVERY_TYPE

if TYPE_CHECKING:
    from pathlib import Path

MATH = """
const katex = require(process.argv[1]);
const faults = [];
for (const text of JSON.parse(require('fs').readFileSync(0, 'utf8')))
  try { katex.renderToString(text, {displayMode: true, throwOnError: true, strict: 'error', trust: false}); }
  catch (error) { faults.push(error.message); }
console.log(JSON.stringify(faults));
"""
PAGE = "\\documentclass{{article}}\n\\usepackage{{amsmath}}\n\\begin{{document}}\n{}\n\\end{{document}}\n"


@cache
def of_every_type(form: str) -> tuple[str, ...]:
    """Return a trace there and back of the last unit of every node of the network of every type."""
    graph = cnnstat.loads(EVERY_TYPE)
    asked = TraceOptions(at="", unit=(), batch=2, backward=True)
    analysis, _ = prepared(graph, asked)
    run = traced(analysis, range(len(graph.nodes)), asked)
    return tuple(
        render(
            document_of(run, number, replace(asked, unit=tuple(size - 1 for size in shape))),
            form,
            width=None,
            colour=False,
        )
        for number, shape in enumerate(analysis.shapes)
    )


def of_hostile(sign: str, form: str, folder: Path) -> str:
    path = folder / "hostile.yaml"
    path.write_text(hostile_text(sign), encoding="utf-8")
    ended = within("trace", str(path), "--at", "b", "--unit", "0,0,0", "--backward", "--format", form)
    assert not ended.returncode, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("sign", [*SIGNS, LONG])
def test_a_hostile_text_is_a_text_in_markdown(sign: str, tmp_path: Path) -> None:
    page = cmarkgfm.github_flavored_markdown_to_html(
        of_hostile(sign, "markdown", tmp_path), cmarkgfm.Options.CMARK_OPT_UNSAFE
    )
    assert {*re.findall(r"<(\w+)", page)} <= {"h2", "h3", "p", "em", "strong", "ul", "li", "pre", "code"}
    assert plain(sign) in html.unescape(page)


@pytest.mark.parametrize("sign", [*SIGNS, LONG])
def test_and_on_a_terminal_and_in_latex(sign: str, tmp_path: Path) -> None:
    for form in ("table", "latex"):
        lines = of_hostile(sign, form, tmp_path).splitlines()
        assert [line for line in lines if not line.isprintable()] == []
        assert "::" not in "\n".join(lines)


@pytest.mark.draw
def test_katex_reads_all_mathematics() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    command = [node, "-e", MATH, str(module("katex"))]

    def faults_of(formulas: list[str]) -> str:
        given = json.dumps(formulas)
        return subprocess.run(command, input=given, capture_output=True, text=True, check=True).stdout.strip()

    found = re.findall(r"```math\n(.*?)\n```", "\n".join(of_every_type("markdown")), re.DOTALL)
    assert len(found) > 200
    assert faults_of(found) == "[]"
    assert "KaTeX parse error" in faults_of([found[0].replace(r"\right]", "", 1)])


@pytest.mark.draw
def test_latex_typesets_every_type(tmp_path: Path) -> None:
    """All of it, and on the page: nothing is wider than a line."""
    log = typeset("\n".join(of_every_type("latex")), tmp_path)
    assert re.findall(r"^(?:!|Overfull .hbox) .*", log, re.MULTILINE) == []


@pytest.mark.draw
def test_latex_typesets_hostile_texts(tmp_path: Path) -> None:
    """Letters that pdfTeX has none of are for XeLaTeX and LuaLaTeX."""
    signs = (r"\write18{touch ran} \input{/etc/passwd} $x$ # & % _ ^ ~ {y}", *SIGNS, LONG)
    texts = [of_hostile(sign, "latex", tmp_path) for sign in signs if plain(sign).isascii()]
    assert len(texts) > 6
    assert re.findall(r"^! .*", typeset("\n".join(texts), tmp_path), re.MULTILINE) == []
    assert not (tmp_path / "ran").exists()


@pytest.mark.draw
def test_what_latex_cannot_read_is_a_fault(tmp_path: Path) -> None:
    assert re.findall(r"^! .*", typeset(r"\[ \left[ 1 \]", tmp_path), re.MULTILINE) != []


def typeset(text: str, folder: Path) -> str:
    """Return what pdfTeX says."""
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("no pdflatex: apt-get install texlive-latex-base")
    (folder / "page.tex").write_text(PAGE.format(text), encoding="utf-8")
    command = [program, "-interaction=nonstopmode", "-no-shell-escape", "page.tex"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    said = ended.stdout.decode("utf-8", "replace")
    assert "Output written on page.pdf" in said or "!" in said
    return said
