"""Networks that are hard to put together from pieces, and whether composition follows them at all."""

from __future__ import annotations

COMPOSED = {
    "memory held across a block": """
input: [3, 20, 20]
blocks:
  deep:
    layers:
      - {type: conv, filters: 16, kernel: 3, padding: 1, bias: false}
      - {type: relu}
      - {type: conv, filters: 4, kernel: 3, padding: 1}
layers:
  - {name: first, type: conv, filters: 8, kernel: 3, padding: 1}
  - {name: many, type: deep, repeat: 9}
  - {name: two, type: concat, from: [many, first]}
  - {type: concat, from: [two, input]}
""",
    "a skip over the border of a block": """
input: [4, 16, 16]
blocks:
  cell:
    outputs: {main: a, side: b}
    layers:
      - {name: a, type: conv, filters: 4, kernel: 3, padding: 1}
      - {name: b, type: conv, from: input, filters: 2, kernel: 5, padding: 2}
layers:
  - {name: cells, type: cell, repeat: 8}
  - {name: sides, type: concat, from: cells.*.side}
  - {name: third, type: relu, from: cells.2.side}
  - {name: last, type: concat, from: [sides, third, cells.main, cells.side]}
""",
    "fields through strides in repeats": """
input: [3, 300, 200]
blocks:
  down:
    params: {stride: 2}
    layers:
      - {name: a, type: conv, filters: 6, kernel: 3, padding: 1, stride: $stride}
      - {name: b, type: conv, from: input, filters: 6, kernel: [5, 3], padding: [2, 1], stride: $stride}
      - {type: add, from: [a, b]}
layers:
  - {name: downs, type: down, repeat: 3}
  - {name: stays, type: down, stride: 1, repeat: 12}
  - {name: more, type: down, repeat: 9}
  - {name: pooled, type: global_avg_pool}
""",
    "windows that meet in repeats": """
input: [3, 90, 80]
blocks:
  wide:
    layers:
      - {name: a, type: conv, filters: 3, kernel: 3, padding: 1}
      - {name: b, type: conv, from: input, filters: 3, kernel: [7, 3], padding: [3, 1]}
      - {type: add, from: [a, b]}
layers:
  - {name: many, type: wide, repeat: 14}
  - {type: conv, filters: 3, kernel: 4, stride: 3}
  - {name: again, type: wide, repeat: 7}
""",
    "blocks with changing shapes": """
input: [2, 31, 31]
blocks:
  wider:
    layers:
      - {type: conv, filters: $in + 3, kernel: 3}
      - {name: again, type: conv, filters: 2 * $in, kernel: 1}
      - {type: conv, filters: $in / 2, kernel: 1}
layers:
  - {name: growing, type: wider, repeat: 12}
  - {name: numbered, type: conv, filters: "$index * 2 + 4", kernel: 1, repeat: 9}
  - {type: flatten}
""",
    "views of what stands outside": """
input: [12, 10, 10]
blocks:
  halves:
    layers:
      - {name: left, type: slice, start: 0, stop: 4}
      - {name: right, type: slice, from: input, start: 2, stop: 6}
      - {name: product, type: multiply, from: [left, right]}
      - {type: concat, from: [product, input]}
      - {name: out, type: slice, stop: 8}
layers:
  - {name: a, type: halves, repeat: 9}
  - {name: b, type: halves, from: a}
  - {type: concat, from: [a, b, input]}
""",
    "gates in repeats": """
input: [8, 32, 32]
blocks:
  gate:
    layers:
      - {name: pool, type: global_avg_pool}
      - {type: conv, filters: 2, kernel: 1}
      - {type: relu}
      - {type: conv, filters: 8, kernel: 1}
      - {name: by, type: sigmoid}
      - {type: multiply, from: [input, by]}
  cell:
    params: {gated: true}
    layers:
      - {name: conv, type: conv, filters: 8, kernel: 3, padding: 1}
      - {name: gate, type: gate, when: $gated}
      - {type: add, from: [gate, input]}
layers:
  - {name: plain, type: cell, gated: false, repeat: 7}
  - {name: gated, type: cell, repeat: 11}
""",
    "frames of zeros across borders": """
input: [3, 17, 15]
blocks:
  padded:
    layers:
      - {type: pad, padding: 2}
  read:
    layers:
      - {type: relu}
      - {type: conv, filters: 3, kernel: 5, bias: false}
layers:
  - {name: p, type: padded}
  - {name: r, type: read}
  - {name: pads, type: padded, repeat: 7}
  - {name: reads, type: read, repeat: 7}
""",
    "frozen blocks": """
input: [3, 24, 24]
blocks:
  cell:
    layers:
      - {name: a, type: conv, filters: 6, kernel: 3, padding: 1}
      - {type: batch_norm}
      - {type: relu}
      - {name: c, type: conv, filters: 3, kernel: 1}
      - {type: add, from: [c, input]}
layers:
  - {name: fixed, type: cell, frozen: true, repeat: 8}
  - {name: trained, type: cell, repeat: 8}
  - {name: odd, type: cell, repeat: 7, frozen: "$index < 3"}
""",
    "a second input that all repetitions read": """
input: {x: [4, 12, 12], y: [4, 12, 12]}
blocks:
  both:
    inputs: [x, y]
    layers:
      - {name: c, type: conv, from: x, filters: 4, kernel: 3, padding: 1}
      - {type: add, from: [c, y]}
layers:
  - {name: many, type: both, from: [x, y], repeat: 10}
  - {type: multiply, from: [many, x]}
""",
    "a block that hands on what it read": """
input: [4, 12, 12]
blocks:
  late:
    inputs: [now, before]
    outputs: {now: conv, before: now}
    layers:
      - {name: sum, type: add, from: [now, before]}
      - {name: conv, type: conv, filters: 4, kernel: 3, padding: 1}
layers:
  - {name: first, type: conv, filters: 4, kernel: 1}
  - {name: many, type: late, from: [first, input], repeat: 12}
  - {type: add, from: [many.now, many.before]}
""",
    "a block of nothing behind units that see it is not known what": """
input: [6, 8, 8]
blocks:
  maybe:
    params: {here: false}
    layers:
      - {type: relu, when: $here}
  unknown:
    layers:
      - {type: reshape, shape: [8, 8, 6]}
      - {type: conv, filters: 8, kernel: 3, padding: 1}
      - {type: reshape, shape: [6, 8, 8]}
layers:
  - {name: a, type: maybe}
  - {name: u, type: unknown, repeat: 2}
  - {name: b, type: maybe, repeat: 9}
  - {name: c, type: maybe, here: true, repeat: 9}
  - {type: conv, filters: 5, kernel: 3}
""",
    "weights shared within a block": """
input: [3, 16, 16]
blocks:
  twins:
    layers:
      - {name: a, type: conv, filters: 3, kernel: 3, padding: 1}
      - {name: b, type: conv, weights: a, filters: 3, kernel: 3, padding: 1}
layers:
  - {name: t, type: twins, repeat: 9}
""",
    "blocks that share weights with one another, and within": """
input: {x: [3, 16, 16], y: [3, 12, 12]}
params: {still: false}
blocks:
  twins:
    params: {width: 3}
    layers:
      - {name: a, type: conv, filters: $width, kernel: 3, padding: 1, frozen: $still}
      - {type: batch_norm}
      - {name: c, type: conv, filters: $width, kernel: 1}
      - {name: d, type: conv, weights: c, filters: $width, kernel: 1}
layers:
  - {name: left, type: twins, from: x, width: 5}
  - {name: right, type: twins, from: y, weights: left, width: 5}
  - {name: third, type: twins, from: y, weights: right, width: 5}
  - {name: more, type: twins, from: left, repeat: 8}
  - {name: pool, type: avg_pool, kernel: 5, from: more}
  - {name: other, type: add, from: [right, third]}
outputs: [other, pool, more]
""",
    "repetitions of nothing within a block": """
input: [6, 20, 20]
blocks:
  maybe:
    params: {here: false}
    layers:
      - {type: relu, when: $here}
  outer:
    layers:
      - {name: a, type: conv, filters: 6, kernel: 3, padding: 1}
      - {name: none, type: maybe, repeat: 9}
      - {type: conv, filters: 6, kernel: 3, padding: 1}
layers:
  - {name: many, type: outer, repeat: 9}
  - {type: conv, filters: 5, kernel: 3}
""",
    "patterns that repeat": """
input: [3, 16, 16]
blocks:
  up_and_down:
    layers:
      - {type: transposed_conv, filters: 3, kernel: 3, stride: 2, padding: 1, output_padding: 1}
      - {type: conv, filters: 3, kernel: 3, stride: 2, padding: 1}
layers:
  - {name: many, type: up_and_down, repeat: 2}
  - {type: upsample, scale: 3}
  - {type: conv, filters: 3, kernel: 3, padding: 1}
""",
    "layers that nobody reads on purpose": """
input: [3, 16, 16]
blocks:
  spare:
    outputs: {main: a, beside: b}
    layers:
      - {name: a, type: conv, filters: 3, kernel: 3, padding: 1}
      - {name: b, type: conv, filters: 90, kernel: 3}
      - {type: relu, from: b, unused: true}
layers:
  - {name: one, type: spare, repeat: 8, unused: true}
  - {type: conv, from: input, filters: 2, kernel: 1}
""",
    "a block that calls itself": """
input: [3, 64, 64]
blocks:
  tree:
    params: {depth: 3}
    layers:
      - {name: a, type: conv, filters: 3, kernel: 3, padding: 1}
      - {name: left, type: tree, when: $depth > 0, depth: $depth - 1}
      - {name: right, type: tree, from: a, when: $depth > 0, depth: $depth - 1}
      - {type: add, from: [left, right]}
layers:
  - {type: tree, depth: 5}
""",
    "outputs besides the last": """
input: [3, 32, 32]
blocks:
  head: {layers: [{type: conv, filters: 2, kernel: 3}, {type: relu}]}
layers:
  - {name: stem, type: conv, filters: 4, kernel: 3, repeat: 7}
  - {name: one, type: head}
  - {name: two, type: head, from: stem}
  - {name: three, type: max_pool, from: stem, kernel: 2, stride: 2}
outputs: [one, stem, input, two, three]
""",
    "half of what sees different parts, after repetitions": """
input: [4, 24, 24]
blocks:
  deal:
    layers:
      - {name: a, type: conv, filters: 2, kernel: 1}
      - {name: b, type: conv, filters: 2, kernel: 3, padding: 1, from: input}
      - {type: concat, from: [a, b]}
  keep: {layers: [{type: relu}, {type: max_pool, kernel: 3, stride: 1, padding: 1}]}
layers:
  - {name: dealt, type: deal, repeat: 9}
  - {name: kept, type: keep, repeat: 12}
  - {name: half, type: split, parts: 2, take: 1}
  - {type: conv, filters: 4, kernel: 3}
""",
    "repetitions of which each takes half of what the one before put together": """
input: [4, 24, 24]
blocks:
  unit:
    layers:
      - {name: pass, type: split, parts: 2, take: 0}
      - {name: work, type: split, parts: 2, take: 1, from: input}
      - {name: worked, type: conv, filters: 2, kernel: 3, padding: 1}
      - {type: concat, from: [worked, pass]}
layers:
  - {name: units, type: unit, repeat: 1}
  - {name: first, type: conv, filters: 4, kernel: 1}
  - {name: more, type: unit, repeat: 9}
""",
    "repetitions in front of all that is trained": """
input: [3, 16, 16]
layers:
  - {name: a, type: relu, repeat: 9}
  - {type: conv, filters: 3, kernel: 1}
  - {type: relu, repeat: 9}
""",
}
"""Those that composition follows."""

