"""Specs made to be slow end soon, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cnnstat
from cnnstat.base.limits import (
    MAX_FIELD,
    MAX_LAYERS,
    MAX_LEVELS,
    MAX_NUMBERS,
    MAX_PROBLEMS,
    MAX_REFUSED,
    MAX_TEXT,
)
from cnnstat.cli.output import finish
from cnnstat.graph.problems import UnfoldingProblems
from tests.hostile import UNFOLDING
from tests.program import within

if TYPE_CHECKING:
    from pathlib import Path

    from cnnstat.base.errors import Fault, Span


def tower(levels: int, call: str, last: str) -> str:
    """Return blocks that each hold two of the next."""
    blocks = "".join(
        f"  b{i}: {{params: {{x: 0}}, layers: [{call.format(n=i + 1)}, {call.format(n=i + 1)}]}}\n"
        for i in range(levels)
    )
    ground = f"  b{levels}: {{params: {{x: 0}}, layers: [{last}]}}\n"
    return f"input: [1, 8, 8]\nblocks:\n{blocks}{ground}layers: [{{type: b0}}]\n"


@pytest.mark.parametrize(
    ("levels", "call", "last"),
    [
        (25, "{{type: b{n}}}", "{type: relu}"),
        (40, "{{type: b{n}}}", "{type: relu}"),
        (25, "{{type: b{n}}}", "{type: relu, when: false}"),
        (25, "{{type: b{n}, x: 2 * $x + 1}}", "{type: relu, when: false}"),
    ],
)
def test_towers_of_blocks(levels: int, call: str, last: str) -> None:
    with pytest.raises(cnnstat.SpecError, match=rf"more than {MAX_LAYERS:,} layers|nest more than"):
        cnnstat.loads(tower(levels, call, last))


def layers(*lines: str, count: int = 1) -> str:
    """Return a spec of the same lines again and again."""
    written = "".join(f"  - {line}\n" for line in lines * count)
    return f"input: [1, 8, 8]\nlayers:\n{written}"


MANY = 2 * MAX_PROBLEMS
ONE_LAYER = "input: [1, 8, 8]\nlayers: [{type: relu}]\n"
WRONG = {
    "yaml/anchor": "input: [" + "&a 1, " * MANY + "1]\n",
    "yaml/tag": "input: [" + "!t 1, " * MANY + "1]\n",
    "yaml/merge": "<<: 1\n" * MANY,
    "yaml/duplicate-key": "input: [1]\n" * MANY,
    "yaml/key": "? [1]\n: 1\n" * MANY,
    "spec/unknown-key": ONE_LAYER + "".join(f"a{i}: 1\n" for i in range(MANY)),
    "spec/param": ONE_LAYER + "params:\n" + "".join(f"  {i}: 1\n" for i in range(MANY)),
    "spec/missing": layers("{typo: relu}", count=MANY),
    "spec/name": layers("{type: relu, name: -a}", count=MANY),
    "spec/first": layers("{type: relu, first: {x: 1}}", count=MANY),
    "expression/syntax": layers("{type: conv, filters: $}", count=MANY),
    "expect/figure": layers("{type: relu, expect: {parms: 1}}", count=MANY),
    "expect/value": layers("{type: relu, expect: {params: x}}", count=MANY),
    "param/unknown": ONE_LAYER
    + "variants:\n"
    + "".join(f"  v{i}: {{params: {{q: 1}}}}\n" for i in range(MANY)),
    "type/unknown": layers("{type: relo}", count=MANY),
    "graph/unknown-name": layers("{type: relu, from: nothing}", count=MANY),
    "graph/unread": layers("{type: relu, from: input}", count=MANY),
    "shape/too-small": layers(
        *(f"{{name: n{i}, type: conv, from: input, filters: 1, kernel: 9}}" for i in range(MANY))
    )
    + f"outputs: [{', '.join(f'n{i}' for i in range(MANY))}]\n",
    "expect/missed": layers("{type: relu, expect: {params: 1}}", count=MANY),
}
"""For each way of being wrong many times over, the code of the problems and a text."""


@pytest.mark.parametrize("code", WRONG)
def test_problems_are_not_listed_without_end(code: str) -> None:
    with pytest.raises(cnnstat.SpecError) as caught:
        finish(cnnstat.analyze(cnnstat.loads(WRONG[code])))
    assert {problem.code for problem in caught.value.problems} == {code}
    assert len(caught.value.problems) == MAX_PROBLEMS


def test_counts_beyond_machine_integers_are_exact() -> None:
    n = 1_000_000
    text = f"input: [{n}, {n}, {n}]\nlayers:\n  - {{type: conv, filters: {n}, kernel: {n}, padding: same}}\n"
    totals = cnnstat.analyze(cnnstat.loads(text)).totals.counts
    assert totals.params == n * (n**3 + 1)
    assert totals.macs == n**6
    # Along an axis, output o reads inputs o - 499,999 to o + 500,000: n·n less what both ends lack.
    taps = n * n - sum(range(500_000)) - sum(range(500_001))
    assert totals.connections == n * n * taps**2 + n**3


def test_many_strides_at_one_join_make_the_field_unknown() -> None:
    pools = "".join(
        f"  - {{name: p{s}, type: max_pool, kernel: 1, stride: {s}, from: input}}\n"
        f"  - {{name: c{s}, type: crop, size: 2}}\n"
        for s in range(1, 12)
    )
    names = ", ".join(f"c{s}" for s in range(1, 12))
    text = (
        f"input: [1, 64]\nlayers:\n{pools}  - {{name: sum, type: add, from: [{names}]}}\n  - {{type: relu}}\n"
    )
    assert cnnstat.analyze(cnnstat.loads(text)).rows[-1].field.because == "sum"


@pytest.mark.parametrize(
    ("shape", "line", "layer"),
    [
        ("1, 8, 8", "{type: upsample, scale: 2, repeat: 900}", "upsample1.26"),
        ("1, 8, 8", "{type: upsample, scale: 1000000, repeat: 30}", "upsample1.1"),
        ("1, 8", "{type: upsample, scale: 2, repeat: 100000}", "upsample1.56"),
        ("1, 1, 1", "{type: depthwise_conv, kernel: 1, multiplier: 1000, repeat: 200}", "depthwise_conv1.6"),
        ("1, 8, 8", "{type: transposed_conv, filters: 1, kernel: 2, stride: 1000, repeat: 100}", ""),
    ],
)
@pytest.mark.parametrize("command", ["summary", "rf", "flops", "explain", "sizes", "run"])
def test_sizes_that_grow_through_repeats_are_refused(
    command: str, shape: str, line: str, layer: str, tmp_path: Path
) -> None:
    (tmp_path / "spec.yaml").write_text(f"input: [{shape}]\nlayers:\n  - {line}\n")
    ended = within(command, str(tmp_path / "spec.yaml"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("shape/too-large") == 1
    assert layer in ended.stderr
    assert f"more than the {MAX_NUMBERS:,} numbers" in ended.stderr


def test_the_largest_layer_is_accepted_and_one_more_is_not() -> None:
    million = 1_000_000
    for more in (0, 1):
        text = (
            f"input: [1, {million}, {million}]\nlayers:\n"
            f"  - {{type: pad, padding: [0, {more}, 0, 0]}}\n"
            f"  - {{type: conv, filters: {million}, kernel: 1}}\n"
        )
        if more:
            with pytest.raises(cnnstat.SpecError, match="1000000x1000001x1000000"):
                cnnstat.analyze(cnnstat.loads(text))
        else:
            assert cnnstat.analyze(cnnstat.loads(text)).totals.counts.activations > MAX_NUMBERS


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_a_stride_that_grows_through_repeats_makes_the_field_unknown(
    form: str, kernel: int, tmp_path: Path
) -> None:
    layer = f"{{type: max_pool, kernel: {kernel}, padding: {kernel // 2}, stride: 1000000, repeat: 800}}"
    (tmp_path / "spec.yaml").write_text(f"input: [1, 1, 1]\nlayers:\n  - {layer}\n")
    analysis = cnnstat.analyze(tmp_path / "spec.yaml")
    assert [int(stride or 0) for stride in analysis.rows[2].field.strides] == [MAX_FIELD, MAX_FIELD]
    assert {row.field.because for row in analysis.rows[3:]} == {"max_pool1.3"}
    for command in ("rf", "summary", "explain", "diff"):
        specs = [str(tmp_path / "spec.yaml")] * (2 if command == "diff" else 1)
        form = "table" if command == "explain" and form == "csv" else form
        assert within(command, *specs, "--format", form).returncode == 0


def test_a_pyramid_has_so_many_levels() -> None:
    text = "input: [1, 1, 1]\nlayers: [{{type: spatial_pyramid_pool, levels: [{}]}}]\n"
    assert cnnstat.analyze(cnnstat.loads(text.format(", ".join(["1"] * MAX_LEVELS))))
    with pytest.raises(cnnstat.SpecError, match=f"levels: expected a list of 1 to {MAX_LEVELS} of these"):
        cnnstat.loads(text.format(", ".join(["1"] * (MAX_LEVELS + 1))))


def test_what_is_wrong_with_every_call_is_not_looked_at_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call differs, so each unfolds anew; all of them are wrong at the one place that is listed."""
    asked, note = 0, UnfoldingProblems.note

    def counted(self: UnfoldingProblems, fault: Fault, span: Span) -> None:
        nonlocal asked
        asked += 1
        note(self, fault, span)

    monkeypatch.setattr(UnfoldingProblems, "note", counted)
    with pytest.raises(cnnstat.SpecError, match="unknown parameter") as raised:
        cnnstat.loads(UNFOLDING["a fault in every repeat"](5 * MAX_REFUSED))
    (problem,) = raised.value.problems
    assert f"and in at least {MAX_REFUSED:,} more instances" in problem.message
    assert asked == MAX_REFUSED + 1


def test_of_a_text_that_is_too_long_only_the_start_is_kept() -> None:
    """A device that never ends gives as much as is read; to cut that into lines took seconds."""
    with pytest.raises(cnnstat.SpecError, match="a spec has at most") as raised:
        cnnstat.loads("input: [1]\n" + "\0\n" * MAX_TEXT)
    (problem,) = raised.value.problems
    assert problem.code == "spec/too-long"
    assert len(problem.span.source.text) <= 1000
    assert str(problem).splitlines()[1:] == ["    1 | input: [1]", "      | ^"]
