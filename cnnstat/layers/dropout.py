"""Layers that drop values in training and do nothing afterwards."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.layers.base import Layer

Rate = Annotated[float, Meta(ge=0, lt=1, description="probability of being dropped in training")]


class Dropout(Layer, frozen=True, kw_only=True):
    """Dropout: in training each value is zeroed with probability `rate`, the rest scaled up.

    Rule:
        training:  y = x·mask / (1 - rate)
        inference: y = x, at no cost

    Example:
        {type: dropout, rate: 0.5}

    Reference:
        Srivastava et al., JMLR 15, 2014; Krizhevsky, Sutskever, Hinton, NIPS 2012, section 4.2.
    """

    family: ClassVar[str] = "dropout"
    keeps_zeros: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True
    draws_mask: ClassVar[bool] = True

    rate: Rate = 0.5


class DropPath(Layer, frozen=True, kw_only=True):
    """Stochastic depth: in training a sample's whole branch is dropped with probability `rate`.

    Rule:
        training:  y = 0 or x / (1 - rate), for a whole sample
        inference: y = x, at no cost

    Example:
        {type: drop_path, rate: 0.2}

    Reference:
        Huang, Sun, Liu, Sedra, Weinberger, arXiv:1603.09382.
    """

    family: ClassVar[str] = "dropout"
    keeps_zeros: ClassVar[bool] = True
    pointwise: ClassVar[bool] = True
    draws_mask: ClassVar[bool] = True

    rate: Rate = 0.1