WALKED = {
    "repetitions that see a pattern": """
input: [3, 64, 64]
blocks:
  branches:
    layers:
      - {name: a, type: conv, filters: 4, kernel: 3, stride: 2, padding: 1}
      - {name: b, type: max_pool, from: input, kernel: 4, stride: 4}
      - {name: c, type: upsample, scale: 2}
      - {type: concat, from: [a, c]}
layers:
  - {name: many, type: branches, repeat: 2}
  - {name: few, type: conv, filters: 4, kernel: 3, padding: 1, repeat: 9}
  - {type: global_max_pool}
  - {type: flatten}
  - {type: linear, units: 4}
""",
    "weights shared by all repetitions": """
input: [3, 16, 16]
layers:
  - {name: a, type: conv, filters: 3, kernel: 3, padding: 1, repeat: 9, weights: a}
  - {type: relu}
""",
    "a path to a layer inside of a block": """
input: [3, 16, 16]
blocks:
  two: {layers: [{name: a, type: relu}, {name: b, type: conv, filters: 3, kernel: 1}]}
layers:
  - {name: t, type: two}
  - {type: add, from: [t, t.a]}
""",
    "a layer whose figures are unknown": """
input: [3, 16, 16]
layers:
  - {name: a, type: opaque, op: Odd, shape: [4, 5, 5]}
  - {type: relu}
""",
}
"""Those that the walk goes through."""

