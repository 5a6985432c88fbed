/** The page of a text: the editor, its parameters and problems, and beside them the network that it is. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { announce, Announcer } from "../announce";
import { Network } from "../network";
import { usePlace } from "../place";
import { SchemeButton, useScheme } from "../scheme";
import { named, reasonOf } from "../text";
import type { Asking, Setting } from "./asking";
import { Bar } from "./bar";
import { ChangedFile } from "./changed_file";
import { type Draft, useDraft } from "./draft";
import { Editor, KEYS } from "./editor";
import { asRead } from "./ends";
import { useFile } from "./file";
import { mended } from "./marks";
import { asSet, Parameters } from "./parameters";
import { Problems } from "./problems";
import { Settings } from "./settings";
import { shared } from "./share";
import { inYaml } from "./setting_text";
import { REFUSED } from "./refused_field";
import { useSaveKey } from "./shortcut";
import { useShown } from "./shown";
import type { ReadDocument, StartDocument } from "./types";

interface Props {
  readonly start: StartDocument;
  readonly draft: Draft | null;
}

export function Workbench({ start, draft }: Props) {
  const [asking, setAsking] = useState<Asking>({
    text: asRead(draft?.text ?? start.text),
    variant: draft?.variant ?? start.variant,
    params: {},
    batch: 1,
    dtype: "",
    optimizer: "momentum",
  });
  const [busy, setBusy] = useState("");
  const [scheme, swap] = useScheme();
  const [place, go] = usePlace({ network: 0, layer: "", unit: "", tab: "layers" });
  const file = useFile(start, draft);
  const holder = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const { shown, marks, refused, refuse } = useShown(asking, editor, start.remarks.join("; "));
  const found = shown?.found;
  const current = shown?.asking.text === asking.text;
  const unsaved = asRead(asking.text) !== asRead(file.base);
  const set = useCallback((change: Partial<Asking>) => setAsking((before) => ({ ...before, ...change })), []);

  useLayoutEffect(() => {
    if (!holder.current) return;
    const made = new Editor(holder.current, start.text, (text) => set({ text }));
    editor.current = made;
    if (draft) made.replace(draft.text); // as a change, so that it can be undone
    return () => made.view.destroy();
  }, []);
  const asInFile = () => editor.current?.written ?? asking.text;
  useDraft(
    unsaved,
    start,
    () => ({
      name: start.name,
      text: asInFile(),
      variant: asking.variant,
      digest: file.digest,
      base: file.base,
    }),
    [asking.text, asking.variant, file.digest],
  );
  useEffect(() => {
    document.title = `${unsaved && start.saves ? "• " : ""}${start.name} · cnnstat`;
  }, [unsaved]);

  const save = async () => {
    if (!start.saves || !editor.current) return;
    try {
      const refusal = await file.save(editor.current.written);
      announce(refusal ? `${refusal}; it is not saved` : `${start.name} is saved`);
    } catch (error) {
      refuse(reasonOf(error));
    }
  };
  useSaveKey(save);
  const begin = (name: string, read: ReadDocument) => {
    set({ variant: read.variant, params: {} });
    editor.current?.replace(read.text);
    refuse(read.remarks.join("; "));
    announce(`${name} is in the editor; undo brings back what was there`);
  };
  const share = async (what: string) => {
    setBusy("Working…");
    try {
      await shared(what, asking, start.stem, asInFile());
    } catch (error) {
      refuse(reasonOf(error));
    }
    setBusy("");
  };
  const write = () => {
    const changes = (found?.parameters ?? []).flatMap((each) =>
      each.place && each.name in asking.params
        ? [{ from: each.place[0], to: each.place[1], insert: inYaml(each.value) }]
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

  const title = shown?.source?.outline.summary.name ?? start.name;
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
          onSave={save}
          onStart={begin}
          onShare={share}
          onRefused={refuse}
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
            choices={start}
            asking={asking}
            variant={found?.variant ?? asking.variant}
            variants={found?.variants ?? []}
            refused={refused}
            set={set}
          />
          <Parameters
            parameters={asSet(found?.parameters ?? [], asking.params)}
            refused={refused}
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
            <p class="refusal" role="alert" id={REFUSED}>
              {refused}
            </p>
          ) : null}
          <Problems
            found={marks}
            quiet={refused === ""}
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
