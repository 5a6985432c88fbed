/**
 * Places of what is drawn. Each level is laid out by itself: to unfold a block lays out that block and those
 * around it, and nothing beside it. Sizes are in pixels at full size.
 */

import { Graph, layout } from "@dagrejs/dagre";
import { inPort, OUT, type Level } from "./levels";
import type { Item } from "./tree";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An item in its place: the corner at the left and top. Blocks that are open stand before what is in them. */
export interface Placed extends Point {
  readonly item: Item;
  readonly width: number;
  readonly height: number;
  readonly open: boolean;
  readonly depth: number;
}

export interface Way {
  readonly from: string;
  readonly to: string;
  readonly skip: boolean;
  readonly points: readonly Point[];
  /** Whether it ends at an item: the tip is drawn there. */
  readonly tip: boolean;
}

export interface Laid {
  readonly width: number;
  readonly height: number;
  readonly placed: readonly Placed[];
  readonly ways: readonly Way[];
  /** Where ways come in at the top, by the ports' names, and where they go out at the bottom. */
  readonly ports: ReadonlyMap<string, number>;
}

export const HEAD = 24;
const MARGIN = 12;
const LINE = 16;

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
    const laid = this.lay(level, open, depth);
    this.kept.set(id, { open: signature, laid });
    return laid;
  }

  private lay(level: Level, open: ReadonlySet<string>, depth: number): Laid {
    const inner = new Map<string, Laid>();
    for (const item of level.items) {
      if (item.children.length && open.has(item.id)) inner.set(item.id, this.level(item.id, open, depth + 1));
    }
    const graph = new Graph();
    graph.setGraph({ rankdir: "TB", nodesep: 18, edgesep: 10, ranksep: 26, marginx: MARGIN, marginy: MARGIN });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const item of level.items) graph.setNode(item.id, this.size(item, inner.get(item.id)));
    for (const port of level.ins) graph.setNode(port, { width: 1, height: 1 });
    if (level.ins.length) {
      // Ports stand at the top: what holds them there outweighs the ways that go on from them.
      graph.setNode(TOP, { width: 1, height: 1 });
      for (const port of level.ins) graph.setEdge(TOP, port, { weight: 20 });
    }
    if (level.outs) graph.setNode(OUT, { width: 1, height: 1 });
    for (const arrow of level.arrows) graph.setEdge(arrow.from, arrow.to, { weight: arrow.skip ? 1 : 4 });
    layout(graph);
    return assemble(level, graph, inner, depth);
  }

  private size(item: Item, inner: Laid | undefined): { width: number; height: number } {
    if (inner) {
      const head = this.measure(headOf(item), true) + 44;
      return { width: Math.max(inner.width, head), height: inner.height + HEAD };
    }
    const lines = [item.operation, item.shape].filter(Boolean);
    const widths = [this.measure(item.title, true), ...lines.map((line) => this.measure(line, false))];
    return { width: Math.ceil(Math.max(...widths, 40)) + (item.children.length ? 40 : 24), height: (1 + lines.length) * LINE + 12 };
  }
}

const TOP = "\u0000top";

/** What stands at the head of a block that is open. */
export function headOf(item: Item): string {
  return item.title.replace(/[0-9_]+$/, "") === item.operation ? item.title : `${item.title} · ${item.operation}`;
}

function* openWithin(level: Level, open: ReadonlySet<string>, levels: ReadonlyMap<string, Level>): Generator<string> {
  for (const item of level.items) {
    if (!item.children.length || !open.has(item.id)) continue;
    yield item.id;
    yield* openWithin(levels.get(item.id) as Level, open, levels);
  }
}

/** Puts what is in open blocks into its place, and leads ways through the ports of these. */
function assemble(level: Level, graph: Graph, inner: ReadonlyMap<string, Laid>, depth: number): Laid {
  // What holds the ports at the top takes a rank of its own, which is cut off.
  const cut = level.ins.length ? (graph.node(level.ins[0] as string).y ?? 0) - MARGIN : 0;
  const at = (id: string): Point & { width: number; height: number } => {
    const node = graph.node(id) as Point & { width: number; height: number };
    return { x: node.x, y: node.y - cut, width: node.width, height: node.height };
  };
  const placed: Placed[] = [];
  const ways: Way[] = [];
  const ports = new Map<string, number>();
  const shifts = new Map<string, Point>();
  for (const item of level.items) {
    const { x, y, width, height } = at(item.id);
    const corner = { x: x - width / 2, y: y - height / 2 };
    const laid = inner.get(item.id);
    placed.push({ item, ...corner, width, height, open: laid !== undefined, depth });
    if (!laid) continue;
    const shift = { x: corner.x + (width - laid.width) / 2, y: corner.y + HEAD };
    shifts.set(item.id, shift);
    for (const each of laid.placed) placed.push({ ...each, x: each.x + shift.x, y: each.y + shift.y });
    for (const way of laid.ways) ways.push({ ...way, points: way.points.map((point) => moved(point, shift)) });
  }
  for (const port of level.ins) ports.set(port, at(port).x);
  if (level.outs) ports.set(OUT, at(OUT).x);
  const bottom = ((graph.graph() as { height?: number }).height ?? 0) - cut;

  for (const arrow of level.arrows) {
    const points = (graph.edge(arrow.from, arrow.to) as { points: Point[] }).points.map((point) => moved(point, { x: 0, y: -cut }));
    const start = portOf(arrow.from, OUT, inner, shifts);
    const end = portOf(arrow.to, inPort(arrow.from), inner, shifts);
    if (arrow.from.startsWith("\u0000")) points[0] = { x: at(arrow.from).x, y: 0 };
    else if (start !== undefined) points[0] = { x: start, y: at(arrow.from).y + at(arrow.from).height / 2 };
    if (arrow.to === OUT) points[points.length - 1] = { x: at(OUT).x, y: bottom };
    else if (end !== undefined) points[points.length - 1] = { x: end, y: at(arrow.to).y - at(arrow.to).height / 2 };
    ways.push({ ...arrow, points, tip: arrow.to !== OUT && end === undefined });
    // From the border down to where what is within begins.
    if (end !== undefined) {
      const y = at(arrow.to).y - at(arrow.to).height / 2;
      ways.push({ ...arrow, points: [{ x: end, y }, { x: end, y: y + HEAD }], tip: false });
    }
  }
  const width = (graph.graph() as { width?: number }).width ?? 0;
  return { width, height: bottom, placed, ways, ports };
}

function portOf(id: string, port: string, inner: ReadonlyMap<string, Laid>, shifts: ReadonlyMap<string, Point>): number | undefined {
  const x = inner.get(id)?.ports.get(port);
  return x === undefined ? undefined : x + (shifts.get(id)?.x ?? 0);
}

function moved(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}
