"""What a file is checked for: options of the command line, and what the configuration says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from cnnstat import rules
from cnnstat.rules.rule import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnnstat.commands.check.configuration import Level
    from cnnstat.commands.check.earlier import Earlier
    from cnnstat.rules.rule import Severity
    from cnnstat.spec.budget import Bound


class CheckOptions(Struct, frozen=True, kw_only=True):
    """What a file is checked for.

    ``severity`` has the codes that matter more or less than by default, ``least`` is how much a finding
    matters at least to be one; ``budget`` bounds every network, beside its own budgets. ``fix``: what can be
    mended safely is mended in the file; ``write_expect``: figures are pinned in it. ``run`` executes each
    network within so many bytes, which so many processes ``share``; ``check_grad`` checks its gradients, too.
    It is compared with what is ``earlier``, the spec as it was in the revision or folder ``against``,
    within ``tolerances``.
    """

    severity: Mapping[str, Level] = {}
    least: Severity = "warning"
    budget: tuple[Bound, ...] = ()
    fix: bool = False
    write_expect: bool = False
    run: bool = False
    check_grad: bool = False
    max_memory: int | None = None
    share: int = 1
    earlier: Earlier | None = None
    against: str | None = None
    tolerances: Mapping[str, str] = {}

    def of_code(self, code: str, default: Severity) -> Severity | None:
        """Return how much a code matters here; None where it is off."""
        level = self.severity.get(code, default)
        return level if level != "off" else None

    def enough(self, severity: Severity) -> bool:
        """Say whether a finding of this severity matters as much as is asked for."""
        return SEVERITIES.index(severity) >= SEVERITIES.index(self.least)

    def of_rule(self, code: str) -> Severity | None:
        """Return how much a rule matters here; None where it is off."""
        return self.of_code(code, rules.rule(code).severity)
