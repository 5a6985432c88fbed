"""Texts made to be slow or large, each of one kind and of about as many characters as asked for.

What they have in common: nothing of a spec is forbidden in any number, so any part of one may be repeated.
`tests/base/test_hostile.py` counts the work of each, `python -m tests.benchmarks.hostile` measures time and
memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile import checked, fields, texts, unfolding, values, vectors, wiring

if TYPE_CHECKING:
    from tests.hostile.repeated import Kind

KINDS: dict[str, Kind] = {
    **{f"text: {name}": kind for name, kind in texts.KINDS.items()},
    **{f"values: {name}": kind for name, kind in values.KINDS.items()},
    **{f"wiring: {name}": kind for name, kind in wiring.KINDS.items()},
    **{f"fields: {name}": kind for name, kind in fields.KINDS.items()},
    **{f"vectors: {name}": kind for name, kind in vectors.KINDS.items()},
}
"""What takes time and memory in proportion to its text."""

CHECKED: dict[str, Kind] = {f"check: {name}": kind for name, kind in checked.KINDS.items()}
"""What takes `check` time and memory in proportion to its text."""

UNFOLDING: dict[str, Kind] = unfolding.KINDS
"""What unfolds to many layers, which are limited in number: time and memory are in proportion to these."""
