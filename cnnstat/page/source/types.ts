// Made from the classes of the documents: python -m tests.page.types

import type { Whole } from "./whole";

/** `report`: what the page is made of but for the networks, each of which is a `NetworkPage` apart. */
export interface PageDocument {
  schema_version: Whole;
  command: string;
  /** that of cnnstat */
  version: string;
  title: string;
  /** by the families of layers */
  colours: Record<string, FamilyColours>;
  /** one for each network, in order */
  index: IndexEntry[];
  /** as `diff --format json` has it; null but for two networks */
  difference: DiffDocument | null;
}

/** The colours of a family on light and on dark pages. */
export interface FamilyColours {
  light: Colours;
  dark: Colours;
}

/** What fills the items of a family of layers, and their borders, as #rrggbb. */
export interface Colours {
  fill: string;
  border: string;
}

/** A network of the page in a line, or a file that could not be read. */
export interface IndexEntry {
  /** what tells it from the others; the key of its `NetworkPage`, which is held apart */
  key: string;
  name: string;
  /** as the spec was named */
  file: string;
  source: string;
  /** empty where there are problems */
  input_shape: Whole[];
  layers: Whole;
  /** null where there are problems */
  totals: TotalFigures | null;
  /** how many `check` has, by how much they matter; those that there are none of are not there */
  findings: Record<string, Whole>;
  /** whether every figure was measured as calculated; null where the network was not run */
  proved: boolean | null;
  /** why it could not be read, as the terminal says it */
  problems: string[];
}

/** Those of the whole network, with its memory in bytes. */
export interface TotalFigures {
  output_shape: Whole[];
  params: Whole;
  trainable: Whole;
  buffers: Whole;
  macs: Whole;
  padding_macs: Whole;
  flops: Whole;
  operations: Operations;
  connections: Whole;
  activations: Whole;
  receptive_field: ReceptiveField;
  inference_memory_bytes: Whole;
  training_memory_bytes: Whole;
}

/** What one sample costs at inference, by kind. */
export interface Operations {
  multiply_adds: Whole;
  additions: Whole;
  multiplications: Whole;
  comparisons: Whole;
  divisions: Whole;
  exponentials: Whole;
  roots: Whole;
}

/** What one unit sees of the input. */
export interface ReceptiveField {
  /** per axis; that of the whole input where `global`; null where unknown */
  size: Whole[] | null;
  /**
   * effective stride per axis; null where global or unknown, and where branches of different stride meet.
   * Behind upsampling it may be a fraction, exactly: `[1, 3]` is a third
   */
  stride: (Whole | [Whole, Whole] | null)[] | null;
  /** effective padding per axis; null where global or unknown */
  padding: Whole[] | null;
  /** false where branches met that disagree on stride or centre */
  aligned: boolean | null;
  /** true where every unit sees the whole input: after most global pools, linear layers, norms of a map */
  global: boolean;
  /** only where unknown: the layer that makes it so */
  unknown_because_of?: string;
  /** only where true: it depends on other inputs alone */
  unseen?: boolean;
  /** only where units may see less than this: the layer that makes it so */
  upper_bound_because_of?: string;
}

/**
 * `diff`: what changed from network A to network B. With CSV, each figure has a column for A and one for B;
 * layers without a line in the table are left out.
 */
export interface DiffDocument {
  schema_version: Whole;
  command: string;
  /** what the memory figures are for, as are the next two; those of B where it says no other ``dtype`` */
  batch: Whole;
  dtype: string;
  optimizer: string;
  /** false where no layer, figure, input or output differs */
  differ: boolean;
  a: Side;
  b: Side;
  /** every layer of both, in order */
  layers: LayerChange[];
  /** every type of layer in either, those with most work first */
  types: TypeSums[];
}

