/** The last line of the table: what the network has in all. */

import { count, field, shape } from "../text";
import type { TotalFigures } from "../types";
import type { Column } from "./columns";

export function Totals({ totals, columns }: { totals: TotalFigures; columns: readonly Column[] }) {
  return (
    <tfoot>
      <tr>
        <th scope="row">total</th>
        <td />
        {columns.map((column) => (
          <td key={column.id} class={column.numeric ? "number" : undefined}>
            {total(totals, column.id)}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}

function total(totals: TotalFigures, id: string): string {
  if (id === "output_shape") return shape(totals.output_shape);
  if (id === "receptive_field") return field(totals.receptive_field);
  const value = (totals as unknown as Record<string, unknown>)[id];
  return typeof value === "number" || typeof value === "bigint" ? count(value) : "";
}