UNLIKE = {
    "of more filters": "{type: conv, filters: 4, kernel: 3, weights: a}",
    "of another type": "{type: depthwise_conv, kernel: 3, weights: a}",
    "of a layer without any": "{type: relu, weights: r}",
    "of a layer below": "{type: conv, filters: 3, kernel: 3, weights: below}",
    "of an input": "{type: conv, filters: 3, kernel: 3, weights: input}",
    "frozen here": "{type: conv, filters: 3, kernel: 3, weights: a, frozen: true}",
    "frozen there": "{type: conv, filters: 3, kernel: 3, weights: f}",
    "of a block that is frozen otherwise": "{type: b, weights: whole, still: true}",
    "of a block that is not frozen": "{type: b, weights: still, still: false}",
    "of a block of other layers": "{type: b, weights: whole, act: sigmoid}",
    "of a block on what does not fit": "{type: b, weights: whole, from: small}",
    "of repetitions": "{type: conv, filters: 3, kernel: 3, weights: many}",
    "of each repetition": "{type: conv, filters: 3, kernel: 3, padding: 1, weights: many, repeat: 3}",
    "of what is left out": "{type: conv, filters: 3, kernel: 3, weights: gone}",
    "on other channels": "{type: conv, filters: 3, kernel: 3, weights: a, from: wide}",
}
"""Layers that use weights, or cannot, behind `SHARING`."""

