"""Hostile wiring: names, references, outputs, cycles, joins, and layers that nobody reads."""

from __future__ import annotations

from math import isqrt

from tests.hostile.repeated import INPUT, LAYERS, Kind, halves, listed, repeated

JOIN = f"{INPUT}layers: [{{type: add, from: ["
CONV = "type: conv, filters: 8, kernel: 3, padding: 1"


def wide_joins(size: int) -> str:
    """Return joins that read as many layers as there are joins."""
    read = ", ".join(["a"] * isqrt(size // 4))
    return repeated(f"  - {{type: add, from: [{read}]}}\n", f"{LAYERS}  - {{type: relu, name: a}}\n")(size)


def dense(size: int) -> str:
    """Return layers that each read all those above."""
    parts, length, number = [LAYERS, "  - {type: relu, name: a0}\n"], len(LAYERS), 1
    while length < size:
        read = ", ".join(f"a{i}" for i in range(number))
        parts.append(f"  - {{type: concat, name: a{number}, from: [input, {read}]}}\n")
        length += len(parts[-1])
        number += 1
    return "".join(parts)


KINDS: dict[str, Kind] = {
    "layers": repeated("- {type: relu}\n"),
    "equal convolutions": repeated(f"  - {{{CONV}}}\n", "input: [8, 32, 32]\nlayers:\n"),
    "different convolutions": repeated(
        lambda i: f"  - {{type: conv, filters: {i + 1}, kernel: 3, padding: 1}}\n",
        "input: [8, 32, 32]\nlayers:\n",
    ),
    "layers that nobody reads": repeated("  - {type: relu, from: input}\n"),
    "layers that nobody reads on one line": repeated(
        "{type: relu,from: input},", f"{INPUT}layers: [", "{type: relu}]\n"
    ),
    "unknown names": repeated(lambda i: f"n{i}, ", JOIN, "input]}]\n"),
    "names that cannot be": repeated("?/, ", JOIN, "input]}]\n"),
    "the input again and again": repeated("input, ", JOIN, "input]}]\n"),
    "unknown outputs": repeated(lambda i: f"n{i}, ", f"{INPUT}layers: [{{type: relu}}]\noutputs: [", "n]\n"),
    "one output again and again": repeated(
        "a, ", f"{INPUT}layers: [{{type: relu, name: a}}]\noutputs: [", "a]\n"
    ),
    "outputs": listed(
        lambda i: f"  - {{type: relu, name: c{i}, from: input}}\n",
        lambda i: f"c{i}",
        LAYERS,
        "outputs: [",
        "]\n",
    ),
    "references below": repeated(lambda i: f"  - {{type: relu, name: a{i}, from: a{i + 1}}}\n"),
    "cycles": repeated(
        lambda i: (
            f"  - {{type: relu, name: a{i}, from: [b{i}]}}\n  - {{type: relu, name: b{i}, from: [a{i}]}}\n"
        )
    ),
    "one name": repeated("  - {type: relu, name: a}\n"),
    "names like numbered ones": halves(
        repeated(lambda i: f"  - {{type: relu, name: relu{i}}}\n"), repeated("  - {type: relu}\n", "")
    ),
    "too many inputs": repeated("  - {type: relu, from: [input, input]}\n"),
    "wide joins": wide_joins,
    "dense": dense,
    "reshapes": repeated("  - {type: reshape, shape: [1, 64]}\n  - {type: reshape, shape: [64]}\n"),
    "blocks": repeated(
        lambda i: f"  b{i}: {{layers: [{{type: relu}}]}}\n", f"{INPUT}blocks:\n", "layers: [{type: b0}]\n"
    ),
    "blocks that are wrong": repeated(
        lambda i: f"  b{i}: {{layers: [{{type: rel}}]}}\n", f"{INPUT}blocks:\n", "layers: [{type: b0}]\n"
    ),
    "blocks that are called": halves(
        repeated(lambda i: f"  b{i}: {{layers: [{{type: relu}}]}}\n", f"{INPUT}blocks:\n", "layers:\n"),
        repeated(lambda i: f"  - {{type: b{i}}}\n", ""),
    ),
    "calls that differ": repeated(
        lambda i: f"  - {{type: b, x: {i}}}\n",
        f"{INPUT}blocks:\n  b:\n    params: {{x: 0}}\n    layers: [{{type: relu}}]\nlayers:\n",
    ),
    "params beside blocks": halves(
        repeated(
            lambda i: f"  p{i}: 1\n",
            f"{INPUT}params:\n",
            "blocks:\n  b: {params: {x: 1}, layers: [{type: relu}]}\nlayers:\n",
        ),
        repeated(lambda i: f"  - {{type: b, x: {i}}}\n", ""),
    ),
}
