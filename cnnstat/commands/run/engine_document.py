"""The part of a run's document that is about another engine: its outputs, and those of the model itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from cnnstat.commands.run.opinion import Found  # noqa: TC001 - of a document
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.run.opinion import ComparedOutput, ModelOutputs, Opinion


class OutputDifference(Struct, frozen=True, kw_only=True):
    """How far a layer's output, or the gradient of an input, is off beside the largest number of either."""

    layer: str
    type: str
    difference: Annotated[Real, Meta(description="null where shapes differ, or one is not finite")]
    rounding: Annotated[
        Real | None,
        Meta(description="how far rounding may put it off; null where all outputs are the same"),
    ]
    found: Found


class ModelOutput(OutputDifference, frozen=True, kw_only=True):
    """An output of the model itself beside that of the layer that it was read as."""

    output: Annotated[str, Meta(description="its name in the model")]


class ModelComparison(Struct, frozen=True, kw_only=True):
    """What the model that SPEC is puts out when the engine runs it as it is."""

    model: str
    others: int
    outputs: tuple[ModelOutput, ...]
    lost: Annotated[tuple[str, ...], Meta(description="outputs of the model that no layer works out")]
    refused: Annotated[str | None, Meta(description="why it was not run")]


class EngineComparison(Struct, frozen=True, kw_only=True):
    """`--against`: the output of every layer, in graph order, beside another engine's."""

    engine: str
    version: str
    tolerance: float
    others: Annotated[int, Meta(description="how many are neither the same nor off by no more than rounding")]
    outputs: tuple[OutputDifference, ...]
    gradients: Annotated[
        tuple[OutputDifference, ...],
        Meta(description="those of the inputs, for slopes of the outputs that are drawn; only PyTorch's"),
    ]
    model: Annotated[ModelComparison | None, Meta(description="null where SPEC is no model of another tool")]


def engine_comparison(opinion: Opinion) -> EngineComparison:
    """Return what was found beside another engine."""
    return EngineComparison(
        engine=opinion.engine,
        version=opinion.version,
        tolerance=opinion.tolerance,
        others=len(opinion.others),
        outputs=tuple(map(_off, opinion.outputs)),
        gradients=tuple(map(_off, opinion.gradients)),
        model=_model(opinion.model) if opinion.model else None,
    )


def _model(model: ModelOutputs) -> ModelComparison:
    both = zip(model.names, model.outputs, strict=True)
    return ModelComparison(
        model=model.model,
        others=len(model.others),
        outputs=tuple(ModelOutput(output=name, **asdict(_off(each))) for name, each in both),
        lost=model.lost,
        refused=model.refused or None,
    )


def _off(compared: ComparedOutput) -> OutputDifference:
    return OutputDifference(
        layer=compared.layer,
        type=compared.type,
        difference=Real(compared.difference),
        rounding=None if compared.rounding is None else Real(compared.rounding),
        found=compared.found,
    )
