"""Published figures that are wrong: the slips that give them are found, and said in true words."""

from __future__ import annotations

import pytest

import cnnstat
from cnnstat.base.arithmetic import Term, term, total
from cnnstat.commands.explain import errata
from cnnstat.commands.explain.derivations import terms
from cnnstat.commands.explain.slips import slips
from tests.commands.explain.explained import entries, of_text, shown


def test_slips_are_found_in_the_arithmetic() -> None:
    maps, side, bias = term("maps", 6), term("kernel", 5), term("bias", 1)
    params = term("filters", 16) * (maps * side * side + bias)
    assert [(slip.forgotten, slip.arithmetic.numbers) for slip in slips(params, 416)] == [
        ((maps,), "16·(5·5 + 1)")
    ]
    assert [slip.forgotten for slip in slips(params, 2400)] == [(bias,)]
    assert [(slip.forgotten, slip.every) for slip in slips(params, 16 * 7)] == [((side, side), True)]
    assert slips(params, params.value) == ()
    assert slips(params, 999) == ()
    size = (term("height", 32) - side).over(term("stride", 2)) + 1
    assert [slip.forgotten[0].name for slip in slips(size, 28)] == ["stride"]
    assert slips(total(term(f"part {i}", i) for i in range(300)), 7) == ()


@pytest.mark.parametrize(
    ("layer", "printed", "words"),
    [
        ("CONV2", "416", "16·(5·5 + 1) = 416 forgets that there are 6 input maps"),
        ("FC3", "48,000", "120·400 = 48,000 forgets the biases"),
    ],
)
def test_errata_are_explained(layer: str, printed: str, words: str) -> None:
    page = shown(cnnstat.analyze("lenet5-full"), layer)
    assert f"parameters printed as {printed}; right is " in page
    assert words in page
    assert "the spec says: " in page
    resized = cnnstat.analyze("lenet5-full", input_shape=(1, 64, 64))
    assert "erratum" not in shown(resized, layer)


@pytest.mark.parametrize(
    ("layer", "printed", "words"),
    [
        (
            "type: conv, filters: 8, kernel: 3, padding: 1",
            "macs: 32768",
            "32·32·8·4 = 32,768 forgets the kernel",
        ),
        (
            "type: conv, filters: 8, kernel: 3, padding: 1",
            "macs: 98304",
            "32·32·8·4·3 = 98,304 forgets one side of the kernel",
        ),
        (
            "type: conv, filters: 8, kernel: 3, groups: 2",
            "params: 80",
            "8·(3·3 + 1) = 80 forgets that each group reads 2 maps",
        ),
        (
            "type: conv, filters: 8, kernel: 1",
            "flops: 32768",
            "MACs = 32,768 forgets that a multiply-add is two",
        ),
        ("type: batch_norm", "params: 4", "4·1 = 4 forgets the scales or the shifts"),
        (
            "type: conv, filters: 8, kernel: 3",
            "params: 37",
            "4·3·3 + 1 = 37 forgets that there are 8 filters",
        ),
        ("type: linear, units: 10", "params: 10", "10·1 = 10 forgets that there are 4 inputs"),
    ],
)
def test_a_slip_is_said_in_words(layer: str, printed: str, words: str) -> None:
    figure, value = printed.split(": ")
    expect = f"expect: {{{figure}: {{value: {value}, erratum: wrong}}}}"
    shape = [4] if "linear" in layer else [4, 32, 32]
    text = f"input: {shape}\nlayers: [{{name: a, {layer}, {expect}}}]\n"
    (said_of_it,) = (line for line in shown(of_text(text), "a").splitlines() if "forgets" in line)
    assert words in said_of_it


def test_each_name_that_has_words_is_one_that_layers_use() -> None:
    rows = (*cnnstat.analyze("lenet5").rows, *cnnstat.analyze("resnext50").rows)
    figures = [how for row in rows if row.calculated for how in terms(row).values()]
    assert set(errata._WORDS) <= {name for how in figures for name in names_in(how)}


def names_in(how: Term) -> set[str]:
    return {how.name}.union(*map(names_in, how.operands))


def test_slips_in_a_connection_table_are_true_words() -> None:
    table = "table: [[0], [0, 1], [1, 2], [0, 1, 2]]"
    printed = (("params", 57), ("macs", 1764), ("flops", 2))
    expect = f"expect: {{{', '.join(f'{key}: {{value: {value}, erratum: x}}' for key, value in printed)}}}"
    text = f"input: [3, 9, 9]\nlayers: [{{name: a, type: conv, filters: 4, kernel: 3, {table}, {expect}}}]\n"
    page = shown(of_text(text), "a")
    assert "= 57 forgets how many filters there are" in page
    assert "= 1764 forgets that filters read 1, 2 or 3 maps" in page
    assert "= 2 forgets" not in page


def test_nothing_is_forgotten_that_is_itself_a_sum() -> None:
    fan = term("inputs", 7) + term("bias", 1)
    assert [slip.forgotten[0].name for slip in slips(term("units", 10) * fan, 10)] == ["inputs"]


def test_a_rounded_erratum_is_not_guessed_at() -> None:
    (explained,) = entries(cnnstat.analyze("vgg16"), "total")
    assert [(erratum.printed, erratum.slips) for erratum in explained.errata] == [("15.3G", ())]


def test_an_erratum_that_is_right_is_no_erratum() -> None:
    expect = "expect: {params: {value: 20, erratum: wrong}}"
    text = f"input: [1, 8, 8]\nlayers: [{{name: a, type: conv, filters: 2, kernel: 3, {expect}}}]\n"
    page = shown(of_text(text), "a")
    assert "20 is marked as an erratum, but it is what is computed" in page
    assert "right is" not in page
