import assert from "node:assert/strict";
import test from "node:test";
import { encoded, parsed } from "../json";
import { drawable } from "../tabs/chart_numbers";
import { difference, half, magnitude, product, whole } from "../whole";

const LARGE = 27_000_000_000_000_001n;

test("JSON keeps every digit of a whole number, and small ones stay numbers", () => {
  for (const text of ["9007199254740991", "9007199254740993", `${LARGE}`, `-${LARGE}`, "1".repeat(40)]) {
    for (const around of [text, `[${text}]`, `{"a":${text}}`, `{"a":[0,${text}]}`, ` [ 1 , ${text} ] `]) {
      const found = [parsed(around)].flatMap((each) => each?.a ?? each).at(-1);
      assert.equal(String(found), text);
      assert.equal(typeof found, Number.isSafeInteger(Number(text)) ? "number" : "bigint");
    }
  }
});

test("no text, key or fraction is taken for a large number", () => {
  const hostile = [
    "n123",
    "s",
    "",
    `:${LARGE}`,
    `"${LARGE}`,
    `\\",${LARGE}`,
    `[${LARGE}]`,
    "\\",
    '\\"',
    "\u2028</script>",
    "__proto__",
  ];
  const value = {
    hostile,
    ...Object.fromEntries(hostile.filter((each) => each !== "__proto__").map((each) => [each, each])),
    numbers: [0.12345678901234567, -1.5e300, 1e-300, 1234567890123456.5, 1e22, -0.1, 12],
    others: [true, false, null, [], {}],
  };
  assert.deepEqual(parsed(JSON.stringify(value)), value);
  // The same beside a number that makes it look at each part.
  const beside = parsed(JSON.stringify({ ...value, large: 0 }).replace('"large":0', `"large":${LARGE}`));
  assert.deepEqual(beside, { ...value, large: LARGE });
  assert.deepEqual(parsed(encoded(beside)), beside);
});

test("what is written is what JSON.stringify writes, but for large numbers", () => {
  const value = { a: [1, "x\n", null, true], b: undefined, c: { d: 0.5 } };
  assert.equal(encoded(value), JSON.stringify(value));
  assert.equal(encoded({ a: LARGE }), `{"a":${LARGE}}`);
});

test("arithmetic of whole numbers is exact, and returns to numbers", () => {
  assert.equal(whole(12n), 12);
  assert.equal(product([3, 9001, 999983, 999979]), 3n * 9001n * 999983n * 999979n);
  assert.equal(product([]), 1);
  assert.equal(product([2, 3n]), 6);
  assert.equal(difference(LARGE, LARGE - 2n), 2);
  assert.equal(difference(2, LARGE), 2n - LARGE);
  assert.equal(half(7), 3);
  assert.equal(half(LARGE), LARGE / 2n);
  assert.equal(magnitude(-LARGE), LARGE);
  assert.ok(LARGE > 5 && 5 < LARGE);
});

test("a chart is drawn with numbers, and its tooltips have texts", () => {
  const layer = {
    data: { values: [{ series: "conv", value: LARGE, top: LARGE, bottom: 0 }, { value: 1.5 }] },
    encoding: {
      y: { field: "top", axis: { format: "," } },
      tooltip: [{ field: "series" }, { field: "value", title: "MACs", format: "," }],
    },
  };
  const found = drawable({ hconcat: [{ layer: [layer] }] }).hconcat[0].layer[0];
  const [first, second] = found.data.values;
  assert.equal(first.value, Number(LARGE));
  assert.equal(first["value in full"], "27,000,000,000,000,001");
  assert.equal(second["value in full"], "1.5");
  assert.deepEqual(found.encoding.tooltip, [{ field: "series" }, { field: "value in full", title: "MACs" }]);
  assert.deepEqual(found.encoding.y, layer.encoding.y);
});
