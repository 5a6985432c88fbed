/** One network: its graph, its tabs, and what is selected in either. */

import { useCallback, useRef } from "preact/hooks";
import { Graph } from "./graph/graph";
import { Lead } from "./lead";
import { Selected } from "./panel/selected";
import type { Go, Place } from "./place";
import type { Scheme, Source } from "./source";
import { Sums } from "./sums";
import { Tabs } from "./tabs/tabs";

interface Props {
  readonly source: Source;
  readonly place: Place;
  readonly go: Go;
  readonly scheme: Scheme;
}

export function Network({ source, place, go, scheme }: Props) {
  const select = useCallback((layer: string) => go({ layer }), [go]);
  const panel = useRef<HTMLElement>(null);
  return (
    <div class="network">
      <Sums summary={source.outline.summary} />
      <div class="panes">
        <Graph source={source} selected={place.layer} onSelect={select} />
        <Tabs source={source} place={place} go={go} scheme={scheme} />
        <Selected source={source} place={place} go={go} panel={panel} />
      </div>
      <Lead name={place.layer} to={panel} />
    </div>
  );
}
