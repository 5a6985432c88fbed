"""The options that name a machine: --machine, or --peak and --bandwidth."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from cnnstat.analysis.machines import Machine, machine_named, rate
from cnnstat.cli.options import read_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

_OPTIONS = (
    click.option(
        "--machine",
        metavar="NAME",
        callback=read_by(machine_named),
        help="The least time on a machine of the table in docs/flops.md: its roofline.",
    ),
    click.option(
        "--peak", metavar="RATE", callback=read_by(rate), help="The FLOPs a second of any machine: 10T."
    ),
    click.option(
        "--bandwidth",
        metavar="RATE",
        callback=read_by(rate),
        help="The bytes that its memory moves in a second: 100G.",
    ),
)


def machine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a machine; the command gets them as ``machine``, a `Machine` or None."""

    @wraps(command)
    def choosing(
        machine: Machine | None, peak: Fraction | None, bandwidth: Fraction | None, **values: Any
    ) -> Any:
        return command(machine=_chosen(machine, peak, bandwidth), **values)

    wrapped: Callable[..., Any] = choosing
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _chosen(machine: Machine | None, peak: Fraction | None, bandwidth: Fraction | None) -> Machine | None:
    """Return the machine of a name, or that of two rates.

    Raises:
        click.UsageError: there is a name and a rate, or one rate alone.
    """
    rates = {"--peak": peak, "--bandwidth": bandwidth}
    given = [name for name, value in rates.items() if value is not None]
    if machine is not None and given:
        raise click.UsageError(f"--machine and {given[0]} exclude each other")
    if peak is not None and bandwidth is not None:
        return Machine("", peak, bandwidth)
    if given:
        raise click.UsageError(f"{given[0]} goes with {next(name for name in rates if name not in given)}")
    return machine