/** One of the two networks. */
export interface Side {
  name: string;
  source: string;
  /** one sample, channels first; of several inputs that of the one that receptive fields are on */
  input_shape: Whole[];
  /** only of several inputs: all of them by name */
  input_shapes?: Record<string, Whole[]>;
  /** only of several inputs: the one that receptive fields are on */
  fields_of?: string;
  /** only where the memory figures of the two networks are for different numbers */
  dtype?: string;
  /**
   * only where the figures of layers are unknown: these layers, and how many nodes of a model each stands
   * for. All sums are without them
   */
  without?: Record<string, Whole>;
  /** names of the layers that it puts out, in order */
  outputs: string[];
  totals: TotalFigures;
}

/** What became of a layer of A, or which is new in B. */
export interface LayerChange {
  status: "added" | "changed" | "removed" | "same";
  /** the layer of A; null where there is none */
  a: LayerEntry | null;
  /** the layer of B; null where there is none */
  b: LayerEntry | null;
  /** what the spec says otherwise */
  edits: Edit[];
  /** the keys of the figures that differ */
  figures: string[];
}

/**
 * One layer with its figures, or one folded block. The fields between are those of `Figures`. Of a layer
 * whose figures are unknown, because it is a node of a model that the catalogue has no type for, all but the
 * shape and the activations are null.
 */
export interface LayerEntry {
  name: string;
  type: string;
  inputs: string[];
  output_shape: Whole[];
  params: Whole | null;
  trainable: Whole | null;
  buffers: Whole | null;
  macs: Whole | null;
  padding_macs: Whole | null;
  flops: Whole | null;
  operations: Operations | null;
  connections: Whole | null;
  activations: Whole;
  receptive_field: ReceptiveField;
  /** rows and columns that no window covers, per axis; empty where the type has none */
  leftover: Whole[];
  /** how many of these are input that one more window would read: no padding, and no gap between windows */
  leftover_input: Whole[];
  /** how many layers this stands for */
  folded_layers: Whole;
  /** only where it uses the parameters of another layer: this one, where they are counted */
  weights_of?: string;
}

/** What a spec says otherwise. */
export interface Edit {
  /**
   * `name`, `type`, `inputs`, `frozen` (true or false, of a folded block the names of its frozen layers),
   * `weights` (whose parameters are used, of a folded block all such names), an option, or `layers` for
   * those in a folded block
   */
  what: string;
  before: unknown;
  after: unknown;
}

/** The layers of one type in both networks. */
export interface TypeSums {
  type: string;
  a: Sums;
  b: Sums;
}

/** The layers of one type in one network: how many they are, and their figures. */
export interface Sums {
  layers: Whole;
  params: Whole;
  macs: Whole;
}

/** `report`: all that the page shows of one network. What is null was not asked for, or comes later. */
export interface NetworkPage {
  schema_version: Whole;
  command: string;
  /** what tells it from the other networks of the page */
  key: string;
  /** as `summary --format json` has it */
  summary: AnalysisDocument;
  /** the names of what it puts out, in order */
  outputs: string[];
  layers: LayerLook[];
  /** each before those that stand in it */
  blocks: Block[];
  repetitions: EqualRepetitions[];
  /** as `explain --format json` has it: layers and blocks in order, and last the sums, `total` */
  explained: ExplainedEntry[] | null;
  /** of each layer, at the same position */
  fields: LayerFields[] | null;
  /** why there are none; empty where there are */
  fields_reason: string;
  /** as `flops --conventions --format json` has them */
  conventions: ConventionEntry[] | null;
  charts: ChartEntry[] | null;
  /** those of `check` that are about this network */
  findings: FindingEntry[] | null;
  spec: SpecText | null;
  /** as `run --format json` has it; null where the network was not run */
  proof: RunDocument | null;
  /** why it could not be run; empty where it was, or where nobody asked */
  proof_reason: string;
  /** of a layer, the first is of the unit that is shown at first; without one, the middle unit is */
  traces: UnitTrace[] | null;
  /** why there are no traces; empty where there are */
  traces_reason: string;
}

