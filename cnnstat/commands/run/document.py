"""Proof -> document of `run`: calculated and measured figures of each layer, gradients, and the verdict."""

from __future__ import annotations

from fractions import Fraction  # noqa: TC003 - of a document
from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from cnnstat.analysis.model import COUNTED
from cnnstat.bridge.verify import Disagreement, Unmeasured  # noqa: TC001 - of a document
from cnnstat.commands.run.engine_document import EngineComparison, engine_comparison
from cnnstat.commands.run.gradient_document import GradientCheck, gradient_check
from cnnstat.commands.run.times import Times  # noqa: TC001 - of a document
from cnnstat.commands.run.verdict import verdict
from cnnstat.commands.run.weights import WeightsRead  # noqa: TC001 - of a document
from cnnstat.executor.top_classes import ranked
from cnnstat.report.document import Figures, NetworkDocument, Placed, Real, Sizes, figures, head
from cnnstat.report.text import said

if TYPE_CHECKING:
    from cnnstat.commands.run.proof import Proof
    from cnnstat.executor.measure.measurements import LayerMeasurements
    from cnnstat.executor.measure.receptive_field import MeasuredField


class MeasuredReceptiveField(Struct, frozen=True, kw_only=True, rename={"whole": "global"}):
    """What one unit saw of the input: size, stride and padding are null where no pattern repeats.

    Where all units see one region, its size and padding stand for a pattern's.
    """

    whole: bool
    size: Sizes | None = None
    stride: tuple[Fraction, ...] | None = None
    padding: Sizes | None = None


class MeasuredFigures(Struct, frozen=True, kw_only=True):
    """The figures of a layer that a run can measure."""

    output_shape: Sizes
    params: int
    trainable: int
    buffers: int
    macs: int
    padding_macs: int
    connections: int
    activations: int
    receptive_field: MeasuredReceptiveField


class ComparedLayer(Placed, frozen=True, kw_only=True):
    """One layer, both ways."""

    calculated: Figures
    measured: Annotated[MeasuredFigures, Meta(description="those that a run can measure")]


class ComparedBytes(Struct, frozen=True, kw_only=True):
    """Bytes, both ways."""

    calculated: int
    measured: int


class LossValue(Struct, frozen=True, kw_only=True):
    """A loss at the input, and how it changes there."""

    name: str
    value: Real
    input_gradient_norm: Real


class LikelyClass(Struct, frozen=True, kw_only=True, rename={"number": "class"}):
    """A class with its score, of which there is one."""

    number: int
    probability: Real | UnsetType = UNSET
    squared_distance: Real | UnsetType = UNSET

    @property
    def scored(self) -> str:
        """Return what its score is."""
        return "probability" if self.squared_distance is UNSET else "squared distance"

    @property
    def score(self) -> float:
        """Return its score."""
        score = self.probability if self.squared_distance is UNSET else self.squared_distance
        assert score is not UNSET
        return score


class RunDocument(NetworkDocument, frozen=True, kw_only=True):
    """`run`: calculated figures beside measured ones."""

    batch: int
    dtype: str
    seed: int
    training: bool
    layers: tuple[ComparedLayer, ...]
    inference_memory_bytes: ComparedBytes
    differences: Annotated[tuple[Disagreement, ...], Meta(description="empty when all is proved")]
    compared: Annotated[int, Meta(description="how many figures were calculated and measured")]
    unmeasured: Annotated[
        tuple[Unmeasured, ...],
        Meta(
            description="figures of which `proved` says nothing, as no run shows them or none was calculated"
        ),
    ]
    weights: Annotated[WeightsRead | None, Meta(description="null where they are drawn from the seed")]
    loss: LossValue
    gradients: Annotated[GradientCheck | None, Meta(description="null without `--check-grad`")]
    against: Annotated[EngineComparison | None, Meta(description="null without `--against`")]
    top: Annotated[
        tuple[tuple[LikelyClass, ...], ...] | None,
        Meta(description="null without `--top`; else the likeliest classes of each sample"),
    ]
    puts_out: Annotated[
        dict[str, tuple[Real, ...]] | None,
        Meta(
            description="the numbers of each output for the first sample, row by row; null where the input is"
            " drawn, or they are more than 16"
        ),
    ]
    times: Annotated[Times | None, Meta(description="null without `--time`")]
    verdict: str
    proved: bool


