/** What a network has in all, and where it is from. */

import { Scroll } from "./scroll";
import { TOTALS, type TotalFigure } from "./table/total_figures";
import { count, shape } from "./text";
import type { AnalysisDocument } from "./types";

export function Sums({ summary }: { summary: AnalysisDocument }) {
  const { totals, input_shapes: inputs, expectations, without } = summary;
  const input = inputs
    ? Object.entries(inputs)
        .map(([name, sizes]) => `${name} ${shape(sizes)}`)
        .join(", ")
    : shape(summary.input_shape);
  const memory = `batch ${summary.batch}, ${summary.dtype}`;
  const figure = ({ key, title, text }: TotalFigure, meaning: string): [string, string, string] => [
    title,
    text(totals[key]),
    meaning,
  ];
  const parts: [string, string, string][] = [
    ["input", input, "one sample, channels first"],
    ["output", shape(totals.output_shape), "one sample, channels first"],
    ["layers", count(summary.layers.length), ""],
    figure(TOTALS.params, "weights, biases, scale and shift"),
    figure(TOTALS.macs, "multiply-adds for one sample"),
    figure(TOTALS.inference, memory),
    figure(TOTALS.training, `${memory}, ${summary.optimizer}`),
  ];
  return (
    <section class="sums" aria-label="In all">
      <dl>
        {parts.map(([name, value, meaning]) => (
          <div key={name} title={meaning}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {summary.source ? <p class="from">{summary.source}</p> : null}
      {without ? (
        <p>
          All sums are without {Object.keys(without).join(", ")}: the catalogue has no type for these, so
          their figures are unknown.
        </p>
      ) : null}
      {expectations.missed.length ? (
        <Scroll name="Published figures that are missed">
          <ul class="missed">
            {expectations.missed.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Scroll>
      ) : expectations.checked ? (
        <p>{expectations.checked} published figures are met.</p>
      ) : null}
    </section>
  );
}