/** The figures of one network, layer by layer and in total. */
export interface AnalysisDocument {
  schema_version: Whole;
  command: string;
  name: string;
  source: string;
  /** one sample, channels first; of several inputs that of the one that receptive fields are on */
  input_shape: Whole[];
  /** only of several inputs: all of them by name */
  input_shapes?: Record<string, Whole[]>;
  /** only of several inputs: the one that receptive fields are on */
  fields_of?: string;
  /**
   * only where the figures of layers are unknown: these layers, and how many nodes of a model each stands
   * for. All sums are without them
   */
  without?: Record<string, Whole>;
  /** what the memory figures are for, as are the next two */
  batch: Whole;
  dtype: string;
  optimizer: string;
  /** the layers in order; with `--depth` folded blocks */
  layers: LayerEntry[];
  totals: TotalFigures;
  expectations: Expectations;
}

/** Published figures under `expect:`. */
export interface Expectations {
  /** how many were compared */
  checked: Whole;
  /** a sentence for each that is not met */
  missed: string[];
}

/** How a layer is drawn, at the same position as among `summary.layers`. */
export interface LayerLook {
  /** a key of `colours` */
  family: string;
  /** its type with its main options, as `draw` has it */
  operation: string;
  /** where the spec has it, from 1 on */
  line: number;
  /** the position of the layer that is drawn for it: its own, or in the first of equal repetitions */
  drawn: number;
}

/** A block or a repeat of the spec with all that stands in it. */
export interface Block {
  path: string;
  /** the position of its first layer among `summary.layers` */
  start: number;
  /** the position behind its last one */
  stop: number;
  /** the position of the block around it among `blocks`; null for none */
  inside: number | null;
  /** where the spec has it, from 1 on */
  line: number;
  /** those of the block when it is folded */
  figures: LayerEntry;
}

/** Repetitions, blocks or layers, that follow each other and are equal: the first stands for all. */
export interface EqualRepetitions {
  /** the path of the first one */
  first: string;
  last: string;
  times: Whole;
  /** the position of its first layer */
  start: number;
  /** the position behind the last layer of the last one */
  stop: number;
  /** whether these are all that the repeat has */
  whole: boolean;
}

/** A layer, a block, or the whole network under the name of `total`. */
export interface ExplainedEntry {
  name: string;
  steps: StepEntry[];
  errata: ErratumEntry[];
}

/**
 * One figure with its arithmetic, or with a text where there is none. An axis or a branch may have a step of
 * its own.
 */
export interface StepEntry {
  /**
   * a key of a layer, `shape`, `field_stride`, `field_padding` or `none`; in `total` also the keys of
   * memory, and `settings`
   */
  figure: string;
  label: string;
  /** only where there is no arithmetic */
  text?: string;
  /** the arithmetic in words */
  formula?: string;
  /** the same in numbers */
  numbers?: string;
  result?: Whole;
}

/** A published figure that is wrong. */
export interface ErratumEntry {
  figure: string;
  printed: string;
  source: string;
  /** null where it is unknown */
  right: Whole | Whole[] | string | null;
  /** what the spec says */
  reason: string | null;
  slips: SlipEntry[];
}

/** A part of the arithmetic that was forgotten: without it, the printed figure comes out. */
export interface SlipEntry {
  /** a part of the formula */
  forgotten: string;
  /** what is left and gives the printed figure */
  numbers: string;
  /** what is forgotten, in words */
  words: string;
}

/** What the units of a layer see of the input. */
export interface LayerFields {
  /**
   * one for each axis of the input; none where it is unknown. A unit that sees nothing along one of them
   * sees nothing at all
   */
  axes: AxisField[];
  /** only where unknown: the layer that makes it so */
  unknown_because_of?: string;
  /** only where units may see less than this: the layer that makes it so */
  upper_bound_because_of?: string;
}

/**
 * What the units of a layer see along one axis of the input. Units go by their coordinate on the same axis,
 * and by their last one where they have fewer.
 */
export interface AxisField {
  units: Whole;
  /** first and last position, padding included */
  region: [Whole, Whole, Whole, Whole, Whole][];
  /** what of it is on the input; missing where that is the region, cut off at the ends of the input */
  region_on_input?: [Whole, Whole, Whole, Whole, Whole][];
}

