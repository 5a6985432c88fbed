"""How much work the receptive fields of one network may be.

A pattern that repeats after each output costs nothing here. One that repeats after thousands, as behind an
upsampling by 8,191, is worked through output by output at every layer: a few hundred would take minutes.
"""

from __future__ import annotations

from cnnstat.base.limits import MAX_PERIOD, MAX_PHASES, PHASES


def most_looks(layers: int) -> int:
    """Return how many outputs of long patterns are looked at in a network of so many layers."""
    return max(MAX_PHASES, PHASES * layers)


class LongPatterns:
    """The long patterns of a network of some layers, as long as there are not too many of them."""

    def __init__(self, layers: int) -> None:
        self._left = most_looks(layers)

    def take(self, period: int, times: int = 1, longest: int = MAX_PERIOD) -> bool:
        """Say whether a pattern may be as long, and worked through so many times, beside those before it.

        ``longest`` is for the numbers of a vector, which may all differ. What is refused takes nothing, so
        that shorter patterns behind it may still be known.
        """
        return period <= 1 or (period <= longest and self.spend(period * times))

    def spend(self, looks: int) -> bool:
        """Say whether so many outputs may be looked at beside those before."""
        if looks > self._left:
            return False
        self._left -= looks
        return True


class Looks(LongPatterns):
    """Patterns that are all worked through, and counted: whether there are too many is seen at the end."""

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, looks: int) -> bool:
        """Count what is looked at."""
        self.spent += looks
        return True
