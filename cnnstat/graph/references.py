"""What references of one scope stand for: nodes that are read, and layers whose parameters are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnstat.base.limits import PARTS
from cnnstat.spec.model import Reference

if TYPE_CHECKING:
    from cnnstat.graph.names import Names
    from cnnstat.graph.nodes import LayerNode
    from cnnstat.graph.paths import Paths
    from cnnstat.graph.problems import UnfoldingProblems
    from cnnstat.spec.model import Entry


class References:
    """Names and paths of a scope, looked up. What stands for nothing is a problem, its entry is skipped."""

    def __init__(self, names: Names, paths: Paths, problems: UnfoldingProblems) -> None:
        self.names, self.paths, self.problems = names, paths, problems

    def inputs(self, entry: Entry) -> tuple[int, ...]:
        """Return what an entry reads: the layer above, where it names nothing."""
        if entry.inputs is None:
            return (self.names.above,)
        return tuple([number for reference in entry.inputs for number in self.find_all(reference, entry)])

    def find_all(self, reference: Reference, reader: Entry | None = None) -> list[int]:
        """Return the numbers that a name stands for: several, where it has a ``*``."""
        if "*" not in reference.name:
            return [self.find(reference, reader)]
        names = list(self.paths.repetitions(reference.name))
        self.problems.count(reference.span, len(names) // PARTS)
        if not names:
            repeat = reference.name.partition(".*")[0]
            message = f"'{reference.name}' reads each repetition of '{repeat}', but that is no repeat above"
            self.problems.refuse("graph/no-repeat", message, reference.span)
        return [self.find(Reference(name, reference.span), reader) for name in names]

    def find(self, reference: Reference, reader: Entry | None = None) -> int:
        """Return the number that a name stands for."""
        number = self.names.get(reference.name)
        if number is None and "." in reference.name:
            number = self.paths.get(reference.name)
        if number is None:
            fault = self.names.unknown(reference.name, reader)
            self.problems.refuse(fault.code, fault.message, reference.span)
        return number

    def left_out(self, reference: Reference) -> bool:
        """Say whether a layer of this name exists and `when` leaves it out."""
        known = self.names.get(reference.name) is not None
        return known and not self.names.present(reference.name)

    def lenders(self, entry: Entry, name: str, index: int | None) -> tuple[LayerNode, ...]:
        """Return the layers whose parameters an entry uses in one of its repetitions, none for its own.

        A repeat that names itself uses those of its first repetition; one that names another repeat, each
        those of the same repetition.
        """
        if entry.weights is None:
            return ()
        path, span = entry.weights.name, entry.weights.span
        if entry.frozen is not None:
            message = f"'frozen:' stands where the weights are, at '{path}'"
            self.problems.refuse("weights/frozen", message, span)
        if path == name and index is not None:
            if index == 0:
                return ()
            path = f"{path}.0"
        lenders = None if index is None else self.paths.layers(f"{path}.{index}")
        lenders = lenders or self.paths.layers(path)
        if lenders is None:
            if self.names.get(path) is not None:
                message = f"'{path}' has no weights: it is an input, or left out here"
                self.problems.refuse("weights/layers", message, span)
            fault = self.names.unknown(path, entry)
            self.problems.refuse(fault.code, fault.message, span)
        return lenders
