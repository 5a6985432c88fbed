/** What is selected: figures, arithmetic, the field of a unit, its numbers, and what `check` found. */

import type { RefObject } from "preact";
import { useMemo } from "preact/hooks";
import type { Go, Place } from "../place";
import type { Source } from "../source";
import { named } from "../text";
import type { Block, LayerEntry } from "../types";
import type { Whole } from "../whole";
import { Arithmetic } from "./arithmetic";
import { Field } from "./field";
import { Figures } from "./figures";
import { LayerFindings } from "./layer_findings";
import { Numbers } from "./numbers";
import { middle, unitOf } from "./unit";
import { UnitInput } from "./unit_input";

interface Props {
  readonly source: Source;
  readonly place: Place;
  readonly go: Go;
}

export function Selected({
  source,
  place,
  go,
  panel,
}: Props & { readonly panel: RefObject<HTMLElement | null> }) {
  const { outline } = source;
  const layer = useMemo(
    () => outline.summary.layers.findIndex((each) => each.name === place.layer),
    [outline, place.layer],
  );
  const entry = outline.summary.layers[layer];
  const block = entry ? undefined : outline.blocks.find((each) => each.path === place.layer);
  return (
    <section class="selected" aria-label="Selected" tabIndex={0} ref={panel}>
      {entry ? (
        <Layer key={entry.name} source={source} layer={layer} entry={entry} place={place} go={go} />
      ) : block ? (
        <BlockView source={source} block={block} />
      ) : (
        <>
          <h2>The network</h2>
          <p>Select a layer or a block, in the graph or in the table, and its figures are explained here.</p>
          <Arithmetic source={source} name="total" />
        </>
      )}
    </section>
  );
}

interface LayerProps extends Props {
  readonly layer: number;
  readonly entry: LayerEntry;
}

function Layer({ source, layer, entry, place, go }: LayerProps) {
  const shape = entry.output_shape;
  const unit = unitOf(place.unit, shape) ?? source.firstUnit(entry.name) ?? middle(shape);
  const look = source.outline.layers[layer];
  const onUnit = (next: readonly Whole[]) => go({ unit: next.join(",") });
  return (
    <>
      <h2>{named(entry.name)}</h2>
      <p>
        {look?.operation ?? entry.type}, reads {entry.inputs.join(", ")}
      </p>
      <LayerFindings source={source} line={look?.line ?? 0} />
      <Figures entry={entry} />
      <UnitInput shape={shape} unit={unit} onUnit={onUnit} />
      <Field source={source} layer={layer} entry={entry} unit={unit} onUnit={onUnit} />
      <Arithmetic source={source} name={entry.name} />
      <Numbers source={source} layer={entry.name} unit={unit} />
    </>
  );
}

function BlockView({ source, block }: { source: Source; block: Block }) {
  return (
    <>
      <h2>{named(block.path)}</h2>
      <p>
        {block.figures.type}, a block that reads {block.figures.inputs.join(", ")}
      </p>
      <LayerFindings source={source} line={block.line} />
      <Figures entry={block.figures} />
      <Arithmetic source={source} name={block.path} />
    </>
  );
}
