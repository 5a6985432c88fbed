"""Short texts that unfold: what is repeated is long, or is repeated as often as the text has characters."""

from __future__ import annotations

from tests.hostile.repeated import INPUT, LAYERS, Kind, halves, repeated

BLOCK = f"{INPUT}blocks:\n  b: {{params: {{x: 0}}, layers: [{{type: relu}}]}}\n"


def often(kind: Kind) -> Kind:
    """Return texts in which N stands for as many times as the text has characters."""
    return lambda size: kind(size).replace("repeat: N", f"repeat: {size}")


def call(size: int, repeat: str) -> str:
    """Return a call with many parameters."""
    count = size // 24
    declared = "".join(f"      p{i}: 1\n" for i in range(count))
    given = ", ".join(f"p{i}: 1" for i in range(count))
    block = f"{INPUT}blocks:\n  b:\n    params:\n{declared}    layers: [{{type: relu}}]\n"
    return f"{block}layers:\n  - {{type: b, {repeat}{given}}}\n"


KINDS: dict[str, Kind] = {
    "layers": often(repeated("  - {type: relu, repeat: N}\n", LAYERS)),
    "one layer": often(repeated(" ", LAYERS, "  - {type: relu, repeat: N}\n")),
    "params": often(
        repeated(lambda i: f"  p{i}: 1\n", f"{INPUT}params:\n", "layers: [{type: relu, repeat: N}]\n")
    ),
    "a long block": often(
        repeated(
            "      - {type: relu}\n",
            f"{INPUT}blocks:\n  b:\n    params: {{x: 0}}\n    layers:\n",
            "layers:\n  - {type: b, repeat: N, x: $index}\n",
        )
    ),
    "a wide join": often(repeated("input,", f"{LAYERS}  - {{type: add, repeat: N, from: [", "input]}\n")),
    "a block with a wide join": often(
        repeated(
            "input,",
            f"{INPUT}blocks:\n  b: {{layers: [{{type: add, from: [",
            "input]}]}\nlayers:\n  - {type: b, repeat: N}\n",
        )
    ),
    "a long list for a block": often(
        repeated("0, ", f"{BLOCK}layers:\n  - {{type: b, repeat: N, x: [", "0]}\n")
    ),
    "expressions in a list": often(
        repeated("$index,", f"{BLOCK}layers:\n  - {{type: b, repeat: N, x: [", "1]}\n")
    ),
    "a long word for a block": often(
        repeated(
            "a",
            f"{INPUT}params: {{w: ",
            "}\nblocks:\n  b: {params: {x: 0}, layers: [{type: relu}]}\n"
            "layers:\n  - {type: b, repeat: N, x: $w}\n",
        )
    ),
    "a table": often(
        repeated("0, ", f"{LAYERS}  - {{type: conv, filters: 1, kernel: 1, repeat: N, table: [[", "0]]}\n")
    ),
    "lists compared": often(
        halves(
            repeated("0,", f"{INPUT}params:\n  x: [", "1]\n"),
            repeated("0,", "  y: [", "1]\nlayers:\n  - {type: relu, repeat: N, frozen: $x == $y}\n"),
        )
    ),
    "a call with many parameters": lambda size: call(size, ""),
    "calls with many parameters": often(lambda size: call(size, "repeat: N, ")),
    "a fault in every repeat": often(
        repeated(
            lambda i: f", par{i}: 0",
            f"{INPUT}blocks:\n  b:\n    params: {{x: 0",
            "}\n    layers: [{type: relu, when: $pra}]\nlayers:\n  - {type: b, repeat: N, x: $index}\n",
        )
    ),
}
