import assert from "node:assert/strict";
import test from "node:test";
import { allBlocks, openAtFirst, shownFor, toggled } from "../graph/folding";
import { inPort, levelsOf } from "../graph/levels";
import { treeOf } from "../graph/tree";
import { widthOnPaper } from "../graph/zoom";
import { blocksWithin } from "../outline";
import { groupedRows } from "../table/rows";
import { hasWords } from "../text";

const layer = (name, inputs) => ({
  name,
  type: "relu",
  inputs,
  output_shape: [3, 8, 8],
  params: 0,
  macs: 27_000_000_000_000_001n,
});
const block = (path, start, stop, inside) => ({
  path,
  start,
  stop,
  inside,
  figures: { ...layer(path, []), type: "unit" },
});

/** stem, then a block `body` of two equal repetitions, of which the second reads the first, and one without layers. */
const OUTLINE = {
  summary: {
    input_shape: [3, 8, 8],
    layers: [
      layer("stem", ["input"]),
      layer("body.0.a", ["stem"]),
      layer("body.1.a", ["body.0.a"]),
      layer("head", ["body.1.a"]),
    ],
  },
  outputs: ["head"],
  layers: [0, 1, 1, 3].map((drawn) => ({ drawn, operation: "relu", family: "activation", line: 1 })),
  blocks: [
    block("empty", 1, 1, null),
    block("body", 1, 3, null),
    block("body.0", 1, 2, 1),
    block("body.1", 2, 3, 1),
  ],
  repetitions: [{ first: "body.0", last: "body.1", times: 2, whole: true }],
};
const ids = (items) => items.map((item) => item.id);

test("blocks stand in each other as the spec has them", () => {
  const within = blocksWithin(OUTLINE);
  assert.deepEqual(
    within.get(null).map(([each]) => each.path),
    ["empty", "body"],
  );
  assert.deepEqual(
    within.get(1).map(([each, position]) => [each.path, position]),
    [
      ["body.0", 2],
      ["body.1", 3],
    ],
  );
});

test("the tree has each repetition where it is asked for, and else one that stands for all", () => {
  const each = treeOf(OUTLINE, true);
  assert.deepEqual(ids(each.items), ["input", "stem", "body", "head"]);
  assert.deepEqual(ids(each.byId.get("body").children), ["body.0", "body.1"]);
  const once = treeOf(OUTLINE, false);
  assert.deepEqual(ids(once.byId.get("body").children), ["body.0.a"]);
  assert.match(once.byId.get("body").operation, /× 2$/);
  assert.match(once.byId.get("stem").words, /27,000,000,000,000,001 MACs/);
  assert.ok(once.byId.get("head").output && !once.byId.get("stem").output);
});

test("what is folded away is stood for by what is shown around it", () => {
  const tree = treeOf(OUTLINE, true);
  assert.deepEqual([...allBlocks(tree)].sort(), ["body", "body.0", "body.1"]);
  assert.equal(shownFor(tree, new Set(), "body.1.a"), "body");
  assert.equal(shownFor(tree, new Set(["body"]), "body.1.a"), "body.1");
  assert.equal(shownFor(tree, new Set(["body", "body.1"]), "body.1.a"), "body.1.a");
  assert.equal(shownFor(tree, new Set(), "nothing"), "");
  assert.deepEqual([...openAtFirst(tree)].sort(), ["body", "body.0", "body.1"]);
  assert.deepEqual([...toggled(new Set(["a"]), "b")], ["a", "b"]);
  assert.deepEqual([...toggled(new Set(["a"]), "a")], []);
});

test("arrows of a level are those among what stands in it", () => {
  const levels = levelsOf(treeOf(OUTLINE, true));
  assert.deepEqual(
    levels.get("").arrows.map(({ from, to, skip }) => [from, to, skip]),
    [
      ["input", "stem", false],
      ["stem", "body", false],
      ["body", "head", false],
    ],
  );
  assert.deepEqual(levels.get("body").ins, [inPort("stem")]);
  assert.ok(levels.get("body").outs);
});

test("the table has the same order, with the block without layers", () => {
  const rows = groupedRows(OUTLINE);
  assert.deepEqual(ids(rows), ["stem", "empty", "body", "head"]);
  assert.deepEqual(
    rows[2].children.map((row) => [row.id, ids(row.children)]),
    [
      ["body.0", ["body.0.a"]],
      ["body.1", ["body.1.a"]],
    ],
  );
});

test("a graph is on one sheet where it can be read so", () => {
  assert.equal(widthOnPaper({ width: 200, height: 400 }), 200);
  assert.equal(widthOnPaper({ width: 200, height: 1000 }), 160);
  assert.equal(widthOnPaper({ width: 200, height: 9000 }), 200);
});

test("a filter wants each of its words, in any order and capitals", () => {
  assert.ok(hasWords("layer1.0 conv 3×3", "CONV layer1"));
  assert.ok(hasWords("x", "  "));
  assert.ok(!hasWords("layer1", "layer1 pool"));
});
