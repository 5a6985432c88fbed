"""The same network with its repeats unrolled, its blocks inlined, or other names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fuzz.options import resolved
from tests.fuzz.pieces import Drawn, Line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.fuzz.pieces import Block


def explicit(drawn: Drawn) -> Drawn:
    """Return a network in which every line has a name and says what it reads."""
    blocks = {
        name: replace(block, lines=_explicit(block.lines, block.inputs[0]))
        for name, block in drawn.blocks.items()
    }
    return replace(drawn, blocks=blocks, lines=_explicit(drawn.lines, "input"))


def _explicit(lines: Sequence[Line], above: str) -> tuple[Line, ...]:
    found = []
    for number, line in enumerate(lines):
        named = replace(line, name=line.name or f"line{number}", sources=line.sources or (above,))
        found.append(named)
        above = str(named.name)
    return tuple(found)


def renamed(drawn: Drawn) -> Drawn:
    """Return a network in which every line and every block has another name, none in alphabetical order."""
    drawn = explicit(drawn)

    def moved(name: str) -> str:
        return ".".join(
            part if part.isdigit() or part == "input" else f"x{part[::-1]}" for part in name.split(".")
        )

    def lines_of(lines: Sequence[Line], inputs: tuple[str, ...] = ()) -> tuple[Line, ...]:
        return tuple(
            replace(
                line,
                name=moved(str(line.name)),
                type=moved(line.type) if line.type in drawn.blocks else line.type,
                sources=tuple(source if source in inputs else moved(source) for source in line.sources or ()),
            )
            for line in lines
        )

    blocks = {
        moved(name): replace(block, lines=lines_of(block.lines, block.inputs))
        for name, block in drawn.blocks.items()
    }
    return Drawn(drawn.input, blocks, lines_of(drawn.lines), tuple(map(moved, drawn.outputs)))


# -- repeats -------------------------------------------------------------------------------------------


def unrolled(drawn: Drawn) -> Drawn:
    """Return a network without repeats: as many lines, each of which reads the one above."""
    drawn = explicit(drawn)
    blocks = {
        name: replace(block, lines=_unrolled(block.lines, drawn.blocks))
        for name, block in drawn.blocks.items()
    }
    scope = {str(line.name): line for line in drawn.lines}
    outputs = tuple(_single(name.split("."), scope, drawn.blocks) for name in drawn.outputs)
    return Drawn(drawn.input, blocks, _unrolled(drawn.lines, drawn.blocks), outputs)


def _unrolled(lines: Sequence[Line], blocks: Mapping[str, Block]) -> tuple[Line, ...]:
    scope = {str(line.name): line for line in lines}
    found = []
    for line in lines:
        sources = tuple(_single(source.split("."), scope, blocks) for source in line.sources or ())
        keys = {key: value for key, value in line.keys.items() if key not in ("repeat", "first")}
        if "repeat" not in line.keys:
            found.append(replace(line, sources=sources))
            continue
        for index in range(line.keys["repeat"]):
            first = line.keys.get("first", {}) if index == 0 else {}
            options, others = (_at(index, values) for values in ({**line.options, **first}, keys))
            found.append(Line(f"{line.name}_{index}", line.type, options, sources, others))
            sources = (f"{line.name}_{index}", *sources[1:])
    return tuple(found)


def _at(index: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return options or keys of one repetition."""
    return {
        key: resolved(value, {"index": index}) if "$index" in str(value) else value
        for key, value in values.items()
    }


def _single(parts: Sequence[str], scope: Mapping[str, Line], blocks: Mapping[str, Block]) -> str:
    """Return what a name in parts is called once nothing is repeated; a repeat is its last repetition."""
    name, *rest = parts
    line = scope.get(name)
    if line is None:
        return name
    if "repeat" in line.keys:
        number = rest.pop(0) if rest else line.keys["repeat"] - 1
        name = f"{name}_{number}"
    if not rest:
        return name
    inside = {str(each.name): each for each in blocks[line.type].lines}
    return f"{name}.{_single(rest, inside, blocks)}"


# -- blocks --------------------------------------------------------------------------------------------


def inlined(drawn: Drawn) -> Drawn | None:
    """Return a network without repeats and blocks, and without what is left out; None if nothing is left."""
    drawn = unrolled(drawn)
    names = {"input": "input"}
    found: list[Line] = []
    for line in drawn.lines:
        called = drawn.blocks.get(line.type)
        if called is None:
            _put(line, f"{line.name}", names, names.__getitem__, found)
            continue
        sources = (names[source] for source in line.sources or ())
        inside = dict(zip(called.inputs, sources, strict=True))
        given = {**called.params, **line.options}
        for each in called.lines:
            own = replace(each, options=_given(each.options, given), keys=_given(each.keys, given))
            if line.keys.get("frozen"):
                own = replace(own, keys={**own.keys, "frozen": True})
            _put(own, f"{line.name}_{each.name}", inside, inside.__getitem__, found)
            names[f"{line.name}.{each.name}"] = names[str(line.name)] = inside[str(each.name)]
    if not found:
        return None
    outputs = tuple(names[name] for name in drawn.outputs or (str(drawn.lines[-1].name),))
    return Drawn(drawn.input, {}, tuple(found), outputs)


def _put(
    line: Line, name: str, names: dict[str, str], source_of: Callable[[str], str], found: list[Line]
) -> None:
    """Add a line under another name, unless it is left out and stands for what it reads."""
    sources = tuple(map(source_of, line.sources or ()))
    keys = dict(line.keys)
    if keys.pop("when", True):
        found.append(replace(line, name=name, sources=sources, keys=keys))
        names[str(line.name)] = name
    else:
        names[str(line.name)] = sources[0]


def _given(values: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with parameters of the block put in; `$in` is none."""

    def put(value: Any) -> Any:
        return params.get(value[1:], value) if isinstance(value, str) and value[:1] == "$" else value

    return {key: put(value) for key, value in values.items()}
