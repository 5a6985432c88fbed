"""The fields of the last outputs of networks, for many networks of a few behaviours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.fields_within import FieldsWithin
from cnnstat.analysis.composition.growth import behaviour_of, behaviour_of_network
from cnnstat.analysis.composition.known import Known
from cnnstat.analysis.long_patterns import Looks, most_looks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnstat.analysis.composition.growth import Behaviour
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.layers.base import Shape

_BEHAVIOURS, _FIELDS = 100_000, 10_000
"""So many are remembered before some are forgotten."""


class NetworkFields:
    """The fields that were found: networks that differ in nothing but channels have one."""

    def __init__(self) -> None:
        self._behaviours: dict[object, Behaviour] = {}
        self._known: Known[Field] = Known()

    def field(self, piece: Piece, inputs: Sequence[Shape], of: int) -> Field:
        """Return the field of the last output of a network on one of its inputs.

        Raises:
            Beyond: composition cannot follow it.
        """
        if len(self._behaviours) > _BEHAVIOURS:
            self._behaviours.clear()
        if len(self._known.young) > _FIELDS:
            self._known.turn()
        children = tuple([behaviour_of(child, self._behaviours) for child in piece.children])
        key = piece.form, children, piece.more, *[shape[1:] or shape for shape in inputs], of
        field = self._known.young.get(key) or self._known.elder(key)
        if field is None:
            field = self._known.young[key] = self._found(piece, children, inputs, of)
        return field

    def _found(self, piece: Piece, children: tuple[Behaviour, ...], inputs: Sequence[Shape], of: int) -> Field:
        looks = Looks()
        behaviour = behaviour_of_network(piece, children)
        within = FieldsWithin.of_network(behaviour, inputs, of, looks)
        if looks.spent + behaviour.looks > most_looks(piece.structure.layers):
            raise Beyond("patterns that are too long together")
        output = piece.form.outputs[-1]
        return within.fields[output if output >= 0 else behaviour.exported[~output]]
