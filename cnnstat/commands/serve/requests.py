"""What a page asks of a text: it is all that a request says, and nothing in it names a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from cnnstat.analysis.analyze import analyze_graph
from cnnstat.analysis.settings import Settings
from cnnstat.base.errors import ArgumentError, Source
from cnnstat.base.limits import MAX_SIZE
from cnnstat.commands.serve.bounds import LAYERS
from cnnstat.graph.model import build
from cnnstat.spec.choice import choose
from cnnstat.spec.reader import read_family

if TYPE_CHECKING:
    from cnnstat.analysis import Analysis
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.model import Family

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


def spec_of(asked: OfText, family: Family) -> Spec:
    """Return the network that is meant. What the text no longer has, for it is being changed, counts no more.

    Raises:
        SpecError: its input has no sizes; ArgumentError: a value is none that a spec could have.
    """
    variant = asked.variant if asked.variant in family.variants else None
    return choose(
        family, variant, {name: each for name, each in asked.params.items() if name in family.params}
    )


def analysis_of(asked: OfText, spec: Spec) -> Analysis:
    """Return its figures.

    Raises:
        SpecError: the spec is wrong; ArgumentError: what is asked does not go with it.
    """
    graph = build(spec)
    if len(graph.layers) > LAYERS:
        raise ArgumentError(
            f"the network has {len(graph.layers):,} layers, and a page shows {LAYERS:,}; "
            "'cnnstat summary' shows any number"
        )
    return analyze_graph(graph.on(asked.input_shape) if asked.input_shape else graph, asked.settings)


def analyzed(asked: OfText, name: str) -> Analysis:
    """Return the figures of the network that is meant; a page asks for several parts of one.

    Raises:
        SpecError: the spec is wrong; ArgumentError: what is asked does not go with it.
    """
    key = (name, msgspec.json.encode([getattr(asked, field) for field in OfText.__struct_fields__]))
    if _latest.get("key") != key:
        spec = spec_of(asked, read_family(Source(name, asked.text)))
        _latest.update(key=key, analysis=analysis_of(asked, spec))
    return _latest["analysis"]  # type: ignore[no-any-return]


_latest: dict[str, Any] = {}
"""The last of these, and what was asked for it."""
