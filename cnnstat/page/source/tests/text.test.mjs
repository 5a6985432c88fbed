// The terminal's tests read the same cases: tests/page/test_texts.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { parsed } from "../json";
import { bytes, count, field, grouped, named, real, shape, sizes, visible } from "../text";

const cases = parsed(readFileSync("../../../tests/page/texts.json", "utf-8"));
const written = { bytes, count, grouped, real, sizes, visible };

for (const [way, each] of Object.entries(cases)) {
  test(`${way} is written as the terminal does`, () => {
    assert.ok(each.length > 2);
    for (const [value, text] of each) assert.equal(written[way](value), text);
  });
}

test("there are cases of each way", () => {
  assert.deepEqual(Object.keys(written).sort(), Object.keys(cases).sort());
});

test("a shape is a product, of vectors one number", () => {
  assert.equal(shape([64, 56, 56]), "64×56×56");
  assert.equal(shape([997993008016000000n]), "997993008016000000");
  assert.equal(shape(null), "–");
});

test("a field says what it is", () => {
  const of = { size: [7, 9], aligned: true };
  assert.equal(field(of), "7×9");
  assert.equal(field({ ...of, aligned: false }), "7×9, not aligned");
  assert.equal(field({ ...of, upper_bound_because_of: "x" }), "at most 7×9");
  assert.equal(field({ ...of, global: true }), "all");
  assert.equal(field({ ...of, unseen: true }), "none");
  assert.equal(field({ size: null, unknown_because_of: "x" }), "unknown because of x");
});

test("a name of blanks stands in quotes", () => {
  assert.equal(named("net"), "net");
  assert.equal(named(" "), '" "');
});
