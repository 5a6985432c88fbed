"""Shapes as Keras has them: channels last."""

from __future__ import annotations


def last(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape with its channels last."""
    return (*sizes[1:], sizes[0])


def shape(sizes: tuple[int, ...]) -> str:
    """Return a shape as comments have it: ``112x112x64``."""
    return "x".join(map(str, last(sizes)))
