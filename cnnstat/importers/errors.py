"""What is wrong with a model's file."""

from __future__ import annotations


class ModelError(ValueError):
    """A model that cannot be read; the message goes on where the file's name ends."""
