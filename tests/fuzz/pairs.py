"""Metamorphic pairs: a random network and another way to write it have equal figures and outputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

import cnnstat
from cnnstat.base.axes import RANKS
from tests.fuzz.findings import Finding, Fuzzer, seconds
from tests.fuzz.networks import networks
from tests.fuzz.options import TYPES, drawn_options
from tests.fuzz.pieces import Drawn, Line, walked
from tests.metamorphic.batches import check_batches
from tests.metamorphic.pairs import PAIRS, Unequal, check_pair
from tests.metamorphic.unfolded import explicit

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

SECONDS = 30.0
ATTEMPTS = 4
BATCHES = "batch doubled"
"""A pair that is one network, read twice as long."""


@dataclass(frozen=True)
class Written:
    """A network, and how it is written otherwise."""

    drawn: Drawn
    pair: str
    seed: int
    batch: int

    def saved(self) -> tuple[str, bytes]:
        return ".yaml", self.drawn.text.encode()

    def __str__(self) -> str:
        other = None if self.pair == BATCHES else PAIRS[self.pair].rewritten(self.drawn)
        second = "" if other is None else f"\nand\n\n{other.text}"
        return f"{self.pair}, seed {self.seed}, batch {self.batch}\n\n{self.drawn.text}{second}"


def check(example: Written) -> str:
    """Write a network otherwise, and hold one against the other."""
    try:
        cnnstat.loads(example.drawn.text)
    except cnnstat.SpecError as error:
        return f"refused: {error.problems[0].code}"
    try:
        with seconds(SECONDS, "a small network"):
            if example.pair == BATCHES:
                check_batches(example.drawn, seed=example.seed, batch=example.batch)
                return f"equal: {BATCHES}"
            pair = PAIRS[example.pair]
            other = pair.rewritten(example.drawn)
            if other is None:
                return f"cannot be written otherwise: {example.pair}"
            check_pair(pair, example.drawn, other, seed=example.seed, batch=example.batch)
    except Unequal as apart:
        raise Finding(f"{example.pair}: {apart.what} of {apart.kind} is another", str(apart)) from None
    return f"equal: {example.pair}"


@st.composite
def written(draw: DrawFn) -> Written:
    """Draw a network that fits a pair: some end in a layer that a pair is about."""
    name = draw(st.sampled_from((*PAIRS, BATCHES)))
    ranks, last = (PAIRS[name].ranks, PAIRS[name].last) if name in PAIRS else (tuple(range(len(RANKS))), "")
    drawn = draw(networks(ranks=ranks))
    if last:
        drawn = draw(_ending(drawn, last))
    return Written(drawn, name, draw(st.integers(0, 99)), draw(st.integers(1, 3)))


@st.composite
def _ending(draw: DrawFn, drawn: Drawn, kind: str) -> Drawn:
    """Draw a layer of a type behind the last, if any fits."""
    drawn = explicit(drawn)
    shapes = walked(drawn.lines, drawn.inputs, drawn.blocks, {})
    name = str(drawn.lines[-1].name)
    if shapes is None or name not in shapes or len(shapes[name]) - 1 not in TYPES[kind].ranks:
        return drawn
    for _ in range(ATTEMPTS):
        last = Line("last", kind, drawn_options(draw, TYPES[kind], shapes[name]), (name,))
        if walked((last,), {name: shapes[name]}, {}, {}) is not None:
            outputs = drawn.outputs and (*(output for output in drawn.outputs if output != name), "last")
            return replace(drawn, lines=(*drawn.lines, last), outputs=outputs if len(outputs) > 1 else ())
    return drawn


FUZZER = Fuzzer(written(), check)
