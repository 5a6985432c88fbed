"""Numbers that are trained and read from no input."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from cnnstat.base.arithmetic import Term, product
from cnnstat.base.axes import RANKS
from cnnstat.base.errors import Misfit
from cnnstat.layers.base import Index, Layer, Shape, Tensors, same_sizes, show, size_of
from cnnstat.layers.reshape import copied


class Parameter(Layer, frozen=True, kw_only=True):
    """A trained constant, the same for every sample: a positional embedding, a class token.

    Of the layer it reads it takes the shape alone, or with `shape:` as many sizes, of which 0 is copied.

    Rule:
        output = the input's shape, or `shape:` with the input's size where a 0 stands
        params = the numbers of the output

    Example:
        {type: parameter, name: class_token, shape: [0, 1]}

    Reference:
        Dosovitskiy et al., ViT, arXiv:2010.11929, equation (1); torch.nn.Parameter.
    """

    family: ClassVar[str] = "parameter"
    values_from: ClassVar[int | None] = 0

    shape: Annotated[
        Annotated[tuple[Index, ...], Meta(min_length=1, max_length=len(RANKS))] | None,
        Meta(description="the shape of one sample; 0: the size that the input has there"),
    ] = None

    def sizes(self, inputs: tuple[Shape, ...]) -> tuple[Term, ...]:
        """Return the input's shape, or the sizes given."""
        if self.shape is None:
            return same_sizes(inputs[0])
        if len(self.shape) != len(inputs[0]):
            message = f"{list(self.shape)} has {len(self.shape)} sizes, its input of {show(inputs[0])}"
            raise Misfit(f"{message} has {len(inputs[0])}", code="shape/rank", field="shape")
        return same_sizes(copied(self.shape, inputs[0]))

    def params(self, inputs: tuple[Shape, ...]) -> Term:
        """Return the numbers of the output."""
        return product(self.sizes(inputs))

    def tensors(self, inputs: tuple[Shape, ...]) -> Tensors:
        """Return the numbers in the shape of the output."""
        return {"weight": size_of(self.sizes(inputs))}
