"""The fields of the last outputs of networks, for many networks of a few behaviours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.analysis.composition.behaviour import behaviour_of, behaviour_of_network
from cnnstat.analysis.composition.beyond import Beyond
from cnnstat.analysis.composition.fields_within import FieldsWithin
from cnnstat.analysis.composition.known import Known
from cnnstat.analysis.composition.units import signature, surely_exact
from cnnstat.analysis.long_patterns import Looks, most_looks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnnstat.analysis.composition.behaviour import Behaviour
    from cnnstat.analysis.composition.piece import Piece
    from cnnstat.analysis.receptive_field import Field
    from cnnstat.layers.base import Shape

_BEHAVIOURS, _TRUNKS = 100_000, 5_000
"""So many are remembered before some are forgotten."""


class NetworkFields:
    """The fields that were found.

    Of a network, the children before the first vector are its trunk. It has one behaviour whatever its
    channels are, so that the trunks of many networks are one.
    """

    def __init__(self) -> None:
        self._behaviours: dict[object, Behaviour] = {}
        self._trunks: Known[FieldsWithin] = Known()
        self._signatures: dict[object, object] = {}
        self.bounds: dict[object, bool] = {}

    def field(self, piece: Piece, inputs: Sequence[Shape], of: int) -> Field:
        """Return the field of the last output of a network on one of its inputs.

        Raises:
            Beyond: composition cannot follow it.
        """
        if len(self._behaviours) > _BEHAVIOURS:
            self._behaviours.clear()
        children = tuple([behaviour_of(child, self._behaviours) for child in piece.children])
        behaviour = behaviour_of_network(piece, children)
        trunk = self._trunk(piece, children, inputs, of)
        looks = Looks()
        looks.spent = trunk.spent
        within = trunk.followed(behaviour, looks)
        if looks.spent + behaviour.looks > most_looks(piece.structure.layers):
            raise Beyond("patterns that are too long together")
        output = piece.form.outputs[-1]
        return within.fields[output.among(range(len(inputs)), behaviour.exported)]

    def is_bound(self, piece: Piece, inputs: Sequence[Shape], of: int, looked_at: Callable[[], bool]) -> bool:
        """Say whether it is an upper bound; where footprints leave that open, ``looked_at`` says so once."""
        if surely_exact(piece, inputs, of, self._behaviours):
            return False
        if len(self._signatures) > _BEHAVIOURS:
            self._signatures.clear()
            self.bounds.clear()
        places = (shape[1:] or shape for shape in inputs)
        key = signature(piece, self._signatures, self._behaviours), *places, of
        if key not in self.bounds:
            self.bounds[key] = looked_at()
        return self.bounds[key]

    def _trunk(
        self, piece: Piece, children: tuple[Behaviour, ...], inputs: Sequence[Shape], of: int
    ) -> FieldsWithin:
        if len(self._trunks.young) > _TRUNKS:
            self._trunks.turn()
        first = 0
        for each, more in zip(children, piece.more, strict=True):
            if not each.of_maps or (more and each.functions is None):
                break
            first += 1
        key = piece.form, children[:first], piece.more[:first], *[shape[1:] or shape for shape in inputs], of
        trunk = self._trunks.young.get(key) or self._trunks.elder(key)
        if trunk is None:
            behaviour = behaviour_of_network(piece, children[:first])
            trunk = FieldsWithin.of_network(behaviour, inputs, of, Looks())
            self._trunks.young[key] = trunk
        return trunk
