"""What composition leaves to the walk."""

from __future__ import annotations


class Beyond(Exception):  # noqa: N818 - not an error: the walk goes where composition does not
    """Composition does not follow this: ``because`` says why.

    These are weights shared by repetitions or by other than calls of one kind in one list, paths to layers
    inside of blocks, layers whose figures are unknown, and options, names and wiring that are wrong: the walk
    says what, and where.
    """

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__(because)
