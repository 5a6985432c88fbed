/**
 * The way to what is selected and back, on pages too narrow for it to stand beside what one selects in. It is a
 * line at the foot: a sheet over half of a telephone would hide the table, and a page that jumps at each
 * selection would tear away those who go through the table by keys.
 */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { named } from "./text";

interface Props {
  /** What is selected; empty for nothing. */
  readonly name: string;
  /** Where it is explained. */
  readonly to: RefObject<HTMLElement | null>;
}

export function Lead({ name, to }: Props) {
  const there = useInView(to);
  const from = useLastFocused();
  const left = useRef<number | null>(null);
  const lead = () => {
    left.current = scrollY;
    to.current?.scrollIntoView();
    to.current?.focus({ preventScroll: true });
  };
  const back = () => {
    const one = from.current?.isConnected ? from.current : document.querySelector<HTMLElement>(ROW);
    if (left.current !== null) scrollTo(0, left.current);
    else one?.scrollIntoView({ block: "center" });
    one?.focus({ preventScroll: true });
    left.current = null;
  };
  if (!name) return null;
  return (
    <p class="lead">
      <button type="button" onClick={there ? back : lead}>
        {there ? "↑ Back from" : "↓ Show"} {named(name)}
      </button>
    </p>
  );
}

const ROW = '[role="treegrid"] [aria-selected="true"]';

/** What of the graph or of the table was focused last: where the reader selects. */
function useLastFocused(): RefObject<HTMLElement | SVGElement | null> {
  const last = useRef<HTMLElement | SVGElement | null>(null);
  useEffect(() => {
    const focused = ({ target }: FocusEvent) => {
      const one = (target as Element).closest<HTMLElement | SVGElement>('[role="treeitem"], tr[tabindex]');
      if (one) last.current = one;
    };
    addEventListener("focusin", focused);
    return () => removeEventListener("focusin", focused);
  }, []);
  return last;
}

/** Says whether an element has come up to the upper half of the window. */
function useInView(element: RefObject<HTMLElement | null>): boolean {
  const [there, setThere] = useState(false);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      (entries) => setThere(entries.at(-1)?.isIntersecting === true),
      {
        rootMargin: "0px 0px -50% 0px",
      },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return there;
}