/** What one tool prints for the network. */
export interface ConventionEntry {
  name: string;
  /** the tool with its version */
  tool: string;
  /** what the tool calls its figure */
  prints: string;
  source: string;
  /** against what its rules were held: the tool itself, or its source */
  held: string;
  /** what it does not count where a network calls it instead of holding it as a module */
  passes_over: string;
  /** how often layers that share weights count; empty where it was not run on such: they are left out */
  shared_weights: string;
  total: Whole;
  /** what `total` is the sum of; terms of 0 are not there */
  terms: Record<string, Whole>;
  /** types of layers that the tool could not read, which `total` is without */
  left_out: string[];
  /** only where one tool was asked for */
  layers?: CountedLayer[];
}

/** What a tool counts for one layer, or for a folded block; see `ConventionEntry`. */
export interface CountedLayer {
  name: string;
  total: Whole;
  terms: Record<string, Whole>;
  left_out: string[];
}

/** A chart of `plot`, as Vega-Lite. */
export interface ChartEntry {
  kind: "layers" | "memory" | "rf";
  light: Record<string, unknown>;
  dark: Record<string, unknown>;
}

/** A finding of `check`, and what the page of its code says. */
export interface FindingEntry {
  finding: Finding;
  title: string;
  meaning: string;
  /** of a problem; empty for a rule */
  way_out: string;
  /** of a rule, a spec in which it finds nothing; empty for a problem */
  good: string;
}

/**
 * One finding: its code, how much it matters, what is said, and where. It is plain data for any format. Line
 * and column count from 1, ``length`` is in characters. ``text`` is the line itself; of a long one the part
 * around the place, which has ``before`` characters in front of it. ``networks`` names the networks of the
 * file that show it, and is empty where it is of the file as a whole; ``in_family`` says that the file has
 * variants. ``fixable`` says that `--fix` can mend it.
 */
export interface Finding {
  code: string;
  severity: "error" | "info" | "warning";
  message: string;
  file: string;
  line: number;
  column: number;
  length: number;
  text: string;
  before: Whole;
  networks: string[];
  in_family: boolean;
  fixable: boolean;
}

/** The text of the spec; of a model, the one that it is read as. */
export interface SpecText {
  /** as problems name it */
  file: string;
  text: string;
}

/** `run`: calculated figures beside measured ones. */
export interface RunDocument {
  schema_version: Whole;
  command: string;
  name: string;
  source: string;
  /** one sample, channels first; of several inputs that of the one that receptive fields are on */
  input_shape: Whole[];
  /** only of several inputs: all of them by name */
  input_shapes?: Record<string, Whole[]>;
  /** only of several inputs: the one that receptive fields are on */
  fields_of?: string;
  /**
   * only where the figures of layers are unknown: these layers, and how many nodes of a model each stands
   * for. All sums are without them
   */
  without?: Record<string, Whole>;
  batch: Whole;
  dtype: string;
  seed: Whole;
  training: boolean;
  layers: ComparedLayer[];
  inference_memory_bytes: ComparedBytes;
  differences: Disagreement[];
  compared: Whole;
  unmeasured: Unmeasured[];
  weights: WeightsRead | null;
  loss: LossValue;
  gradients: GradientCheck | null;
  against: EngineComparison | null;
  top: LikelyClass[][] | null;
  puts_out: Record<string, (number | null)[]> | null;
  times: Times | null;
  verdict: string;
  proved: boolean;
}

/** One layer, both ways. */
export interface ComparedLayer {
  name: string;
  type: string;
  inputs: string[];
  calculated: Figures;
  measured: MeasuredFigures;
}

/** The figures of a layer, of a folded block, or of the whole network. */
export interface Figures {
  output_shape: Whole[];
  params: Whole;
  trainable: Whole;
  buffers: Whole;
  macs: Whole;
  padding_macs: Whole;
  flops: Whole;
  operations: Operations;
  connections: Whole;
  activations: Whole;
  receptive_field: ReceptiveField;
}

