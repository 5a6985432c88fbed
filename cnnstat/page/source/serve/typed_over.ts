/**
 * Typing over a selection. Left to Chromium, the letter would come with the style of what it replaces, as an
 * attribute that the page's policy refuses: so the editor changes its text before the browser does.
 */

import { EditorView } from "@codemirror/view";

export const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const { data } = event;
    // What is composed of several keys is the browser's until it is whole.
    if (event.inputType !== "insertText" || !data || empty || event.isComposing || view.composing)
      return false;
    const insert = () =>
      view.state.update(view.state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    const taken = view.state.facet(EditorView.inputHandler).some((by) => by(view, from, to, data, insert));
    if (!taken) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});
