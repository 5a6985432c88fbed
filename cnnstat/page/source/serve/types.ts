// Made from the classes of the documents: python -m tests.page.types

import type { ChartEntry, ConventionEntry, FamilyColours, FindingEntry, NetworkPage } from "../types";
import type { Whole } from "../whole";

/**
 * A text, which of its networks is meant, and what is asked otherwise: the options of a command line. What a
 * person may type into the page is refused in words, where it is out of range.
 */
export interface OfText {
  text: string;
  variant?: string | null;
  params?: Record<string, unknown>;
  batch?: Whole | number;
  dtype?: string;
  optimizer?: string;
}

/** Something of one layer or block of it, by its name. */
export interface OfLayer {
  text: string;
  variant?: string | null;
  params?: Record<string, unknown>;
  batch?: Whole | number;
  dtype?: string;
  optimizer?: string;
  layer: string;
}

/** The numbers of one unit. */
export interface OfUnit {
  text: string;
  variant?: string | null;
  params?: Record<string, unknown>;
  batch?: Whole | number;
  dtype?: string;
  optimizer?: string;
  layer: string;
  unit: Whole[];
}

/** A network as a file of another tool. */
export interface AsFile {
  text: string;
  variant?: string | null;
  params?: Record<string, unknown>;
  batch?: Whole | number;
  dtype?: string;
  optimizer?: string;
  to: "keras" | "onnx" | "pytorch";
  weights?: boolean;
}

/** A text to be saved over the content that the page knows, which has this digest. */
export interface ToSave {
  text: string;
  digest: string;
}

/**
 * What a page begins with. ``stem`` is what files that are made of the text are called, without their
 * suffixes; ``digest`` is that of the file's content, ``saves`` says that there is a file, ``trouble`` why
 * that cannot be read. ``dtypes``, ``optimizers`` and ``batch_most`` are what figures may be for.
 */
export interface StartDocument {
  version: string;
  name: string;
  stem: string;
  text: string;
  variant: string | null;
  digest: string;
  trouble: string;
  saves: boolean;
  dtypes: string[];
  optimizers: string[];
  batch_most: Whole;
  remarks: string[];
}

/**
 * A file as it is now: its text, and the digest of its content, SHA-256. ``trouble`` says why it cannot be
 * read; it has no text then. Where the page knows the content, the text is left out.
 */
export interface FileState {
  digest: string;
  text: string | null;
  trouble: string;
}

/**
 * A text while it is written: its network, or what is wrong with it. ``network`` has what graph and table
 * are made of, and is null where something is wrong. ``colours`` are those of its families of layers.
 * ``refused`` is what is wrong with the parameters or settings that were asked for, empty for nothing;
 * ``variant`` the one that is meant, null for a spec without any.
 */
export interface LiveDocument {
  network: NetworkPage | null;
  colours: Record<string, FamilyColours>;
  problems: Diagnostic[];
  refused: string;
  variants: string[];
  variant: string | null;
  parameters: Parameter[];
}

/** What is wrong at a place, as the terminal says it, and the way out. */
export interface Diagnostic {
  place: [number, number];
  line: number;
  column: number;
  severity: "error" | "info" | "warning";
  code: string;
  message: string;
  way_out: string;
  /** those that mend it, as `check --fix` does; none where it cannot */
  edits: TextEdit[];
}

/** What stands at a place becomes another text. */
export interface TextEdit {
  place: [number, number];
  text: string;
}

/**
 * One parameter: its value, that of the text, and which values a slider has. ``bounded``: they are those of
 * the spec's `space:`; else they are around the value. A word or a list that the space does not list has
 * none. ``place`` is where the text has the value, in units of UTF-16; null where it is no plain value
 * there.
 */
export interface Parameter {
  name: string;
  value: boolean | Whole | number | string | unknown[] | null;
  own: boolean | Whole | number | string | unknown[] | null;
  kind: "list" | "number" | "switch" | "whole" | "word";
  stops: (boolean | Whole | number | string | unknown[] | null)[];
  bounded: boolean;
  place: [number, number] | null;
}

/** What `check` finds in a text: marks in all its networks, and findings of the one that is meant. */
export interface FindingsDocument {
  marks: Diagnostic[];
  findings: FindingEntry[];
}

/** The charts of a network. */
export interface ChartsDocument {
  charts: ChartEntry[];
}

/** What other tools print for a network. */
export interface ConventionsDocument {
  conventions: ConventionEntry[];
}

/** The text of a spec to start from: a bundled network's, or what was read of a model. */
export interface ReadDocument {
  text: string;
  variant: string | null;
  remarks: string[];
}

/** All bundled networks, in order. */
export interface ZooDocument {
  networks: ZooEntry[];
}

/** A bundled network, and the family whose text it stands in. */
export interface ZooEntry {
  name: string;
  family: string;
}

/** Why there is no answer: one line, which the page shows as text. */
export interface Refusal {
  refused: string;
  code: string;
}
