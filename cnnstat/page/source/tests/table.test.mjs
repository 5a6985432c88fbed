import assert from "node:assert/strict";
import test from "node:test";
import { fragmentOf, placeOf } from "../place";
import { COLUMNS } from "../table/columns";
import { csv } from "../table/csv";

const params = COLUMNS.find((column) => column.id === "params");
const output = COLUMNS.find((column) => column.id === "output_shape");
const row = (id, entry) => ({ id, entry: { type: "conv", ...entry }, operation: "", children: [] });

test("CSV has raw numbers, and quotes what has commas or quotes", () => {
  const rows = [
    row("conv1", { params: 1234, output_shape: [3, 4] }),
    row('a,"b"', { params: null, output_shape: [5] }),
    row("large", { params: 27_000_000_000_000_001n, output_shape: [5] }),
  ];
  assert.equal(
    csv(rows, [params, output]),
    'layer,type,params,output_shape\r\nconv1,conv,1234,3×4\r\n"a,""b""",conv,,5\r\n' +
      "large,conv,27000000000000001,5\r\n",
  );
});

test("no cell of CSV is a formula", () => {
  for (const name of ["=1+1", "+x", "-x", "@x", "\tx"]) {
    const line = csv([row(name, { params: 1 })], [params]).split("\r\n")[1];
    assert.match(line, /^"?'/);
  }
});

test("lines go by numbers, and what is unknown stands below all", () => {
  const ranks = [27_000_000_000_000_001n, 5, 27_000_000_000_000_002n, null].map((each) =>
    params.rank({ params: each }),
  );
  assert.deepEqual(
    ranks.sort((one, other) => (one < other ? -1 : one > other ? 1 : 0)),
    [-1, 5, 27_000_000_000_000_001n, 27_000_000_000_000_002n],
  );
});

test("a place is in the address, and comes back from it", () => {
  const start = { network: -1, layer: "", unit: "", tab: "layers" };
  for (const place of [
    start,
    { network: 3, layer: "a&b=c #%", unit: "1,2,3", tab: "memory" },
    { ...start, layer: "é\u2028" },
  ])
    assert.deepEqual(placeOf(fragmentOf(place, start), start), place);
  assert.equal(fragmentOf(start, start), "");
  assert.equal(placeOf("#network=x", start).network, -1);
});
