/** Light or dark: as the system has it until the button is pressed, and then as that says. */

import { useCallback, useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { Scheme } from "./source";

const dark = () => matchMedia("(prefers-color-scheme: dark)");

export function useScheme(): [Scheme, () => void] {
  const [system, setSystem] = useState<Scheme>(() => (dark().matches ? "dark" : "light"));
  const [chosen, setChosen] = useState<Scheme | null>(null);
  useEffect(() => {
    const media = dark();
    const changed = () => setSystem(media.matches ? "dark" : "light");
    media.addEventListener("change", changed);
    return () => media.removeEventListener("change", changed);
  }, []);
  const scheme = chosen ?? system;
  useLayoutEffect(() => {
    document.documentElement.dataset["scheme"] = scheme;
  }, [scheme]);
  const swap = useCallback(() => setChosen(scheme === "dark" ? "light" : "dark"), [scheme]);
  return [scheme, swap];
}

export function SchemeButton({ scheme, swap }: { scheme: Scheme; swap: () => void }) {
  return (
    <button type="button" class="scheme" aria-pressed={scheme === "dark"} onClick={swap}>
      Dark
    </button>
  );
}
