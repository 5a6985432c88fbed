/** Where the reader is: network, layer, unit and tab, which the fragment of the address keeps. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Place {
  /** The network's position on the page; -1 is the index, or the difference, of several. */
  readonly network: number;
  /** The path of a layer, a block or an input; empty for none. */
  readonly layer: string;
  /** A unit of the layer, as it is typed; empty for the one that stands for all. */
  readonly unit: string;
  readonly tab: string;
}

export type Go = (change: Partial<Place>) => void;

export function fragmentOf(place: Place, start: Place): string {
  const words = new URLSearchParams();
  if (place.network !== start.network) words.set("network", String(place.network));
  for (const key of ["layer", "unit", "tab"] as const) {
    if (place[key] !== start[key]) words.set(key, place[key]);
  }
  const text = words.toString();
  return text && `#${text}`;
}

export function placeOf(fragment: string, start: Place): Place {
  const words = new URLSearchParams(fragment.replace(/^#/, ""));
  const network = Number(words.get("network") ?? start.network);
  return {
    network: Number.isInteger(network) ? network : start.network,
    layer: words.get("layer") ?? start.layer,
    unit: words.get("unit") ?? start.unit,
    tab: words.get("tab") ?? start.tab,
  };
}

/** Milliseconds: a key that is held down writes the address once, for browsers refuse hundreds of writes. */
const WRITTEN_AFTER = 100;

/** Returns the place and how to go elsewhere. Another network is a step that Back undoes; a layer is none. */
export function usePlace(start: Place): [Place, Go] {
  const [place, setPlace] = useState(() => placeOf(location.hash, start));
  const now = useRef(place);
  const timer = useRef(0);
  const set = (after: Place) => {
    now.current = after;
    setPlace(after);
  };
  useEffect(() => {
    const followed = () => set(placeOf(location.hash, start));
    addEventListener("hashchange", followed);
    addEventListener("popstate", followed);
    return () => {
      removeEventListener("hashchange", followed);
      removeEventListener("popstate", followed);
    };
  }, []);
  const go = useCallback((change: Partial<Place>) => {
    const before = now.current;
    const after = { ...before, ...left(before, change), ...change };
    set(after);
    clearTimeout(timer.current);
    const address = () => fragmentOf(now.current, start) || location.pathname + location.search;
    if (after.network !== before.network) history.pushState(null, "", address());
    else timer.current = setTimeout(() => history.replaceState(null, "", address()), WRITTEN_AFTER);
  }, []);
  return [place, go];
}

/** Returns what is left behind: another network has other layers, another layer other units. */
function left(before: Place, change: Partial<Place>): Partial<Place> {
  if (change.network !== undefined && change.network !== before.network) return { layer: "", unit: "" };
  return change.layer !== undefined && change.layer !== before.layer ? { unit: "" } : {};
}
