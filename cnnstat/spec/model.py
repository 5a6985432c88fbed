"""What a spec says, as frozen values: a family of networks, its blocks, its entries and its expectations."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.base.text import listed, suggestion
from cnnstat.spec.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnnstat.base.errors import Span
    from cnnstat.spec.budget import Budget
    from cnnstat.spec.expect import Expectation
    from cnnstat.spec.space import Space
    from cnnstat.spec.values import Value


class Expressions(Struct, frozen=True):
    """A list with an expression somewhere in it, so that it is another for each set of parameters.

    ``length`` counts its values, those of lists within it too.
    """

    items: tuple[Operand, ...]
    length: int


Operand: TypeAlias = "Value | Expression | Expressions"
"""An option as written: a value, which may be a list, an expression, or a list with expressions in it."""


class Option(Struct, frozen=True):
    """One ``key: value`` of an entry, with the places of both."""

    name: str
    value: Operand
    key_span: Span
    span: Span


class Reference(Struct, frozen=True):
    """A name under ``from:``; ``*`` in place of a part stands for every repetition, in order."""

    name: str
    span: Span


class Entry(Struct, frozen=True):
    """One line under ``layers:``: a layer, or the call of a block.

    ``weights`` names whose parameters it uses, ``unused`` says that its output need not be read, ``flow``
    that it is written in braces. ``name_span`` is where its name stands, or else its type.
    """

    type: Option
    name: str | None
    name_span: Span
    inputs: tuple[Reference, ...] | None
    weights: Reference | None
    unused: bool
    when: Option | None
    repeat: Option | None
    frozen: Option | None
    first: tuple[Option, ...]
    options: tuple[Option, ...]
    expect: tuple[Expectation, ...]
    budget: tuple[Budget, ...]
    span: Span
    flow: bool

    def span_of(self, name: str | None) -> Span:
        """Return where an option is written, as far as it is; else where the entry is."""
        if name == "weights" and self.weights:
            return self.weights.span
        written = (option.span for option in reversed((*self.options, *self.first)) if option.name == name)
        return next(written, self.span)


class Block(Struct, frozen=True, dict=True):
    """A reusable group of entries. The default None marks a parameter that every call must give.

    ``outputs`` are what it puts out by name, the first of them first; none are written for the last layer.
    ``param_spans`` are where the names of its parameters stand.
    """

    name: str
    params: dict[str, Value]
    param_spans: dict[str, Span]
    inputs: tuple[str, ...]
    outputs: dict[str, Reference]
    layers: tuple[Entry, ...]
    span: Span

    @cached_property  # it is asked at every call, and a block may have thousands of parameters
    def required(self) -> tuple[str, ...]:
        """Return the parameters that every call must give."""
        return tuple(name for name, default in self.params.items() if default is None)


class Variant(Struct, frozen=True):
    """What is said of one network of a family: the parameters in which it differs, and its own figures.

    ``span`` is where its key stands.
    """

    name: str
    source: str
    params: dict[str, Value]
    param_spans: dict[str, Span]
    expect: tuple[Expectation, ...]
    budget: tuple[Budget, ...]
    span: Span


class Numbers(Struct, frozen=True):
    """Numbers of an input or a tensor, as they are written: their shape by lists in lists, and row by row."""

    name: str
    shape: tuple[int, ...]
    numbers: tuple[float, ...]
    name_span: Span
    span: Span


class Family(Struct, frozen=True):
    """A whole spec as read; one network of it is a `cnnstat.spec.choice.Spec`.

    Without ``variants`` it is a family of one. ``inputs`` are one sample of each input as written, channels
    first; an input without a name is called ``input``. ``dtype`` is what memory figures are for, where nobody
    asks for another.
    """

    name: str
    source: str
    inputs: dict[str, tuple[Operand, ...]]
    dtype: str
    params: dict[str, Value]
    param_spans: dict[str, Span]
    variants: dict[str, Variant]
    blocks: dict[str, Block]
    layers: tuple[Entry, ...]
    outputs: tuple[Reference, ...]
    expect: tuple[Expectation, ...]
    budget: tuple[Budget, ...]
    values: tuple[Numbers, ...]
    space: Space | None
    input_span: Span
    params_span: Span
    span: Span


def unknown_param(name: str, params: Iterable[str]) -> str:
    """Return what to say of a name that is none of the network's parameters."""
    known = tuple(params)
    those = f"parameters: {listed(known)}" if known else "it has no 'params:'"
    return f"the network has no parameter '{name}'{suggestion(name, known)} ({those})"


def reads(operand: Operand, name: str) -> bool:
    """Say whether an operand's value may depend on a parameter."""
    if isinstance(operand, Expressions):
        return any(reads(item, name) for item in operand.items)
    return isinstance(operand, Expression) and name in operand.names


def resolve(operand: Operand, params: Mapping[str, Value]) -> Value:
    """Return an operand's value under ``params``; what has no expression in it is its own.

    Raises:
        Fault: an expression in it has none.
    """
    if isinstance(operand, Expression):
        return operand.evaluate(params)
    if isinstance(operand, Expressions):
        return tuple([resolve(item, params) for item in operand.items])
    return operand
