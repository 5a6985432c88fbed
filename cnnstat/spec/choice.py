"""One network of a spec: a variant of its family, or one with parameters given from outside."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from cnnstat.errors import Misfit, Problem, Source, SpecError, suggestion
from cnnstat.limits import MAX_SIZE
from cnnstat.spec.document import Mapping, Node, Scalar, Sequence, parse, value_of
from cnnstat.spec.expression import show_value
from cnnstat.spec.model import Spec, Variant, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping as Dict

    from cnnstat.spec.expression import Value


def choose(spec: Spec, variant: str | None, given: Dict[str, object]) -> Spec:
    """Return the spec of one network: its parameters settled, its input known, its own figures expected.

    Without ``variant`` it is the first, if there are any. Published figures are those of the values they
    were published for: what stands beside a layer or under the spec's ``expect:`` is left out where a
    parameter differs from its default, what stands under a variant where one differs from the variant's.

    Raises:
        SpecError: there is no such variant or parameter, or the input has no sizes.
    """
    chosen = _variant(spec, variant)
    proper = spec.params | (chosen.params if chosen else {})
    params = proper | _given(spec, given)
    changed = {name: value for name, value in params.items() if not _same(value, proper[name])}
    as_written = all(_same(params[name], default) for name, default in spec.params.items())
    told = ", ".join(
        f"{name}={value if isinstance(value, str) else show_value(value)}" for name, value in changed.items()
    )
    name = chosen.name if chosen else spec.name
    own = chosen.expect if chosen and not changed else ()
    return replace(
        spec,
        name=f"{name} ({told})" if told else name,
        source=(chosen.source if chosen else "") or spec.source,
        params=params,
        input_shape=_shape(spec, params),
        expect=(spec.expect if as_written else ()) + own,
        as_written=as_written,
        changed=bool(changed),
    )


def read_value(text: str) -> object:
    """Return what a parameter's value means, by the rules of a spec: ``1.4``, ``true``, ``[1, 3]``.

    Raises:
        Misfit: it is no plain value.
    """
    wanted = Misfit(f"expected a plain value such as 1.4, true or a word, got '{text}'", code="param/value")
    try:
        node = parse(Source("", text))
    except (SpecError, UnicodeError):  # a command line may hold bytes that are no text
        raise wanted from None
    if "$" in text or not _plain(node):
        raise wanted
    return value_of(node)


def _plain(node: Node) -> bool:
    if isinstance(node, Sequence):
        return all(isinstance(item, Scalar) for item in node.items)
    return not isinstance(node, Mapping)


def _variant(spec: Spec, name: str | None) -> Variant | None:
    if name is None:
        return next(iter(spec.variants.values()), None)
    if name not in spec.variants:
        known = f"; variants: {', '.join(spec.variants)}" if spec.variants else "; the spec has none"
        what = f"no variant '{name}'" if name else "the name of a variant is missing behind '#'"
        message = f"{what}{suggestion(name, spec.variants) or known}"
        raise SpecError([Problem("variant/unknown", message, spec.span)])
    return spec.variants[name]


def _given(spec: Spec, given: Dict[str, object]) -> dict[str, Value]:
    unknown = [unknown_param(name, spec.params) for name in given if name not in spec.params]
    if unknown:
        raise SpecError(Problem("param/unknown", message, spec.params_span) for message in unknown)
    return {name: _value(value) for name, value in given.items()}


def unknown_param(name: str, params: Dict[str, Value]) -> str:
    """Return what to say of a name that is none of the network's parameters."""
    known = f"parameters: {', '.join(params)}" if params else "it has no 'params:'"
    return f"the network has no parameter '{name}'{suggestion(name, params)} ({known})"


def _value(value: object) -> Value:
    """Return a value from Python as the language has it: exact, and lists as tuples."""
    if isinstance(value, list | tuple):
        return tuple(_value(item) for item in value)
    if isinstance(value, float):
        return Fraction(repr(value))
    if value is None or isinstance(value, bool | int | Fraction | str):
        return value
    raise ValueError(f"a parameter is a number, a word, true, false or a list of these, got {value!r}")


def _same(value: Value, other: Value) -> bool:
    # To Python, 1 and True are equal; to the language they are not.
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _shape(spec: Spec, params: dict[str, Value]) -> tuple[int, ...]:
    try:
        sizes = resolve(spec.input, params)
    except Misfit as misfit:
        raise SpecError([Problem(misfit.code, f"input: {misfit.message}", spec.input_span)]) from None
    assert isinstance(sizes, tuple)
    if not all(is_size(size) for size in sizes):
        message = f"the input's sizes are whole numbers from 1 to {MAX_SIZE:,}, got {show_value(sizes)}"
        raise SpecError([Problem("spec/input", message, spec.input_span)])
    return cast("tuple[int, ...]", sizes)


def is_size(value: object) -> bool:
    """Say whether a value can be a size of the input."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_SIZE
