/**
 * Places of what is drawn. Each level is laid out by itself: to unfold a block lays out that block and those
 * around it, and nothing beside it. Sizes are in pixels at full size.
 */

import { inPort, type Level, OUT } from "./levels";
import { type Point, type Positions, positionsOf, type Size } from "./positions";
import type { Item } from "./tree";

/** An item in its place: the corner at the left and top. Blocks that are open stand before what is in them. */
export interface Placed extends Point, Size {
  readonly item: Item;
  readonly open: boolean;
  readonly depth: number;
  /** Which one it is of those that stand beside each other, from 1 on, and how many these are. */
  readonly number: number;
  readonly beside: number;
}

export interface Way {
  readonly from: string;
  readonly to: string;
  readonly skip: boolean;
  readonly points: readonly Point[];
  /** Whether it ends at an item: the tip is drawn there. */
  readonly tip: boolean;
}

export interface Laid extends Size {
  readonly placed: readonly Placed[];
  readonly ways: readonly Way[];
  /** Where ways come in at the top, by the ports' names, and where they go out at the bottom. */
  readonly ports: ReadonlyMap<string, number>;
}

/** How high the head of an open block is, and a line of text. */
export const HEAD = 24;
export const LINE = 16;
/** How wide the sign is by which a block is folded, and how much of that texts beside it leave free. */
export const SIGN = 24;
export const BESIDE_SIGN = 16;
/** What is free before a title in a head, beside lines, and above and below them together. */
export const INSET = 10;
const PADDING = 12;
/** So that the shortest name can be hit. */
const NARROWEST = 40;

type Measure = (text: string, bold: boolean) => number;

/** Lays out levels, and keeps what it has laid out as long as nothing in it is folded or unfolded. */
export class Layouts {
  private readonly kept = new Map<string, { readonly open: string; readonly laid: Laid }>();

  constructor(
    private readonly levels: ReadonlyMap<string, Level>,
    private readonly measure: Measure,
  ) {}

  whole(open: ReadonlySet<string>): Laid {
    return this.level("", open, 0);
  }

  private level(id: string, open: ReadonlySet<string>, depth: number): Laid {
    const level = this.levels.get(id) as Level;
    const signature = [...openWithin(level, open, this.levels)].join("\n");
    const before = this.kept.get(id);
    if (before?.open === signature) return before.laid;
    const inner = new Map<string, Laid>();
    for (const item of level.items) {
      if (item.children.length && open.has(item.id)) inner.set(item.id, this.level(item.id, open, depth + 1));
    }
    const sizes = level.items.map((item) => this.size(item, inner.get(item.id)));
    const laid = assemble(level, sizes, positionsOf(level, sizes), inner, depth);
    this.kept.set(id, { open: signature, laid });
    return laid;
  }

  private size(item: Item, inner: Laid | undefined): Size {
    if (inner) {
      const head = this.measure(headOf(item), true) + 2 * INSET + SIGN;
      return { width: Math.ceil(Math.max(inner.width, head)), height: inner.height + HEAD };
    }
    const lines = [item.operation, item.shape].filter(Boolean);
    const widths = [this.measure(item.title, true), ...lines.map((line) => this.measure(line, false))];
    const beside = 2 * PADDING + (item.children.length ? BESIDE_SIGN : 0);
    return {
      width: Math.ceil(Math.max(...widths, NARROWEST)) + beside,
      height: (1 + lines.length) * LINE + PADDING,
    };
  }
}

/** What stands at the head of a block that is open. */
export function headOf(item: Item): string {
  return item.title.replace(/[0-9_]+$/, "") === item.operation
    ? item.title
    : `${item.title} · ${item.operation}`;
}

function* openWithin(
  level: Level,
  open: ReadonlySet<string>,
  levels: ReadonlyMap<string, Level>,
): Generator<string> {
  for (const item of level.items) {
    if (!item.children.length || !open.has(item.id)) continue;
    yield item.id;
    yield* openWithin(levels.get(item.id) as Level, open, levels);
  }
}

/** Puts what is in open blocks into its place, and leads ways through the ports of these. */
function assemble(
  level: Level,
  sizes: readonly Size[],
  positions: Positions,
  inner: ReadonlyMap<string, Laid>,
  depth: number,
): Laid {
  const placed: Placed[] = [];
  const ways: Way[] = [];
  const ports = new Map<string, number>(
    level.ins.map((port, index) => [port, positions.ins[index] as number]),
  );
  if (level.outs) ports.set(OUT, positions.out);
  const boxes = new Map<string, Point & Size & { shift: Point }>();
  level.items.forEach((item, index) => {
    const [{ x, y }, { width, height }] = [positions.items[index] as Point, sizes[index] as Size];
    const corner = { x: x - width / 2, y: y - height / 2 };
    const laid = inner.get(item.id);
    const among = { number: index + 1, beside: level.items.length };
    placed.push({ item, ...corner, width, height, open: laid !== undefined, depth, ...among });
    const shift = { x: corner.x + (width - (laid?.width ?? 0)) / 2, y: corner.y + HEAD };
    boxes.set(item.id, { ...corner, width, height, shift });
    for (const each of laid?.placed ?? []) placed.push({ ...each, ...moved(each, shift) });
    for (const way of laid?.ways ?? [])
      ways.push({ ...way, points: way.points.map((point) => moved(point, shift)) });
  });

  /** Returns where a way meets a port of an open block, across. */
  const port = (id: string, name: string) => {
    const x = inner.get(id)?.ports.get(name);
    return x === undefined ? undefined : x + (boxes.get(id)?.shift.x ?? 0);
  };
  level.arrows.forEach((arrow, index) => {
    const points = [...(positions.ways[index] as readonly Point[])];
    const [from, to] = [boxes.get(arrow.from), boxes.get(arrow.to)];
    const [start, end] = [port(arrow.from, OUT), port(arrow.to, inPort(arrow.from))];
    if (!from) points[0] = { x: ports.get(arrow.from) as number, y: 0 };
    else if (start !== undefined) points[0] = { x: start, y: from.y + from.height };
    if (!to) points[points.length - 1] = { x: positions.out, y: positions.height };
    else if (end !== undefined) {
      points[points.length - 1] = { x: end, y: to.y };
      // From the border down to where what is within begins.
      ways.push({
        ...arrow,
        points: [
          { x: end, y: to.y },
          { x: end, y: to.y + HEAD },
        ],
        tip: false,
      });
    }
    ways.push({ ...arrow, points, tip: to !== undefined && end === undefined });
  });
  return { width: positions.width, height: positions.height, placed, ways, ports };
}

function moved(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}
