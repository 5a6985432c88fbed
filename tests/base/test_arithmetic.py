from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnstat.base.arithmetic import ZERO, Term, product, term, total

leaves = st.builds(term, st.sampled_from(["a", "b"]), st.integers(-9, 9))
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
    ),
    max_leaves=12,
)


@given(terms)
def test_the_printed_numbers_give_the_value(figure: Term) -> None:
    # The text is read by Python itself: brackets and order of operations must be right.
    text = figure.numbers.replace("·", "*")
    assert eval(text.replace("*-", "*(-1)*").replace("--", "- -")) == figure.value


def test_words_and_numbers() -> None:
    params = term("filters", 6) * (term("kernel", 25) * term("maps", 1) + term("bias", 1))
    assert (params.value, params.formula, params.numbers) == (
        156,
        "filters·(kernel·maps + bias)",
        "6·(25·1 + 1)",
    )


def test_quotients_show_rounding_only_where_it_happens() -> None:
    span = term("N", 7) - term("F", 3)
    assert (span.over(2) + 1).numbers == "(7 - 3)/2 + 1"
    assert (span.over(3) + 1).numbers == "⌊(7 - 3)/3⌋ + 1"
    assert (span.over(3, "ceil") + 1).numbers == "⌈(7 - 3)/3⌉ + 1"
    assert [span.over(3).value, span.over(3, "ceil").value] == [1, 2]


def test_sums_and_products_of_none() -> None:
    assert total([]) == ZERO
    assert product([]).value == 1
