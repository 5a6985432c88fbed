/** The colours of families, as `draw` has them: one value for light and for dark. */

import type { FamilyColours } from "./types";

export type Colours = Readonly<Record<string, FamilyColours>>;

/** Returns what fills an item of a family, and its border; plain where the family has no colour. */
export function fillOf(colours: Colours, family: string): { fill: string; stroke: string } {
  const own = Object.hasOwn(colours, family) ? colours[family] : undefined;
  if (!own) return { fill: "var(--page)", stroke: "var(--faint)" };
  return {
    fill: `light-dark(${own.light.fill}, ${own.dark.fill})`,
    stroke: `light-dark(${own.light.border}, ${own.dark.border})`,
  };
}
