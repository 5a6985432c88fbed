"""What holds for all tests; this file is read before the first of them imports NumPy."""

from __future__ import annotations

import os

# The arrays of the tests are small. On a busy machine the threads of a matrix product wait for each other
# longer than they count: the gradient checks took five times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
