"""Fields that are upper bounds: found by footprints where these suffice, else by what units see."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

import cnnstat
from cnnstat.analysis import upper_bounds as module
from cnnstat.analysis.clipped_fields import clipped_fields
from cnnstat.analysis.upper_bounds import upper_bounds
from tests.bridge.test_unproved_fields import drawn
from tests.small import every_architecture, reduced

SPLIT = """
input: [2, 4, 4]
layers:
  - {name: narrow, type: conv, filters: 2, kernel: 1}
  - {name: wide, type: conv, filters: 2, kernel: 3, padding: 1, from: input}
  - {name: both, type: concat, from: [narrow, wide]}
  - {name: half, type: split, parts: 2, take: 1}
  - {name: act, type: relu}
"""
ALIKE = SPLIT.replace("kernel: 3, padding: 1", "kernel: 1")


@pytest.mark.parametrize("name", every_architecture())
def test_what_is_found_is_what_units_see_in_every_architecture(name: str) -> None:
    graph, shape = reduced(name)
    analysis = cnnstat.analyze(graph, input_shape=shape)
    assert upper_bounds(analysis) == upper_bounds(analysis, clipped_fields(analysis))


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_what_is_found_is_what_units_see_in_random_networks(
    start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where units are too many to look at, more fields may be taken for upper bounds, and none for exact."""
    bound = 0
    for seed in range(start, start + 50):
        analysis = cnnstat.analyze(drawn(Random(seed), 8))
        exact = upper_bounds(analysis, clipped_fields(analysis))
        assert upper_bounds(analysis) == exact, seed
        with monkeypatch.context() as patch:
            patch.setattr(module, "MAX_LOOKS", 0)
            patch.setattr(module, "LOOKS", 0)
            possible = upper_bounds(analysis)
        assert all(maybe for maybe, sure in zip(possible, exact, strict=True) if sure), seed
        bound += any(exact)
    assert bound > 2


def test_branches_that_see_alike_are_no_upper_bound_unless_they_are_too_large_to_be_looked_at() -> None:
    assert upper_bounds(cnnstat.analyze(cnnstat.loads(SPLIT))) == ("", "", "", "", "half", "half")
    assert upper_bounds(cnnstat.analyze(cnnstat.loads(ALIKE))) == ("",) * 6
    huge = ALIKE.replace("[2, 4, 4]", "[2, 4, 300000]")
    assert upper_bounds(cnnstat.analyze(cnnstat.loads(huge))) == ("", "", "", "", "half", "half")


def test_where_that_is_wanted_units_are_looked_at_however_many_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("MAX_LOOKS", "LOOKS"):
        monkeypatch.setattr(module, name, 0)
    alike, split = (cnnstat.analyze(cnnstat.loads(text)) for text in (ALIKE, SPLIT))
    assert alike.upper_bounds == ("", "", "", "", "half", "half")
    assert alike.exact_upper_bounds == ("",) * 6
    assert split.exact_upper_bounds == split.upper_bounds == alike.upper_bounds


def test_units_are_not_looked_at_where_footprints_suffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary of an ordinary network takes no longer on a larger input."""

    def looked(*args: object) -> None:
        raise AssertionError("units were looked at")

    monkeypatch.setattr(module, "clipped_fields", looked)
    for name in ("lenet5", "vgg16", "resnet152", "unet", "mobilenet-v2", "wavenet"):
        assert not any(upper_bounds(cnnstat.analyze(cnnstat.load(name)))), name
    with pytest.raises(AssertionError, match="units were looked at"):
        upper_bounds(cnnstat.analyze(cnnstat.loads(SPLIT)))


REPEATED = """
input: [2, 12, 12]
blocks:
  block:
    layers:
      - {name: conv, type: conv, filters: 2, kernel: 3, padding: 1}
      - {name: wide, type: conv, filters: 2, kernel: 3, padding: 1}
      - {name: both, type: concat, from: [conv, wide]}
      - {name: half, type: split, parts: 2, take: 1}
      - {name: mixed, type: conv, filters: 2, kernel: 1}
layers:
  - {name: body, type: block, repeat: 60}
"""


@pytest.mark.parametrize("bound", [True, False])
def test_repetitions_that_are_alike_are_looked_at_once(bound: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    text = REPEATED if bound else REPEATED.replace("type: split, parts: 2, take: 1", "type: relu")
    analysis = cnnstat.analyze(cnnstat.loads(text))
    looked: list[str] = []
    of_layer = module._of_layer

    def counted(*arguments: Any) -> Any:
        looked.append(arguments[1].name)
        return of_layer(*arguments)

    monkeypatch.setattr(module, "_of_layer", counted)
    found = module._pass(analysis, None)
    assert len(looked) < 30
    monkeypatch.setattr(module, "_all_that_matters", lambda *arguments: object())
    assert module._pass(analysis, None) == found
    assert any(found) == bound
