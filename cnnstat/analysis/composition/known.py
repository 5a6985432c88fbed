"""What has been worked out, to be used again: two generations of it, so that a sweep takes bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

T = TypeVar("T")


class Known(Generic[T]):
    """Values by keys. Who looks for one asks ``young``, which is a plain dictionary, and then `elder`."""

    __slots__ = ("_elder", "young")

    def __init__(self) -> None:
        self.young: dict[Hashable, T] = {}
        self._elder: dict[Hashable, T] = {}

    def elder(self, key: Hashable) -> T | None:
        """Return a value of the elder generation, which is young again; None where there is none."""
        value = self._elder.pop(key, None)
        if value is not None:
            self.young[key] = value
        return value

    def turn(self) -> None:
        """Forget the elder generation; what is young now is the elder one."""
        self._elder, self.young = self.young, {}


class Generations:
    """All that is known of a family, which grows old together."""

    def __init__(self) -> None:
        self._every: list[Known[Any]] = []

    def known(self) -> Known[Any]:
        """Return where values of one kind are kept."""
        self._every.append(Known())
        return self._every[-1]

    def turn(self) -> None:
        """Begin a generation."""
        for known in self._every:
            known.turn()
