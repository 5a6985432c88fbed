/** The page of a text: the editor, its parameters and problems, and beside them the network that it is. */

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { announce, Announcer } from "../announce";
import { Network } from "../network";
import { usePlace } from "../place";
import { SchemeButton, useScheme } from "../scheme";
import type { Source } from "../source";
import { named } from "../text";
import type { Asking, Setting } from "./asking";
import { Bar, type Share } from "./bar";
import { ChangedFile } from "./changed_file";
import { type Draft, keepDraft } from "./draft";
import { Editor, KEYS } from "./editor";
import { asRead } from "./ends";
import { useFile } from "./file";
import { Live } from "./live";
import { mended } from "./marks";
import { Parameters, written } from "./parameters";
import { Problems } from "./problems";
import { servedSource } from "./served";
import { once, post } from "./server";
import { Settings } from "./settings";
import { shared } from "./share";
import type { Diagnostic, FindingsDocument, LiveDocument, ReadDocument, StartDocument } from "./types";

interface Props {
  readonly start: StartDocument;
  readonly draft: Draft | null;
}

/** The answer to a text. Of one that is wrong the source is that of the last that was not. */
interface Shown {
  readonly asking: Asking;
  readonly found: LiveDocument;
  readonly source: Source | null;
}

/** Milliseconds without a key after which the text is checked, too. */
const QUIET = 500;

