/** What is asked of a text: all that a request says beside its own question. */

import type { OfText, Parameter } from "./types";

export type Setting = Parameter["value"];

export type Asking = Readonly<Required<Omit<OfText, "params">>> & {
  /** Those that differ from the text, by their names. */
  readonly params: Readonly<Record<string, Setting>>;
};
