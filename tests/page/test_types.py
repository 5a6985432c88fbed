"""The page's types in TypeScript say what the documents' classes do."""

from __future__ import annotations

from fractions import Fraction  # noqa: TC003 - msgspec reads it
from typing import Annotated, Any, Literal

import pytest
from msgspec import UNSET, Meta, Struct, UnsetType

from cnnstat.report.document import Real  # noqa: TC001 - msgspec reads it
from tests.page.types import FILE, SERVED, served_types, types


def test_they_are_those_of_today() -> None:
    assert FILE.read_text(encoding="utf-8") == types(), "run: python -m tests.page.types"
    assert SERVED.read_text(encoding="utf-8") == served_types(), "run: python -m tests.page.types"


class Inner(Struct, rename={"whole": "global"}):
    """Ends no comment: */."""

    whole: bool
    """Said of it."""


class Outer(Struct):
    """One of each."""

    count: Annotated[int, Meta(description="of what")]
    line: int
    name: str | None
    maybe: Real | UnsetType = UNSET
    inner: tuple[Inner, ...] = ()
    pair: tuple[int, float] = (0, 0.0)
    strides: tuple[Fraction | None, ...] = ()
    kind: Literal["a", "b"] = "a"
    more: dict[str, list[Any]] = {}


def test_each_kind_of_type_has_its_own() -> None:
    text = types(Outer)
    for line in (
        "count: Whole;",
        "line: number;",
        "name: string | null;",
        "maybe?: number | null;",
        "inner: Inner[];",
        "pair: [Whole, number];",
        "strides: (Whole | [Whole, Whole] | null)[];",
        'kind: "a" | "b";',
        "more: Record<string, unknown[]>;",
        "global: boolean;",
        "/** Ends no comment: * /. */",
    ):
        assert line in text


def test_what_is_asked_may_lack_what_has_a_default() -> None:
    text = served_types()
    for line in (
        "export interface OfUnit {",
        "  text: string;",
        "  variant?: string | null;",
        "  params?: Record<string, unknown>;",
        "  unit: Whole[];",
        '  to: "keras" | "onnx" | "pytorch";',
        "export interface ToSave {",
    ):
        assert f"\n{line}\n" in text


def test_a_type_that_is_not_known_is_refused() -> None:
    class Odd(Struct):
        value: set[int]

    with pytest.raises(TypeError, match="no type of TypeScript"):
        types(Odd)