export function Workbench({ start, draft }: Props) {
  const first = {
    text: asRead(draft?.text ?? start.text),
    variant: draft?.variant ?? start.variant,
  };
  const [asking, setAsking] = useState<Asking>({
    ...first,
    params: {},
    batch: 1,
    dtype: "",
    optimizer: "momentum",
  });
  const [shown, setShown] = useState<Shown | null>(null);
  const [marks, setMarks] = useState<readonly Diagnostic[]>([]);
  const [refused, setRefused] = useState(start.remarks.join("; "));
  const [busy, setBusy] = useState("");
  const [scheme, swap] = useScheme();
  const [place, go] = usePlace({ network: 0, layer: "", unit: "", tab: "layers" });
  const file = useFile(start, draft);
  const editor = useRef<Editor | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  const unsaved = asRead(asking.text) !== asRead(file.base);
  const set = useCallback((change: Partial<Asking>) => setAsking((before) => ({ ...before, ...change })), []);

  const live = useMemo(
    () =>
      new Live(
        (asked, found) => {
          setShown((before) => ({
            asking: asked,
            found: readable(found) || !before ? found : { ...found, ...withoutPlaces(before.found) },
            source: sourceOf(asked, found) ?? before?.source ?? null,
          }));
          setRefused(found.refused);
          setMarks(found.problems);
          editor.current?.mark(found.problems, asked.text);
        },
        (why) => setRefused(why),
      ),
    [],
  );
  useLayoutEffect(() => live.ask(asking), [asking]);

  const save = useRef(() => {});
  save.current = async () => {
    if (!start.saves || !editor.current) return;
    try {
      const saved = await file.save(editor.current.written);
      announce(saved ? `${start.name} is saved` : `${start.name} was changed elsewhere and is not saved`);
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
  };

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "s" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      save.current();
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);

  useLayoutEffect(() => {
    if (!holder.current) return;
    const made = new Editor(holder.current, start.text, (text) => set({ text }));
    editor.current = made;
    if (draft) made.replace(draft.text); // as a change, so that it can be undone
    return () => made.view.destroy();
  }, []);

  // What is not saved is kept with the tab; where that is not possible, leaving asks.
  useEffect(() => {
    const text = editor.current?.written ?? asking.text;
    keepDraft(
      unsaved
        ? { name: start.name, text, variant: asking.variant, known: file.known, base: file.base }
        : null,
    );
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    if (unsaved && start.saves) addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, [unsaved, asking.text, asking.variant, file.known]);

  useChecks(shown, setMarks, editor);
  const many = marks.length;
  useEffect(
    () => announce(many === 0 ? "no problem" : `${many} ${many === 1 ? "problem" : "problems"}`),
    [many],
  );
  const title = shown?.source?.outline.summary.name ?? start.name;
  useEffect(() => {
    document.title = `${unsaved && start.saves ? "• " : ""}${start.name} · cnnstat`;
  }, [unsaved]);

  const current = shown !== null && shown.asking.text === asking.text;
  const found = shown?.found;
  const begin = (name: string, read: ReadDocument) => {
    set({ variant: read.variant, params: {} });
    editor.current?.replace(read.text);
    setRefused(read.remarks.join("; "));
    announce(`${name} is in the editor`);
  };
  const share = async (what: Share) => {
    setBusy("Working…");
    try {
      await shared(what, asking, start.name, editor.current?.written ?? asking.text);
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
    setBusy("");
  };
  const write = () => {
    const changes = (found?.parameters ?? []).flatMap((each) =>
      each.place && each.name in asking.params
        ? [{ from: each.place[0], to: each.place[1], insert: written(each.value) }]
        : [],
    );
    set({ params: {} });
    editor.current?.view.dispatch({ changes, userEvent: "input.parameter" });
  };
  const read = () => {
    if (!file.outside) return;
    editor.current?.replace(file.outside.text ?? "");
    file.accept(file.outside);
  };

  return (
    <>
      <header class="top">
        <h1>{named(title)}</h1>
        <p class="file" aria-live="polite">
          {start.saves ? `${start.name}: ${unsaved ? "not saved" : "saved"}` : "no file is open"}
        </p>
        <Bar
          unsaved={unsaved}
          saves={start.saves}
          busy={busy}
          onSave={() => save.current()}
          onStart={begin}
          onShare={share}
          onRefused={setRefused}
        />
        <SchemeButton scheme={scheme} swap={swap} />
      </header>
      <main class="workbench">
        <div class="writing">
          {file.outside ? (
            <ChangedFile
              name={start.name}
              outside={file.outside}
              text={asking.text}
              unsaved={unsaved}
              onRead={read}
              onKeep={() => file.outside && file.accept(file.outside)}
            />
          ) : null}
          <Settings
            asking={asking}
            variant={found?.variant ?? asking.variant}
            variants={found?.variants ?? []}
            set={set}
          />
          <Parameters
            parameters={found?.parameters ?? []}
            onSet={(name: string, value: Setting) =>
              setAsking((before) => ({ ...before, params: { ...before.params, [name]: value } }))
            }
            onReset={() => set({ params: {} })}
            onWrite={shown?.asking === asking ? write : null}
          />
          <div class="editor" ref={holder} />
          <p class="keys" id={KEYS}>
            Tab indents; Escape, then Tab leaves the editor.
          </p>
          {refused ? (
            <p class="refusal" role="alert">
              {refused}
            </p>
          ) : null}
          <Problems
            found={marks}
            onShow={(each) =>
              editor.current?.goTo(editor.current.placeOf(each.code, each.message) ?? each.place[0])
            }
            onMend={(each) => editor.current && current && mended(editor.current.view, each)}
          />
        </div>
        <div class={`result${found && !found.network ? " behind" : ""}`}>
          {found && !found.network && shown?.source ? (
            <p class="behind-note">The figures are those of the last text without a problem.</p>
          ) : null}
          {shown?.source ? (
            <Network source={shown.source} place={place} go={go} scheme={scheme} />
          ) : (
            <p>{found ? "No figures yet." : "Calculating…"}</p>
          )}
        </div>
      </main>
      <footer>Made by cnnstat {start.version}: every figure is calculated from the spec.</footer>
      <Announcer />
    </>
  );
}

/** Says whether a text could be read so far that it has parameters, or none. */
function readable(found: LiveDocument): boolean {
  return found.network !== null || found.variants.length > 0 || found.parameters.length > 0;
}

/** What there was to set in the last text that could be read, for as long as another cannot. */
function withoutPlaces({ variants, variant, parameters }: LiveDocument) {
  return { variants, variant, parameters: parameters.map((each) => ({ ...each, place: null })) };
}

const CHECKS = new WeakMap<Source, () => FindingsDocument | Promise<FindingsDocument>>();

function sourceOf(asking: Asking, found: LiveDocument): Source | null {
  if (!found.network) return null;
  const check = once(() => post<FindingsDocument>("findings", asking));
  const source = servedSource(asking, found.network, found.colours, async () => check());
  CHECKS.set(source, check);
  return source;
}

/** Checks the text when it is left alone for a moment, and marks what is found beside what is wrong. */
function useChecks(
  shown: Shown | null,
  setMarks: (marks: readonly Diagnostic[]) => void,
  editor: { readonly current: Editor | null },
): void {
  useEffect(() => {
    const check = shown?.found.network && shown.source ? CHECKS.get(shown.source) : undefined;
    if (!check || !shown) return;
    let left = false;
    const timer = setTimeout(async () => {
      try {
        const { marks } = await check();
        if (left) return;
        setMarks(marks);
        editor.current?.mark(marks, shown.asking.text);
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
