"""Hostile fields of vectors, whose numbers have no pattern, and ways back from what reads all of a map."""

from __future__ import annotations

from tests.hostile.repeated import Kind, listed, repeated

MAP = "layers:\n  - {type: max_pool, kernel: 3, stride: 1, padding: 1, name: x}\n"
FLAT = f"{MAP}  - {{type: flatten, name: f}}\n"
LONG = "input: [1, 900000]\nlayers:\n  - {type: crop, margins: 1}\n"


def looked_back_on(window: str) -> Kind:
    """Return windows one behind the other, each with a global pool from which the way back is longer."""
    return listed(
        lambda i: (
            f"  - {{type: max_pool, {window}, stride: 1, name: p{i}{f', from: p{i - 1}' if i else ''}}}\n"
            f"  - {{type: global_avg_pool, name: g{i}}}\n"
        ),
        lambda i: f"g{i}",
        LONG,
        "outputs: [",
        "]\n",
    )


KINDS: dict[str, Kind] = {
    "global pools": looked_back_on("kernel: 3, padding: 1"),
    "global pools of maps that end earlier": looked_back_on("kernel: 2"),
    "global pools of dilated windows": looked_back_on("kernel: 3, dilation: 7"),
    "vectors joined one by one": repeated(
        lambda i: f"  - {{type: concat, from: [v{i - 1 if i else ''}, f], name: v{i}}}\n",
        f"input: [1, 100]\n{FLAT}  - {{type: identity, name: v}}\n",
    ),
    "vectors joined at once": listed(
        lambda i: f"  - {{type: flatten, name: f{i}, from: x}}\n",
        lambda i: f"f{i}",
        f"input: [1, 20]\n{MAP}",
        "  - {type: concat, from: [",
        "]}\n",
    ),
    "windows of a vector": repeated(
        lambda i: f"  - {{type: local_response_norm, size: {2 * i + 1}, k: 1, alpha: 1, beta: 0.5}}\n",
        f"input: [7, 8000]\n{FLAT}  - {{type: slice, start: 99, stop: 50000}}\n",
    ),
    "slices of a vector": repeated("  - {type: slice, start: 1}\n", f"input: [2, 8191]\n{FLAT}"),
    "shuffles of a vector": repeated(
        "  - {type: channel_shuffle, groups: 8191}\n", f"input: [1, 16382]\n{FLAT}"
    ),
    "norms of halves of a vector": repeated(
        "  - {type: group_norm, groups: 2}\n", f"input: [1, 16382]\n{FLAT}"
    ),
    "pyramids": listed(
        lambda i: (
            f"  - {{type: spatial_pyramid_pool, bins: adaptive, levels: [7, {i % 80 + 20}], from: x}}\n"
            f"  - {{type: linear, units: 2, name: s{i}}}\n"
        ),
        lambda i: f"s{i}",
        f"input: [1, 97, 97]\n{MAP}",
        "outputs: [",
        "]\n",
    ),
    "pools behind a global pool": repeated(
        "  - {type: max_pool, kernel: 3, stride: 1, padding: 1}\n",
        "input: [1, 8192]\nlayers:\n  - {type: global_avg_pool}\n  - {type: upsample, size: 8191}\n",
    ),
}
