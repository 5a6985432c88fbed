/**
 * Where dagre puts what stands in one level. Levels that look alike are laid out once: most blocks of a deep
 * network are repeated, and while a network is edited most of its levels stay as they are.
 */

import { Graph, layout } from "@dagrejs/dagre";
import { column } from "./column";
import { type Level, OUT } from "./levels";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Middles of items, in the order of the level; ways in the order of its arrows. */
export interface Positions extends Size {
  readonly items: readonly Point[];
  /** Across, for each port at the top. */
  readonly ins: readonly number[];
  /** Across, for the port at the bottom; unused where there is none. */
  readonly out: number;
  readonly ways: readonly (readonly Point[])[];
}

export const MARGIN = 12;
/** Items of a level that dagre lays out within a second or two. */
const LONG = 1000;
/** Levels beyond so many are forgotten, the oldest first: a page may be edited for hours. */
const MOST = 1000;
const TOP = "top";
const known = new Map<string, Positions>();

export function positionsOf(level: Level, sizes: readonly Size[]): Positions {
  const numbers = new Map<string, string>();
  [...level.ins, ...level.items.map((item) => item.id), OUT].forEach((id, index) =>
    numbers.set(id, String(index)),
  );
  const name = (id: string) => numbers.get(id) as string;
  const key = [
    level.ins.length,
    level.outs,
    ...sizes.map((size) => `${size.width}×${size.height}`),
    ...level.arrows.map((arrow) => `${name(arrow.from)}${arrow.skip ? "~" : ">"}${name(arrow.to)}`),
  ].join(" ");
  const before = known.get(key);
  if (before) return before;
  const positions = level.items.length > LONG ? column(level, sizes) : laid(level, sizes, name);
  known.set(key, positions);
  const oldest = known.size > MOST ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  return positions;
}

function laid(level: Level, sizes: readonly Size[], name: (id: string) => string): Positions {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 18, edgesep: 10, ranksep: 26, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  level.items.forEach((item, index) => graph.setNode(name(item.id), { ...(sizes[index] as Size) }));
  for (const port of level.ins) graph.setNode(name(port), { width: 1, height: 1 });
  if (level.ins.length) {
    // Ports stand at the top: what holds them there outweighs the ways that go on from them.
    graph.setNode(TOP, { width: 1, height: 1 });
    for (const port of level.ins) graph.setEdge(TOP, name(port), { weight: 20 });
  }
  if (level.outs) graph.setNode(name(OUT), { width: 1, height: 1 });
  for (const arrow of level.arrows)
    graph.setEdge(name(arrow.from), name(arrow.to), { weight: arrow.skip ? 1 : 4 });
  layout(graph);

  // What holds the ports at the top takes a rank of its own, which is cut off. And dagre's width is that of
  // items alone: a way around them may lie beyond.
  const at = (id: string) => graph.node(name(id)) as unknown as Point;
  const ways = level.arrows.map(
    (arrow) => (graph.edge(name(arrow.from), name(arrow.to)) as unknown as { points: Point[] }).points,
  );
  const { width, height } = graph.graph() as unknown as Size;
  const across = ways.flat().map((point) => point.x);
  const left = Math.min(0, ...across.map((x) => x - MARGIN));
  const right = Math.max(width, ...across.map((x) => x + MARGIN));
  const cut = level.ins[0] === undefined ? 0 : at(level.ins[0]).y - MARGIN;
  const moved = ({ x, y }: Point) => ({ x: x - left, y: y - cut });
  return {
    width: right - left,
    height: height - cut,
    items: level.items.map((item) => moved(at(item.id))),
    ins: level.ins.map((port) => moved(at(port)).x),
    out: level.outs ? moved(at(OUT)).x : 0,
    ways: ways.map((points) => points.map(moved)),
  };
}
