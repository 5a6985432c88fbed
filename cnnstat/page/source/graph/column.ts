/**
 * Places of a level that is too long for dagre, which calls itself once for each item of a way and has no room
 * left beyond some two thousand: one column in the order of the spec, with all other ways in lanes beside it.
 */

import { type Level, OUT } from "./levels";
import { MARGIN, type Point, type Positions, type Size } from "./positions";

const GAP = 26;
const LANE = 10;
/** Lanes beside the column; ways share them where more run side by side. */
const LANES = 24;

export function column(level: Level, sizes: readonly Size[]): Positions {
  const widest = sizes.reduce((most, size) => Math.max(most, size.width), 1);
  const middle = MARGIN + widest / 2;
  const items: Point[] = [];
  let bottom = MARGIN;
  for (const { height } of sizes) {
    items.push({ x: middle, y: bottom + height / 2 });
    bottom += height + GAP;
  }
  const height = bottom - GAP + MARGIN;
  // Ports of what is read stand above all items, what is put out below them.
  const index = new Map(level.items.map((item, at) => [item.id, at]));
  const place = (id: string) => index.get(id) ?? (id === OUT ? items.length : -1);
  const top = (at: number) => (at < items.length ? edge(at, -1) : height);
  const end = (at: number) => (at < 0 ? 0 : edge(at, 1));
  const edge = (at: number, side: 1 | -1) => (items[at] as Point).y + (side * (sizes[at] as Size).height) / 2;

  const taken: number[] = [];
  const laneOf = new Map<number, number>();
  // Each way takes the first lane that is free where it begins.
  const beside = level.arrows
    .map((arrow, number) => ({ number, from: place(arrow.from), to: place(arrow.to) }))
    .filter(({ from, to }) => to !== from + 1)
    .sort((one, other) => one.from - other.from);
  for (const { number, from, to } of beside) {
    const free = taken.findIndex((until) => until <= from);
    const lane = free < 0 ? taken.length % LANES : free;
    taken[lane] = Math.max(taken[lane] ?? 0, to);
    laneOf.set(number, lane);
  }
  const ways = level.arrows.map((arrow, number) => {
    const [from, to] = [end(place(arrow.from)), top(place(arrow.to))];
    const lane = laneOf.get(number);
    if (lane === undefined)
      return [
        { x: middle, y: from },
        { x: middle, y: to },
      ];
    const x = MARGIN + widest + LANE * (lane + 1);
    return [
      { x: middle, y: from },
      { x, y: from + GAP / 2 },
      { x, y: to - GAP / 2 },
      { x: middle, y: to },
    ];
  });
  const width = widest + 2 * MARGIN + (taken.length ? LANE * (taken.length + 1) : 0);
  return { width, height, items, ins: level.ins.map(() => middle), out: middle, ways };
}
