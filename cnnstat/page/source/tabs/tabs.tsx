/** The tabs of a network: one is shown, printed are all. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Go, Place } from "../place";
import type { Scheme, Source, Tab } from "../source";
import { LayerTable } from "../table/layer_table";
import { Chart } from "./chart";
import { Conventions } from "./conventions";
import { Findings } from "./findings";
import { Proof } from "./proof";
import { Spec } from "./spec";

const TITLES: Readonly<Record<Tab, string>> = {
  layers: "Layers",
  costs: "Costs",
  memory: "Memory",
  fields: "Fields",
  conventions: "Conventions",
  findings: "Findings",
  spec: "Spec",
  proof: "Proof",
};

interface Props {
  readonly source: Source;
  readonly place: Place;
  readonly go: Go;
  readonly scheme: Scheme;
}

export function Tabs({ source, place, go, scheme }: Props) {
  const { tabs } = source;
  const shown = tabs.find((tab) => tab === place.tab) ?? tabs[0] ?? "layers";
  const printing = usePrinting();
  const list = useRef<HTMLDivElement>(null);
  const pressed = (event: KeyboardEvent) => {
    const at = tabs.indexOf(shown);
    const steps: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: tabs.length - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    go({ tab: tabs[next] as Tab });
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label="What to show" ref={list} onKeyDown={pressed}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-controls={`panel-${tab}`}
            aria-selected={tab === shown}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => go({ tab })}
          >
            {TITLES[tab]}
          </button>
        ))}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab}
          role="tabpanel"
          id={`panel-${tab}`}
          aria-labelledby={`tab-${tab}`}
          hidden={tab !== shown && !printing}
          tabIndex={tab === "layers" ? undefined : 0}
        >
          {printing ? <h2>{TITLES[tab]}</h2> : null}
          {tab === shown || printing ? (
            <Content tab={tab} source={source} place={place} go={go} scheme={printing ? "light" : scheme} />
          ) : null}
        </div>
      ))}
    </div>
  );
}

function Content({ tab, source, place, go, scheme }: Props & { tab: Tab }) {
  switch (tab) {
    case "layers":
      return <LayerTable source={source} selected={place.layer} onSelect={(layer) => go({ layer })} />;
    case "costs":
      return <Chart source={source} kind="layers" scheme={scheme} />;
    case "memory":
      return <Chart source={source} kind="memory" scheme={scheme} />;
    case "fields":
      return <Chart source={source} kind="rf" scheme={scheme} />;
    case "conventions":
      return <Conventions source={source} />;
    case "findings":
      return <Findings source={source} />;
    case "spec":
      return <Spec source={source} selected={place.layer} />;
    case "proof":
      return <Proof source={source} />;
  }
}

/**
 * Says whether the page is being printed: on paper no tab can be chosen. Browsers say so by events, which come
 * before they take the page as it is; a preview on the screen, by the medium alone.
 */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const paper = matchMedia("print");
    const before = () => setPrinting(true);
    const after = () => setPrinting(false);
    const changed = () => setPrinting(paper.matches);
    changed();
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    paper.addEventListener("change", changed);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
      paper.removeEventListener("change", changed);
    };
  }, []);
  return printing;
}