/** The figures of a layer that a run can measure. */
export interface MeasuredFigures {
  output_shape: Whole[];
  params: Whole;
  trainable: Whole;
  buffers: Whole;
  macs: Whole;
  padding_macs: Whole;
  connections: Whole;
  activations: Whole;
  receptive_field: MeasuredReceptiveField;
}

/**
 * What one unit saw of the input: size, stride and padding are null where no pattern repeats. Where all
 * units see one region, its size and padding stand for a pattern's.
 */
export interface MeasuredReceptiveField {
  global: boolean;
  size: Whole[] | null;
  stride: (Whole | [Whole, Whole])[] | null;
  padding: Whole[] | null;
}

/** Bytes, both ways. */
export interface ComparedBytes {
  calculated: Whole;
  measured: Whole;
}

/** A figure on which calculator and executor disagree. */
export interface Disagreement {
  /** null for the network */
  layer: string | null;
  figure: string;
  calculated: Whole | string | (Whole | [Whole, Whole] | null)[] | null;
  measured: Whole | string | (Whole | [Whole, Whole] | null)[] | null;
}

/** A figure of a layer that was not compared, and why: it is not measured, or not even calculated. */
export interface Unmeasured {
  layer: string;
  figure: string;
  why: string;
}

/** Weights that were read, of a file or of the model that the network is. */
export interface WeightsRead {
  file: string;
  tensors: Whole;
  own: boolean;
  fits_too: string[];
}

/** A loss at the input, and how it changes there. */
export interface LossValue {
  name: string;
  value: number | null;
  input_gradient_norm: number | null;
}

/** `--check-grad`. */
export interface GradientCheck {
  method: string;
  tolerance: number;
  loss: string | null;
  to_check: Whole;
  interrupted: boolean;
  wrong: Whole;
  not_measurable: Whole;
  checked: GradientError[];
}

/** How far a gradient is off, beside the larger of the slope and the gradient's norm. */
export interface GradientError {
  layer: string | null;
  type: string | null;
  tensor: string;
  size: Whole;
  error: number | null;
  elements: number | null | null;
  right: boolean;
  outcome: "not checked" | "not measurable" | "right" | "wrong";
  fault?: string;
}

/** `--against`: the output of every layer, in graph order, beside another engine's. */
export interface EngineComparison {
  engine: string;
  version: string;
  tolerance: number;
  others: Whole;
  outputs: OutputDifference[];
  gradients: OutputDifference[];
  model: ModelComparison | null;
}

/** How far a layer's output, or the gradient of an input, is off beside the largest number of either. */
export interface OutputDifference {
  layer: string;
  type: string;
  difference: number | null;
  rounding: number | null | null;
  found: "other" | "rounding" | "same";
}

/** What the model that SPEC is puts out when the engine runs it as it is. */
export interface ModelComparison {
  model: string;
  others: Whole;
  outputs: ModelOutput[];
  lost: string[];
  refused: string | null;
}

/** An output of the model itself beside that of the layer that it was read as. */
export interface ModelOutput {
  layer: string;
  type: string;
  difference: number | null;
  rounding: number | null | null;
  found: "other" | "rounding" | "same";
  output: string;
}

/** A class with its score, of which there is one. */
export interface LikelyClass {
  class: Whole;
  probability?: number | null;
  squared_distance?: number | null;
}

/** How long the layers took, one after the other, forward. */
export interface Times {
  passes: Whole;
  /** its name in the table of machines; null without one, and where it was given by its rates */
  machine: string | null;
  seconds: number;
  least_seconds: number | null;
  layers: LayerTime[];
}

/** How long a layer took, and the least that it takes on the machine, if one was named. */
export interface LayerTime {
  name: string;
  /** the best of several passes */
  seconds: number;
  /** null without a machine */
  least_seconds: number | null;
}

/** The trace of one unit of a layer, or why there is none. */
export interface UnitTrace {
  layer: string;
  unit: Whole[];
  trace: TraceDocument | null;
  /** empty where there is one */
  reason: string;
}

