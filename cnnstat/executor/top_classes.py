"""What a classifier's output says: classes from the likeliest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnnstat.executor.loss import softmax

if TYPE_CHECKING:
    from cnnstat.executor.kernel import Array


def ranked(kind: str, y: Array, count: int) -> tuple[str, list[list[tuple[int, float]]]]:
    """Return what the scores of y (N, K) are, and for each sample the `count` likeliest classes with theirs.

    `kind` is the type of the layer that y comes from. Scores are probabilities, or the squared distances to
    the codes of an RBF output, the least first.
    """
    if kind == "rbf":
        return "squared distance", _first(y, np.argsort(y, 1, kind="stable"), count)
    share = y if kind == "softmax" else softmax(y)
    return "probability", _first(share, np.argsort(-share, 1, kind="stable"), count)


def _first(scores: Array, order: Array, count: int) -> list[list[tuple[int, float]]]:
    return [[(int(i), float(row[i])) for i in best[:count]] for row, best in zip(scores, order, strict=True)]
