"""Exact figures of convolutional networks from a YAML spec, with their arithmetic."""

__version__ = "0.1.0"
