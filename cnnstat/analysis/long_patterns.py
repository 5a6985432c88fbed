"""How much work the receptive fields of one network may be.

A pattern that repeats after each output costs nothing here. One that repeats after thousands, as behind an
upsampling by 8,191, is worked through output by output at every layer: a few hundred would take minutes.
"""

from __future__ import annotations

from cnnstat.base.limits import MAX_PERIOD, MAX_PHASES, PHASES


class LongPatterns:
    """The long patterns of a network of some layers, as long as there are not too many of them."""

    def __init__(self, layers: int) -> None:
        self._left = max(MAX_PHASES, PHASES * layers)

    def take(self, period: int, times: int = 1) -> bool:
        """Say whether a pattern may be as long, and worked through so many times, beside those before it.

        What is refused takes nothing, so that shorter patterns behind it may still be known.
        """
        if period <= 1:
            return True
        if period > MAX_PERIOD or period * times > self._left:
            return False
        self._left -= period * times
        return True
