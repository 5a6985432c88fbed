"""One network of a spec: a variant of its family, or one with parameters given from outside."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from msgspec import Struct

from cnnstat.base.errors import Fault, Problem, SpecError
from cnnstat.base.limits import MAX_SIZE, is_size
from cnnstat.base.text import listed, suggestion
from cnnstat.spec.given import from_python
from cnnstat.spec.model import resolve, unknown_param
from cnnstat.spec.values import show_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.spec.expect import Expectation
    from cnnstat.spec.model import Family, Operand, Variant
    from cnnstat.spec.values import Value


class Spec(Struct, frozen=True, dict=True):
    """One network of a family: with its parameters settled, and the shapes of its inputs that follow.

    Published figures are those of the values they were published for: what stands beside a layer or under
    the family's ``expect:`` holds where all parameters are ``as_written``, what stands under the variant's
    where none is ``changed`` from outside.
    """

    family: Family
    variant: Variant | None
    params: dict[str, Value]
    inputs: dict[str, tuple[int, ...]]

    @property
    def name(self) -> str:
        """Return the variant's name or the family's, with what is changed."""
        name = self.variant.name if self.variant else self.family.name
        changed = ", ".join(f"{param}={_word(value)}" for param, value in self.changed.items())
        return f"{name} ({changed})" if changed else name

    @property
    def variant_key(self) -> str | None:
        """Return what the variant is asked for by; None for a family without any."""
        return next((key for key, each in self.family.variants.items() if each is self.variant), None)

    @property
    def source(self) -> str:
        """Return where the network was published."""
        return (self.variant.source if self.variant else "") or self.family.source

    @cached_property
    def as_written(self) -> bool:
        """Say whether every parameter is its default."""
        return not _unlike(self.params, self.family.params)

    @cached_property
    def changed(self) -> dict[str, Value]:
        """Return the parameters from outside that differ from the network's own."""
        return _unlike(self.params, _own_params(self.family, self.variant))

    @property
    def expect(self) -> tuple[Expectation, ...]:
        """Return the totals that were published for these parameters."""
        own = self.variant.expect if self.variant and not self.changed else ()
        return (self.family.expect if self.as_written else ()) + own


def choose(family: Family, variant: str | None, given: Mapping[str, object]) -> Spec:
    """Return one network: the variant of this name (without one the first, if any), with parameters given.

    Raises:
        SpecError: there is no such variant or parameter, or the input has no sizes.
        ArgumentError: a value in ``given`` is none that a spec could have.
    """
    chosen = _variant(family, variant)
    params = _own_params(family, chosen) | _given(family, given)
    shapes = {name: _shape(name, sizes, family, params) for name, sizes in family.inputs.items()}
    return Spec(family, chosen, params, shapes)


def _variant(family: Family, name: str | None) -> Variant | None:
    if name is None:
        return next(iter(family.variants.values()), None)
    if name not in family.variants:
        known = f"; variants: {listed(tuple(family.variants))}" if family.variants else "; the spec has none"
        what = f"no variant '{name}'" if name else "the name of a variant is missing behind '#'"
        message = f"{what}{suggestion(name, family.variants) or known}"
        raise SpecError([Problem("variant/unknown", message, family.span)])
    return family.variants[name]


def _given(family: Family, given: Mapping[str, object]) -> dict[str, Value]:
    unknown = [unknown_param(name, family.params) for name in given if name not in family.params]
    if unknown:
        raise SpecError(Problem("param/unknown", message, family.params_span) for message in unknown)
    return {name: from_python(value) for name, value in given.items()}


def _own_params(family: Family, variant: Variant | None) -> dict[str, Value]:
    return family.params | (variant.params if variant else {})


def _unlike(params: dict[str, Value], others: dict[str, Value]) -> dict[str, Value]:
    # Most are one object: a family may have thousands of parameters, and of variants.
    return {
        name: value
        for name, value in params.items()
        if value is not others[name] and not _same(value, others[name])
    }


def _same(value: Value, other: Value) -> bool:
    # To Python, 1 and True are equal; to the language they are not.
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _word(value: Value) -> str:
    return value if isinstance(value, str) else show_value(value)


def _shape(
    name: str, written: tuple[Operand, ...], family: Family, params: dict[str, Value]
) -> tuple[int, ...]:
    try:
        sizes = tuple(resolve(size, params) for size in written)
    except Fault as fault:
        raise SpecError([Problem(fault.code, f"{name}: {fault.message}", family.input_span)]) from None
    if not all(is_size(size) for size in sizes):
        what = "the input's sizes" if name == "input" else f"the sizes of '{name}'"
        message = f"{what} are whole numbers from 1 to {MAX_SIZE:,}, got {show_value(sizes)}"
        raise SpecError([Problem("spec/input", message, family.input_span)])
    return cast("tuple[int, ...]", sizes)
