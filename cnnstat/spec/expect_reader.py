"""``expect:`` in a document -> expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.errors import Fault, Problem
from cnnstat.base.text import suggestion
from cnnstat.spec.expect import WHOLE, Expectation, Figure, Printed, check_figure, printed, tolerance
from cnnstat.spec.nodes import Mapping, Node, Scalar, Sequence, value_of

if TYPE_CHECKING:
    from fractions import Fraction

    from cnnstat.base.errors import Problems

_KEYS = ("value", "source", "truncated", "tolerance", "erratum", "correct")


def read_expectations(
    node: Node | None, source: str, problems: Problems, *, total: bool
) -> tuple[Expectation, ...]:
    """Read what stands under ``expect:``; problems are added to ``problems``.

    ``source`` is cited where the expectation cites nothing of its own.
    """
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        message = "'expect:' is a mapping of figures, such as {params: 156}"
        problems.add(Problem("expect/type", message, node.span))
        return ()
    cited = node.get("source")
    source = cited.text if isinstance(cited, Scalar) else source
    expectations = []
    for key, value in node.entries:
        if key.text == "source":
            continue
        try:
            check_figure(key.text, total=total)
            expectations.append(_expectation(key.text, value, source))
        except Fault as fault:
            span = key.span if fault.code == "expect/figure" else value.span
            problems.add(fault.at(span))
    return tuple(expectations)


def _expectation(figure: str, node: Node, source: str) -> Expectation:
    if not isinstance(node, Mapping):
        return Expectation(figure, _printed(node, figure), source, node.span)
    for key, _ in node.entries:
        if key.text not in _KEYS:
            hint = suggestion(key.text, _KEYS) or f"; known: {', '.join(_KEYS)}"
            raise Fault(f"an expectation has no key '{key.text}'{hint}", code="expect/key")
    value = node.get("value")
    if value is None:
        raise Fault("an expectation needs a 'value:'", code="expect/value")
    figure_printed = _printed(value, figure)
    _check_together(node, figure_printed)
    return Expectation(
        figure,
        figure_printed,
        _text(node.get("source")) or source,
        value.span,
        truncated=_flag(node.get("truncated")),
        tolerance=_tolerance(node.get("tolerance"), figure_printed),
        erratum=_text(node.get("erratum")),
        correct=_correct(node.get("correct"), figure),
    )


def _check_together(node: Mapping, figure: Printed | tuple[int, ...] | str) -> None:
    """Refuse keys that would do nothing beside the others.

    Raises:
        Fault: one would.
    """
    if node.get("correct") is not None and node.get("erratum") is None:
        raise Fault("'correct:' goes with an 'erratum:' that says what is wrong", code="expect/value")
    if _flag(node.get("truncated")) and (
        node.get("tolerance") is not None or not isinstance(figure, Printed)
    ):
        raise Fault("'truncated:' goes with a single number, and without a tolerance", code="expect/value")


def _printed(node: Node, figure: str) -> Printed | tuple[int, ...] | str:
    if _is_whole(node, figure):
        return WHOLE
    if isinstance(node, Sequence):
        return _integers(node)
    if isinstance(node, Scalar):
        return printed(node.text)
    raise Fault("a figure is a number or a list of sizes", code="expect/value")


def _is_whole(node: Node | None, figure: str) -> bool:
    return figure == "receptive_field" and isinstance(node, Scalar) and node.text == WHOLE


def _integers(node: Sequence) -> tuple[int, ...]:
    value = value_of(node)
    if isinstance(value, tuple) and value and all(type(n) is int for n in value):
        return value
    raise Fault("a list of sizes has integers only, as in [6, 28, 28]", code="expect/value")


def _tolerance(node: Node | None, figure: Printed | tuple[int, ...] | str) -> Fraction | None:
    if node is None:
        return None
    if isinstance(node, Scalar) and isinstance(figure, Printed):
        return tolerance(node.text, figure.value)
    raise Fault("a tolerance is written 50 or 5% and goes with a single number", code="expect/value")


def _correct(node: Node | None, figure: str) -> Figure | None:
    if node is None:
        return None
    if _is_whole(node, figure):
        return WHOLE
    if isinstance(node, Sequence):
        return _integers(node)
    if isinstance(node, Scalar) and type(node.value) is int:
        return node.value
    raise Fault("'correct:' is the exact right figure", code="expect/value")


def _flag(node: Node | None) -> bool:
    if node is None:
        return False
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    raise Fault("'truncated:' is true or false", code="expect/value")


def _text(node: Node | None) -> str | None:
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.text
    raise Fault("expected text", code="expect/value")
