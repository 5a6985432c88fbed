/** What `check` found, and the way out of each. */

import { useAsked } from "../asked";
import { Scroll } from "../scroll";
import type { Source } from "../source";
import { Unanswered } from "../unanswered";
import type { FindingEntry } from "../types";

export function Findings({ source }: { source: Source }) {
  const asked = useAsked(() => source.findings(), [source]);
  const findings = asked.value;
  if (!findings) return <Unanswered asked={asked} />;
  if (!findings.length) return <p>`check` finds nothing.</p>;
  return (
    <ul class="findings">
      {findings.map((entry, index) => (
        <FindingView key={index} entry={entry} />
      ))}
    </ul>
  );
}

export function FindingView({ entry }: { entry: FindingEntry }) {
  const { finding, title, meaning, way_out: wayOut, good } = entry;
  return (
    <li class={finding.severity}>
      <p>
        <strong>{finding.severity}</strong> <code>{finding.code}</code> line {finding.line}: {finding.message}
      </p>
      {wayOut ? <p>{wayOut}</p> : null}
      <details>
        <summary>{title}</summary>
        <p>{meaning}</p>
        {good ? (
          <>
            <p>A spec in which nothing is found:</p>
            <Scroll name="A spec in which nothing is found">
              <pre>
                <code>{good}</code>
              </pre>
            </Scroll>
          </>
        ) : null}
      </details>
    </li>
  );
}
