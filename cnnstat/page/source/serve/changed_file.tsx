/** The file was changed elsewhere: what is different there, and what to do about it. */

import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";
import { nonceOfPage } from "./editor";
import { asRead } from "./ends";
import type { FileState } from "./types";

interface Props {
  readonly name: string;
  readonly outside: FileState;
  readonly text: string;
  readonly unsaved: boolean;
  readonly onRead: () => void;
  readonly onKeep: () => void;
}

export function ChangedFile({ name, outside, text, unsaved, onRead, onKeep }: Props) {
  if (outside.text === null) {
    return (
      <section class="changed-file" aria-label="The file">
        <p role="alert">{outside.trouble}. Nothing can be saved to it; the text can be downloaded.</p>
      </section>
    );
  }
  return (
    <section class="changed-file" aria-label="The file">
      <p role="alert">
        <b>{name}</b> was changed elsewhere.{" "}
        {unsaved
          ? "Marked is what is different in your text, which is not saved."
          : "Marked is what is different here."}
      </p>
      <Difference theirs={asRead(outside.text)} mine={text} />
      <div class="tools">
        <button type="button" onClick={onRead}>
          Take the file's text
        </button>
        <button type="button" onClick={onKeep}>
          Keep mine, to be saved over it
        </button>
      </div>
    </section>
  );
}

function Difference({ theirs, mine }: { theirs: string; mine: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current) return;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: mine,
        extensions: [
          EditorView.cspNonce.of(nonceOfPage()),
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ "aria-label": "Your text against the file" }),
          lineNumbers(),
          unifiedMergeView({
            original: theirs,
            mergeControls: false,
            collapseUnchanged: { margin: 2, minSize: 4 },
          }),
        ],
      }),
    });
    return () => view.destroy();
  }, [theirs, mine]);
  return <div class="difference-of-texts" ref={place} />;
}
