"""What a worker does with a batch."""

from __future__ import annotations

import gc
import pickle
from typing import TYPE_CHECKING

import pytest

from cnnstat.analysis.settings import Settings
from cnnstat.sweeps.networks.evaluator import Evaluator, Row, evaluated
from cnnstat.sweeps.question.asked import Varied
from cnnstat.sweeps.question.plan_reader import read_plan

if TYPE_CHECKING:
    from cnnstat.sweeps.networks.plan import Plan


def plan() -> Plan:
    varied = Varied({"width": "0.25,0.5,0.75"}, {}, ())
    return read_plan(["mobilenet-v1"], varied, (), Settings())


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_not_looked_for_while_points_are_worked_out(
    monkeypatch: pytest.MonkeyPatch, *, collects: bool
) -> None:
    seen = []

    def row(self: Evaluator, number: int) -> Row:
        seen.append(gc.isenabled())
        if number == 2:
            raise ValueError("the third")
        return Row(number, 0, (), ())

    monkeypatch.setattr(Evaluator, "row", row)
    was = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        assert [each.number for each in evaluated(pickle.dumps(plan()), 0, 2).rows] == [0, 1]
        assert gc.isenabled() == collects
        with pytest.raises(ValueError, match="third"):
            evaluated(pickle.dumps(plan()), 0, 3)
        assert gc.isenabled() == collects
    finally:
        (gc.enable if was else gc.disable)()
    assert not any(seen)


def test_networks_leave_no_cycles_of_garbage() -> None:
    pickled = pickle.dumps(plan())
    evaluated(pickled, 0, 12)
    gc.collect()
    gc.disable()
    try:
        evaluated(pickled, 0, 12)
        assert gc.collect() == 0
    finally:
        gc.enable()
