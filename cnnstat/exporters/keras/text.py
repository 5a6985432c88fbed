"""The text of the file: its docstring, its imports, its functions, and what it prints when it is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cnnstat.exporters.keras import helpers
from cnnstat.exporters.keras.function import Function
from cnnstat.exporters.keras.shapes import last
from cnnstat.exporters.source.docstring import docstring, mapping
from cnnstat.exporters.source.expression_text import literal
from cnnstat.exporters.source.layout import WIDTH, Call, lines
from cnnstat.exporters.source.names import inert
from cnnstat.exporters.source.said import NO_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.exporters.keras.network import KerasNetwork
    from cnnstat.exporters.source.arguments import Param
    from cnnstat.exporters.source.layout import Doc


def source(network: KerasNetwork) -> str:
    """Return the whole text."""
    functions = [*_functions(network)]
    *blocks, main = functions
    bodies = [text for each in blocks for text in ("", "", *block_lines(network, each))]
    bodies += ["", "", *network_lines(network, main)]
    wanted = set().union(*(each.helpers for each in functions))
    wanted |= set().union(*(each.args.functions for each in functions)) & {"divisible"}
    texts = [line for text in helpers.text_of(wanted) for line in ("", "", *text.split("\n"))]
    if any(row.counts.params or row.counts.buffers for row in network.analysis.rows):
        bodies += [line for text in helpers.weights_text() for line in ("", "", *text.split("\n"))]
    tail = _tail(network, main)
    code = "\n".join(line for line in (*texts, *bodies, *tail) if not line.lstrip().startswith('"""'))
    head = [*docstring(network, _unread(network)), "", "from __future__ import annotations", ""]
    head += ["import math"] if re.search(r"\bmath\.", code) else []
    typed = [word for word in ("TYPE_CHECKING", "Any") if re.search(rf"\b{word}\b", code)]
    late = []
    if re.search(r"\bKerasTensor\b", code):
        late = ["    from keras import KerasTensor"]
    names = [each for each in ("Callable", "Iterator", "Sequence") if re.search(rf"\b{each}\b", code)]
    if names:
        late = [f"    from collections.abc import {', '.join(names)}", *([""] if late else []), *late]
    if late:
        typed.insert(0, "TYPE_CHECKING")
    head += [f"from typing import {', '.join(sorted({*typed}, key=_imported))}"] if typed else []
    head += [""] if head[-1] else []
    head += ["import keras"]
    head += ["import numpy as np"] if re.search(r"\bnp\.", code) else []
    used = [word for word in ("layers", "ops") if re.search(rf"(?<![.\w]){word}\.", code)]
    head += [f"from keras import {', '.join(used)}"] if used else []
    head += ["", "if TYPE_CHECKING:", *late] if late else []
    return "\n".join([*head, *texts, *bodies, "", "", *tail, ""])


def _imported(word: str) -> tuple[bool, str]:
    """Return what sorts names of an import as ruff does: constants, then classes."""
    return not word.isupper(), word


def _tail(network: KerasNetwork, main: Function) -> list[str]:
    left_out = sum(row.counts.params + row.counts.buffers for row in network.unread())
    return [
        'if __name__ == "__main__":',
        f"    model = {main.title}()",
        "    trained = sum(math.prod(each.shape) for each in model.trainable_weights)",
        '    print(f"{model.count_params():,} parameters, {trained:,} of them trained")',
        *([f'    print("without {left_out:,} that no output depends on")'] if left_out else []),
    ]


def _functions(network: KerasNetwork) -> Iterator[Function]:
    for each in (*network.classes, network.main):
        assert isinstance(each, Function)
        yield each


def _unread(network: KerasNetwork) -> str:
    """Say which layers the model is without; nothing where it has all of them."""
    unread = network.unread()
    if not unread:
        return ""
    names = " and ".join(f"`{inert(row.name)}`" for row in unread)
    count = sum(row.counts.params + row.counts.buffers for row in unread)
    return (
        f"No output depends on {names}, so the model is without {'it' if len(unread) == 1 else 'them'} "
        f"({count:,} parameters), and so is a file that `save` writes."
    )


