"""Changed specs by the thousand: read, built and analyzed, and their summary as a text, in this process.

Each fiftieth goes through a whole command instead, as those of `tried` do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from cnnstat.analysis import analyze_graph
from cnnstat.base.errors import Source, SpecError
from cnnstat.base.pages import CODES
from cnnstat.commands.summary.document import document
from cnnstat.commands.summary.report import report
from cnnstat.graph.model import build
from cnnstat.report.render import render
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family
from tests.fuzz import tried
from tests.fuzz.findings import Finding, Fuzzer, seconds
from tests.fuzz.networks import networks
from tests.fuzz.texts import bad, bundled_ones, mutated

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from cnnstat.base.errors import Problem

SECONDS = 5.0
"""Of processor time, for one spec."""
POOL = 600
"""Networks that are drawn once, for to draw one takes ten times as long as to look at it."""
WHOLE = 50
"""One example in so many is a whole command."""


@dataclass(frozen=True)
class Text:
    """The text of a spec, and which of its variants is meant."""

    text: str
    variant: int

    def saved(self) -> tuple[str, bytes]:
        return ".yaml", self.text.encode(errors="surrogatepass")

    def __str__(self) -> str:
        return f"cnnstat summary SPEC  # variant {self.variant}"


def check(example: Text | tried.Tried) -> str:
    """Look at a spec: it has a summary, or problems that say where they are; in time."""
    if isinstance(example, tried.Tried):
        return f"command: {tried.check(example)}"
    with seconds(SECONDS, "summary of a text"):
        try:
            text = _summary(example)
        except SpecError as error:
            _check_problems(error, example.text)
            return "problems"
    if not text.replace("\n", "").isprintable():
        raise Finding("a summary has control characters", f"{text!a}"[:2000])
    return "summary"


def _summary(example: Text) -> str:
    family = read_family(Source("spec.yaml", example.text))
    keys = (*family.variants, None)
    analysis = analyze_graph(build(choose(family, keys[example.variant % len(keys)], {})))
    found = document(analysis, None)
    return render(found, lambda: report(found, analysis, (), None), "table", width=None, colour=False)


def _check_problems(error: SpecError, text: str) -> None:
    """Hold each problem against what every problem has.

    Raises:
        Finding: it has no message, no page, or no place in the text, or is not printed as text.
    """
    if not error.problems:
        raise Finding("an error has no problem")
    for problem in error.problems:
        if problem.code not in CODES:
            raise Finding(f"{problem.code} has no page")
        if not problem.message.strip():
            raise Finding(f"{problem.code} says nothing")
        if not _is_placed(problem, text):
            raise Finding(f"{problem.code} has no place in the text", repr(problem))
    said = str(error)
    if not said.replace("\n", "").isprintable():
        raise Finding("a message has control characters", f"{said!a}"[:2000])


def _is_placed(problem: Problem, text: str) -> bool:
    """Say whether a problem points into the text, or just behind a line of it."""
    span = problem.span
    if span.source.text != text or not 1 <= span.line <= span.source.line_count or span.length < 1:
        return False
    return 1 <= span.column <= len(span.source.line(span.line)) + 1


@cache
def _pool() -> tuple[str, ...]:
    """Return networks, the same ones each time."""
    found: list[str] = []
    draw = settings(
        max_examples=POOL,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @hypothesis.seed(0)
    @draw
    @hypothesis.given(networks())
    def keep(drawn: object) -> None:
        found.append(drawn.text)  # type: ignore[attr-defined]

    keep()
    return tuple(found)


@cache
def _texts() -> SearchStrategy[str]:
    """Return mostly small texts, so that many can be tried."""
    drawn = st.deferred(lambda: st.sampled_from(_pool()))
    kinds = (*(drawn,) * 14, *(bad(),) * 5, bundled_ones())
    return st.integers(0, len(kinds) - 1).flatmap(kinds.__getitem__)


@st.composite
def examples(draw: DrawFn) -> Text | tried.Tried:
    """Draw a spec and what becomes of it; seldom for a whole command."""
    if draw(_IS_WHOLE):
        return draw(tried.tried())
    return Text(draw(mutated(_texts())), draw(_VARIANT))


_IS_WHOLE = st.sampled_from((False,) * (WHOLE - 1) + (True,))
_VARIANT = st.integers(0, 7)

FUZZER = Fuzzer(examples(), check)
