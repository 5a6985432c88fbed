"""What a page asks of a text: it is all that a request says, and nothing in it names a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, Struct

from cnnstat.analysis.settings import Settings
from cnnstat.base.errors import ArgumentError
from cnnstat.base.limits import MAX_SIZE, is_size

Word: TypeAlias = Annotated[str, Meta(max_length=1000)]


class OfText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text, which of its networks is meant, and what is asked otherwise: the options of a command line.

    What a person may type into the page is refused in words, where it is out of range.
    """

    text: str
    variant: Word | None = None
    params: dict[Word, Any] = {}
    batch: int | float = 1
    dtype: Word = ""
    optimizer: Word = "momentum"

    @property
    def settings(self) -> Settings:
        """Return what the figures are for.

        Raises:
            ArgumentError: something is out of range.
        """
        batch = self.batch
        if isinstance(batch, float) or not is_size(batch):
            raise ArgumentError(f"batch: expected a whole number from 1 to {MAX_SIZE:,}, got {batch:,}")
        return Settings(batch=batch, dtype=self.dtype, optimizer=self.optimizer)


class OfLayer(OfText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something of one layer or block of it, by its name."""

    layer: Word


class OfUnit(OfLayer, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The numbers of one unit."""

    unit: tuple[Annotated[int, Meta(ge=0, le=MAX_SIZE)], ...]


class AsFile(OfText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A network as a file of another tool."""

    to: Literal["onnx", "pytorch", "keras"]
    weights: bool = True


class ToSave(Struct, frozen=True, forbid_unknown_fields=True):
    """A text to be saved over the content that the page knows, which has this digest."""

    text: str
    digest: Annotated[str, Meta(max_length=64)]
