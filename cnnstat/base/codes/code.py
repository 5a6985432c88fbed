"""What is declared of a code."""

from __future__ import annotations

from msgspec import Struct


class Code(Struct, frozen=True):
    """A kind of problem: its stable key (``shape/leftover``), and its page.

    ``title`` is what is wrong in a line, ``meaning`` what that means and why it is refused, ``way_out`` what
    an author can do.
    """

    key: str
    title: str
    meaning: str
    way_out: str
