/** What each tool prints for the network, side by side. */

import { useAsked } from "../asked";
import { Scroll } from "../scroll";
import type { Source } from "../source";
import { Unanswered } from "../unanswered";
import { count } from "../text";

export function Conventions({ source }: { source: Source }) {
  const asked = useAsked(() => source.conventions(), [source]);
  const entries = asked.value;
  if (!entries) return <Unanswered asked={asked} />;
  return (
    <Scroll name="Conventions">
      <table>
        <caption>One network, counted as each tool counts</caption>
        <thead>
          <tr>
            <th scope="col">convention</th>
            <th scope="col">tool</th>
            <th scope="col">prints</th>
            <th scope="col" class="number">
              total
            </th>
            <th scope="col">the sum of</th>
            <th scope="col">without</th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.name}>
              <th scope="row" title={entry.source}>
                {entry.name}
              </th>
              <td>{entry.tool}</td>
              <td>{entry.prints}</td>
              <td class="number">{count(entry.total)}</td>
              <td>
                {Object.entries(entry.terms)
                  .map(([term, value]) => `${count(value)} ${term}`)
                  .join(", ")}
              </td>
              <td>{entry.left_out.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
