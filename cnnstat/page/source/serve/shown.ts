/** What the page shows of a text: its figures, what is wrong with it, and what `check` finds once it is left alone. */

import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { announce } from "../announce";
import type { Source } from "../source";
import type { Asking } from "./asking";
import type { Editor } from "./editor";
import { Live } from "./live";
import { servedSource } from "./served";
import { once, post } from "./server";
import type { Diagnostic, FindingsDocument, LiveDocument } from "./types";

/** The answer to a text. Of one that is wrong the source is that of the last that was not. */
export interface Shown {
  readonly asking: Asking;
  readonly found: LiveDocument;
  readonly source: Source | null;
  /** Asks what `check` finds in this very text; null where something is wrong with it. */
  readonly check: (() => FindingsDocument | Promise<FindingsDocument>) | null;
}

interface Answers {
  /** Null until the first answer. */
  readonly shown: Shown | null;
  readonly marks: readonly Diagnostic[];
  /** Why something that was asked for is not there; empty where all is. */
  readonly refused: string;
  readonly refuse: (why: string) => void;
}

type Holder = { readonly current: Editor | null };

/** Asks for the figures of what is asked, whenever it changes, and marks in the editor what is wrong. */
export function useShown(asking: Asking, editor: Holder, remarks: string): Answers {
  const [shown, setShown] = useState<Shown | null>(null);
  const [marks, setMarks] = useState<readonly Diagnostic[]>([]);
  const [refused, refuse] = useState(remarks);
  const mark = (found: readonly Diagnostic[], text: string) => {
    setMarks(found);
    editor.current?.mark(found, text);
  };
  const live = useMemo(
    () =>
      new Live((asked, found) => {
        setShown((before) => next(before, asked, found));
        refuse(found.refused);
        mark(found.problems, asked.text);
      }, refuse),
    [],
  );
  useLayoutEffect(() => live.ask(asking), [asking]);
  useChecks(shown, mark);
  const many = marks.length;
  useEffect(
    () => announce(many === 0 ? "no problem" : `${many} ${many === 1 ? "problem" : "problems"}`),
    [many],
  );
  return { shown, marks, refused, refuse };
}

function next(before: Shown | null, asking: Asking, found: LiveDocument): Shown {
  const own = found.network;
  const check = own && once(() => post("findings", asking));
  const source =
    own && check ? servedSource(asking, own, found.colours, async () => check()) : (before?.source ?? null);
  const settable = readable(found) || !before ? found : { ...found, ...withoutPlaces(before.found) };
  return { asking, found: settable, source, check };
}

/** Says whether a text could be read so far that it has parameters, or none. */
function readable(found: LiveDocument): boolean {
  return found.network !== null || found.variants.length > 0 || found.parameters.length > 0;
}

/** What there was to set in the last text that could be read, for as long as another cannot. */
function withoutPlaces({ variants, variant, parameters }: LiveDocument) {
  return { variants, variant, parameters: parameters.map((each) => ({ ...each, place: null })) };
}

/** Milliseconds without a key after which the text is checked, too. */
const QUIET = 500;

/** Checks the text when it is left alone for a moment, and marks what is found beside what is wrong. */
function useChecks(shown: Shown | null, mark: (found: readonly Diagnostic[], text: string) => void): void {
  useEffect(() => {
    if (!shown?.check) return;
    const { asking, check } = shown;
    let left = false;
    const timer = setTimeout(async () => {
      try {
        const { marks } = await check();
        if (!left) mark(marks, asking.text);
      } catch {
        // It took too long, or another took its place: what is wrong stays marked.
      }
    }, QUIET);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [shown]);
}
