"""The rules that `check` teaches: one file each, which is the rule's manual page, too, and their list.

A rule's code is ``rule/`` and the name of its file.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cnnstat.rules.rule import Page, Rule, markdown, page

if TYPE_CHECKING:
    from types import ModuleType

NAMES = (
    "bias-before-norm",
    "constant-output",
    "dropout-before-norm",
    "early-downsampling",
    "field-too-small",
    "input-not-divisible",
    "no-citation",
    "odd-width",
    "shadowed-name",
    "unread-pixels",
    "unused-block",
    "unused-param",
    "unused-variant-value",
)
"""Every rule by its name: its file has underscores for dashes, and in it the rule, as ``RULE``."""

CODES = tuple(f"rule/{name}" for name in NAMES)
"""Every rule by its code."""


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
    return import_module(f"cnnstat.rules.{code.removeprefix('rule/').replace('-', '_')}")
