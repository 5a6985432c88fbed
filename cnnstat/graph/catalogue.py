"""What entries may ask for: the layer types and the blocks of a spec, and what is made of them so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cnnstat.base.errors import Fault
from cnnstat.base.plugins import PluginError
from cnnstat.layers import LAYERS
from cnnstat.layers.plugged import layer_type, layer_types
from cnnstat.layers.reader import option_names, read_layer, unknown_option, value_fault
from cnnstat.layers.synonyms import way_out
from cnnstat.spec.entry_reader import ENTRY_KEYS
from cnnstat.spec.expression import Expression
from cnnstat.spec.model import Expressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cnnstat.graph.problems import UnfoldingProblems
    from cnnstat.graph.template import Template
    from cnnstat.layers.base import Layer
    from cnnstat.spec.choice import Spec
    from cnnstat.spec.model import Entry
    from cnnstat.spec.values import Value

Asked: TypeAlias = tuple[str, tuple[tuple[str, type, object], ...]]
"""A block or a layer type, and the name, the type and the value of each argument: equal for calls that ask
for the same. To Python, 1 and True are equal; of a list, what `repr` shows stands for it.
"""


class Catalogue:
    """What all scopes of one spec share.

    ``kinds`` are the layer types that were asked for. A type is looked for among those built in, then among
    the blocks, then among plug-ins: what is installed changes no spec that has a block of that name.
    ``placed`` are the entries, by `id`, that a layer has been made of.
    """

    def __init__(self, spec: Spec, problems: UnfoldingProblems) -> None:
        self.spec = spec
        self.blocks = spec.family.blocks
        self.problems = problems
        self.kinds: dict[str, type[Layer]] = {}
        self.templates: dict[Asked, Template] = {}
        self.placed: set[int] = set()
        self._layers: dict[Asked, tuple[Layer | None, list[Fault]]] = {}
        self._shown: dict[int, tuple[Value, str]] = {}

    def asked(self, kind: str, arguments: dict[str, Value]) -> Asked:
        """Return what a call asks for."""
        each = arguments.items()
        return kind, tuple([(name, type(value), self._comparable(value)) for name, value in each])

    def _comparable(self, value: Value) -> object:
        """Return what stands for a value; the same list is shown once, however often it is handed on."""
        if not isinstance(value, tuple):
            return value
        if id(value) not in self._shown:
            self._shown[id(value)] = value, repr(value)  # what is kept keeps its id
        return self._shown[id(value)][1]

    def layer(self, kind: str, options: dict[str, Value]) -> tuple[Layer | None, list[Fault]]:
        """Return the layer with these options; equal ones are one layer, and calculated once."""
        key = self.asked(kind, options)
        if key not in self._layers:
            self._layers[key] = self.read(kind, options)
        return self._layers[key]

    def read(self, kind: str, options: dict[str, Value]) -> tuple[Layer | None, list[Fault]]:
        """Return a layer with these options that is not remembered, and all that is wrong with them."""
        return read_layer(kind, self.kinds[kind], options)

    def check_definitions(self) -> None:
        """Check the types and option names of all entries, also of blocks that nobody uses."""
        for block in self.blocks.values():
            if block.name in LAYERS:
                taken = Fault(f"'{block.name}' is a layer type and cannot name a block", code="block/name")
                self.problems.note(taken, block.span)
        for entry in self._entries():
            if isinstance(entry.type.value, str):
                self.check_entry(entry, entry.type.value)

    def check_unplaced(self) -> None:
        """Check the values that are written out where no layer came of them: `when: false`, an unused block.

        Whoever reads the spec by its schema, such as an editor, takes them for wrong, too.
        """
        for entry in self._entries():
            kind = self.kinds.get(entry.type.value) if isinstance(entry.type.value, str) else None
            if kind is None or (id(entry) in self.placed and not entry.first):
                continue
            for option in (*entry.options, *entry.first):
                if isinstance(option.value, (Expression, Expressions)):
                    continue
                if fault := value_fault(option.name, kind, option.value):
                    self.problems.note_once(fault, option.span)

    def _entries(self) -> Iterator[Entry]:
        yield from self.spec.family.layers
        for block in self.blocks.values():
            yield from block.layers

    def check_entry(self, entry: Entry, kind: str) -> bool:
        """Note what is wrong with an entry's type and the names of its options; say whether all is well."""
        if kind in self.blocks and kind not in LAYERS:
            known: Collection[str] = self.blocks[kind].params
        elif self._find(entry, kind):
            known = option_names(self.kinds[kind])
        else:
            return False
        unknown = [o for o in (*entry.options, *entry.first) if o.name not in known]
        for option in unknown:
            near = (*known, *ENTRY_KEYS)
            fault = unknown_option(option.name, tuple(known), f"'{kind}'", near)
            self.problems.note(fault, option.key_span)
        return not unknown

    def _find(self, entry: Entry, kind: str) -> bool:
        """Find the layer type of a name; note why there is none, and say whether there is."""
        if kind in self.kinds:
            return True
        try:
            found = layer_type(kind)
        except PluginError as error:
            self.problems.note(Fault(f"type '{kind}' {error}", code="type/plugin"), entry.type.span)
            return False
        if found is None:
            hint = way_out(kind, [*self.blocks, *layer_types()]) or "; 'cnnstat explain' lists them"
            self.problems.note(Fault(f"unknown type '{kind}'{hint}", code="type/unknown"), entry.type.span)
            return False
        self.kinds[kind] = found
        return True
