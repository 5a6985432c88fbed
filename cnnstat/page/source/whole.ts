/**
 * Whole numbers of any size. Those that a browser's numbers do not all have, from 2^53 on, are BigInts; the
 * others never are, so that equal ones are the same. Comparisons take both; sums and products are made here.
 */

export type Whole = number | bigint;

export function whole(value: bigint): Whole {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}

/** Returns the number that a field holds. */
export function numberOf(text: string): Whole {
  return /^-?\d+$/.test(text) ? whole(BigInt(text)) : Number(text);
}

export function difference(one: Whole, other: Whole): Whole {
  return whole(BigInt(one) - BigInt(other));
}

export function product(values: readonly Whole[]): Whole {
  const near = values.reduce<number>((all, each) => all * Number(each), 1);
  return Number.isSafeInteger(near)
    ? near
    : whole(values.reduce<bigint>((all, each) => all * BigInt(each), 1n));
}

/** Returns the number that stands in the middle of so many, counted from 0. */
export function half(size: Whole): Whole {
  return whole(BigInt(size) / 2n);
}

export function magnitude(value: Whole): Whole {
  return value < 0 ? -value : value;
}
