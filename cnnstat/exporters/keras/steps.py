"""The steps of a layer or of a block's call, one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnnstat.exporters.keras.said import Chain, KerasSaid
from cnnstat.exporters.source.layout import Applied, Call, Doc, lines

if TYPE_CHECKING:
    from cnnstat.exporters.keras.said import Step
    from cnnstat.exporters.source.said import Said


def steps_lines(doc: Doc, target: str, names: list[str], indent: int) -> list[str]:
    """Return the steps of a chain, each as an assignment."""
    assert isinstance(doc, Chain)
    found: list[str] = []
    for step in doc.steps[:-1]:
        found += lines(f"{target} = ", step(names), "", indent)
        names = [target]
    return [*found, *lines(f"{target} = ", doc.steps[-1](names), "", indent)]


def applied(made: Call, said: KerasSaid | Said) -> Step:
    """Return the step that applies a layer to what it reads."""
    listed = isinstance(said, KerasSaid) and said.listed

    def step(names: list[str]) -> Doc:
        # A second input that lends its size is not read by a layer that has it as a number.
        return Applied(made, f"[{', '.join(names)}]" if listed else names[0])

    return step


def through(chain: Chain, target: str) -> Chain:
    """Return the same steps, the main one by a variable that holds what it is made by."""
    steps = list(chain.steps)
    steps[chain.main] = lambda names: Call(target, [*names] if len(names) == 1 else [f"[{', '.join(names)}]"])
    return replace(chain, steps=steps)
