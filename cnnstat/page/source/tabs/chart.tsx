/**
 * A chart of Vega-Lite. Expressions are interpreted (vega-interpreter), for the page's policy lets no text
 * be run; nothing is loaded: all data stand in the chart.
 */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { loader, logger, None, parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { useAsked } from "../asked";
import { reasonOf } from "../text";
import type { ChartKind, Scheme, Source } from "../source";
import { Unanswered } from "../unanswered";
import { drawable } from "./chart_numbers";

interface Props {
  readonly source: Source;
  readonly kind: ChartKind;
  readonly scheme: Scheme;
}

export function Chart({ source, kind, scheme }: Props) {
  const asked = useAsked(() => source.chart(kind, scheme), [source, kind, scheme]);
  const spec = asked.value;
  const place = useRef<HTMLDivElement>(null);
  const [fault, setFault] = useState("");
  useLayoutEffect(() => {
    if (!spec || !place.current) return;
    let view: View | undefined;
    try {
      view = drawn(spec, place.current);
      setFault("");
    } catch (error) {
      setFault(reasonOf(error));
    }
    return () => void view?.finalize();
  }, [spec]);
  if (fault) return <p class="refusal">{fault}</p>;
  if (!spec) return <Unanswered asked={asked} />;
  return <div class="chart" ref={place} />;
}

const nothing = loader({});
nothing.load = () => Promise.reject(new Error("charts load nothing"));

/** What Vega-Lite remarks upon is for who writes charts; faults are thrown all the same. */
const silent = logger(None);

function drawn(spec: Record<string, unknown>, container: HTMLElement): View {
  const vega = compile(drawable(spec) as unknown as TopLevelSpec, { logger: silent }).spec;
  const runtime = parse(vega, undefined, { ast: true });
  const view = new View(runtime, {
    expr: expressionInterpreter,
    loader: nothing,
    renderer: "svg",
    hover: false,
  });
  return view.initialize(container).run();
}
