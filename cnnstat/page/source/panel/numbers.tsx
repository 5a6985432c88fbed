/** The numbers of one unit: what it read, its weights, each step, and where it stands in its map. */

import { useAsked } from "../asked";
import type { Source } from "../source";
import { Unanswered } from "../unanswered";
import { real } from "../text";
import type { Whole } from "../whole";
import type { Backward, Matrix, Part, Plane, TraceDocument, Working } from "../types";

interface Props {
  readonly source: Source;
  readonly layer: string;
  readonly unit: readonly Whole[];
}

export function Numbers({ source, layer, unit }: Props) {
  const asked = useAsked(() => source.trace(layer, unit), [source, layer, unit.join()]);
  const found = asked.value;
  if (!found) return <Unanswered asked={asked} />;
  const { trace, reason } = found;
  return (
    <section aria-label="Numbers of a unit">
      <h3>Numbers of unit {(trace?.unit ?? unit).join(", ")}</h3>
      {trace ? <Trace trace={trace} /> : <p>{reason}</p>}
    </section>
  );
}

function Trace({ trace }: { trace: TraceDocument }) {
  const { activation, backward } = trace;
  return (
    <>
      {trace.drawn ? <p>Numbers that the spec does not give are drawn from seed {trace.seed}.</p> : null}
      <Worked working={trace.working} />
      <p>
        The run has <strong>{real(trace.executed)}</strong>.
      </p>
      <PlaneView plane={trace.map} title={`Map of the unit's channel; the unit is marked`} />
      {activation ? (
        <>
          <h4>
            {activation.layer}, {activation.type}
          </h4>
          <Worked working={activation.working} />
        </>
      ) : null}
      {backward ? <Back backward={backward} /> : null}
    </>
  );
}

function Back({ backward }: { backward: Backward }) {
  return (
    <>
      <h4>Back from the loss, {backward.loss}</h4>
      {backward.from_loss ? <Worked working={backward.from_loss} /> : null}
      {backward.shares.map((share, index) => (
        <div key={index}>
          <h4>
            from {share.layer}, {share.type}
          </h4>
          <Worked working={share.working} />
        </div>
      ))}
      <p>
        Delta of the unit: <strong>{real(backward.gradient)}</strong>; the run has {real(backward.executed)}.
      </p>
    </>
  );
}

function Worked({ working }: { working: Working }) {
  return (
    <>
      {working.parts.map((part, index) => (
        <PartView key={index} part={part} />
      ))}
    </>
  );
}

/** As many planes as can be read; of a layer with hundreds of channels the others are said in a line. */
const PLANES = 4;

function PartView({ part }: { part: Part }) {
  const left = part.planes.length - PLANES;
  return (
    <div class="part">
      {part.title ? <h4>{part.title}</h4> : null}
      {part.planes.slice(0, PLANES).map((plane, index) => (
        <PlaneView key={index} plane={plane} title={plane.label} />
      ))}
      {left > 0 ? <p>And {left} more of the same size.</p> : null}
      <ol class="steps">
        {part.steps.map((step, index) => (
          <li key={index}>
            <span class="label">{step.name}</span>
            <span class="working">
              {step.formula ? <span class="formula">{step.formula}</span> : null}
              <span>
                = <strong>{real(step.value)}</strong>
              </span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function PlaneView({ plane, title }: { plane: Plane; title: string }) {
  const label =
    title ||
    plane.matrices
      .map((matrix) => matrix.head)
      .filter(Boolean)
      .join(", ") ||
    "Numbers";
  return (
    <div class="plane" role="region" aria-label={label} tabIndex={0}>
      {title ? <p>{title}</p> : null}
      <div class="row">
        {plane.matrices.map((matrix, index) => (
          <MatrixView key={index} matrix={matrix} />
        ))}
      </div>
    </div>
  );
}

/** Rows and columns around what is marked: a map of 224×224 is no reading. */
const ROWS = 12;

function MatrixView({ matrix }: { matrix: Matrix }) {
  const marked = new Set(matrix.marked.map((cell) => cell.join()));
  const center = matrix.marked[0] ?? [0, 0];
  const rows = around(matrix.rows.length, center[0]);
  const columns = around(matrix.rows[0]?.length ?? 0, center[1]);
  const cut = rows.length < matrix.rows.length || columns.length < (matrix.rows[0]?.length ?? 0);
  return (
    <>
      {matrix.sign ? <span class="sign-between">{matrix.sign}</span> : null}
      <table class="matrix">
        {matrix.head || cut ? (
          <caption>
            {matrix.head}
            {cut
              ? ` rows ${rows[0]} to ${rows[rows.length - 1]}, columns ${columns[0]} to ${columns[columns.length - 1]}`
              : ""}
          </caption>
        ) : null}
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              {columns.map((column) => {
                const value = matrix.rows[row]?.[column];
                const here = marked.has(`${row},${column}`);
                const beyond = value === null || value === undefined;
                return (
                  <td key={column} class={here ? "marked" : beyond ? "beyond" : undefined}>
                    {beyond ? (
                      matrix.beyond === "zero" ? (
                        "0"
                      ) : (
                        ""
                      )
                    ) : here ? (
                      <mark>{real(value)}</mark>
                    ) : (
                      real(value)
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function around(count: number, center: number): number[] {
  const first = Math.max(0, Math.min(center - ROWS / 2, count - ROWS));
  return Array.from({ length: Math.min(count, ROWS) }, (_, index) => first + index);
}
