"""The text of the file: its docstring, its imports, its classes, and what it prints when it is run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnstat.exporters.pytorch import helpers
from cnnstat.exporters.pytorch.build import Class
from cnnstat.exporters.source.docstring import docstring, mapping
from cnnstat.exporters.source.expression_text import literal
from cnnstat.exporters.source.layout import WIDTH, Call, lines
from cnnstat.exporters.source.names import inert
from cnnstat.exporters.source.said import NO_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnstat.exporters.source.arguments import Param
    from cnnstat.exporters.source.network import Network


def source(network: Network) -> str:
    """Return the whole text."""
    bodies = [text for klass in _classes(network) for text in ("", "", *class_lines(network, klass))]
    wanted = {helper for klass in (*network.classes, network.main) for helper in klass.helpers}
    functions = set().union(*(klass.args.functions for klass in (*network.classes, network.main)))
    wanted |= functions & {"divisible"}
    texts = [line for text in helpers.text_of(wanted) for line in ("", "", *text.split("\n"))]
    code = (line for line in (*texts, *bodies) if not line.lstrip().startswith('"""'))
    body = "\n".join(code)
    head = [*docstring(network), "", "from __future__ import annotations", ""]
    standard = ["import math"] if re.search(r"\bmath\.", body) else []
    untyped = ", Any" if re.search(r"\bAny\b", body) else ""
    standard.append(f"from typing import TYPE_CHECKING{untyped}")
    head += [*standard, ""]
    head += ["import torch"] if re.search(r"\btorch\.", body) else []
    head += ["from torch import nn", "", "if TYPE_CHECKING:"]
    if re.search(r"\bSequence\b", body):
        head += ["    from collections.abc import Sequence", ""]
    head += ["    from torch import Tensor"]
    tail = ["", "", 'if __name__ == "__main__":']
    tail.append(f"    count = sum(each.numel() for each in {network.main.title}().parameters())")
    tail += ['    print(f"{count:,} parameters")', ""]
    return "\n".join([*head, *texts, *bodies, *tail])


def _classes(network: Network) -> Iterator[Class]:
    for klass in (*network.classes, network.main):
        assert isinstance(klass, Class)
        yield klass


def class_lines(network: Network, klass: Class) -> list[str]:
    """Return a class."""
    body = klass.forward.lines(klass.outputs)
    what = f"The block `{klass.block}`." if klass.block else f"{inert(network.label)[:80] or 'The network'}."
    found = [f"class {klass.title}(nn.Module):", f'    """{what}"""', ""]
    signature = ["self", *(_declared(p, network.heads) for p in klass.args.ordered())]
    found += lines("", Call("def __init__", list(signature)), " -> None:", 4)
    found.append("        super().__init__()")
    found += [f"        self.{attribute} = {name}" for name, attribute in klass.stored.items()]
    found += [f"        self.{flag} = {text}" for text, flag in klass.flags.items()]
    found += [*klass.made_lines(), ""]
    inputs = [f"{klass.forward.named[id(val)]}: Tensor" for val in klass.forward.inputs]
    count = len(klass.outputs)
    result = "Tensor" if count == 1 else f"tuple[{', '.join(['Tensor'] * count)}]"
    if count > 8 or any(val.item == "*" for val in klass.outputs):
        result = "tuple[Tensor, ...]"
    found += lines("", Call("def forward", ["self", *inputs]), f" -> {result}:", 4)
    found.append(f'        """{mapping(klass, "Map ", WIDTH - 26, WIDTH - 20)}"""')
    return [*found, *body]


def _declared(param: Param, heads: dict[str, str]) -> str:
    if param.module:
        default = heads.get(param.default) if isinstance(param.default, str) else None
        return f"{param.name}: type[nn.Module]" + (f" = {default}" if default else "")
    kinds = []
    for value in [*param.values, *([] if param.default in (NO_DEFAULT, None) else [param.default])]:
        kind = "tuple[int, ...]" if isinstance(value, tuple) else type(value).__name__
        if kind not in kinds:
            kinds.append(kind)
    if "float" in kinds and "int" in kinds:
        kinds.remove("int")
    text = " | ".join(kinds)
    return f"{param.name}: {text}" + ("" if param.default is NO_DEFAULT else f" = {literal(param.default)}")
