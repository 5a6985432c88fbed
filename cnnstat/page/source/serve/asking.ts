/** What is asked of a text: all that a request says beside its own question. */

import type { Whole } from "../whole";
import type { Parameter } from "./types";

export type Setting = Parameter["value"];

export interface Asking {
  readonly text: string;
  readonly variant: string | null;
  /** Those that differ from the text, by their names. */
  readonly params: Readonly<Record<string, Setting>>;
  readonly batch: Whole;
  readonly dtype: string;
  readonly optimizer: string;
}
