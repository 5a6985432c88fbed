"""The types of numbers that memory figures may be for."""

from __future__ import annotations

BYTES = {"int8": 1, "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}
"""Bytes of one number."""

DTYPE = "float32"
"""The type of a network that says nothing of it."""
