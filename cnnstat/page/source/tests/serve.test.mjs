import assert from "node:assert/strict";
import test from "node:test";
import { asRead, separatorOf } from "../serve/ends";
import { propertiesOf, schemaAt, valuesOf } from "../serve/schema";

test("lines end as the file's do, unless these differ", () => {
  for (const [text, separator, read] of [
    ["a\nb\n", "\n", "a\nb\n"],
    ["a\r\nb\r\n", "\r\n", "a\nb\n"],
    ["a\r\nb\n", "\n", "a\r\nb\n"],
    ["a\rb", "\n", "a\rb"],
    ["a\r\rb\r\n", "\n", "a\r\rb\r\n"],
    ["", "\n", ""],
  ]) {
    assert.equal(separatorOf(text), separator);
    assert.equal(asRead(text), read);
  }
});

const ROOT = {
  properties: { layers: { items: { $ref: "#/$defs/entry" } }, params: { additionalProperties: {} } },
  $defs: {
    entry: { properties: { type: { anyOf: [{ const: "conv", description: "a conv" }] } } },
    conv: { properties: { kernel: { type: "integer", examples: [3] }, bias: { type: "boolean" } } },
  },
};

test("the schema is read along a path, with the options of a layer's type", () => {
  const items = [
    { key: "layers", kind: null },
    { key: null, kind: "conv" },
  ];
  const layer = schemaAt(ROOT, items);
  assert.deepEqual(Object.keys(propertiesOf(ROOT, layer)), ["type", "kernel", "bias"]);
  const at = (key) => valuesOf(ROOT, schemaAt(ROOT, [...items, { key, kind: null }]));
  assert.deepEqual(at("type"), [["conv", "a conv"]]);
  assert.deepEqual(at("bias"), [
    ["true", ""],
    ["false", ""],
  ]);
  assert.deepEqual(at("kernel"), [["3", "an example"]]);
  assert.equal(schemaAt(ROOT, [{ key: "nothing", kind: null }]), undefined);
});
