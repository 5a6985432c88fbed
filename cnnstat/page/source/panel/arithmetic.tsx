/** Where the figures come from, step by step, and which published ones are wrong. */

import { useAsked } from "../asked";
import type { Source } from "../source";
import { Unanswered } from "../unanswered";
import { count, grouped } from "../text";
import type { ErratumEntry, StepEntry } from "../types";

export function Arithmetic({ source, name }: { source: Source; name: string }) {
  const asked = useAsked(() => source.explained(name), [source, name]);
  const entry = asked.value;
  if (!entry) return <Unanswered asked={asked} />;
  return (
    <>
      <section aria-label="Arithmetic">
        <h3>Arithmetic</h3>
        <ol class="steps">
          {entry.steps.map((step, index) => (
            <Step key={index} step={step} />
          ))}
        </ol>
      </section>
      {entry.errata.length ? (
        <section aria-label="Errata">
          <h3>Errata</h3>
          {entry.errata.map((erratum, index) => (
            <Erratum key={index} erratum={erratum} />
          ))}
        </section>
      ) : null}
    </>
  );
}

function Step({ step }: { step: StepEntry }) {
  const result = step.result === undefined ? "" : count(step.result);
  // What is one number already needs no second line.
  const numbers = step.numbers === undefined || step.numbers === step.formula ? "" : grouped(step.numbers);
  return (
    <li>
      <span class="label">{step.label}</span>
      <span class="working">
        {step.text === undefined ? null : <span>{grouped(step.text)}</span>}
        {step.formula === undefined ? null : <span class="formula">{step.formula}</span>}
        {numbers && numbers !== result ? <span>= {numbers}</span> : null}
        {result && (
          <span>
            = <strong>{result}</strong>
          </span>
        )}
      </span>
    </li>
  );
}

function Erratum({ erratum }: { erratum: ErratumEntry }) {
  const { right } = erratum;
  const correct = Array.isArray(right)
    ? right.join("×")
    : typeof right === "string" || right === null
      ? right
      : count(right);
  return (
    <div class="erratum">
      <p>
        {erratum.figure}: {erratum.source} prints <strong>{erratum.printed}</strong>
        {correct === null ? (
          ""
        ) : (
          <>
            ; right is <strong>{correct}</strong>
          </>
        )}
        .{erratum.reason ? ` ${erratum.reason}` : ""}
      </p>
      {erratum.slips.length ? (
        <ul>
          {erratum.slips.map((slip, index) => (
            <li key={index}>
              {grouped(slip.numbers)} = {erratum.printed} without {slip.words || slip.forgotten}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
