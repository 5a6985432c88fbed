"""What a command line asks for -> a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cnnstat import __version__
from cnnstat.analysis.budgets import shown_inputs
from cnnstat.base.errors import ArgumentError, Source
from cnnstat.importers import read
from cnnstat.spec.reader import read_family
from cnnstat.sweeps.networks.plan import Member, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnnstat.analysis.settings import Settings
    from cnnstat.base.arguments import Inputs
    from cnnstat.sweeps.question.asked import Varied


def read_plan(specs: Sequence[str], varied: Varied, where: tuple[str, ...], settings: Settings) -> Plan:
    """Return a plan without figures yet.

    Raises:
        SpecError: a spec cannot be read.
        ArgumentError: a parameter is fixed and varies, or a network is given twice.
    """
    for name in varied.vary:
        if name in varied.params:
            raise ArgumentError(f"{name} is given to --set, where it does not vary, and to --vary")
    members = tuple(member for spec in specs for member in _members(spec, varied))
    for place, member in enumerate(members):
        if member in members[:place]:
            raise ArgumentError(f"{member.label} is given twice")
    seed = None if varied.sample is None else varied.seed or 0
    return Plan(members, varied.params, varied.vary, where, seed, (), settings, __version__)


def _members(spec: str, varied: Varied) -> Iterator[Member]:
    """Yield a spec on each input, and its variants if all are wanted."""
    for inputs in varied.inputs or (None,):
        text, file, variant = read(spec, inputs)
        at = f" at {_shown(inputs)}" if len(varied.inputs) > 1 else ""
        variants = [variant]
        if varied.variants and "#" not in spec:
            variants = [*read_family(Source(file, text)).variants] or [None]
        named = "#" in spec or (varied.variants and variants != [None])
        for name in variants:
            of = "" if name == variant else f"#{name}"
            yield Member(f"{spec}{of}{at}", text, file, name, inputs, of_space=not named)


def _shown(inputs: Inputs | None) -> str:
    named = inputs if isinstance(inputs, Mapping) else {"": inputs or ()}
    return shown_inputs(tuple(named.items()))
