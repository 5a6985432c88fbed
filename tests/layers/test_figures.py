"""What each type comes to, for small inputs worked out by hand and for rows of published tables.

A figure that is not in the table must be zero; ``trainable`` stands there only where it differs from params.
"""

from __future__ import annotations

from typing import Any

import pytest

from cnnstat.layers.base import size_of
from tests.layers.by_hand import ACTIVATIONS, BY_HAND
from tests.layers.case import figures, layer, shapes
from tests.layers.published import PUBLISHED


@pytest.mark.parametrize(("why", "line", "inputs", "expected"), PUBLISHED + BY_HAND)
def test_figures(why: str, line: str, inputs: str, expected: dict[str, Any]) -> None:
    assert figures(layer(line), shapes(inputs)) == expected, why


@pytest.mark.parametrize(("line", "cost"), ACTIVATIONS.items())
def test_an_activation_costs_the_same_for_every_value(line: str, cost: dict[str, Any]) -> None:
    for shape, count in (((7,), 7), ((2, 3), 6), ((2, 3, 4), 24)):
        found = figures(layer(line), (shape,))
        assert found.pop("shape") == "x".join(map(str, shape))
        assert found == {k: v if isinstance(v, str) else v * count for k, v in cost.items()}


@pytest.mark.parametrize(("why", "line", "inputs", "expected"), PUBLISHED + BY_HAND)
def test_the_arithmetic_says_what_the_figure_is(
    why: str, line: str, inputs: str, expected: dict[str, Any]
) -> None:
    made, given = layer(line), shapes(inputs)
    terms = [*made.sizes(given), made.params(given), made.macs(given), made.connections(given)]
    terms += [getattr(made.operations(given), kind) for kind in ("additions", "comparisons", "divisions")]
    for term in terms:
        numbers = term.numbers.replace("·", "*")
        if "⌈" in numbers:
            continue  # a rounded quotient is no expression of Python
        numbers = numbers.replace("⌊", "((").replace("⌋", "))").replace("/", "//")
        assert eval(numbers, {"__builtins__": {}}) == term.value, (why, term.formula, term.numbers)


def test_sizes_carry_the_lectures_formula() -> None:
    size = layer("type: max_pool, kernel: 2").sizes(((6, 28, 28),))[1]
    assert (size.value, size.numbers) == (14, "(28 - 2 + 2·0)/2 + 1")


def test_both_halves_of_a_split_make_the_whole() -> None:
    halves = [layer(f"type: split, parts: 2, take: {take}").sizes(((116, 28, 28),)) for take in (0, 1)]
    joined = layer("type: concat").sizes(tuple(size_of(half) for half in halves))
    assert size_of(joined) == (116, 28, 28)
