"""Random networks: small graphs over the whole catalogue, with all that the language has to connect them.

Blocks (with several inputs and outputs, alternatives, calls of themselves), repeats, shared weights, joins,
lists of sources, several inputs and outputs. `networks()` is the strategy; what it draws fits its inputs, and
every layer is read or declared unused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from cnnstat.base.axes import RANKS
from cnnstat.layers.reader import value_fault
from cnnstat.spec.given import from_python
from tests.fuzz.options import LARGEST, TYPES, declared, drawn_options, fitted, settled, stores
from tests.fuzz.pieces import FIRST, NUMBERS, Block, Drawn, Line, walked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    from cnnstat.layers.base import Shape
    from tests.fuzz.pieces import Shapes

BY_RANK: dict[int, dict[str, list[str]]] = {}
"""The types that take an input of so many axes after the channels, by family: all families are as likely."""
for _name, _kind in TYPES.items():
    for _rank in _kind.ranks:
        BY_RANK.setdefault(_rank, {}).setdefault(_kind.family, []).append(_name)

JOINS = [name for name, kind in TYPES.items() if not kind.arity[1]]
"""Types that take any number of inputs."""
_ATTEMPTS = 4
_SELDOM: SearchStrategy[bool] = st.sampled_from((False,) * 7 + (True,))
_OFTEN = st.booleans()
_MOSTLY = st.sampled_from((True, True, True, False))


class _Builder:
    """One scope while it is drawn: the network, or a block (``inside``), whose options may be parameters."""

    def __init__(self, draw: DrawFn, shapes: Shapes, *, inside: bool = False) -> None:
        self.draw = draw
        self.start = next(iter(shapes))
        self.shapes = dict(shapes)
        self.lines: list[Line] = []
        self.blocks: dict[str, Block] = {}
        self.params: dict[str, Any] = {}
        self.inside = inside

    def add(self, line: Line) -> bool:
        """Take a line if it fits."""
        start = {self.start: self.shapes[self.start], **self.shapes}
        found = walked((line,), start, self.blocks, self.params)
        if found is None:
            return False
        self.shapes = found
        self.lines.append(line)
        return True

    def grow(self, count: int) -> None:
        """Add so many lines, or fewer where nothing fits."""
        for number in range(count):
            name = f"{'b' if self.inside else 'n'}{number}"
            if not self.inside and self.draw(_SELDOM) and self.add_block(name):
                continue
            if self.draw(_SELDOM) and self.add_shared(name):
                continue
            if self.draw(_SELDOM) and self.add_list(name):
                continue
            if self.inside and self.draw(_SELDOM) and self.add_alternatives(name):
                continue
            any(self.add_layer(name) for _ in range(2))

    def names(self) -> list[str]:
        """Return what a line may read.

        Who reads one repetition of several leaves the others unread, which a block cannot make up for.
        """
        return [name for name in self.shapes if not (self.inside and "." in name)]

    def source(self) -> str:
        """Draw a name to read: the last one or any."""
        names = self.names()
        whole = [name for name in names if "." not in name]
        return whole[-1] if self.draw(_MOSTLY) else names[self.draw(st.integers(0, len(names) - 1))]

    def add_layer(self, name: str, *, plain: bool = False) -> bool:
        """Add a layer of some type, if any of its drawn options fit; a plain one without other keys."""
        source = self.source()
        families = BY_RANK.get(len(self.shapes[source]) - 1, {})
        family = self.draw(st.sampled_from(sorted(families)))
        kind = self.draw(st.sampled_from(families[family]))
        for _ in range(_ATTEMPTS):
            options = drawn_options(self.draw, TYPES[kind], self.shapes[source])
            sources = self.joined(kind, options, source)
            if sources is not None and self.add(Line(name, kind, options, sources)):
                if not plain:
                    self.vary()
                return True
        return False

    def add_shared(self, name: str) -> bool:
        """Add a line that uses the weights of one above, on what has the same shape."""
        lenders = [line for line in self.lines if "when" not in line.keys and self.stores(line)]
        if not lenders:
            return False
        lender = lenders[self.draw(st.integers(0, len(lenders) - 1))]
        sources = tuple(self.draw(st.sampled_from(self.alike(source))) for source in lender.sources or ())
        keys = {key: value for key, value in lender.keys.items() if key in ("repeat", "first")}
        return self.add(replace(lender, name=name, sources=sources, keys={**keys, "weights": lender.name}))

    def stores(self, line: Line) -> bool:
        """Say whether a line has weights to share."""
        return "*" not in "".join(line.sources or ()) and (
            line.type in self.blocks
            or stores(line.type, {**line.options, **line.keys.get("first", {})}, self.params)
        )

    def alike(self, source: str) -> list[str]:
        """Return the names behind which the same shape stands."""
        return [name for name in self.names() if self.shapes[name] == self.shapes[source]]

    def add_list(self, name: str) -> bool:
        """Add a join of what all repetitions of a line put out, or one of the outputs of a block in it."""
        lists = [
            f"{line.name}.*{behind}"
            for line in self.lines
            if "repeat" in line.keys and "when" not in line.keys
            for behind in ("", *(f".{name}" for name in self.outputs_of(line)))
        ]
        if not lists:
            return False
        source = self.draw(st.sampled_from(lists))
        kind = self.draw(st.sampled_from(JOINS))
        return self.add(Line(name, kind, {}, (source,)))

    def outputs_of(self, line: Line) -> Mapping[str, str]:
        return self.blocks[line.type].outputs if line.type in self.blocks else {}

    def add_alternatives(self, name: str) -> bool:
        """Add two lines of one name, of which a parameter chooses one."""
        shapes = self.shapes
        if not self.add_layer(name, plain=True):
            return False
        one = self.lines.pop()
        self.shapes = shapes
        if len(one.sources or ()) == 1 and self.add_layer(name, plain=True):
            other = self.lines.pop()
            self.shapes = shapes
            switch = f"when_{name}"
            self.params[switch] = self.draw(_OFTEN)
            pair = [
                replace(one, keys={"when": f"${switch}"}),
                replace(other, sources=one.sources, keys={"when": f"not ${switch}"}),
            ]
            if all(self.fits(line) for line in (one, replace(other, sources=one.sources))):
                for line in self.draw(st.permutations(pair)):
                    self.lines.append(line)
                found = walked(self.lines[-2:], self.shapes, self.blocks, self.params)
                assert found is not None
                self.shapes = found
                return True
        return False

    def fits(self, line: Line) -> bool:
        return walked((line,), self.shapes, self.blocks, self.params) is not None

    def joined(self, kind: str, options: Mapping[str, Any], source: str) -> tuple[str, ...] | None:
        """Return what a layer reads beside its first source, where its type takes more than one."""
        least, most = TYPES[kind].arity
        more = least - 1 + (self.draw(_OFTEN) if most != least else 0)
        sources = [source]
        for _ in range(more):
            given = self.shapes[source]
            beside = [
                name
                for name in self.names()
                if fitted(kind, options, (given, self.shapes[name]), self.params)
            ]
            if not beside:
                return None
            sources.append(beside[self.draw(st.integers(0, len(beside) - 1))])
        return tuple(sources)

    def vary(self) -> None:
        """Give the last line some of the keys that every entry takes, unless it fits no longer with them."""
        line, shapes = self.lines.pop(), self.shapes
        self.shapes = {name: shape for name, shape in shapes.items() if name != line.name}
        if not self.add(self.varied(line)):
            self.lines.append(line)
            self.shapes = shapes

    def varied(self, line: Line) -> Line:
        """Draw keys, and which option is a parameter of the block."""
        keys: dict[str, Any] = {}
        options = dict(line.options)
        if self.draw(_SELDOM):
            keys["repeat"] = self.draw(st.integers(1, 3))
            if self.draw(_OFTEN) and options and (first := self.another(line)):
                keys["first"] = first
            elif stores(line.type, options, self.params) and self.draw(_OFTEN):
                keys["weights"] = line.name
        if self.draw(_SELDOM) and "weights" not in keys:
            keys["frozen"] = "$index == 0" if "repeat" in keys else self.draw(_OFTEN)
        # What is left out stands for its first input: a second one would be read by nobody.
        if len(line.sources or ()) == 1 and self.draw(_SELDOM):
            keys["when"] = self.parameter(f"when_{line.name}", self.draw(_OFTEN))
        if self.inside and self.draw(_OFTEN) and options:
            option = self.draw(st.sampled_from(sorted(options)))
            if options[option] is not None and "$" not in str(options[option]):
                options[option] = self.parameter(f"{option}_{line.name}", options[option])
        return replace(line, options=options, keys=keys)

    def another(self, line: Line) -> dict[str, Any]:
        """Draw another value that an option of a layer may have, or nothing."""
        option = self.draw(st.sampled_from(sorted(line.options)))
        _, values = declared(TYPES[line.type])[option]
        shape = self.shapes[line.sources[0] if line.sources else self.start]
        value = settled(self.draw(values), shape)
        written = "$" in str(value) or value_fault(option, TYPES[line.type], from_python(value)) is None
        return {option: value} if written else {}

    def parameter(self, name: str, value: Any) -> Any:
        """Return a value as a parameter of the block; outside of blocks as it is."""
        if not self.inside:
            return value
        self.params[name] = value
        return f"${name}"

    def outputs(self) -> list[str]:
        """Draw the names that are put out: the last, and some of those that nobody reads."""
        seen = {source for line in self.lines for source in line.sources or ()}
        *others, last = (str(line.name) for line in self.lines if _present(line))
        return [name for name in others if name not in seen and self.draw(_MOSTLY)] + [last]

    # -- blocks ----------------------------------------------------------------------------------------

    def add_block(self, name: str) -> bool:
        """Add a call of a block, of a new one or of one that there is."""
        source = self.source()
        if not self.blocks or self.draw(_OFTEN):
            made = self.new_block(source)
            if made is None:
                return False
            self.blocks[f"block{len(self.blocks)}"] = made
        kind = self.draw(st.sampled_from(sorted(self.blocks)))
        block = self.blocks[kind]
        switches = [key for key in block.params if key.startswith("when_")]
        options = {key: self.draw(_OFTEN) for key in switches if self.draw(_OFTEN)}
        beside = [self.source() for _ in block.inputs[1:]]
        keys: dict[str, Any] = {"repeat": self.draw(st.integers(1, 3))} if self.draw(_OFTEN) else {}
        if self.draw(_SELDOM):
            keys["frozen"] = True
        elif "repeat" in keys and self.draw(_OFTEN):
            keys["weights"] = name
        return self.add(Line(name, kind, options, (source, *beside), keys))

    def new_block(self, source: str) -> Block | None:
        """Draw a block for what a name stands for; some end in a join with a second input."""
        joins = self.draw(_SELDOM)
        start = "below" if joins else "input"
        builder = _Builder(self.draw, {start: self.shapes[source]}, inside=True)
        builder.grow(self.draw(st.integers(1, 4)))
        if not builder.lines:
            return None
        inputs: tuple[str, ...] = (start,)
        side = self.draw(st.sampled_from(builder.lines[:-1])) if builder.lines[1:] else None
        if joins:
            inputs = (start, "beside")
            last = builder.lines[-1].name
            kind = self.draw(st.sampled_from([key for key, made in TYPES.items() if made.arity[0] == 2]))
            builder.lines.append(Line("joined", kind, {}, (str(last), "beside")))
        last = str(builder.lines[-1].name)
        outputs: dict[str, str] = {}
        if side is not None and "when" not in side.keys and self.draw(_OFTEN):
            # Streams go on from one repetition to the next under the names of the inputs.
            names = inputs if joins and self.draw(_OFTEN) else ("main", "side")
            outputs = {names[0]: last, names[1]: str(side.name)}
        lines = declared_unused(read(builder.lines, {last, *outputs.values()}), {last, *outputs.values()})
        params = _used(builder.params, lines)
        if not outputs and not joins and self.draw(_SELDOM):
            params["depth"] = self.draw(st.integers(1, 3))
            again = {"depth": "$depth - 1"}
            own = f"block{len(self.blocks)}"
            lines.append(Line("inner", own, again, (last,), {"when": "$depth > 1"}))
        return Block(params, inputs, tuple(self.brief(lines, start)), outputs)

    def brief(self, lines: list[Line], start: str) -> list[Line]:
        """Leave out sources that are the line above anyway, if that is how this author writes."""
        if not self.draw(_OFTEN):
            return lines
        above = [start, *(line.name for line in lines)]
        return [
            replace(line, sources=None) if line.sources == (name,) else line
            for line, name in zip(lines, above, strict=False)
        ]


def read(lines: list[Line], outputs: set[str]) -> list[Line]:
    """Return the lines that lead to the outputs, or whose weights those use."""
    wanted, kept = set(outputs), []
    for line in reversed(lines):
        if any(name == line.name or name.startswith(f"{line.name}.") for name in wanted):
            kept.append(line)
            wanted |= {*(line.sources or ()), line.keys.get("weights", line.name)}
    return kept[::-1]


def declared_unused(
    lines: list[Line], outputs: set[str], blocks: Mapping[str, Block] | None = None
) -> list[Line]:
    """Return lines that say so where nobody reads them, or not all that they put out."""
    seen = {source for line in lines for source in line.sources or ()} | outputs

    def unread(line: Line) -> bool:
        block = (blocks or {}).get(line.type)
        sides = [] if block is None else [*block.outputs][1:]
        every = f"{line.name}.*" if "repeat" in line.keys else str(line.name)
        return line.name not in seen or any(f"{every}.{side}" not in seen for side in sides)

    return [replace(line, keys={**line.keys, "unused": True}) if unread(line) else line for line in lines]


def _present(line: Line) -> bool:
    return line.keys.get("when") is not False


def _parted(lines: list[Line]) -> set[str]:
    """Return names of which a part is read but never the whole: what follows the part needs a reader."""
    seen = {source for line in lines for source in line.sources or ()}
    return {source.split(".")[0] for source in seen} - seen


def _used(params: Mapping[str, Any], lines: list[Line]) -> dict[str, Any]:
    text = " ".join(line.text for line in lines)
    return {name: value for name, value in params.items() if re.search(rf"\${name}\b", text)}


_ANY_RANK = (2, 2, 1, *range(len(RANKS)))


def _shape(draw: DrawFn, ranks: tuple[int, ...]) -> Shape:
    axes = 1 + draw(st.sampled_from(ranks))
    largest = min(LARGEST, int(NUMBERS ** (1 / axes)))  # of more numbers not even the identity would fit
    return tuple(draw(st.lists(st.integers(1, largest), min_size=axes, max_size=axes)))


@st.composite
def networks(
    draw: DrawFn, most: int = 8, ranks: tuple[int, ...] = _ANY_RANK, *, several: bool = True
) -> Drawn:
    """Draw a network of at most so many lines that fits its input, or `several`, of some of these ranks."""
    shape = _shape(draw, ranks)
    inputs = {"input": shape}
    if several and draw(_SELDOM):
        inputs = {FIRST: shape, **{f"x{n}": _shape(draw, ranks) for n in range(1, draw(st.integers(2, 3)))}}
    builder = _Builder(draw, inputs)
    builder.grow(draw(st.integers(1, most)))
    if not any(map(_present, builder.lines)):
        builder.add(Line("whole", "identity", {}, (next(iter(inputs)),)))
    outputs = builder.outputs()
    wanted = {*outputs, *(str(line.name) for line in builder.lines if _present(line) and draw(_SELDOM))}
    lines = read(builder.lines, wanted)
    for name in inputs:
        if len(inputs) > 1 and not any(name in (line.sources or ()) for line in lines):
            lines.append(Line(f"of_{name}", "identity", {}, (name,)))
            outputs.append(f"of_{name}")
    outputs = [str(line.name) for line in lines if line.name in (*outputs, *_parted(lines))]
    lines = declared_unused(lines, set(outputs), builder.blocks)
    called = {line.type for line in lines}
    blocks = {name: block for name, block in builder.blocks.items() if name in called}
    lines = builder.brief(lines, next(iter(inputs)))
    if draw(_OFTEN):
        named = {source.split(".")[0] for line in lines for source in line.sources or ()} | set(outputs)
        named |= {line.keys["weights"] for line in lines if "weights" in line.keys}
        lines = [line if line.name in named else replace(line, name=None) for line in lines]
    last = (
        tuple(outputs)
        if len(outputs) > 1 or (lines[-1].name != outputs[0] and lines[-1].keys.get("unused"))
        else ()
    )
    return Drawn(shape, blocks, tuple(lines), last, {name: inputs[name] for name in [*inputs][1:]})
