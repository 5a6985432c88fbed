/** What is not saved yet survives that the page is loaded again: it is kept with the tab, and nowhere else. */

import { useEffect } from "preact/hooks";

export interface Draft {
  readonly name: string;
  readonly text: string;
  readonly variant: string | null;
  /** Which content of the file it was made of, and its text. */
  readonly digest: string;
  readonly base: string;
}

const KEY = "draft";

/** Keeps what is not saved, made anew when one of `inputs` changes; where there is a file, leaving asks, too. */
export function useDraft(
  unsaved: boolean,
  { saves }: { readonly saves: boolean },
  made: () => Draft,
  inputs: readonly unknown[],
): void {
  useEffect(() => {
    keepDraft(unsaved ? made() : null);
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    if (unsaved && saves) addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, [unsaved, ...inputs]);
}

function keepDraft(draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
    else sessionStorage.removeItem(KEY);
  } catch {
    // No room, or none allowed: then a reload asks before it drops the text.
  }
}

export function keptDraft(name: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Draft | null;
    return draft?.name === name ? draft : null;
  } catch {
    return null;
  }
}
