from __future__ import annotations

from fractions import Fraction

import pytest

from cnnstat.base.errors import Source, SpecError
from cnnstat.spec.document import parse
from cnnstat.spec.nodes import Mapping, Scalar, plain_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("0.5", Fraction(1, 2)),
        ("1e-5", Fraction(1, 100_000)),
        (".5", Fraction(1, 2)),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        # Look-alikes that YAML 1.1 reads as numbers or booleans stay words.
        ("010", "010"),
        ("3:2", "3:2"),
        ("yes", "yes"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e999", "1e999"),
        (".", "."),
        ("-", "-"),
        ("9" * 31, "9" * 31),
        ("\uff11", "\uff11"),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


def test_positions_and_quotes() -> None:
    root = parse(Source("s", "a: 1\nb: ['2', x]\n"))
    assert isinstance(root, Mapping)
    listed = root.get("b")
    assert listed is not None
    assert (listed.span.line, listed.span.column) == (2, 4)
    quoted = listed.items[0]  # type: ignore[union-attr]
    assert isinstance(quoted, Scalar)
    assert (quoted.value, quoted.quoted, quoted.span.column) == ("2", True, 5)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\na: 2\n", "yaml/duplicate-key", 2, 1),
        ("a: &x 1\n", "yaml/anchor", 1, 4),
        ("a: *x\n", "yaml/alias", 1, 4),
        ("a: !!int 3\n", "yaml/tag", 1, 4),
        ("<<: {a: 1}\n", "yaml/merge", 1, 1),
        ("a: 1\n---\nb: 2\n", "yaml/documents", 2, 1),
        ("a: [1\n", "yaml/syntax", 1, 6),
        ("? [a]\n: 1\n", "yaml/key", 1, 3),
        ("a: \x00\n", "yaml/character", 1, 4),
        ("", "spec/empty", 1, 1),
        ("[" * 100, "yaml/depth", 1, 22),
    ],
)
def test_what_is_refused(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(SpecError) as caught:
        parse(Source("s", text))
    first = caught.value.problems[0]
    assert (first.code, first.span.line, first.span.column) == (code, line, column)


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    lines = ["a: &a [x, x]"] + [
        f"{b}: &{b} [*{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    with pytest.raises(SpecError) as caught:
        parse(Source("s", "\n".join(lines)))
    assert {p.code for p in caught.value.problems} == {"yaml/anchor", "yaml/alias"}
