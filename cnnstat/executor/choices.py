"""What a run offers to choose from, by name. No NumPy: a command line lists it before anything runs."""

from __future__ import annotations

DTYPES = ("float32", "float64")

METHODS = ("complex", "central")
"""How a slope is taken (`measure.derivatives`)."""

PROJECTION = "projection"
"""The loss of any other network: the sum of its outputs, each times a seeded normal number."""

LOSS_NAMES = ("cross_entropy", "negative_log_likelihood", "nll_of_logarithms", "mse", "rbf", PROJECTION)
"""Every loss (`loss`)."""
