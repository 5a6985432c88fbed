/** Figures of a whole network, under the titles that the columns of layers have. */

import { bytes, count } from "../text";
import type { Whole } from "../whole";
import { COLUMNS } from "./columns";

export interface TotalFigure {
  readonly key: TotalKey;
  readonly title: string;
  readonly text: (value: Whole) => string;
}

type Counted = "params" | "macs" | "connections" | "activations";
type Memory = "inference_memory_bytes" | "training_memory_bytes";
export type TotalKey = Counted | Memory;

const counted = (key: Counted): TotalFigure => ({
  key,
  title: COLUMNS.find((column) => column.id === key)?.title ?? key,
  text: count,
});
const memory = (key: Memory, title: string): TotalFigure => ({ key, title, text: bytes });

export const TOTALS = {
  params: counted("params"),
  macs: counted("macs"),
  connections: counted("connections"),
  activations: counted("activations"),
  inference: memory("inference_memory_bytes", "inference memory"),
  training: memory("training_memory_bytes", "training memory"),
} as const;
