"""What a page asks of a text: it is all that a request says, and nothing in it names a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct, structs

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.base.limits import MAX_SIZE
from cnnstat.graph.load import loads

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis

Size: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_SIZE)]
Word: TypeAlias = Annotated[str, Meta(max_length=1000)]


class OfText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text, which of its networks is meant, and what is asked otherwise: the options of a command line."""

    text: str
    variant: Word | None = None
    params: dict[Word, Any] = {}
    input_shape: dict[Word, tuple[Size, ...]] = {}
    batch: Size = 1
    dtype: Word = ""
    optimizer: Word = "momentum"
    strict: bool = False
    fields_of: Word | None = None

    @property
    def settings(self) -> Settings:
        """Return what the figures are for.

        Raises:
            ArgumentError: something is out of range.
        """
        return Settings(
            batch=self.batch,
            dtype=self.dtype,
            optimizer=self.optimizer,
            strict=self.strict,
            fields_of=self.fields_of,
        )


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


def analysis_of(asked: OfText, name: str) -> Analysis:
    """Return the figures of the network that is meant.

    Raises:
        SpecError: the spec is wrong; ArgumentError: what is asked does not go with it.
    """
    key = structs.replace(asked) if type(asked) is OfText else _plain(asked)
    encoded = msgspec.json.encode(key)
    if _latest and _latest[0] == (encoded, name):
        return _latest[1]  # type: ignore[return-value]
    graph = loads(
        asked.text,
        name,
        variant=asked.variant,
        params=asked.params,
        input_shape=asked.input_shape or None,
    )
    analysis = analyze_graph(graph, asked.settings)
    _latest[:] = [(encoded, name), analysis]
    return analysis


_latest: list[Any] = []
"""The last request and its analysis: a page asks for several parts of one."""


def _plain(asked: OfText) -> OfText:
    return OfText(**{field: getattr(asked, field) for field in OfText.__struct_fields__})
