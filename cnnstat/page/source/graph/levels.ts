/** The arrows of each level of a tree: among what stands beside each other, in from around it, and out. */

import type { Item, Tree } from "./tree";

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Another way leads there, too: past other items. */
  readonly skip: boolean;
}

/** What stands in one block, or at the outermost level. */
export interface Level {
  readonly items: readonly Item[];
  /** The ports by which what is read from outside comes in: one for each item that is read. */
  readonly ins: readonly string[];
  readonly outs: boolean;
  readonly arrows: readonly Arrow[];
}

/** The port by which what an item outside puts out comes in. No path of a spec begins like this. */
export const inPort = (id: string) => `\u0000in ${id}`;
export const OUT = "\u0000out";

/** Returns the levels by the id of the block that they are in; the outermost is under the empty one. */
export function levelsOf(tree: Tree): ReadonlyMap<string, Level> {
  const pairs = new Map<string, Map<string, [string, string]>>();
  const join = (block: string, from: string, to: string) => {
    let level = pairs.get(block);
    if (!level) pairs.set(block, (level = new Map()));
    level.set(`${from}\u0000${to}`, [from, to]);
  };
  const chains = chainsOf(tree);
  for (const [target, sources] of tree.reads) {
    const to = chains.get(target) ?? [];
    for (const source of sources) {
      const from = chains.get(source) ?? [];
      let common = 0;
      while (from[common] && from[common] === to[common]) common++;
      const [a, b] = [from[common], to[common]];
      if (!a || !b) continue; // a layer and what it is drawn in
      join(a.parent, a.id, b.id);
      for (const item of from.slice(common + 1)) join(item.parent, item.id, OUT);
      for (const item of to.slice(common + 1)) join(item.parent, inPort(a.id), item.id);
    }
  }
  const levels = new Map<string, Level>();
  const enter = (id: string, items: readonly Item[]) => {
    const found = [...(pairs.get(id)?.values() ?? [])];
    const ins = [...new Set(found.map(([from]) => from).filter((from) => from.startsWith("\u0000in ")))];
    const outs = found.some(([, to]) => to === OUT);
    levels.set(id, { items, ins, outs, arrows: arrowsOf(items, ins, found) });
    for (const item of items) if (item.children.length) enter(item.id, item.children);
  };
  enter("", tree.items);
  return levels;
}

/** Returns for each place the items that it stands in, from the outermost on. */
function chainsOf(tree: Tree): Map<number, readonly Item[]> {
  const chains = new Map<number, readonly Item[]>();
  const enter = (item: Item, around: readonly Item[]) => {
    const chain = [...around, item];
    if (item.children.length) for (const child of item.children) enter(child, chain);
    else for (let place = item.start; place < item.stop; place++) chains.set(place, chain);
  };
  for (const item of tree.items) enter(item, []);
  return chains;
}

/** Returns the arrows of a level: of several into one item, those past what the others lead through are skips. */
function arrowsOf(
  items: readonly Item[],
  ins: readonly string[],
  pairs: readonly [string, string][],
): Arrow[] {
  const order = new Map([...ins, ...items.map((item) => item.id), OUT].map((id, index) => [id, index]));
  const sources = new Map<string, string[]>();
  for (const [from, to] of pairs) {
    const reads = sources.get(to);
    if (reads) reads.push(from);
    else sources.set(to, [from]);
  }
  const arrows: Arrow[] = [];
  for (const to of order.keys()) {
    const reads = sources.get(to) ?? [];
    const above = reads.length > 1 ? aboveOf(reads, sources, order) : null;
    for (const from of reads) arrows.push({ from, to, skip: above?.has(from) ?? false });
  }
  return arrows;
}

/** Returns what leads to any of these, back to the first of them: items stand behind what they read. */
function aboveOf(
  reads: readonly string[],
  sources: ReadonlyMap<string, readonly string[]>,
  order: ReadonlyMap<string, number>,
): ReadonlySet<string> {
  const place = (id: string) => order.get(id) as number;
  const first = reads.reduce((least, id) => Math.min(least, place(id)), Infinity);
  const above = new Set<string>();
  const left = [...reads];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    for (const from of sources.get(id) ?? []) {
      if (place(from) < first || above.has(from)) continue;
      above.add(from);
      left.push(from);
    }
  }
  return above;
}
