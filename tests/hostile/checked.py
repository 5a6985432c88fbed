"""Texts that are long for `check` alone: comments, unused parameters, budgets, variants."""

from __future__ import annotations

from tests.hostile.repeated import INPUT, ONE_LAYER, Kind, halves, repeated

_PAIR = "{type: conv, filters: 4, kernel: 1}, {type: batch_norm}, "
_INPUTS = repeated(
    lambda number: f"{{input: [1, 8, {number % 40 + 8}], params: <= 1}}, ", f"{INPUT}budget: [", "]\n"
)

KINDS: dict[str, Kind] = {
    "codes in a comment": repeated(
        lambda number: f"rule/code{number}, ", "# cnnstat: ignore[", f"] why\n{ONE_LAYER}"
    ),
    "comments": repeated("# cnnstat: ignore[rule/odd-width] why\n", tail=ONE_LAYER),
    "unused parameters on a line": repeated(
        lambda number: f"p{number}: 1, ", f"{INPUT}params: {{", "}\nlayers: [{type: relu}]\n"
    ),
    "layers on a line": repeated(_PAIR, f"{INPUT}layers: [", "]\n"),
    "budgets for many inputs": halves(
        _INPUTS, repeated("  - {type: conv, filters: 4, kernel: 1}\n", "layers:\n")
    ),
    "variants of many layers": halves(
        repeated(lambda number: f"  v{number}: {{}}\n", f"{INPUT}variants:\n"),
        repeated("  - {type: conv, filters: 4, kernel: 1}\n", "layers:\n"),
    ),
}
