"""Hostile YAML: what is refused before anything of it is a network."""

from __future__ import annotations

from tests.hostile.repeated import INPUT, LAYERS, ONE_LAYER, Kind, repeated

KINDS: dict[str, Kind] = {
    "anchors": repeated("&a 1,", "input: [", "]\n"),
    "aliases": repeated("*a,", "input: [&a 1,", "]\n"),
    "tags": repeated("!t 1,", "input: [", "]\n"),
    "duplicate keys": repeated("a: 1\n", INPUT, "layers: [{type: relu}]\n"),
    "merge keys": repeated("<<: 1\n", INPUT, "layers: [{type: relu}]\n"),
    "keys that are lists": repeated("? [1]\n: 1\n", ONE_LAYER),
    "deep lists": repeated("[", "input: ", "\n"),
    "deep mappings": repeated("{a: ", "input: ", "\n"),
    "control characters": repeated("\x01", f"{ONE_LAYER}#"),
    "comments": repeated("#\n", ONE_LAYER),
    "empty lines": repeated("\n", ONE_LAYER),
    "documents": repeated("---\n", ONE_LAYER),
    "colons": repeated(":", "input: "),
    "escapes": repeated("\\x41", f'{INPUT}name: "', '"\nlayers: [{type: relu}]\n'),
    "a long word": repeated("a", f"{INPUT}layers: [{{type: ", "}]\n"),
    "long words": repeated(f"  - {{type: {'a' * 500}}}\n"),
    "a long number": repeated("1", f"{INPUT}layers: [{{type: conv, kernel: 1, filters: ", "}]\n"),
    "a long fraction": repeated("1", f"{INPUT}layers: [{{type: dropout, rate: 0.", "}]\n"),
    "a long expression": repeated(
        "1 + ", f"{INPUT}layers: [{{type: conv, kernel: 1, filters: $a * ", "1}]\n"
    ),
    "brackets": repeated("(", f"{INPUT}layers: [{{type: conv, kernel: 1, filters: $a * ", "1}]\n"),
    "unknown keys": repeated(lambda i: f"a{i}: 1\n", INPUT, "layers: [{type: relu}]\n"),
    "layers without a type": repeated("  - {typo: relu}\n"),
    "layers without a type on one line": repeated("{typo: relu},", f"{INPUT}layers: [", "]\n"),
    "layers that are words": repeated("  - relu\n", LAYERS),
}
