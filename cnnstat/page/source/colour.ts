/** The colours of families, as `draw` has them: one value for light and for dark. */

import type { FamilyColours } from "./types";

export type Colours = Readonly<Record<string, FamilyColours>>;

/** Returns what fills an item of a family, and its border, as properties that the styles go by. */
export function coloursOf(colours: Colours, family: string): Record<string, string> {
  const own = Object.hasOwn(colours, family) ? colours[family] : undefined;
  if (!own) return {};
  return {
    "--fill": `light-dark(${own.light.fill}, ${own.dark.fill})`,
    "--line": `light-dark(${own.light.border}, ${own.dark.border})`,
  };
}
