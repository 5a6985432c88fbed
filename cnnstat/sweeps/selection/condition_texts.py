"""Texts of conditions, parted into those on parameters, which have a ``$``, and those on figures.

Both kinds may stand in one text with ``and`` between them. Those on parameters are expressions, which have
``or`` and ``not``, too; those on figures are bounds of budgets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.base.errors import ArgumentError, Fault
from cnnstat.base.figures import BUDGETED
from cnnstat.spec.expression import parse
from cnnstat.sweeps.networks.figures import SWEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|[\[({]|[\])}]|\s+and\s+", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_WORD = re.compile(r"(?<![\w$])[A-Za-z_][\w-]*(?![\w-]|\s*\()")
_PARAM = re.compile(r"\$([A-Za-z_]\w*)")
_UNIT = re.compile(r"(?<![\w.$])([0-9][0-9.]*)([KMGT]i?|B)\b")
_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")
_BETWEEN = re.compile(r"(\S+)\s+between\s+(\S+)\s+and\s+(\S+)", re.IGNORECASE)


def params_and_figures(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the conditions on parameters and those on figures, of texts that may have both.

    Raises:
        ArgumentError: one on parameters cannot be read, or has a figure in it.
    """
    of_params, of_figures = [], []
    for text in texts:
        params, figures = _split(text)
        if params:
            _check(params)
            of_params.append(params)
        if figures or not params:
            of_figures.append(figures)
    return tuple(of_params), tuple(of_figures)


def _split(text: str) -> tuple[str, str]:
    """Return what of a text is on parameters, and what on figures."""
    found: dict[bool, list[str]] = {True: [], False: []}
    kind = False
    for part in _parts(text):
        # What has neither, as the end of 'macs between 3M and 5M', belongs to what stands before it.
        kind = "$" in part or (kind and not _figure_in(part))
        found[kind].append(part)
    if not found[False]:
        return text, ""
    return " and ".join(found[True]), " and ".join(found[False]) if found[True] else text


def _parts(text: str) -> Iterator[str]:
    """Yield what stands between each ``and`` that is in no brackets and no quotes."""
    depth = start = 0
    for token in _TOKEN.finditer(text):
        depth += token[0] in "([{"
        depth -= token[0] in "])}"
        if not depth and token[0].strip().lower() == "and":
            yield text[start : token.start()]
            start = token.end()
    yield text[start:]


def _figure_in(text: str) -> str:
    """Return a figure in a text that has no $ before it; empty where there is none."""
    words = _WORD.findall(_QUOTED.sub("''", text))
    return next((word for word in words if word in SWEPT or word in BUDGETED), "")


def _check(text: str) -> None:
    """Refuse what is no condition on parameters, and say which way to write it.

    Raises:
        ArgumentError: likewise.
    """
    if word := _figure_in(text):
        raise ArgumentError(
            f"'{text}' is about parameters, which have a $, and about the figure {word}: give each a"
            f" condition of its own, such as '$width <= 1' and '{word} <= 100M'"
        )
    try:
        parse(text, lists=True)
    except Fault as fault:
        raise ArgumentError(f"{fault.message}{_way(text)}") from None


def _way(text: str) -> str:
    """Return how to write a condition that cannot be read, if it is seen what was meant."""
    figure = next((name for name in _PARAM.findall(text) if name in SWEPT or name in BUDGETED), "")
    if figure:
        return f": figures are written without a $, as '{figure} <= 100M'"
    if between := _BETWEEN.search(text):
        name, low, high = between.groups()
        return f"; write '{name} >= {low} and {name} <= {high}'"
    if number := _UNIT.search(text):
        return f"; '{number[0]}' is written out for parameters, as 1000000 or 10**6"
    return "; write == for =" if _EQUALS.search(_QUOTED.sub("''", text)) else ""
