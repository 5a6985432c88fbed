"""The size that a layer gives its output: as an option says, or that of a second input.

Of the second input nothing but its size is read: its values have no influence, and no gradient.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.arithmetic import Term, term
from cnnstat.base.axes import rank_of
from cnnstat.base.errors import Misfit
from cnnstat.base.text import listed
from cnnstat.layers.base import per_axis, show

if TYPE_CHECKING:
    from cnnstat.layers.base import Shape

SIZED = (1, 2)
"""The number of inputs of a layer that may have a second one for its size."""


def check_given(what: str, inputs: tuple[Shape, ...], **options: object) -> None:
    """Refuse a layer whose size is given not at all, or twice.

    Raises:
        Misfit: it is.
    """
    given = [name for name, value in options.items() if value is not None]
    if len(given) + len(inputs) != 2:
        either = listed([*(f"'{name}:'" for name in options), "a second input"])
        first, last = either.rsplit(", ", 1)
        code = "option/conflict" if given or len(inputs) > 1 else "option/missing"
        field = given[-1] if len(given) > 1 else None
        raise Misfit(f"{what} needs one of {first} and {last}", code=code, field=field)


def target(size: int | tuple[int, ...] | None, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
    """Return the size per axis, as an option gives it or as the second input has it.

    Raises:
        Misfit: there are more or fewer sizes than axes.
    """
    rank = len(inputs[0]) - 1
    if size is not None:
        return tuple(term("size", each) for each in per_axis(size, rank, "size"))
    second = inputs[1]
    if len(second) - 1 != rank:
        message = f"{show(inputs[0])} cannot get the size of {show(second)}: they have other axes"
        raise Misfit(message, code="shape/rank")
    names = rank_of(second).axes[1:]
    return tuple(term(f"{name} of the second input", n) for name, n in zip(names, second[1:], strict=True))
