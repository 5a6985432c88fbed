/** What is wrong with a text, as the editor marks it; the places are those of the text that was asked for. */

import type { Action, Diagnostic as Mark } from "@codemirror/lint";
import { type EditorState, Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Diagnostic } from "./types";

export function marksOf(found: readonly Diagnostic[], state: EditorState): Mark[] {
  const end = state.doc.length;
  return found.map((each) => ({
    from: Math.min(each.place[0], end),
    to: Math.min(Math.max(each.place[1], each.place[0]), end),
    severity: each.severity,
    source: each.code,
    message: each.message,
    renderMessage: () => words(each),
    actions: each.edits.length ? [mend(each, state.doc)] : [],
  }));
}

/** The message, and the way out where the code's page has one: text, whatever stands in it. */
function words(found: Diagnostic): Node {
  const whole = document.createElement("div");
  const message = whole.appendChild(document.createElement("p"));
  message.append(found.message);
  if (found.way_out) {
    const way = whole.appendChild(document.createElement("p"));
    way.className = "way-out";
    way.append(found.way_out);
  }
  return whole;
}

/** What mends it, as long as the text is the one that was asked for: the places of edits move with no other. */
function mend(found: Diagnostic, doc: Text): Action {
  return { name: "Mend", apply: (view) => view.state.doc.eq(doc) && mended(view, found) };
}

/** Makes the edits that mend it, as one step that can be undone. */
export function mended(view: EditorView, found: Diagnostic): void {
  const changes = found.edits.map((edit) => ({
    from: edit.place[0],
    to: edit.place[1],
    insert: Text.of(edit.text.split("\n")),
  }));
  view.dispatch({ changes, userEvent: "input.mend" });
  view.focus();
}
