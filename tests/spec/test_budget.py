"""Bounds as a spec, a command line and a configuration write them."""

from __future__ import annotations

import pytest

from cnnstat.base.errors import Fault, Source, SpecError
from cnnstat.base.figures import BUDGETED, EXPECTED
from cnnstat.base.pages import CODES
from cnnstat.spec.budget import OF_PARTS, Bound, bound, bounds, demand
from cnnstat.spec.reader import read_family


@pytest.mark.parametrize(
    ("figure", "text", "most", "limit"),
    [
        ("params", "<= 5M", True, 5_000_000),
        ("params", "<=5M", True, 5_000_000),
        ("params", "at most 5M", True, 5_000_000),
        ("macs", "<= 1.2G", True, 1_200_000_000),
        ("macs", "<= 7B", True, 7_000_000_000),  # as in published figures
        ("receptive_field", ">= 224", False, 224),
        ("receptive_field", "at least 224", False, 224),
        ("activations", "<= 1.5", True, 1),  # figures are whole: the last within the bound
        ("activations", ">= 1.5", False, 2),
        ("params", "<= 0", True, 0),
        ("inference_memory", "<= 64MiB", True, 64 << 20),
        ("inference_memory", "<= 64MB", True, 64_000_000),
        ("inference_memory", "<= 64Mi", True, 64 << 20),
        ("inference_memory", "<= 64B", True, 64),
        ("training_memory", "<= 1.5GiB", True, 3 << 29),
        ("macs", "<= 123456789012345678901234567890", True, 123456789012345678901234567890),
    ],
)
def test_bounds(figure: str, text: str, most: bool, limit: int) -> None:
    found = bound(figure, text)
    assert (found.figure, found.most, found.limit) == (figure, most, limit)
    assert demand(f" {figure} {text} ") == found == bound(figure, found.demand)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params", "'params' is no budget; write 'params <= 5M'"),
        ("params 5M", "'5M' is no bound of params; did you mean '<= 5M'?"),
        ("params <=", "'<=' is no bound of params; write <= 5M or at most 5M"),
        ("params >5M", "'>5M' is no bound of params; did you mean '>= 5M'?"),
        ("params <= 100k", "'100k' is no number of params; did you mean '100K'?"),
        ("params <= 5.M", "'5.M' is no number of params; write 5000000, 5M or 1.2G"),
        ("params <= 5,000,000", "'5,000,000' is no number of params; write 5000000, 5M or 1.2G"),
        ("params <= 64MiB", "'64MiB' is no number of params; write 5000000, 5M or 1.2G"),
        ("inference_memory <= 64BB", "'64BB' is no number of inference_memory; write 64MiB or 64MB"),
        ("weights <= 5M", "no budget for 'weights'; did you mean 'params'?"),
        ("inference_memory_bytes <= 64Mi", "no budget for 'inference_memory_bytes'; did you mean"),
    ],
)
def test_what_is_no_bound_says_how_it_is_written(text: str, message: str) -> None:
    with pytest.raises(Fault) as caught:
        demand(text)
    assert caught.value.message.startswith(message)


def test_bounds_of_a_configuration() -> None:
    found = bounds({"params": "<= 5M", "receptive_field": "at least 9"})
    assert found == (Bound("params", True, 5_000_000, "5M"), Bound("receptive_field", False, 9, "9"))
    with pytest.raises(Fault) as caught:
        bounds({"params": "<= 5M", "macs": "5M"})
    assert caught.value.field == "macs"


@pytest.mark.parametrize("figure", BUDGETED)
def test_every_figure_has_a_code_with_a_page(figure: str) -> None:
    code = bound(figure, "<= 1").code
    assert code == f"budget/{figure.replace('_', '-')}"
    assert CODES[code].title == f"a budget of {figure} that is not kept"


def test_figures_are_those_that_can_be_expected_and_are_numbers() -> None:
    assert set(BUDGETED.values()) == set(EXPECTED) - {"shape"}
    assert set(BUDGETED) - set(OF_PARTS) == {"inference_memory", "training_memory"}


def test_places_of_budgets() -> None:
    text = """
input: [3, $side, $side]
params: {side: 8}
budget: [{params: <= 5M}, {input: [3, 16, 16], macs: at most 1G}]
variants: {a: {}, b: {params: {side: 9}, budget: {params: <= 6M}}}
layers:
  - {type: relu, budget: {activations: <= 1K}}
"""
    family = read_family(Source("f.yaml", text))
    first, second = family.budget
    assert (first.bound.demand, first.inputs, first.span.line, first.span.column) == ("<= 5M", (), 4, 19)
    assert second.inputs == (("", (3, 16, 16)),)
    assert [each.bound.demand for each in family.variants["b"].budget] == ["<= 6M"]
    assert family.variants["b"].span.line == 5
    assert [each.bound.limit for each in family.layers[0].budget] == [1000]


@pytest.mark.parametrize("bound", [">= 224", ">=224", "> 224", ">= 1.5Ki"])
@pytest.mark.parametrize("where", ["\n  receptive_field: {}", "{{receptive_field: {}}}", "{{\n macs: {} }}"])
def test_a_bare_lower_bound_is_refused_with_the_way_out(bound: str, where: str) -> None:
    text = f"input: [3, 8, 8]\nbudget: {where.format(bound)}\nlayers: [{{type: relu}}]\n"
    number = bound.strip("> =")
    with pytest.raises(SpecError) as caught:
        read_family(Source("f.yaml", text))
    (problem,) = caught.value.problems
    assert problem.message.endswith(f'quote it: ">= {number}", or write at least {number}')
    line = text.split("\n")[problem.span.line - 1]
    assert line[problem.span.column - 1 :][: problem.span.length] == bound


def test_a_folded_text_is_no_bound() -> None:
    text = "name: x\nsource: >-\n  300 pages\ninput: [3, 8, 8]\nlayers: [{type: relu}]\n"
    assert read_family(Source("f.yaml", text)).source == "300 pages"
    with pytest.raises(SpecError, match="did not find expected comment") as caught:
        read_family(Source("f.yaml", text.replace(">-", "> wide")))
    assert "quote" not in str(caught.value)
