/** What of a network is always at hand: graph and table are made of it. */

import type { Block, NetworkPage } from "./types";

export type Outline = Pick<NetworkPage, "key" | "summary" | "outputs" | "layers" | "blocks" | "repetitions">;

/** Returns the blocks that stand right in each block, by its position; those in none under null. */
export function blocksWithin(outline: Outline): ReadonlyMap<number | null, readonly [Block, number][]> {
  const within = new Map<number | null, [Block, number][]>();
  outline.blocks.forEach((block, position) => {
    const beside = within.get(block.inside) ?? [];
    beside.push([block, position]);
    within.set(block.inside, beside);
  });
  return within;
}
