"""What to call a block: as the model's modules are called, else after what is in it."""

from __future__ import annotations

import re
from os.path import commonprefix
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnstat.importers.folding.kinds import Kind

_NUMBERS = re.compile(r"[0-9]+")


def name_of(kind: Kind) -> str:
    """Return what the modules of a kind are called."""
    names = {_last(module.path) for module in kind.modules}
    if len(names) == 1:
        name = names.pop()
    else:
        name = commonprefix(sorted(names)).rstrip("_0123456789")
    name = name.rstrip("_0123456789") or name
    return name if len(name) > 1 else _by_content(kind)


def _last(path: tuple[str, ...]) -> str:
    """Return the last name that is no number."""
    return next((name for name in reversed(path) if not _NUMBERS.fullmatch(name)), "block")


def _by_content(kind: Kind) -> str:
    types = [line.type for line in kind.modules[0].lines]
    short = {"batch_norm": "bn", "layer_norm": "ln"}
    if all(types) and len(types) <= 3:
        return "_".join(short.get(each, each) for each in types)
    return "block"
