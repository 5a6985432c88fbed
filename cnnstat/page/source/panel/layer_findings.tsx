/** What `check` found where the spec has a layer. */

import { useAsked } from "../asked";
import { FindingView } from "../tabs/findings";
import type { Source } from "../source";

export function LayerFindings({ source, line }: { source: Source; line: number }) {
  const { value: findings } = useAsked(() => source.findings(), [source]);
  const here = (findings ?? []).filter((entry) => entry.finding.line === line);
  return here.length ? (
    <ul class="findings">
      {here.map((entry, index) => (
        <FindingView key={index} entry={entry} />
      ))}
    </ul>
  ) : null;
}
