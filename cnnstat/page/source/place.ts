/** Where the reader is: network, layer, unit and tab, which the fragment of the address keeps. */

import { useCallback, useEffect, useState } from "preact/hooks";

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

/** Returns the place and how to go elsewhere. Another network is a step that Back undoes; a layer is none. */
export function usePlace(start: Place): [Place, Go] {
  const [place, setPlace] = useState(() => placeOf(location.hash, start));
  useEffect(() => {
    const followed = () => setPlace(placeOf(location.hash, start));
    addEventListener("hashchange", followed);
    addEventListener("popstate", followed);
    return () => {
      removeEventListener("hashchange", followed);
      removeEventListener("popstate", followed);
    };
  }, []);
  const go = useCallback((change: Partial<Place>) => {
    setPlace((before) => {
      const other = change.network !== undefined && change.network !== before.network;
      const cleared = other
        ? { layer: "", unit: "" }
        : change.layer !== undefined && change.layer !== before.layer
          ? { unit: "" }
          : {};
      const after = { ...before, ...cleared, ...change };
      const address = fragmentOf(after, start) || location.pathname + location.search;
      if (other) history.pushState(null, "", address);
      else history.replaceState(null, "", address);
      return after;
    });
  }, []);
  return [place, go];
}
