"""What a rule finds in a spec, as the files beside the specs say it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cnnstat import rules
from cnnstat.commands.check.findings_of import findings_of
from cnnstat.commands.check.options import CheckOptions

if TYPE_CHECKING:
    from cnnstat.commands.check.document import FileReport
    from cnnstat.commands.check.findings import Finding

FOLDER = Path(__file__).parent / "specs"


def specs(name: str) -> list[Path]:
    """Return the specs of a rule, by the name of its folder."""
    return sorted((FOLDER / name).glob("*.yaml"))


def expected(path: Path) -> str:
    """Return what stands beside a spec: a line for each finding, none where the rule is silent."""
    return path.with_suffix(".txt").read_text(encoding="utf-8")


def check_text(text: str, name: str, variant: str | None, options: CheckOptions) -> FileReport:
    """Check the text of a spec."""
    report, _ = findings_of(text, name, variant, options)
    return report


def _found(text: str, name: str = "spec.yaml") -> tuple[Finding, ...]:
    """Return what rules find in a spec; one with an error is no example of any."""
    found = check_text(text, name, None, CheckOptions(least="info")).findings
    assert not [each for each in found if each.code not in rules.CODES], found
    return found


def codes(text: str) -> set[str]:
    """Return the codes of rules that find something in a spec."""
    return {each.code for each in _found(text)}


def said(path: Path, code: str) -> str:
    """Return what a rule says of a spec, in the form of the file beside it."""
    found = _found(path.read_text(encoding="utf-8"), path.name)
    return "".join(_line(each) for each in found if each.code == code)


def _line(each: Finding) -> str:
    more = f" [{', '.join(each.networks)}]" if len(each.networks) > 1 else ""
    mended = " [--fix]" if each.fixable else ""
    marked = each.text[each.column - 1 : each.column - 1 + each.length]
    return f"{each.line}:{each.column}: `{marked}`: {each.message}{more}{mended}\n"
