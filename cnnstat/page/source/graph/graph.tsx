/** The graph of a network that one can fold, walk through by keys, and zoom. */

import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { announce } from "../announce";
import type { Source } from "../source";
import { named } from "../text";
import { Drawing } from "./drawing";
import { allBlocks, ancestors, openAtFirst, shownFor, toggled } from "./folding";
import { Layouts, type Placed } from "./layout";
import { levelsOf } from "./levels";
import { textWidth } from "./measure";
import { type Item, treeOf } from "./tree";
import { useZoom } from "./zoom";

interface Props {
  readonly source: Source;
  readonly selected: string;
  readonly onSelect: (path: string) => void;
}

export function Graph({ source, selected, onSelect }: Props) {
  const { outline } = source;
  const [each, setEach] = useState(false);
  const tree = useMemo(() => treeOf(outline, each), [outline, each]);
  const layouts = useMemo(() => new Layouts(levelsOf(tree), textWidth), [tree]);
  // Null until something is folded by hand: then it stays so while the network is edited.
  const [folded, setFolded] = useState<ReadonlySet<string> | null>(null);
  const blocks = useMemo(() => allBlocks(tree), [tree]);
  const before = useRef(blocks);
  useEffect(() => {
    // Another network has none of the blocks of the one before; its name alone may be typed at.
    if (![...blocks].some((id) => before.current.has(id))) setFolded(null);
    before.current = blocks;
  }, [blocks]);
  const open = useMemo(() => folded ?? openAtFirst(tree), [folded, tree]);
  const laid = useMemo(() => layouts.whole(open), [layouts, open]);

  const shown = shownFor(tree, open, selected);
  const focused = shown || (laid.placed[0]?.item.id ?? "");
  const view = useRef<HTMLDivElement>(null);
  const zoom = useZoom(view, laid.width, laid.height);
  // Items are drawn once: what they call never changes, and finds here what is true now.
  const now = useRef({ open, onSelect });
  now.current = { open, onSelect };

  useLayoutEffect(() => {
    const placed = laid.placed.find((each) => each.item.id === shown);
    if (placed) zoom.show(placed);
  }, [shown, laid]);

  const pick = useCallback((item: Item) => now.current.onSelect(item.id), []);
  const fold = useCallback((item: Item) => {
    const opens = !now.current.open.has(item.id);
    setFolded(toggled(now.current.open, item.id));
    now.current.onSelect(item.id);
    announce(`${item.title} ${opens ? `unfolded, ${item.children.length} items` : "folded"}`);
  }, []);
  const foldAll = (to: ReadonlySet<string>, words: string) => {
    setFolded(to);
    announce(words);
  };

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const id = (event.target as Element).closest<SVGElement>("[data-id]")?.dataset["id"];
    const at = laid.placed.findIndex((each) => each.item.id === id);
    const here = laid.placed[at];
    if (!here) return;
    const to = (place: Placed | undefined) => place && focus(view.current, place.item, pick);
    const keys: Record<string, () => void> = {
      ArrowDown: () => to(laid.placed[at + 1]),
      ArrowUp: () => to(laid.placed[at - 1]),
      ArrowRight: () =>
        here.open ? to(laid.placed[at + 1]) : here.item.children.length ? fold(here.item) : undefined,
      ArrowLeft: () =>
        here.open
          ? fold(here.item)
          : to(laid.placed.find((each) => each.item.id === [...ancestors(tree, here.item)][0]?.id)),
      Home: () => to(laid.placed[0]),
      End: () => to(laid.placed[laid.placed.length - 1]),
      Enter: () => pick(here.item),
      " ": () => (here.item.children.length ? fold(here.item) : pick(here.item)),
      "*": () => foldAll(blocks, "all unfolded"),
      "+": () => zoom.by(1.25),
      "-": () => zoom.by(0.8),
      "0": () => zoom.fit(),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  const repeated = outline.repetitions.length > 0;
  return (
    <section class="graph" aria-label="Graph">
      <div class="tools" role="group" aria-label="Graph">
        <button type="button" onClick={() => foldAll(blocks, "all unfolded")}>
          Unfold all
        </button>
        <button type="button" onClick={() => foldAll(new Set(), "all folded")}>
          Fold all
        </button>
        {repeated ? (
          <button
            type="button"
            aria-pressed={each}
            onClick={() => setEach(!each)}
            title="Draw equal repetitions one by one"
          >
            Each repetition
          </button>
        ) : null}
        <span class="space" />
        <button type="button" aria-label="Smaller" onClick={() => zoom.by(0.8)}>
          −
        </button>
        <button type="button" aria-label="Larger" onClick={() => zoom.by(1.25)}>
          +
        </button>
        <button type="button" onClick={zoom.fit} title="Show the whole network">
          Fit
        </button>
      </div>
      <div class="view" ref={view} onKeyDown={pressed}>
        <Drawing
          laid={laid}
          colours={source.colours}
          selected={shown}
          focused={focused}
          scale={zoom.scale}
          name={`Layers of ${named(outline.summary.name)}`}
          onPick={pick}
          onFold={fold}
        />
      </div>
    </section>
  );
}

function focus(view: HTMLElement | null, item: Item, pick: (item: Item) => void): void {
  pick(item);
  view?.querySelector<SVGElement>(`[data-id="${CSS.escape(item.id)}"]`)?.focus({ preventScroll: true });
}
