"""The documented JSON of a run (docs/json.md)."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from cnnstat.analysis.model import STORED
from cnnstat.bridge.verify import MEMORY
from cnnstat.executor.measure.derivatives import TOLERANCE
from cnnstat.report.columns import exact
from cnnstat.report.data import figures, head

if TYPE_CHECKING:
    from cnnstat.bridge.verify import Disagreement, Proof
    from cnnstat.executor.measure.measurements import LayerMeasurements
    from cnnstat.executor.measure.receptive_field import MeasuredField


Top = tuple[str, list[list[tuple[int, float]]]]
"""What scores are, and for each sample its likeliest classes with theirs."""


def data(proof: Proof, verdict: str, top: Top | None) -> dict[str, Any]:
    """Return told and measured figures of each layer, differences, gradients, and the verdict."""
    verification = proof.verification
    analysis, findings = verification.analysis, verification.measurements
    layers = zip(analysis.rows, findings.layers, findings.fields, strict=True)
    return {
        **head("run", analysis),
        "batch": analysis.settings.batch,
        "dtype": analysis.settings.dtype,
        "seed": proof.seed,
        "training": proof.training,
        "layers": [
            {
                "name": row.name,
                "type": row.type,
                "inputs": list(row.inputs),
                "told": figures(row, analysis.input_shape),
                "measured": _done(layer, sight),
            }
            for row, layer, sight in layers
        ],
        MEMORY: {"told": analysis.totals.inference_memory_bytes, "measured": findings.peak_bytes},
        "differences": [_apart(difference) for difference in verification.differences],
        "unmeasured_fields": list(verification.unmeasured),
        "loss": {
            "name": proof.loss.name,
            "value": _finite(proof.loss.value),
            "input_gradient_norm": _finite(proof.loss.gradient_norm),
        },
        "gradients": _gradient_data(proof) if proof.to_check else None,
        "top": None if top is None else _top(*top),
        "verdict": verdict,
        "proved": proof.good and proof.finished,
    }


def _done(layer: LayerMeasurements, sight: MeasuredField) -> dict[str, Any]:
    return {
        "output_shape": list(layer.output_shape),
        **{figure: getattr(layer, figure) for figure in STORED},
        "receptive_field": {"global": sight.whole, **_patterns(sight)},
    }


def _patterns(sight: MeasuredField) -> dict[str, Any]:
    patterns = [axis.pattern for axis in sight.axes]
    known = [pattern for pattern in patterns if pattern is not None]
    if sight.whole or not known or len(known) != len(patterns):
        return {"size": None, "stride": None, "padding": None}
    return {
        "size": [pattern.size for pattern in known],
        "stride": [exact(pattern.stride) for pattern in known],
        "padding": [pattern.padding for pattern in known],
    }


def _apart(difference: Disagreement) -> dict[str, Any]:
    told, done = (_plain(value) for value in (difference.calculated, difference.measured))
    return {"layer": difference.layer or None, "figure": difference.figure, "told": told, "measured": done}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | str) or value is None else exact(value)


def _gradient_data(proof: Proof) -> dict[str, Any]:
    return {
        "method": proof.method,
        "tolerance": TOLERANCE,
        "to_check": proof.to_check,
        "wrong": len(proof.wrong),
        "checked": [
            {
                "layer": checked.layer or None,
                "type": checked.type or None,
                "tensor": checked.tensor,
                "size": checked.size,
                "error": _finite(checked.error),
                "elements": _finite(checked.elements),
                "right": checked.good,
            }
            for checked in proof.checked
        ],
    }


def _top(what: str, samples: list[list[tuple[int, float]]]) -> list[list[dict[str, Any]]]:
    key = what.replace(" ", "_")
    return [[{"class": number, key: _finite(score)} for number, score in best] for best in samples]


def _finite(value: float | None) -> float | None:
    """Return a number that JSON has: it knows no NaN and no infinity."""
    return value if value is not None and isfinite(value) else None
