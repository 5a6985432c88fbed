"""Seconds of every fuzzer. `python -m tests.fuzz` goes on for as long as one likes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import files, gradients, specs, tried, truth
from tests.fuzz.documents import LINES
from tests.fuzz.gradients import FAULTS, Planted
from tests.fuzz.networks import networks
from tests.report.json_pages import documents

if TYPE_CHECKING:
    from tests.fuzz.pieces import Drawn


def short(count: int) -> settings:
    """Return settings for so many examples, the same ones each time."""
    checks = list(HealthCheck)
    return settings(
        max_examples=count, database=None, deadline=None, derandomize=True, suppress_health_check=checks
    )


@short(200)
@given(tried.FUZZER.strategy)
def test_commands_end_as_they_should(example: tried.Tried) -> None:
    assert re.fullmatch("exit [012]", tried.check(example))


@short(1000)
@given(specs.FUZZER.strategy)
def test_specs_have_a_summary_or_problems_with_a_place(example: specs.Text | tried.Tried) -> None:
    assert re.fullmatch("summary|problems|command: exit [012]", specs.check(example))


@short(60)
@given(truth.FUZZER.strategy)
def test_networks_are_true(example: truth.Measured) -> None:
    assert re.match("measured|refused: graph/empty", truth.check(example))


def test_a_document_of_every_command_is_held_against_its_schema() -> None:
    # Of no network, beside a file, of a file, of options, within a page, of requests to one.
    others = {"list", "export", "query", "fit", "report", "serve"}
    assert {line.split()[0] for line in LINES} == {*documents()} - others


@short(200)
@given(files.FUZZER.strategy)
def test_files_are_read_or_refused(example: files.File) -> None:
    assert re.match("(read|refused) ", files.check(example))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_gradient_is_named(fault: str) -> None:
    def plant(drawn: Drawn, place: int, training: bool) -> None:
        outcome = gradients.check(Planted(drawn, place, fault, training))
        assert outcome in ("named", "changes nothing", "not measurable", "refused: graph/empty")

    short(25)(given(networks(most=4), st.integers(0, 30), st.booleans())(plant))()


FEATURES = {
    "shared weights": r"weights: ",
    "several inputs": r"^input: \{",
    "blocks with several inputs": r"^    inputs: ",
    "blocks with named outputs": r"^    outputs: ",
    "lists of all repetitions": r"\.\*",
    "what is unused": r"unused: true",
    "alternatives": r"when: not \$",
    "calls of itself": r"depth - 1",
    "several outputs": r"^outputs: \[.*,",
}


def test_networks_have_all_that_the_language_connects_them_with() -> None:
    lacking = dict(FEATURES)

    def look(drawn: Drawn) -> None:
        for feature in [name for name, sign in lacking.items() if re.search(sign, drawn.text, re.MULTILINE)]:
            del lacking[feature]

    short(300)(given(networks())(look))()
    assert not lacking
