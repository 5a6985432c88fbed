"""The fuzzers: random specs, networks, gradients and files; `python -m tests.fuzz` runs them for minutes."""

from __future__ import annotations

import os

# Read before NumPy is: arrays are small, and each process has one core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
