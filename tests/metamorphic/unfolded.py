"""The same network with its repeats unrolled, its blocks inlined, or other names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.fuzz.options import resolved, stores
from tests.fuzz.pieces import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.fuzz.pieces import Block, Drawn


def explicit(drawn: Drawn) -> Drawn:
    """Return a network in which every line has a name and says what it reads."""
    blocks = {
        name: replace(block, lines=_explicit(block.lines, block.inputs[0]))
        for name, block in drawn.blocks.items()
    }
    return replace(drawn, blocks=blocks, lines=_explicit(drawn.lines, next(iter(drawn.inputs))))


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
    kept = {"*", *drawn.inputs, *(name for block in drawn.blocks.values() for name in block.outputs)}

    def moved(name: str) -> str:
        return ".".join(
            part if part.isdigit() or part in kept else f"x{part[::-1]}" for part in name.split(".")
        )

    def lines_of(lines: Sequence[Line], inputs: tuple[str, ...] = ()) -> tuple[Line, ...]:
        return tuple(
            replace(
                line,
                name=moved(str(line.name)),
                type=moved(line.type) if line.type in drawn.blocks else line.type,
                sources=tuple(source if source in inputs else moved(source) for source in line.sources or ()),
                keys={k: moved(value) if k == "weights" else value for k, value in line.keys.items()},
            )
            for line in lines
        )

    blocks = {
        moved(name): replace(
            block,
            lines=lines_of(block.lines, block.inputs),
            outputs={name: moved(line) for name, line in block.outputs.items()},
        )
        for name, block in drawn.blocks.items()
    }
    outputs = tuple(map(moved, drawn.outputs))
    return replace(drawn, blocks=blocks, lines=lines_of(drawn.lines), outputs=outputs)


# -- repeats -------------------------------------------------------------------------------------------


def unrolled(drawn: Drawn) -> Drawn:
    """Return a network without repeats: as many lines, each of which reads the one above."""
    drawn = explicit(drawn)
    blocks = {
        name: replace(block, lines=_unrolled(block.lines, drawn.blocks), outputs=_ends(block, drawn.blocks))
        for name, block in drawn.blocks.items()
    }
    scope = {str(line.name): line for line in drawn.lines}
    outputs = tuple(each for name in drawn.outputs for each in _singles(name, scope, drawn.blocks))
    return replace(drawn, blocks=blocks, lines=_unrolled(drawn.lines, drawn.blocks), outputs=outputs)


def _unrolled(lines: Sequence[Line], blocks: Mapping[str, Block]) -> tuple[Line, ...]:
    scope = {str(line.name): line for line in lines}
    found = []
    for line in lines:
        sources = tuple(each for source in line.sources or () for each in _singles(source, scope, blocks))
        keys = {key: value for key, value in line.keys.items() if key not in ("repeat", "first", "weights")}
        lender = line.keys.get("weights")
        if "repeat" not in line.keys:
            given = {} if lender is None else {"weights": lender}
            found.append(replace(line, sources=sources, keys={**keys, **given}))
            continue
        for index in range(line.keys["repeat"]):
            first = line.keys.get("first", {}) if index == 0 else {}
            options, others = (_at(index, values) for values in ({**line.options, **first}, keys))
            if lender is not None and (lender != line.name or index):
                others["weights"] = f"{lender}_{0 if lender == line.name else index}"
            path = f"{line.name}_{index}"
            found.append(Line(path, line.type, options, sources, others))
            block = blocks.get(line.type)
            sources = _followed(block, path, sources) if block else (path, *sources[1:])
    return tuple(found)


def _followed(block: Block, path: str, sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is read after one repetition of a block."""
    names = {path: path} | {f"{path}.{name}": f"{path}.{name}" for name in block.outputs}
    return block.following(path, sources, names)


def _ends(block: Block, blocks: Mapping[str, Block]) -> dict[str, str]:
    scope = {str(line.name): line for line in block.lines}
    return {name: _single([line], scope, blocks) for name, line in block.outputs.items()}


