/**
 * Where the page's figures come from. A report holds all of them; a server is asked when they are to be shown.
 * Components know this alone, so that both ways in show the same.
 */

import type { Outline } from "./outline";
import type {
  ConventionEntry,
  ExplainedEntry,
  FamilyColours,
  FindingEntry,
  LayerFields,
  RunDocument,
  SpecText,
  UnitTrace,
} from "./types";
import type { Whole } from "./whole";

export type ChartKind = "layers" | "memory" | "rf";
export type Scheme = "light" | "dark";
export type Tab = "layers" | "costs" | "memory" | "fields" | "conventions" | "findings" | "spec" | "proof";

/** At once where it is held, later where it has to be asked for. */
export type Answer<T> = T | Promise<T>;

/**
 * One network. A source never changes: what changes is another source, and components ask again. Where the
 * answer is null, there is none; a refusal is a rejected promise, whose message is shown.
 */
export interface Source {
  readonly outline: Outline;
  readonly colours: Readonly<Record<string, FamilyColours>>;
  /** Those that have something to show, in order. */
  readonly tabs: readonly Tab[];

  /** The arithmetic of a layer or a block, or of the whole under the name `total`. */
  explained(name: string): Answer<ExplainedEntry | null>;
  /** What the units of a layer see, by its position among the outline's layers. */
  fields(layer: number): Answer<LayerFields | null>;
  /** A chart as Vega-Lite. */
  chart(kind: ChartKind, scheme: Scheme): Answer<Record<string, unknown> | null>;
  conventions(): Answer<readonly ConventionEntry[] | null>;
  findings(): Answer<readonly FindingEntry[] | null>;
  spec(): Answer<SpecText | null>;
  proof(): Answer<RunDocument | null>;
  /** The unit of a layer that is shown until another is chosen; null for the one in the middle. */
  firstUnit(layer: string): readonly Whole[] | null;
  /** The numbers of a unit of a layer. */
  trace(layer: string, unit: readonly Whole[]): Answer<UnitTrace>;
}