def block_lines(network: KerasNetwork, function: Function) -> list[str]:
    """Return the function of a block."""
    body = function.body
    body.reserved |= {*function.args.params}
    body.named_statements(function.outputs)
    inside = body.written(function.outputs, returned=True)
    inputs = [f"{body.named[id(val)]}: KerasTensor" for val in body.inputs]
    count = len(function.outputs)
    result = "KerasTensor" if count == 1 else f"tuple[{', '.join(['KerasTensor'] * count)}]"
    if count > 6 or any(val.item == "*" for val in function.outputs):
        result = "tuple[KerasTensor, ...]"
    given = [_declared(each, network.heads) for each in function.args.ordered()]
    call = Call(f"def {function.title}", [*inputs, *given, "*", "name: str"])
    found = lines("", call, f" -> {result}:", 0)
    found.append(f'    """Apply the block `{function.block}`: {_mapped(network, function)}"""')
    return [*found, *_channels(function), *inside]


def _channels(function: Function) -> list[str]:
    """Return the variables that are the channels of what a function is given, where they are read."""
    pairs = zip(function.args.params.values(), function.forward.inputs, strict=False)
    return [
        f"    {param.name} = {function.forward.named[id(val)]}.shape[-1]"
        for param, val in pairs
        if param.name in function.args.used
    ]


def network_lines(network: KerasNetwork, function: Function) -> list[str]:
    """Return the function that makes the model."""
    body, graph = function.body, network.graph
    one = len(graph.inputs) == 1
    body.reserved |= {*function.args.params}
    body.entry = "inputs"
    body.named_statements(function.outputs)
    inside = body.written(function.outputs, returned=False)
    given = [_declared(each, network.heads) for each in function.args.ordered()]
    found = lines("", Call(f"def {function.title}", [*given]), " -> keras.Model:", 0)
    words = inert(network.label)[:60] or "the network"
    found.append(f'    """Return {words}: {_mapped(network, function)}"""')
    for node, val in zip(graph.inputs, body.inputs, strict=True):
        name = literal(node.path.replace(".", "_"))
        found.append(f"    {body.named[id(val)]} = keras.Input({last(node.shape)}, name={name})")
    inputs = ", ".join(body.named[id(val)] for val in body.inputs)
    outputs = str(body.put_out(function.outputs))
    several = len(function.outputs) > 1 or outputs[0] == "("
    outputs = f"[{outputs.strip('()').rstrip(',')}]" if several else outputs
    arguments: list[Doc] = [inputs if one else f"[{inputs}]", outputs]
    model = Call("keras.Model", [*arguments, f'name="{function.title}"'])
    return [*found, *inside, *lines("return ", model, "", 4)]


def _mapped(network: KerasNetwork, function: Function) -> str:
    """Return in words which shapes become which."""
    room = WIDTH - 20 - len(function.block or network.label[:60]) - 16
    return mapping(function, "", room - 8, max(room, 30))


def _declared(param: Param, heads: dict[str, str]) -> str:
    if param.module:
        default = heads.get(param.default) if isinstance(param.default, str) else None
        return f"{param.name}: type[layers.Layer]" + (f" = {default}" if default else "")
    kinds: list[str] = []
    values: list[Any] = [*param.values, *([] if param.default in (NO_DEFAULT, None) else [param.default])]
    for value in values:
        kind = type(value).__name__
        if isinstance(value, tuple):
            plain = all(isinstance(each, int) for each in value)
            kind = "tuple[int, ...]" if plain else "tuple[Any, ...]"
        if kind not in kinds:
            kinds.append(kind)
    if "float" in kinds and "int" in kinds:
        kinds.remove("int")
    text = " | ".join(kinds)
    return f"{param.name}: {text}" + ("" if param.default is NO_DEFAULT else f" = {literal(param.default)}")