SHARING = """
input: [3, 16, 16]
blocks:
  b:
    params: {still: false, act: relu}
    layers: [{type: conv, filters: 3, kernel: 5, frozen: $still}, {type: $act}]
layers:
  - {name: a, type: conv, filters: 3, kernel: 3, padding: 1}
  - {name: r, type: relu}
  - {name: f, type: conv, filters: 3, kernel: 3, padding: 1, frozen: true}
  - {name: many, type: conv, filters: 3, kernel: 3, padding: 1, repeat: 4}
  - {name: gone, type: conv, filters: 3, kernel: 3, padding: 1, when: false}
  - {name: whole, type: b}
  - {name: still, type: b, still: true, from: a}
  - {name: wide, type: conv, filters: 9, kernel: 1, from: a, unused: true}
  - {name: small, type: avg_pool, kernel: 14, from: a, unused: true}
  - {type: add, from: [whole, still], unused: true}
  - WHAT
  - {name: below, type: conv, filters: 3, kernel: 1}
"""

UNFIT = {
    "a kernel that is too large": """
input: [3, 8, 8]
layers: [{type: conv, filters: 4, kernel: 9}, {type: relu}, {type: conv, filters: 4, kernel: 99}]
""",
    "a layer that most repetitions cannot have": """
input: [4, 9, 9]
blocks:
  smaller:
    layers:
      - {name: a, type: conv, filters: 4, kernel: 3}
      - {name: b, type: max_pool, from: input, kernel: 3, stride: 1}
      - {type: add, from: [a, b]}
layers: [{name: many, type: smaller, repeat: 12}, {type: relu}]
""",
    "a side of each repetition that nobody is behind": """
input: [4, 9, 9]
blocks:
  cell:
    layers:
      - {name: a, type: conv, filters: 4, kernel: 3, padding: 1}
      - {name: b, type: conv, from: input, filters: 4, kernel: 11, unused: true}
      - {type: relu, from: a}
  two:
    layers: [{name: side, type: cell, unused: true}, {name: of, type: cell, from: input, repeat: 9}]
layers: [{name: many, type: two, repeat: 12}, {type: conv, filters: 4, kernel: 10}, {name: end, type: two}]
""",
    "branches that do not meet": """
input: {x: [4, 9, 9], y: [5, 9, 9]}
blocks:
  cell:
    inputs: [now, before]
    outputs: {now: sum, before: now}
    layers:
      - {name: sum, type: add, from: [now, before]}
layers:
  - {name: first, type: relu, from: y}
  - {name: cells, type: cell, from: [x, first], repeat: 4}
  - {type: linear, units: 10}
""",
    "channels that a group does not take, where $in is unknown, too": """
input: [24, 8, 8]
params: {g: 5}
blocks:
  cell:
    params: {groups: 1}
    layers:
      - {type: conv, filters: 2 * $in, kernel: 1}
      - {type: conv, filters: $in / 7, kernel: 1}
      - {name: c, type: conv, filters: 35, kernel: 1, groups: $groups}
      - {type: conv, filters: $in + 3, kernel: 1}
layers:
  - {name: a, type: cell, groups: $g}
  - {name: b, type: cell, groups: 1, from: input}
  - {type: concat, from: [a, b]}
""",
    "sizes that are multiplied": """
input: [3, 64, 64]
layers: [{type: upsample, scale: 100, repeat: 9}, {type: flatten}]
""",
    "too much": """
input: [3, 8, 8]
layers: [{type: relu, repeat: 200000}, {type: relu, repeat: 9}]
""",
    "too much, of which a layer would not fit": """
input: [3, 8, 8]
blocks: {b: {layers: [{type: conv, filters: 3, kernel: 3, repeat: 1000}]}}
layers: [{type: b, repeat: 900}]
""",
}
"""Those that are refused without the walk."""

