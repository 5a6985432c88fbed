/** What stands in a line of the table: a layer, or a block with all that is in it. */

import { blocksWithin, type Outline } from "../outline";
import type { LayerEntry } from "../types";

export interface Row {
  readonly id: string;
  readonly entry: LayerEntry;
  readonly operation: string;
  /** Of a block its layers and blocks; none of a layer. */
  readonly children: readonly Row[];
}

export function layerRows(outline: Outline): Row[] {
  return outline.summary.layers.map((entry, place) => ({
    id: entry.name,
    entry,
    children: [],
    operation: outline.layers[place]?.operation ?? entry.type,
  }));
}

/** Returns the layers grouped by blocks, in the order of the spec. */
export function groupedRows(outline: Outline): Row[] {
  const layers = layerRows(outline);
  const within = blocksWithin(outline);
  const level = (around: number | null, start: number, stop: number): Row[] => {
    const found: Row[] = [];
    let place = start;
    for (const [block, position] of within.get(around) ?? []) {
      found.push(...layers.slice(place, block.start));
      const children = level(position, block.start, block.stop);
      found.push({
        id: block.path,
        entry: block.figures,
        operation: block.figures.type,
        children,
      });
      place = block.stop;
    }
    return [...found, ...layers.slice(place, stop)];
  };
  return level(null, 0, layers.length);
}
