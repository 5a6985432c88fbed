"""What composition leaves to the walk."""

from __future__ import annotations


class Beyond(Exception):  # noqa: N818 - not an error: the walk goes where composition does not
    """Composition does not follow this: ``because`` says why.

    These are weights shared with other layers, paths to layers inside of blocks, layers whose figures are
    unknown, and whatever is wrong with a spec: the walk says what, and where.
    """

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__(because)
