/** What a run measured beside what was calculated. Proved is what was measured, and nothing else. */

import { useAsked } from "../asked";
import { Scroll } from "../scroll";
import { TOTALS } from "../table/total_figures";
import type { Source } from "../source";
import { count } from "../text";
import { Unanswered } from "../unanswered";
import type { Disagreement, RunDocument } from "../types";

export function Proof({ source }: { source: Source }) {
  const asked = useAsked(() => source.proof(), [source]);
  return asked.value ? <Run proof={asked.value} /> : <Unanswered asked={asked} />;
}

function Run({ proof }: { proof: RunDocument }) {
  const { gradients } = proof;
  return (
    <>
      <p class={proof.proved ? "proved" : "refusal"}>
        <strong>{proof.verdict}</strong>
      </p>
      <p>
        The network was run in {proof.dtype}, batch {proof.batch}, seed {proof.seed}: {count(proof.compared)}{" "}
        figures were calculated and measured.
      </p>
      {proof.differences.length ? <Differences differences={proof.differences} /> : null}
      {gradients ? (
        <p>
          Gradients ({gradients.method}): {count(gradients.checked.length)} checked, {count(gradients.wrong)}{" "}
          wrong, {count(gradients.not_measurable)} not measurable.
        </p>
      ) : null}
      {proof.unmeasured.length ? (
        <details>
          <summary>{count(proof.unmeasured.length)} figures of which this says nothing</summary>
          <ul>
            {proof.unmeasured.map((each, index) => (
              <li key={index}>
                {each.layer}, {each.figure}: {each.why}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      <Measured proof={proof} />
    </>
  );
}

function Differences({ differences }: { differences: readonly Disagreement[] }) {
  return (
    <ul class="missed">
      {differences.map((each, index) => (
        <li key={index}>
          {each.layer ?? "network"}, {each.figure}: calculated {said(each.calculated)}, measured{" "}
          {said(each.measured)}
        </li>
      ))}
    </ul>
  );
}

function said(value: Disagreement["calculated"]): string {
  if (value === null) return "none";
  if (Array.isArray(value))
    return value.map((each) => (Array.isArray(each) ? each.join("/") : String(each))).join("×");
  return typeof value === "string" ? value : count(value);
}

const MEASURED = ["params", "macs", "connections", "activations"] as const;

function Measured({ proof }: { proof: RunDocument }) {
  return (
    <Scroll name="Measured figures">
      <table>
        <caption>Measured; where it differs, calculated first</caption>
        <thead>
          <tr>
            <th scope="col">layer</th>
            <th scope="col">type</th>
            <th scope="col">output</th>
            {MEASURED.map((key) => (
              <th key={key} scope="col" class="number">
                {TOTALS[key].title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {proof.layers.map((layer) => (
            <tr key={layer.name}>
              <th scope="row">{layer.name}</th>
              <td>{layer.type}</td>
              <td>{layer.measured.output_shape.join("×")}</td>
              {MEASURED.map((key) => {
                const [calculated, measured] = [layer.calculated[key], layer.measured[key]];
                return (
                  <td key={key} class="number">
                    {calculated === measured ? count(measured) : `${count(calculated)} ≠ ${count(measured)}`}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
