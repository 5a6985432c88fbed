/** Requests of the page to its own server: addresses are relative, so that the token is always before them. */

import { encoded, parsed } from "../json";
import type { Answer } from "../source";
import type { ExplainedEntry, LayerFields, UnitTrace } from "../types";
import type { Schema } from "./schema";
import type {
  AsFile,
  ChartsDocument,
  ConventionsDocument,
  FileState,
  FindingsDocument,
  LiveDocument,
  OfLayer,
  OfText,
  OfUnit,
  Refusal,
  ToSave,
} from "./types";

/** What the server says of a request that it refuses. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string,
    /** The document that came instead, if one did. */
    readonly found: unknown = null,
  ) {
    super(message);
  }
}

/** Of this page, so that the server gives up what it no longer wants. */
const PAGE = crypto.randomUUID();

export async function get<T>(place: string): Promise<T> {
  return read<T>(await answered(fetch(place, { cache: "no-store" })));
}

/** Each kind of request: what it says, and the document that answers it. Of files the response is the answer. */
interface Kinds {
  live: [OfText, LiveDocument];
  findings: [OfText, FindingsDocument];
  charts: [OfText, ChartsDocument];
  conventions: [OfText, ConventionsDocument];
  explained: [OfLayer, ExplainedEntry];
  fields: [OfLayer, LayerFields];
  trace: [OfUnit, UnitTrace];
  file: [ToSave, FileState];
  schema: [Record<string, never>, Schema];
  report: [OfText, never];
  export: [AsFile, never];
}

export async function post<Kind extends keyof Kinds>(
  kind: Kind,
  body: Kinds[Kind][0],
): Promise<Kinds[Kind][1]> {
  return read<Kinds[Kind][1]>(await asked(kind, body));
}

export function asked<Kind extends keyof Kinds>(kind: Kind, body: Kinds[Kind][0]): Promise<Response> {
  return posted(kind, encoded(body));
}

/** Returns the document of a response. */
export async function read<T>(response: Response): Promise<T> {
  return parsed(await response.text()) as T;
}

/** Sends a text or a file, and returns the response as it is. */
export function posted(place: string, body: BodyInit): Promise<Response> {
  return answered(fetch(place, { method: "POST", headers: { page: PAGE }, body }));
}

async function answered(request: Promise<Response>): Promise<Response> {
  let response: Response;
  try {
    response = await request;
  } catch {
    throw new RefusedError(0, "cnnstat serve does not answer: it has been stopped", "gone");
  }
  if (response.ok) return response;
  const text = await response.text();
  let found: unknown = null;
  try {
    found = parsed(text);
  } catch {
    // It is no document: what it says follows.
  }
  const refusal = (found ?? {}) as Partial<Refusal>;
  throw new RefusedError(
    response.status,
    refusal.refused ?? text.trim().slice(0, 200),
    refusal.code ?? "",
    found,
  );
}

/** Asks once, however often the answer is wanted; an answer that is there is there at once. A refusal is not kept. */
export function once<T>(ask: () => Promise<T>): () => Answer<T> {
  let held: Answer<T> | undefined;
  return () => {
    held ??= ask().then(
      (value) => (held = value),
      (error: unknown) => {
        held = undefined;
        throw error;
      },
    );
    return held;
  };
}
