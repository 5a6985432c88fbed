"""Expressions as functions of Python's own say what the tree says, value for value and word for word."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cnnstat.base.errors import Fault
from cnnstat.spec import compiled
from cnnstat.spec.bundled import folder
from cnnstat.spec.compiled import evaluate
from cnnstat.spec.expression import parse
from cnnstat.spec.functions import round_log

if TYPE_CHECKING:
    from cnnstat.spec.values import Value


def outcome(text: str, params: dict[str, Value], *, by_tree: bool) -> tuple[str, object]:
    try:
        expression = parse(text, lists=True)
        found = expression.evaluate(params) if by_tree else evaluate(expression, params)
    except Fault as fault:
        return "fault", (fault.code, fault.message)
    return type(found).__name__, found


class Writer:
    """Random expressions, of which some have no value."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def number(self, depth: int) -> str:
        draw, less = self.draw, depth - 1
        if depth == 0:
            return draw.choice(["$a", "$b", "$c", "$d", "2", "0.5", "0", "7"])
        kind = draw.randrange(12)
        if kind < 5:
            sign = draw.choice(["+", "-", "*", "/", "//", "%"])
            return f"({self.number(less)} {sign} {self.number(less)})"
        if kind == 5:
            return f"({self.number(less)} ** {draw.choice(['2', '3', '-1', '$a'])})"
        if kind == 6:
            return f"(-{self.number(less)})"
        if kind == 7:
            return f"({self.number(less)} if {self.truth(less)} else {self.number(less)})"
        if kind == 8:
            return f"count({self.list(less)}, {self.number(less)})"
        function = draw.choice(
            ["floor", "ceil", "round", "abs", "sqrt", "log2", "divisible", "min", "max", "round_log"]
        )
        both = function in ("min", "max", "round_log") or (function == "divisible" and draw.random() < 0.5)
        arguments = [self.number(less) for _ in range(2 if both else 1)]
        return f"{function}({', '.join(arguments)})"

    def truth(self, depth: int) -> str:
        draw, less = self.draw, depth - 1
        if depth <= 0:
            return draw.choice(["$t", "True", "$a > 1", "$a == $b", "$b <= $c < 3"])
        kind = draw.randrange(3)
        if kind == 0:
            return f"(not {self.truth(less)})"
        if kind == 1:
            return f"({self.truth(less)} {draw.choice(['and', 'or'])} {self.truth(less)})"
        return f"({self.number(less)} {draw.choice(['<', '<=', '>', '>=', '==', '!='])} {self.number(less)})"

    def list(self, depth: int) -> str:
        if depth <= 0 or self.draw.random() < 0.3:
            return self.draw.choice(["$list", "range(3)", "range($a)"])
        element = self.number(depth - 1).replace("$d", "$j")
        return (
            element if "[" in element else f"[{element} for $j in {self.draw.choice(['range(4)', '$list'])}]"
        )


PARAMS: list[dict[str, Value]] = [
    {"a": 3, "b": Fraction(5, 2), "c": 0, "d": 8, "t": True, "list": (1, 2, 2)},
    {"a": 1, "b": 4, "c": Fraction(-1, 3), "d": 16, "t": False, "list": ()},
    {"a": 2, "b": True, "c": "word", "d": None, "t": 1, "list": (True, "x")},
    {"a": 2, "b": 2},
]


@pytest.mark.parametrize("seed", range(6))
def test_a_function_says_what_the_tree_says(seed: int) -> None:
    writer, valued = Writer(seed), 0
    for number in range(250):
        text = writer.number(3) if number % 4 else writer.truth(3) if number % 8 else writer.list(3)
        if len(text) > 200:
            continue
        for params in PARAMS:
            by_tree = outcome(text, params, by_tree=True)
            assert outcome(text, params, by_tree=False) == by_tree, (text, params)
            valued += by_tree[0] != "fault"
    assert valued > 100


def test_the_expressions_of_a_space_are_compiled() -> None:
    """What a sweep works out for each of millions of points takes no detour."""
    texts = [
        "[round_log(1 + $wa * $j / $w0, $wm) for $j in range($depth)]",
        "count($power, 3)",
        "8 * $b * round($w0 * $wm ** 2 / 8)",
        "max(1, round($v1 / $m1)) * $m1 / $b",
        "$n4 > 0 and $n3 > 0 and $n2 > 0",
    ]
    written = (folder() / "regnet.yaml").read_text(encoding="utf-8")
    for text in texts:
        assert text in written
        assert compiled._compiled(text) is not None


@pytest.mark.parametrize("text", ["'a' if $t else 'b'", "$t == 'x'", "[$j for $j in $list]"])
def test_what_is_not_compiled_is_left_to_the_tree(text: str) -> None:
    assert compiled._compiled(text) is None
    params: dict[str, Value] = {"t": True, "list": (1, "x")}
    assert outcome(text, params, by_tree=False) == outcome(text, params, by_tree=True)


def test_floating_point_is_taken_where_it_is_sure_and_nowhere_else() -> None:
    expression = parse("[round_log(1 + $wa * $j / $w0, $wm) for $j in range(28)]", lists=True)
    draw = random.Random(0)
    for _ in range(300):
        wa, wm, w0 = (
            Fraction(draw.randint(80, 2560), 10),
            Fraction(draw.randint(2000, 3000), 1000),
            8 * draw.randint(1, 32),
        )
        exact = tuple(round_log(1 + wa * j / w0, wm) for j in range(28))
        assert evaluate(expression, {"wa": wa, "wm": wm, "w0": w0}) == exact
    # 1 + 3·j/1 is 1, 4, 16 for j = 0, 1, 5; powers of 16, whose middle is 4: of two as near, the even one.
    assert evaluate(expression, {"wa": 3, "wm": 16, "w0": 1}) == tuple(
        round_log(1 + 3 * j, 16) for j in range(28)
    )
