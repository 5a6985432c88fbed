/**
 * The outline of a network as a tree of what can be drawn: blocks with what stands in them, down to layers.
 * Equal repetitions are one node that stands for all, unless each is asked for.
 */

import { blocksWithin, type Outline } from "../outline";
import { count, shape } from "../text";
import type { Whole } from "../whole";
import type { Block, EqualRepetitions, LayerEntry } from "../types";

export interface Item {
  /** The path, which tells it from all others. */
  readonly id: string;
  readonly kind: "input" | "layer" | "block";
  readonly family: string;
  readonly title: string;
  /** What stands under the title: the type with its options; empty where the title says as much. */
  readonly operation: string;
  readonly shape: string;
  /** What the lines do not say: the whole path, and the main figures. */
  readonly words: string;
  /** Whether the network puts out what a layer in it puts out. */
  readonly output: boolean;
  /** Nodes go by their place: inputs are before 0, layers at their position. */
  readonly start: number;
  readonly stop: number;
  readonly children: readonly Item[];
  readonly parent: string;
}

export interface Tree {
  readonly items: readonly Item[];
  readonly byId: ReadonlyMap<string, Item>;
  /** Which places each drawn layer reads, by its place; only what stands before it. */
  readonly reads: ReadonlyMap<number, readonly number[]>;
}

/** Texts of a spec may be of any length; a node has room for this many characters. */
const LONGEST = 36;

export function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** Returns the tree of a network; with `each` every repetition stands in it. */
export function treeOf(outline: Outline, each: boolean): Tree {
  const { layers } = outline.summary;
  const places = new Map<string, number>(layers.map((layer, index) => [layer.name, index]));
  const names = [...new Set(layers.flatMap((layer) => layer.inputs))].filter((name) => !places.has(name));
  names.forEach((name, index) => places.set(name, index - names.length));

  const drawn = (place: number) => (each || place < 0 ? place : (outline.layers[place]?.drawn ?? place));
  const reads = new Map<number, number[]>();
  layers.forEach((layer, place) => {
    if (drawn(place) !== place) return;
    const sources = layer.inputs.map((name) => drawn(places.get(name) as number));
    reads.set(
      place,
      [...new Set(sources)].filter((source) => source < place),
    );
  });

  const items = [
    ...names.map((name) => input(outline, name, places.get(name) as number)),
    ...inside(outline, each),
  ];
  const byId = new Map<string, Item>();
  const enter = (item: Item) => {
    byId.set(item.id, item);
    item.children.forEach(enter);
  };
  items.forEach(enter);
  return { items, byId, reads };
}

function input(outline: Outline, name: string, place: number): Item {
  const text = shape(outline.summary.input_shapes?.[name] ?? outline.summary.input_shape);
  return {
    id: name,
    kind: "input",
    family: "input",
    title: short(name),
    operation: "",
    shape: text,
    words: `${name}: the input`,
    output: false,
    start: place,
    stop: place + 1,
    children: [],
    parent: "",
  };
}

/** Returns all items of the outermost level, with what stands in each. */
function inside(outline: Outline, each: boolean): Item[] {
  const within = blocksWithin(outline);
  const runs = new Map(each ? [] : outline.repetitions.map((run) => [run.first, run]));
  const stands = (place: number) => each || outline.layers[place]?.drawn === place;

  const level = (around: number | null, parent: string, start: number, stop: number): Item[] => {
    const found: Item[] = [];
    // A block without layers has no place of its own.
    const blocks = (within.get(around) ?? []).filter(([block]) => block.start < block.stop);
    const starts = new Map(blocks.map(([block, number]) => [block.start, [block, number] as const]));
    for (let place = start; place < stop;) {
      const [block, number = 0] = starts.get(place) ?? [];
      if (block && stands(place)) found.push(blockItem(block, number, parent));
      else if (!block && stands(place))
        found.push(layerItem(outline, place, parent, runs.get(nameAt(outline, place))));
      place = block ? block.stop : place + 1;
    }
    return found;
  };

  const blockItem = (block: Block, number: number, parent: string): Item => {
    const run = runs.get(block.path);
    let children = level(number, block.path, block.start, block.stop);
    const only = children.length === 1 ? children[0] : undefined;
    const whole = only ? runs.get(only.id) : undefined;
    // A repeat whose repetitions are all equal holds what stands in one of them: else one would unfold a box
    // that has one box in it.
    const merged = only?.kind === "block" && whole?.whole === true;
    if (merged) children = only.children.map((child) => ({ ...child, parent: block.path }));
    const times = run?.times ?? (merged ? whole.times : 1);
    const all = (within.get(number) ?? []).map(([each]) => each);
    const repeated = times === 1 && all.length > 1 && all.every((each) => /^\d+$/.test(own(each.path)));
    const operation = block.figures.type + (times > 1 ? ` × ${times}` : repeated ? ` × ${all.length}` : "");
    return {
      id: block.path,
      kind: "block",
      family: "block",
      title: title(block.path, run),
      operation: short(operation),
      shape: shape(block.figures.output_shape),
      words: words(block.figures, times),
      output: outline.outputs.some((name) => name.startsWith(`${block.path}.`)),
      start: block.start,
      stop: block.stop,
      children,
      parent,
    };
  };

  return level(null, "", 0, outline.summary.layers.length);
}

function layerItem(outline: Outline, place: number, parent: string, run: EqualRepetitions | undefined): Item {
  const entry = outline.summary.layers[place] as LayerEntry;
  const look = outline.layers[place];
  const said = look?.operation ?? entry.type;
  const times = run?.times ?? 1;
  const plain = said === entry.type && own(entry.name).replace(/[0-9_]+$/, "") === entry.type && times === 1;
  const operation = times > 1 ? `${said} × ${times}` : said;
  return {
    id: entry.name,
    kind: "layer",
    family: look?.family ?? "other",
    title: title(entry.name, run),
    operation: plain ? "" : short(operation),
    shape: shape(entry.output_shape),
    words: words(entry, times),
    output: outline.outputs.includes(entry.name),
    start: place,
    stop: place + 1,
    children: [],
    parent,
  };
}

function nameAt(outline: Outline, place: number): string {
  return outline.summary.layers[place]?.name ?? "";
}

function own(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function title(path: string, run: EqualRepetitions | undefined): string {
  return short(run ? `${own(path)} to ${own(run.last)}` : own(path));
}

function words(entry: LayerEntry, times: Whole): string {
  const each = times > 1 ? " each" : "";
  const figures = `${count(entry.params)} params${each}, ${count(entry.macs)} MACs${each}`;
  return `${entry.name}: ${figures}`;
}
