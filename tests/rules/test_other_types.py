"""Rules and layer types of other packages, of which nobody knows here what their options do."""

from __future__ import annotations

from typing import ClassVar

import pytest

from cnnstat.layers import LAYERS, Layer
from tests.rules.found import codes


class Largest(Layer, frozen=True, kw_only=True):
    """The largest of several biased sums, so that its bias matters behind a norm, too."""

    family: ClassVar[str] = "other"

    bias: bool = True
    padding: str = "same"


def test_a_bias_or_a_word_of_another_type_is_nobody_s_to_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYERS, "largest", Largest)
    assert codes("input: [8, 8, 8]\nlayers:\n  - {type: largest}\n  - {type: batch_norm}\n") == set()


class Spread(Layer, frozen=True, kw_only=True):
    """A layer with options that have the names, but not the values, of those of windows."""

    family: ClassVar[str] = "pool"

    kernel: str = "wide"
    stride: str = "long"
    axes: int = 2


@pytest.mark.parametrize("behind", ["{type: relu}", "{type: upsample, size: [9, 9]}"])
def test_options_of_other_types_are_no_window(monkeypatch: pytest.MonkeyPatch, behind: str) -> None:
    monkeypatch.setitem(LAYERS, "spread", Spread)
    layers = f"layers:\n  - {{type: spread}}\n  - {behind}\n"
    assert codes(f"source: nobody\ninput: [8, 8, 8]\n{layers}") == set()
