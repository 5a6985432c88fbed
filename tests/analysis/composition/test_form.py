"""The example that explains forms, schedules and courses is what they are."""

from __future__ import annotations

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import pytest

from cnnstat.analysis.composition import form
from cnnstat.analysis.composition.alive import course, schedule
from cnnstat.analysis.composition.compose import Composer
from cnnstat.analysis.composition.form import Link
from cnnstat.graph.load import loads

if TYPE_CHECKING:
    from cnnstat.analysis.composition.piece import Piece

SECTIONS = re.compile(r"^(Example|Form|Schedule|Course)\b.*\n((?: {4}.*\n)+)", re.MULTILINE)
EXAMPLE = {name: lines.replace("\n    ", "\n")[4:] for name, lines in SECTIONS.findall(form.__doc__ or "")}
LINES = [
    pytest.param(name, *line.split("  #")[0].split(" = "), id=f"{name}: {line.split(' = ')[0]}")
    for name in ("Form", "Schedule", "Course")
    for line in EXAMPLE[name].splitlines()
]


@pytest.fixture(scope="module")
def piece() -> Piece:
    spec = loads(EXAMPLE["Example"]).spec
    shapes = tuple(spec.inputs.values())
    return Composer(spec, ("params",), strict=False, training=False).network(spec, shapes)


@pytest.mark.parametrize(("what", "field", "value"), LINES)
def test_the_example_is_what_it_says(what: str, field: str, value: str, piece: Piece) -> None:
    when = schedule(piece.form, (True,), None)
    every: dict[str, Any] = {"Form": piece.form, "Schedule": when, "Course": course(piece, when)}
    where, turn = every[what], re.fullmatch(r"turns\[(\d)\]\.(\w+)", field)
    if turn:
        where, field = where.turns[int(turn[1])], turn[2]
    assert attrgetter(field)(where) == eval(value, {"Link": Link})


def test_the_example_shows_every_field() -> None:
    shown = {field for what, field, _ in (each.values for each in LINES) if what == "Form"}
    assert {*form.Form.__struct_fields__} - shown == {"arity", "leaf", "places", "cache"}
    assert len(LINES) == 16