/** `trace`: how one unit of a layer comes about, and what comes back to it. */
export interface TraceDocument {
  schema_version: Whole;
  command: string;
  name: string;
  source: string;
  /** one sample, channels first; of several inputs that of the one that receptive fields are on */
  input_shape: Whole[];
  /** only of several inputs: all of them by name */
  input_shapes?: Record<string, Whole[]>;
  /** only of several inputs: the one that receptive fields are on */
  fields_of?: string;
  /**
   * only where the figures of layers are unknown: these layers, and how many nodes of a model each stands
   * for. All sums are without them
   */
  without?: Record<string, Whole>;
  layer: string;
  type: string;
  inputs: string[];
  unit: Whole[];
  sample: Whole;
  samples: Whole;
  seed: Whole;
  dtype: string;
  training: boolean;
  /** what is written under `values:` in the spec */
  values: string[];
  /** whether something was drawn from the seed: an input, a weight, a mask, what to go back from */
  drawn: boolean;
  /** only where weights were read: the file, or the model that the network is */
  weights?: string;
  /** only where weights were read: whether they are those of the model that the network is */
  own_weights?: boolean;
  working: Working;
  /** the same number, as the run has it */
  executed: number | null;
  /** the unit's channel, as the run has it; the unit is marked */
  map: Plane;
  /** only where an activation alone reads the layer */
  activation?: Followed;
  /** only with `--backward` */
  backward?: Backward;
}

/** A number and how it comes about; `parts` are to be read in order. */
export interface Working {
  parts: Part[];
  value: number | null;
}

/**
 * Planes that belong together, and the steps from them to a number. ``summed`` says that the first step is
 * the sum of the last matrices of all planes.
 */
export interface Part {
  title: string;
  planes: Plane[];
  steps: Step[];
  summed: boolean;
}

/** Matrices of one size side by side: of one channel, one sample, one map of deltas. */
export interface Plane {
  label: string;
  matrices: Matrix[];
}

/** Numbers in rows under a head. ``sign`` stands between this matrix and the one in front of it: × or =. */
export interface Matrix {
  head: string;
  rows: ((number | null | null)[])[];
  sign: string;
  /** what padding counts as; a maximum does not count it */
  beyond: "nothing" | "zero";
  /** row and column of the cells that decide, as the largest one of a window does */
  marked: [number, number][];
}

/** One step of arithmetic: what it gives, how, and the number. */
export interface Step {
  name: string;
  formula: string;
  value: number | null;
}

/** The activation that alone reads the layer, at the same unit. */
export interface Followed {
  layer: string;
  type: string;
  working: Working;
}

/** The way back to the unit. */
export interface Backward {
  loss: string;
  /** of the loss */
  value: number | null;
  /** whether dL/dy of the outputs is written in the spec; then the loss is the sum of output · this */
  written: boolean;
  /** only of a loss over classes: the class of the sample */
  target?: Whole;
  /** only of an output of the network: dL/dy */
  from_loss?: Working;
  shares: Share[];
  /** the sum of these: the delta of the unit */
  gradient: number | null;
  /** the same number, as the run has it */
  executed: number | null;
  /** the deltas of the unit's channel, as the run has them; that of the unit is marked */
  map: Plane;
  weights: WeightGradient[];
}

/** What one reader adds to the gradient of the unit. */
export interface Share {
  layer: string;
  type: string;
  /** which of the reader's inputs the layer is, from 1 on */
  input: Whole;
  working: Working;
}

/** The gradient of one number that the layer trains, and of all that stand beside it. */
export interface WeightGradient {
  tensor: string;
  index: Whole[];
  working: Working;
  /** the same number, as the run has it: of shared weights what all layers add up to */
  executed: number | null;
  /** other layers that use the same weights, whose gradients come on top of the working's */
  shared_with: string[];
  /** the gradients of its kernel or its row, as the run has them; the number itself is marked */
  map: Plane;
}
