/** The file that is open: what of it the page knows, whether it was changed elsewhere, and saving. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get, post, RefusedError } from "./server";
import type { FileState, StartDocument } from "./types";

/** Milliseconds between two looks at the file, while the page is seen. */
const LOOK = 1500;

export interface OpenFile {
  /** Whether there is one that can be saved to. */
  readonly saves: boolean;
  /** What was read or saved last; the text is unsaved where it is another. */
  readonly base: string;
  readonly digest: string;
  /** The file as it is now, where it was changed elsewhere or cannot be read; null where nothing is amiss. */
  readonly outside: FileState | null;
  /** Saves a text over what the page knows; says why that was not possible, and nothing where it was. */
  readonly save: (text: string) => Promise<string>;
  /** Takes the file as it is now for what the page knows, whose text is read or will be saved over. */
  readonly accept: (state: FileState) => void;
}

/** `base` is the text that a draft was made of, where it was made before the page was loaded again. */
export function useFile(
  start: StartDocument,
  draft: { readonly digest: string; readonly base: string } | null,
): OpenFile {
  const [digest, setDigest] = useState(draft?.digest ?? start.digest);
  const [base, setBase] = useState(draft?.base ?? start.text);
  const [outside, setOutside] = useState<FileState | null>(
    start.trouble ? { digest: "", text: null, trouble: start.trouble } : null,
  );
  const now = useRef({ digest, outside, saving: false });
  now.current = { ...now.current, digest, outside };

  const accept = useCallback((state: FileState) => {
    setDigest(state.digest);
    setBase(state.text ?? "");
    setOutside(null);
  }, []);

  const look = useCallback(async () => {
    const before = now.current;
    if (!start.saves || before.saving) return;
    try {
      const state = await get<FileState>(`file?digest=${before.outside?.digest || before.digest}`);
      const still = now.current;
      if (still.saving || still.digest !== before.digest || still.outside !== before.outside) return;
      if (state.trouble) {
        if (state.trouble !== before.outside?.trouble) setOutside(state);
      } else if (state.digest === before.digest) setOutside(null);
      else if (state.text !== null) setOutside(state);
    } catch {
      // The server has gone, which the next request that matters says.
    }
  }, [start.saves]);

  useEffect(() => {
    const seen = () => document.visibilityState === "visible" && void look();
    const timer = setInterval(seen, LOOK);
    addEventListener("focus", seen);
    document.addEventListener("visibilitychange", seen);
    seen();
    return () => {
      clearInterval(timer);
      removeEventListener("focus", seen);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [look]);

  const save = useCallback(async (text: string) => {
    now.current.saving = true;
    try {
      const state = await post("file", { text, digest: now.current.digest });
      setDigest(state.digest);
      setBase(text);
      setOutside(null);
      return "";
    } catch (error) {
      if (!(error instanceof RefusedError) || error.status !== 409) throw error;
      const state = error.found as FileState;
      setOutside(state);
      return state.trouble || `${start.name} was changed elsewhere`;
    } finally {
      now.current.saving = false;
    }
  }, []);
  return { saves: start.saves, base, digest, outside, save, accept };
}
