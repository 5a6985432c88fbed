"""What Python gives in place of a command line, for `cnnstat.sweep` and `cnnstat.fit`."""

from __future__ import annotations

import json
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnstat.analysis.machines import Machine, machine_named, rate
from cnnstat.analysis.settings import Settings
from cnnstat.base.arguments import check_names, check_type, shown
from cnnstat.base.errors import ArgumentError
from cnnstat.cli.output import Undone
from cnnstat.spec.given import from_python
from cnnstat.spec.values import show_value
from cnnstat.sweeps.selection.conditions import read_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnnstat.analysis.settings import Options

Texts: TypeAlias = "str | Sequence[str]"
OnMachine: TypeAlias = "str | tuple[float, float]"
"""A machine by its name, or by its FLOPs and bytes a second."""


def parted(options: Options) -> tuple[dict[str, object], Any, Settings]:
    """Return the parameters that do not vary, the input, and the settings that keywords ask for.

    Raises:
        ArgumentError: one is out of range.
    """
    rest = dict(options)
    params, shape = rest.pop("params", None), rest.pop("input_shape", None)
    if params is not None:
        check_names("params", params)
    given: Any = params or {}
    values: dict[str, object] = {name: from_python(value) for name, value in given.items()}
    return values, shape, Settings(**rest)  # type: ignore[arg-type]  # what is left are its fields


def vary_texts(vary: Mapping[str, object] | None) -> dict[str, str]:
    """Return what varies as a command line has it.

    Raises:
        ArgumentError: a value is none that a parameter can have.
    """
    if vary is None:
        return {}
    check_names("vary", vary)
    return {
        name: values if isinstance(values, str) else ",".join(map(_word, _items(values)))
        for name, values in vary.items()
    }


def _items(values: object) -> tuple[object, ...]:
    found = from_python([*values] if isinstance(values, range) else values)
    return found if isinstance(found, tuple) else (found,)


def _word(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str | bool) else show_value(value)


def texts(name: str, given: Texts) -> tuple[str, ...]:
    """Return one text or several.

    Raises:
        ArgumentError: there is something else.
    """
    found = (given,) if isinstance(given, str) else (*given,)
    for each in found:
        check_type(name, each, str, "a text, or several")
    return found


def columns_of(figures: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the keys of figures.

    Raises:
        ArgumentError: there is none of a name.
    """
    return None if figures is None else read_columns(",".join(texts("figures", figures)))


def on_machine(machine: OnMachine | None) -> Machine | None:
    """Return the machine that is meant.

    Raises:
        ArgumentError: none has the name, or a rate is none.
    """
    if machine is None or isinstance(machine, str):
        return None if machine is None else machine_named(machine)
    if not isinstance(machine, tuple) or len(machine) != 2:
        raise ArgumentError(f"machine: expected a name, or FLOPs and bytes a second, got {shown(machine)}")
    peak, bandwidth = (_rate(each) for each in machine)
    return Machine("", peak, bandwidth)


def _rate(value: object) -> Fraction:
    if isinstance(value, str):
        return rate(value)
    number = from_python(value)
    if not isinstance(number, int | Fraction) or isinstance(number, bool) or number <= 0:
        raise ArgumentError(f"machine: expected a rate above 0, got {shown(value)}")
    return Fraction(number)


@contextmanager
def as_error() -> Iterator[None]:
    """Raise what a command says at its end as what a caller can catch without the command line."""
    try:
        yield
    except Undone as error:
        raise RuntimeError(str(error)) from None
