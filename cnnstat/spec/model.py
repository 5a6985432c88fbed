"""What a spec says, as frozen values: the network, its blocks, its entries and its expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from cnnstat.spec.expression import Expression, Value

if TYPE_CHECKING:
    from cnnstat.errors import Source, Span
    from cnnstat.spec.expect import Expectation

Operand: TypeAlias = "Value | Expression | tuple[Operand, ...]"
"""An option as written: a value, an expression, or a list of these."""


class Option(Struct, frozen=True):
    """One ``key: value`` of an entry, with the places of both."""

    name: str
    value: Operand
    key_span: Span
    span: Span


class Reference(Struct, frozen=True):
    """A name under ``from:``."""

    name: str
    span: Span


class Entry(Struct, frozen=True):
    """One line under ``layers:``: a layer, or the call of a block."""

    type: Option
    name: str | None
    inputs: tuple[Reference, ...] | None
    when: Option | None
    repeat: Option | None
    frozen: Option | None
    first: tuple[Option, ...]
    options: tuple[Option, ...]
    expect: tuple[Expectation, ...]
    span: Span

    def place(self, field: str | None) -> Span:
        """Return where an option is written, as far as it is; else where the entry is."""
        written = (option.span for option in reversed((*self.options, *self.first)) if option.name == field)
        return next(written, self.span)


class Block(Struct, frozen=True):
    """A reusable group of entries. A parameter without a default is ``REQUIRED``."""

    name: str
    params: dict[str, Value]
    inputs: tuple[str, ...]
    layers: tuple[Entry, ...]
    span: Span

    @property
    def required(self) -> tuple[str, ...]:
        """Return the parameters that every call must give."""
        return tuple(name for name, default in self.params.items() if default is None)


class Variant(Struct, frozen=True):
    """One network of a family: the parameters in which it differs from the spec, and its own figures."""

    name: str
    source: str
    params: dict[str, Value]
    expect: tuple[Expectation, ...]


class Spec(Struct, frozen=True):
    """A whole spec. ``input`` is one sample as written, channels first.

    What comes last is known once one network is chosen (`cnnstat.spec.choice`): its ``input_shape``,
    whether all parameters are ``as_written``, and whether one was ``changed`` from outside.
    """

    name: str
    source: str
    input: tuple[Operand, ...]
    params: dict[str, Value]
    variants: dict[str, Variant]
    blocks: dict[str, Block]
    layers: tuple[Entry, ...]
    outputs: tuple[Reference, ...]
    expect: tuple[Expectation, ...]
    origin: Source
    input_span: Span
    params_span: Span
    span: Span
    input_shape: tuple[int, ...] = ()
    as_written: bool = True
    changed: bool = False


def resolve(operand: Operand, params: dict[str, Value]) -> Value:
    """Return an operand's value under ``params``.

    Raises:
        Misfit: an expression in it has none.
    """
    if isinstance(operand, Expression):
        return operand.evaluate(params)
    if isinstance(operand, tuple):
        return tuple(resolve(item, params) for item in operand)
    return operand