WRONG = {
    "a layer that nobody reads": """
input: [3, 8, 8]
layers: [{type: relu, name: a}, {type: relu, from: input}]
""",
    "a parameter that is unknown": "input: [3, 8, 8]\nlayers: [{type: conv, filters: $x, kernel: 3}]",
    "no repetitions": "input: [3, 8, 8]\nlayers: [{type: conv, filters: 3, kernel: 3, repeat: 0}]",
    "too few inputs": "input: [3, 8, 8]\nlayers: [{type: add, from: [input]}]",
    "a block within itself": "input: [3, 8, 8]\nblocks: {b: {layers: [{type: b}]}}\nlayers: [{type: b}]",
    "an option behind a layer that does not fit": """
input: [3, 8, 8]
layers: [{type: conv, filters: 4, kernel: 9}, {type: conv, filters: 0, kernel: 1}]
""",
    "a value of an entry that is left out": """
input: [3, 8, 8]
params: {a: 1}
layers: [{type: relu}, {type: conv, filters: 0, kernel: 3, when: $a > 1}]
""",
    "a value of a block that nobody calls": """
input: [3, 8, 8]
blocks: {b: {layers: [{type: conv, filters: 0, kernel: 3}]}}
layers: [{type: relu}]
""",
    "a value of repetitions that are not there": """
input: [3, 8, 8]
layers: [{type: conv, filters: 4, padding: 1, kernel: 3, stride: 0, repeat: 1, first: {stride: 1}}]
""",
    "blocks that nest too deep": """
input: [3, 8, 8]
blocks:
  tree:
    params: {depth: 0}
    layers:
      - {name: a, type: relu}
      - {name: left, type: tree, when: $depth > 0, depth: $depth - 1}
      - {name: right, type: tree, from: a, when: $depth > 0, depth: $depth - 1}
      - {type: add, from: [left, right]}
layers: [{type: tree, depth: 60}]
""",
    "weights that are shared behind a layer that does not fit": """
input: [1, 1, 2]
layers:
  - {name: odd, type: max_pool, kernel: 3}
  - {name: a, type: parameter}
  - {name: b, type: parameter, from: odd, weights: a}
  - {type: add, from: [a, b]}
""",
    "more layers that do not fit than anybody reads": "input: [3, 8, 8]\nlayers:\n"
    + "".join(f"  - {{type: conv, from: input, filters: 3, kernel: {9 + i}}}\n" for i in range(150)),
}
"""Those that the walk refuses."""
