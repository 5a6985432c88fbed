import assert from "node:assert/strict";
import test from "node:test";
import { regionOf, words } from "../panel/region";
import { axisNames, middle, placesOf, unitOf } from "../panel/unit";

test("a unit is read as it is typed, or refused", () => {
  assert.deepEqual(unitOf("2, 0 31", [3, 32, 32]), [2, 0, 31]);
  for (const text of ["", "2,0", "2,0,32", "-1,0,0", "a,0,0", "1.5,0,0", "1e1,0,0"])
    assert.equal(unitOf(text, [3, 32, 32]), null);
  assert.deepEqual(unitOf("997993008015999999", [997993008016000000n]), [997993008015999999n]);
  assert.equal(unitOf("997993008016000000", [997993008016000000n]), null);
});

test("the middle is that of Python's whole division", () => {
  assert.deepEqual(middle([1, 2, 3, 4]), [0, 1, 1, 2]);
  assert.deepEqual(middle([997993008016000001n]), [498996504008000000n]);
});

test("a vector has one place, a map those behind its channel", () => {
  assert.deepEqual(placesOf([5]), [5]);
  assert.deepEqual(placesOf([5, 6, 7]), [6, 7]);
  assert.deepEqual(axisNames(3), ["channel", "row", "column"]);
  assert.deepEqual(axisNames(5).length, 5);
});

test("a region goes by runs, and is cut off at the ends of the input", () => {
  const runs = [
    [0, -1, 1, 2, 2],
    [4, 7, 9, 0, 0],
  ];
  const fields = {
    axes: [
      { units: 6, region: runs },
      { units: 6, region: runs },
    ],
  };
  const [rows, columns] = regionOf(fields, [0, 0, 5], [3, 9, 9]);
  assert.deepEqual(rows, { whole: { first: -1, last: 1 }, clipped: { first: 0, last: 1 } });
  assert.deepEqual(columns, { whole: { first: 7, last: 9 }, clipped: { first: 7, last: 8 } });
  const [third] = regionOf(fields, [0, 3, 3], [3, 9, 9]);
  assert.deepEqual(third.whole, { first: 5, last: 7 });
  const own = { axes: [{ units: 6, region: runs, region_on_input: [[0, 2, 3, 1, 1]] }] };
  assert.deepEqual(regionOf(own, [0, 1], [3, 9])[0].clipped, { first: 3, last: 4 });
});

test("a region beyond 2^53 is exact", () => {
  const far = 1_000_000_000_000_000_003n;
  const fields = { axes: [{ units: far, region: [[0, 0, 6, 3, 3]] }] };
  assert.deepEqual(regionOf(fields, [0, far - 1n], [1, 3n * far + 4n])[0].whole, {
    first: 3n * (far - 1n),
    last: 3n * (far - 1n) + 6n,
  });
});

test("a span is said in words", () => {
  assert.equal(words({ first: 3, last: 5 }), "3 to 5");
  assert.equal(words({ first: -2, last: 5 }), "−2 to 5");
  assert.equal(words({ first: 4, last: 4 }), "4");
  assert.equal(words({ first: 0, last: -1 }), "nothing");
});
