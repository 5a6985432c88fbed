"""Hostile values: options, parameters, expressions, expectations, and lists where numbers are expected."""

from __future__ import annotations

from math import isqrt

from tests.hostile.repeated import INPUT, LAYERS, ONE_LAYER, Kind, halves, listed, repeated

ONE_CONV = "  - {type: conv, filters: 1, kernel: 1, table: [["
PARAMS = f"{INPUT}params:\n"


def row_of_all_maps(size: int) -> str:
    """Return a connection table of one row that reads every map."""
    maps = size // 6
    row = ",".join(map(str, range(maps)))
    return f"input: [{maps}, 8, 8]\nlayers:\n{ONE_CONV}{row}]]}}\n"


def rows_of_one_map(size: int) -> str:
    """Return a connection table of many rows."""
    filters = size // 5
    rows = ",".join(f"[{i % 4}]" for i in range(filters))
    return f"input: [4, 8, 8]\nlayers:\n  - {{type: conv, filters: {filters}, kernel: 1, table: [{rows}]}}\n"


def growing_rows(size: int) -> str:
    """Return a connection table whose rows read one map more each."""
    maps = isqrt(2 * size // 3) + 1
    rows = ",".join("[" + ",".join(map(str, range(i + 1))) + "]" for i in range(maps))
    return (
        f"input: [{maps}, 8, 8]\nlayers:\n  - {{type: conv, filters: {maps}, kernel: 1, table: [{rows}]}}\n"
    )


def table_of_a_parameter(size: int) -> str:
    """Return a connection table that many layers share."""
    maps = isqrt(size) + 1
    table = ",".join(f"[{i}]" for i in range(maps))
    head = f"input: [{maps}, 8, 8]\nparams:\n  x: [{table}]\nlayers:\n"
    return repeated(f"  - {{type: conv, filters: {maps}, kernel: 1, table: $x}}\n", head)(size)


KINDS: dict[str, Kind] = {
    "values of an input": repeated("1, ", f"{ONE_LAYER}values: {{input: [", "1]}\n"),
    "values in rows": repeated("[1, 2], ", f"{ONE_LAYER}values: {{input: [", "[1, 2]]}\n"),
    "values in rows of other lengths": repeated("[1], ", f"{ONE_LAYER}values: {{input: [", "[1, 2]]}\n"),
    "values of words": repeated("x, ", f"{ONE_LAYER}values: {{input: [", "1]}\n"),
    "values of unknown names": repeated(lambda i: f"a{i}: 1, ", f"{ONE_LAYER}values: {{", "b: 1}\n"),
    "unknown type": repeated("  - {type: rel}\n"),
    "unknown types": repeated(lambda i: f"  - {{type: rel{i}}}\n"),
    "unknown option": repeated("  - {type: relu, x: 1}\n"),
    "unknown options": repeated(lambda i: f"a{i}: 1, ", f"{INPUT}layers: [{{type: relu, ", "}]\n"),
    "names with a hyphen in front": repeated("  - {type: relu, name: -a}\n"),
    "first without a repeat": repeated("  - {type: relu, first: {x: 1}}\n"),
    "never": repeated("  - {type: relu, when: false}\n", LAYERS, "  - {type: relu}\n"),
    "long input": repeated("1, ", "input: [", "1]\nlayers: [{type: relu}]\n"),
    "input of words": repeated("x, ", "input: [", "1]\nlayers: [{type: relu}]\n"),
    "list for an unknown option": repeated("1, ", f"{LAYERS}  - {{type: relu, x: [", "1]}\n"),
    "list for a size": repeated("1, ", f"{LAYERS}  - {{type: reshape, shape: [", "64]}\n"),
    "list for an order": repeated("0, ", f"{LAYERS}  - {{type: permute, order: [", "1]}\n"),
    "levels of a pyramid": repeated("1, ", f"{LAYERS}  - {{type: spatial_pyramid_pool, levels: [", "1]}\n"),
    "row that repeats maps": repeated(
        lambda i: f"{i},", f"input: [20000, 8, 8]\nlayers:\n{ONE_CONV}", "0]]}\n"
    ),
    "row of all maps": row_of_all_maps,
    "rows of one map": rows_of_one_map,
    "growing rows": growing_rows,
    "table of a parameter": table_of_a_parameter,
    "params": repeated(lambda i: f"  p{i}: 1\n", PARAMS, "layers:\n  - {type: relu}\n"),
    "params named by numbers": repeated(lambda i: f"  {i}: 1\n", PARAMS, "layers:\n  - {type: relu}\n"),
    "params that are used": halves(
        repeated(lambda i: f"  p{i}: 1\n", PARAMS, "layers:\n"),
        repeated(lambda i: f"  - {{type: conv, kernel: 1, filters: $p{i // 2}}}\n", ""),
    ),
    "params that are unknown": halves(
        repeated(lambda i: f"  p{i}: 1\n", PARAMS, "layers:\n"),
        repeated(lambda i: f"  - {{type: conv, kernel: 1, filters: $q{i}}}\n", ""),
    ),
    "params beside layers": halves(
        repeated(lambda i: f"  p{i}: 1\n", PARAMS, "layers:\n"),
        repeated("  - {type: max_pool, kernel: 1}\n", ""),
    ),
    "params on one another": repeated(
        lambda i: f"  p{i + 1}: $p{i} + 1\n", f"{PARAMS}  p0: 1\n", "layers:\n  - {type: relu}\n"
    ),
    "long parameter compared": halves(
        repeated("0, ", f"{PARAMS}  x: [", "0]\nlayers:\n"),
        repeated("  - {type: relu, when: $x == $x}\n", ""),
    ),
    "long parameter for a number": halves(
        repeated("0, ", f"{PARAMS}  x: [", "0]\nlayers:\n"),
        repeated("  - {type: conv, filters: $x, kernel: 1}\n", ""),
    ),
    "variants": halves(
        repeated(lambda i: f"  p{i}: 1\n", PARAMS, "layers: [{type: relu}]\nvariants:\n"),
        repeated(lambda i: f"  v{i}: {{params: {{p0: 1}}}}\n", ""),
    ),
    "variants of unknown params": halves(
        repeated(lambda i: f"  p{i}: 1\n", PARAMS, "layers: [{type: relu}]\nvariants:\n"),
        repeated(lambda i: f"  v{i}: {{params: {{q: 1}}}}\n", ""),
    ),
    "empty expressions": repeated("  - {type: conv, kernel: 1, filters: $}\n"),
    "divisions by zero": repeated(
        "  - {type: conv, kernel: 1, filters: $a / 0}\n", f"{INPUT}params: {{a: 1}}\nlayers:\n"
    ),
    "expressions": repeated(
        lambda i: f"  - {{type: conv, kernel: 1, filters: {i + 1} * $a}}\n",
        f"{INPUT}params: {{a: 1}}\nlayers:\n",
    ),
    "unknown figures": repeated(lambda i: f"p{i}: 1, ", f"{INPUT}layers: [{{type: relu, expect: {{", "}}]\n"),
    "figures missed": repeated("  - {type: relu, expect: {params: 1}}\n"),
    "figures misspelt": repeated("  - {type: relu, expect: {parms: 1}}\n"),
    "figures that are words": repeated("  - {type: relu, expect: {params: x}}\n"),
    "shapes that are long": repeated("1, ", f"{INPUT}layers: [{{type: relu, expect: {{shape: [", "1]}}]\n"),
    "convolutions that do not fit": listed(
        lambda i: f"  - {{type: conv, name: c{i}, filters: 1, kernel: 9, from: input}}\n",
        lambda i: f"c{i}",
        LAYERS,
        "outputs: [",
        "]\n",
    ),
    "keys beside a network": repeated(lambda i: f"x{i}: 1\n", ONE_LAYER),
}
