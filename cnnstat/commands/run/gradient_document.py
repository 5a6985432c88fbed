"""The part of a run's document that is about gradients: each beside the slope that it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from cnnstat.executor.measure.derivatives import TOLERANCE
from cnnstat.executor.measure.gradients import Outcome  # noqa: TC001 - of a document
from cnnstat.report.document import Real

if TYPE_CHECKING:
    from cnnstat.commands.run.proof import Proof


class GradientError(Struct, frozen=True, kw_only=True):
    """How far a gradient is off, beside the larger of the slope and the gradient's norm."""

    layer: Annotated[str | None, Meta(description="null end to end, as is the type")]
    type: str | None
    tensor: str
    size: int
    error: Real
    elements: Annotated[
        Real | None, Meta(description="the worst of single elements; null where none were asked for")
    ]
    right: bool
    outcome: Annotated[
        Outcome, Meta(description="not measurable is neither right nor wrong, not checked has no slope")
    ]
    fault: Annotated[
        str | UnsetType,
        Meta(description="only where nothing can be compared: why; the errors are null then"),
    ] = UNSET


class GradientCheck(Struct, frozen=True, kw_only=True):
    """`--check-grad`."""

    method: str
    tolerance: float
    loss: Annotated[
        str | None,
        Meta(description="that of end to end: a projection where that of the run is infinite or constant"),
    ]
    to_check: Annotated[int, Meta(description="how many there are; fewer are checked if it was interrupted")]
    interrupted: bool
    wrong: int
    not_measurable: Annotated[
        int, Meta(description="neither right nor wrong: rounding is all there is, or the loss constant")
    ]
    checked: tuple[GradientError, ...]


def gradient_check(proof: Proof) -> GradientCheck:
    """Return what was found of the gradients."""
    checked = (
        GradientError(
            layer=each.layer or None,
            type=each.type or None,
            tensor=each.tensor,
            size=each.size,
            error=Real(each.error),
            elements=None if each.elements is None else Real(each.elements),
            right=each.good,
            outcome=each.outcome,
            fault=each.fault or UNSET,
        )
        for each in proof.checked
    )
    return GradientCheck(
        method=proof.method,
        tolerance=TOLERANCE,
        loss=next((each.loss for each in proof.checked if each.loss), None),
        to_check=proof.to_check,
        interrupted=proof.interrupted,
        wrong=sum(each.outcome == "wrong" for each in proof.checked),
        not_measurable=sum(each.outcome == "not measurable" for each in proof.checked),
        checked=tuple(checked),
    )