def _singles(source: str, scope: Mapping[str, Line], blocks: Mapping[str, Block]) -> list[str]:
    """Return what a source is called once nothing is repeated: with a `*`, what each repetition is called."""
    name, star, behind = source.partition(".*")
    count = scope[name].keys["repeat"] if star else 1
    every = [f"{name}.{index}{behind}" for index in range(count)] if star else [source]
    return [_single(each.split("."), scope, blocks) for each in every]


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
        number = rest.pop(0) if rest and rest[0].isdigit() else line.keys["repeat"] - 1
        name = f"{name}_{number}"
    if not rest:
        return name
    block = blocks[line.type]
    if rest[0] in block.outputs:
        return f"{name}.{rest[0]}"
    inside = {str(each.name): each for each in block.lines}
    return f"{name}.{_single(rest, inside, blocks)}"


# -- blocks --------------------------------------------------------------------------------------------


def inlined(drawn: Drawn) -> Drawn | None:
    """Return a network without repeats and blocks, and without what is left out; None if nothing is left."""
    drawn = unrolled(drawn)
    names = {name: name for name in drawn.inputs}
    found: list[Line] = []
    _put(drawn.lines, "", names, {}, drawn.blocks, found)
    if not found:
        return None
    outputs = tuple(names[name] for name in drawn.outputs or (str(drawn.lines[-1].name),))
    return replace(drawn, blocks={}, lines=tuple(found), outputs=outputs)


def _put(
    lines: Sequence[Line],
    before: str,
    names: dict[str, str],
    given: Mapping[str, Any],
    blocks: Mapping[str, Block],
    found: list[Line],
) -> None:
    """Add lines under other names, but for those left out, which stand for what they read.

    `names` are what is read in this scope, and what it is called then; `given` are its parameters.
    """
    made: dict[str, list[str]] = {}
    for line in lines:
        name, start = str(line.name), len(found)
        sources = tuple(names[source] for source in line.sources or ())
        options, keys = _given(line.options, given), _given(line.keys, given)
        lender = keys.pop("weights", None)
        if not keys.pop("when", True):
            if name not in made:  # its alternative
                names[name] = sources[0]
            continue
        if line.type in blocks:
            block = blocks[line.type]
            inside = dict(zip(block.inputs, sources, strict=True))
            _put(block.lines, f"{before}{name}_", inside, {**block.params, **options}, blocks, found)
            names |= {f"{name}.{each}": new for each, new in inside.items() if each not in block.inputs}
            names |= {f"{name}.{each}": inside[target] for each, target in block.outputs.items()}
            names[name] = inside[next(iter(block.outputs.values()), str(block.lines[-1].name))]
        else:
            names[name] = f"{before}{name}"
            found.append(Line(names[name], line.type, options, sources, keys))
        made[name] = [str(each.name) for each in found[start:]]
        lenders = made[lender] if lender else [None] * len(made[name])
        for place, (each, owner) in enumerate(zip(found[start:], lenders, strict=True), start):
            own = {
                **each.keys,
                **({"weights": owner} if owner and stores(each.type, each.options, {}) else {}),
            }
            own |= {key: True for key in ("frozen", "unused") if keys.get(key)}
            if "weights" in own:
                own.pop("frozen", None)
            found[place] = replace(each, keys=own)


def _given(values: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with parameters of the block put in; `$in` is none."""

    def put(value: Any) -> Any:
        return value if re.search(r"\$in\b", str(value)) else resolved(value, params)

    return {key: put(value) for key, value in values.items()}


# -- weights -------------------------------------------------------------------------------------------


def unshared(drawn: Drawn) -> Drawn | None:
    """Return a network in which every line has weights of its own; None where all have."""
    if "weights:" not in drawn.text:
        return None
    blocks = {name: replace(block, lines=_unshared(block.lines)) for name, block in drawn.blocks.items()}
    return replace(drawn, blocks=blocks, lines=_unshared(drawn.lines))


def _unshared(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(
        replace(line, keys={key: value for key, value in line.keys.items() if key != "weights"})
        for line in lines
    )


def spared(drawn: Drawn) -> Drawn:
    """Return a network with a further layer that nobody needs."""
    drawn = explicit(drawn)
    outputs = drawn.outputs or (str(drawn.lines[-1].name),)
    spare = Line("spare", "relu", {}, (next(iter(drawn.inputs)),), {"unused": True})
    return replace(drawn, lines=(*drawn.lines, spare), outputs=outputs)
