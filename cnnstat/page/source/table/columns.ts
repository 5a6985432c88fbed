/** The columns of layers, with the names that the terminal's tables give them. */

import { count, field, shape, sizes } from "../text";
import type { LayerEntry } from "../types";
import { product, type Whole } from "../whole";

export interface Column {
  readonly id: string;
  readonly title: string;
  /** What a title does not say. */
  readonly meaning: string;
  /** Shown until the reader chooses. */
  readonly atFirst: boolean;
  readonly numeric: boolean;
  readonly text: (entry: LayerEntry) => string;
  /** By what lines are put in order; numbers are, whatever their texts. */
  readonly rank: (entry: LayerEntry) => Whole | string;
}

type Counted =
  "params" | "trainable" | "buffers" | "macs" | "padding_macs" | "flops" | "connections" | "activations";

function counted(id: Counted, title: string, meaning: string, atFirst = false): Column {
  const text = (entry: LayerEntry) => count(entry[id]);
  // What is unknown stands below all that is known.
  return { id, title, meaning, atFirst, numeric: true, text, rank: (entry) => entry[id] ?? -1 };
}

const extent = (entry: LayerEntry) => {
  const of = entry.receptive_field;
  return of.global ? Infinity : product(of.size ?? [-1]);
};

export const COLUMNS: readonly Column[] = [
  {
    id: "output_shape",
    title: "output",
    meaning: "one sample, channels first",
    atFirst: true,
    numeric: false,
    text: (entry) => shape(entry.output_shape),
    rank: (entry) => product(entry.output_shape),
  },
  counted("params", "params", "weights, biases, scale and shift; running statistics are not", true),
  counted("trainable", "trainable", "params that training changes"),
  counted("buffers", "buffers", "stored numbers without a gradient"),
  counted("macs", "MACs", "multiply-adds for one sample; bias excluded, taps on zero padding included", true),
  counted("padding_macs", "on padding", "MACs whose tap falls on zero padding"),
  counted("flops", "FLOPs", "2 × MACs, a count and not a rate"),
  counted(
    "connections",
    "connections",
    "inputs each unit reads, plus one for its bias; padding excluded",
    true,
  ),
  counted("activations", "activations", "numbers put out for one sample"),
  {
    id: "receptive_field",
    title: "field",
    meaning: "receptive field of one unit, in input pixels",
    atFirst: true,
    numeric: false,
    text: (entry) => field(entry.receptive_field),
    rank: extent,
  },
  {
    id: "field_stride",
    title: "stride",
    meaning: "effective stride of the field, in input pixels",
    atFirst: false,
    numeric: false,
    text: (entry) => (entry.receptive_field.stride ? sizes(entry.receptive_field.stride) : ""),
    rank: (entry) => Number(entry.receptive_field.stride?.[0] ?? -1),
  },
  {
    id: "leftover",
    title: "leftover",
    meaning: "rows and columns no window covers",
    atFirst: false,
    numeric: false,
    text: (entry) => (entry.leftover.some(Boolean) ? sizes(entry.leftover) : ""),
    rank: (entry) => entry.leftover.reduce((most, each) => (each > most ? each : most), 0),
  },
  {
    id: "inputs",
    title: "inputs",
    meaning: "what it reads",
    atFirst: false,
    numeric: false,
    text: (entry) => entry.inputs.join(", "),
    rank: (entry) => entry.inputs.join(", "),
  },
];
