/** The head of a column by which lines can be put in order. */

interface Props {
  readonly title: string;
  readonly meaning?: string | undefined;
  readonly numeric: boolean;
  readonly order: "ascending" | "descending" | "none";
  readonly onSort: () => void;
}

const SIGNS = { ascending: " ▲", descending: " ▼", none: "" } as const;

export function SortedHead({ title, meaning, numeric, order, onSort }: Props) {
  return (
    <th scope="col" aria-sort={order} class={numeric ? "number" : undefined}>
      <button type="button" title={meaning} onClick={onSort}>
        {title}
        <span aria-hidden="true">{SIGNS[order]}</span>
      </button>
    </th>
  );
}