def document(proof: Proof, top: int | None) -> RunDocument:
    """Return what a run found out; with the ``top`` likeliest classes of each sample, if that is a number."""
    analysis, measurements = proof.verification.analysis, proof.verification.measurements
    measured = zip(analysis.rows, measurements.layers, measurements.fields[analysis.of], strict=True)
    return RunDocument(
        command="run",
        **head(analysis),
        batch=analysis.settings.batch,
        dtype=analysis.settings.dtype,
        seed=proof.seed,
        training=proof.training,
        layers=tuple(
            ComparedLayer(
                name=row.name,
                type=row.type,
                inputs=row.inputs,
                calculated=figures(row, analysis),
                measured=_measured(layer, field),
            )
            for row, layer, field in measured
        ),
        inference_memory_bytes=ComparedBytes(
            calculated=analysis.totals.inference_memory_bytes, measured=measurements.peak_bytes
        ),
        differences=proof.verification.differences,
        compared=proof.verification.compared,
        unmeasured=proof.verification.unmeasured,
        weights=proof.weights,
        loss=LossValue(
            name=proof.loss.name,
            value=Real(proof.loss.value),
            input_gradient_norm=Real(proof.loss.gradient_norm),
        ),
        gradients=gradient_check(proof) if proof.to_check else None,
        against=engine_comparison(proof.opinion) if proof.opinion else None,
        top=None if top is None else _top(proof, top),
        puts_out=_numbers(proof),
        times=proof.times,
        verdict=said(verdict(proof)),
        proved=proof.good and proof.finished,
    )


def _measured(layer: LayerMeasurements, field: MeasuredField) -> MeasuredFigures:
    return MeasuredFigures(
        output_shape=layer.output_shape,
        **{figure: getattr(layer, figure) for figure in COUNTED},
        receptive_field=_field(field),
    )


def _field(field: MeasuredField) -> MeasuredReceptiveField:
    if field.region and not field.whole:
        sizes = tuple(last - first + 1 for first, last in field.region)
        return MeasuredReceptiveField(whole=False, size=sizes, padding=tuple(-low for low, _ in field.region))
    patterns = [axis.pattern for axis in field.axes if axis.pattern is not None]
    if field.whole or not patterns or len(patterns) < len(field.axes):
        return MeasuredReceptiveField(whole=field.whole)
    return MeasuredReceptiveField(
        whole=False,
        size=tuple(pattern.size for pattern in patterns),
        stride=tuple(pattern.stride for pattern in patterns),
        padding=tuple(pattern.padding for pattern in patterns),
    )


_SHOWN = 16
"""Numbers that a network puts out for a sample, up to which they are shown."""


def _numbers(proof: Proof) -> dict[str, tuple[Real, ...]] | None:
    """Return what a network puts out for an input that somebody gave, if that is no more than is read."""
    outputs = [each[0] for each in proof.verification.measurements.outputs]
    if not proof.given or sum(each.size for each in outputs) > _SHOWN:
        return None
    names = proof.verification.analysis.output_names
    rows = ((name, each.reshape(-1).tolist()) for name, each in zip(names, outputs, strict=True))
    return {name: tuple(map(Real, row)) for name, row in rows}


def _top(proof: Proof, count: int) -> tuple[tuple[LikelyClass, ...], ...]:
    graph, outputs = proof.verification.analysis.graph, proof.verification.measurements.outputs
    what, samples = ranked(graph.nodes[graph.outputs[-1]].type, outputs[-1], count)
    score = what.replace(" ", "_")
    return tuple(
        tuple(LikelyClass(number=number, **{score: Real(value)}) for number, value in best)
        for best in samples
    )
