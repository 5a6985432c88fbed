"""The rules that `check` teaches: one file each, which is the rule's manual page, too, and their list.

A rule's code is ``rule/`` and the name of its file; of another package's, that of its entry point
(`cnnstat.rules`), which is such a file.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from msgspec.structs import asdict

from cnnstat.base.plugins import Plugins
from cnnstat.rules.rule import Page, Rule, markdown, page

NAMES = (
    "activation-twice",
    "bias-before-norm",
    "checkerboard",
    "constant-output",
    "dropout-before-norm",
    "early-downsampling",
    "even-kernel-same",
    "field-too-small",
    "groups-never-mix",
    "input-not-divisible",
    "kernel-beyond-input",
    "leftover",
    "linear-holds-most",
    "misaligned-join",
    "no-citation",
    "odd-width",
    "pool-of-one",
    "shadowed-name",
    "softmax-before-loss",
    "unproductive-layers",
    "unread-pixels",
    "unused-block",
    "unused-param",
    "unused-variant-value",
)
"""Every rule by its name: its file has underscores for dashes, and in it the rule, as ``RULE``."""

_KIND = "rule/"
CODES = tuple(f"{_KIND}{name}" for name in NAMES)
"""Every rule by its code, but for those of other packages."""


def _checked(name: str, module: object) -> ModuleType:
    """Return the file of a rule.

    Raises:
        TypeError: it is none, or not its own manual page.
    """
    if not isinstance(module, ModuleType) or not isinstance(getattr(module, "RULE", None), Rule):
        raise TypeError(f"{module!r} has no RULE that is a cnnstat.rules.rule.Rule")
    if lacking := [part for part, text in asdict(page(module)).items() if not text]:
        raise TypeError(f"the docstring of {module.__name__}, which is its manual page, has no {lacking[0]}")
    return module


FAILED = "rule/failed"
"""The code of a rule of another package that raises an exception."""

PLUGINS = Plugins("cnnstat.rules", (*NAMES, FAILED.removeprefix(_KIND)), _checked)


def codes() -> tuple[str, ...]:
    """Return every rule by its code, those of other packages that can be loaded last."""
    return (*CODES, *(f"{_KIND}{name}" for name in PLUGINS.every()))


def is_rule(code: str) -> bool:
    """Say whether there is a rule of a code.

    Raises:
        PluginError: it comes from a package and cannot be loaded.
    """
    name = code.removeprefix(_KIND)
    return code in CODES or (name != code and PLUGINS.named(name) is not None)


def origin(code: str) -> str:
    """Return the package and the version that a rule comes from; nothing for one of this package."""
    return PLUGINS.origin(code.removeprefix(_KIND))


def rule(code: str) -> Rule:
    """Return a rule by its code."""
    found: Rule = _module(code).RULE
    return found


def manual(code: str) -> Page:
    """Return the manual page of a rule by its code."""
    return page(_module(code))


def page_of(code: str) -> str:
    """Return the manual page of a rule by its code, as Markdown."""
    return markdown(code, rule(code).severity, manual(code))


def _module(code: str) -> ModuleType:
    name = code.removeprefix(_KIND)
    if name in NAMES:
        return import_module(f"cnnstat.rules.{name.replace('-', '_')}")
    found = PLUGINS.named(name)
    assert found is not None, f"no rule has the code {code}"
    return found
