import assert from "node:assert/strict";
import test from "node:test";
import { refusedField } from "../serve/refused_field";
import { inYaml, listOf, nearest, written } from "../serve/setting_text";

test("a list is read as it is written, with lists in it", () => {
  for (const list of [[], [1, 2], [[1, 2], [3]], [[1, 2]], [true, "a", 1.5], [12345678901234567890n]])
    assert.deepEqual(listOf(written(list)), list);
  assert.deepEqual(listOf("1, 2,"), [1, 2]);
  assert.deepEqual(listOf("[1, [2, 3"), [1, [2, 3]]);
});

test("a text stays a text in YAML", () => {
  assert.equal(inYaml("relu"), "relu");
  for (const word of ["yes", "No", "null", "1.5", "a # b", "a: b", "", "- x", "$w", "[1]", '"'])
    assert.equal(inYaml(word), JSON.stringify(word));
  assert.equal(inYaml(["a", "on", [1, false]]), '[a, "on", [1, false]]');
  assert.equal(inYaml(12345678901234567890n), "12345678901234567890");
});

test("a thumb stands at its value, or next to it", () => {
  assert.equal(nearest([1, 2, 4, 8], 4), 2);
  assert.equal(nearest([1, 2, 4, 8], 7), 3);
  assert.equal(nearest([1, 2, 4, 8], 100), 3);
  assert.equal(nearest(["a", "b"], "b"), 1);
  assert.equal(nearest(["a", "b"], "z"), 0);
  assert.equal(nearest([[1, 2], [3]], [3]), 1);
});

test("a refusal marks the field that it names", () => {
  assert.equal(refusedField("batch", "batch: expected a whole number")["aria-invalid"], "true");
  for (const refused of ["", "batches: no", "width: expected", "batch"])
    assert.deepEqual(refusedField("batch", refused), {});
});
