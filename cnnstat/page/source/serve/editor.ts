/** The editor of a spec: CodeMirror with YAML, marks, completion from the schema, and undo. */

import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { forEachDiagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions } from "./completion";
import { asRead, separatorOf } from "./ends";
import { marksOf } from "./marks";
import { typedOver } from "./typed_over";
import type { Diagnostic } from "./types";

const LOOK = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], class: "key" },
  { tag: tags.comment, class: "comment" },
  { tag: tags.string, class: "quoted" },
]);

/** The id of the line that says which keys lead out of the editor. */
export const KEYS = "keys-of-editor";

/** The word by which the page's policy knows its own styles. */
export function nonceOfPage(): string {
  return document.getElementById("program")?.nonce ?? "";
}

export class Editor {
  readonly view: EditorView;
  private readonly ends = new Compartment();

  constructor(parent: Element, text: string, changed: (text: string) => void) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: docOf(text),
        extensions: [
          EditorView.cspNonce.of(nonceOfPage()),
          this.ends.of(EditorState.lineSeparator.of(separatorOf(text))),
          lineNumbers(),
          lintGutter(),
          highlightSpecialChars(),
          highlightActiveLine(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of("  "),
          bracketMatching(),
          closeBrackets(),
          typedOver,
          autocompletion({ override: [completions] }),
          search({ top: true }),
          highlightSelectionMatches(),
          yaml(),
          syntaxHighlighting(LOOK),
          EditorView.contentAttributes.of({
            "aria-label": "Spec",
            "aria-describedby": KEYS,
            spellcheck: "false",
          }),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...searchKeymap]),
          keymap.of([...historyKeymap, ...defaultKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => update.docChanged && changed(this.text)),
        ],
      }),
    });
  }

  /** The text as a spec is read: a line ends with one character. */
  get text(): string {
    return this.view.state.doc.toString();
  }

  /** The text as the file has it, with its own ends of lines. */
  get written(): string {
    return this.view.state.sliceDoc();
  }

  /** Puts another text in place of this one: a step that can be undone, in which equal ends stay as they are. */
  replace(text: string): void {
    const before = this.view.state.doc.toString();
    const after = asRead(text);
    let start = 0;
    while (start < before.length && start < after.length && before[start] === after[start]) start++;
    let end = 0;
    while (
      end < before.length - start &&
      end < after.length - start &&
      before.at(-1 - end) === after.at(-1 - end)
    )
      end++;
    const insert = Text.of(after.slice(start, after.length - end).split("\n"));
    // Lines that keep returns of their own get none besides when they are written.
    const mixed = after.includes("\r") ? [this.ends.reconfigure(EditorState.lineSeparator.of("\n"))] : [];
    this.view.dispatch({
      changes: { from: start, to: before.length - end, insert },
      effects: mixed,
      userEvent: "input.replace",
    });
  }

  /** Marks what is wrong with a text, unless it is another by now. */
  mark(found: readonly Diagnostic[], text: string): void {
    if (text === this.text)
      this.view.dispatch(setDiagnostics(this.view.state, marksOf(found, this.view.state)));
  }

  /** Where something that was marked is by now; null where it is no longer. */
  placeOf(code: string, message: string): number | null {
    let found: number | null = null;
    forEachDiagnostic(this.view.state, (mark, from) => {
      if (mark.source === code && mark.message === message) found ??= from;
    });
    return found;
  }

  /** Goes to a place and stays there. */
  goTo(place: number): void {
    this.view.dispatch({
      selection: { anchor: Math.min(place, this.view.state.doc.length) },
      scrollIntoView: true,
    });
    this.view.focus();
  }
}

function docOf(text: string): Text {
  return Text.of(asRead(text).split("\n"));
}
