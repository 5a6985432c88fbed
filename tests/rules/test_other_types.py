"""Rules and layer types of other packages, of which nobody knows here what their options do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cnnstat.layers import LAYERS, Layer
from tests.rules.found import codes

if TYPE_CHECKING:
    import pytest


class Largest(Layer, frozen=True, kw_only=True):
    """The largest of several biased sums, so that its bias matters behind a norm, too."""

    family: ClassVar[str] = "other"

    bias: bool = True
    padding: str = "same"


def test_a_bias_or_a_word_of_another_type_is_nobody_s_to_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LAYERS, "largest", Largest)
    assert codes("input: [8, 8, 8]\nlayers:\n  - {type: largest}\n  - {type: batch_norm}\n") == set()
