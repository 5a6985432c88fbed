"""The bounds that keep a hostile or mistyped spec from hanging the program, all in one place."""

from __future__ import annotations

MAX_TEXT = 16 * 2**20
"""Characters in one spec."""

MAX_DEPTH = 20
"""Collections within collections in YAML; a spec needs six."""

MAX_SIZE = 1_000_000
"""The size of one axis of the input, and any count an option takes."""

MAX_NUMBERS = MAX_SIZE**3
"""Numbers that one layer puts out for a sample: as many as the largest input holds."""

MAX_LAYERS = 200_000
"""Layers in one network after blocks and repeats are unfolded."""

PARTS = 8
"""Inputs of a layer, or options of an entry, that count as one layer more."""

MAX_LEVELS = 100
"""Levels of a pyramid of bins."""

MAX_NESTING = 30
"""Blocks within blocks."""

MAX_DIGITS = 1_000
"""Digits of a number that an expression comes to, above a fraction's line and below it."""

MAX_BUDGET_INPUTS = 16
"""Inputs that the budgets of a network are for: it is analyzed on each."""

MAX_CHECKED_LAYERS = 50_000
"""Layers that `check` looks at in one file: all its networks on all inputs together, but for the first."""

MAX_PROBLEMS = 100
"""Problems of one phase, before reading on is given up."""

MAX_REFUSED = 10 * MAX_PROBLEMS
"""Calls that are refused for what is wrong with others already, before reading on is given up."""

MAX_PERIOD = 8_192
"""Outputs after which a receptive field's pattern repeats, before it counts as unknown."""

MAX_PLACES = 65_536
"""Places that do not follow one another, before what sees them counts as unknown."""

MAX_PHASES = 2**18
"""Outputs in the long patterns of all receptive fields of a network, before a field counts as unknown."""

PHASES = 32
"""What each layer adds to these where that is more: a network of many layers has as many short patterns."""

MAX_LOOKS = 2**18
"""Places looked at to find if units see all of their fields, before fields count as upper bounds."""

LOOKS = 128
"""What each layer adds to these where that is more."""

MAX_STRIDES = 8
"""Strides that may meet on one axis of a receptive field, before it counts as unknown."""

MAX_FIELD = MAX_SIZE**3
"""Size and stride of a receptive field, before it counts as unknown."""

MAX_SWEEP = 10_000
"""Input sizes that one sweep tries."""

MAX_SWEPT_LAYERS = 20_000_000
"""Layers of all sizes of one sweep together, so that a network of many layers is tried at fewer sizes."""


def is_size(value: object) -> bool:
    """Say whether a value can be the size of one axis of the input."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_SIZE
