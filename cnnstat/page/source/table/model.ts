/** The table's state: order, filter, columns, folded blocks. TanStack Table keeps it and works out the lines. */

import {
  columnFilteringFeature,
  columnVisibilityFeature,
  constructTable,
  createColumnHelper,
  createExpandedRowModel,
  createFilteredRowModel,
  createSortedRowModel,
  globalFilteringFeature,
  rowExpandingFeature,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
} from "@tanstack/table-core";
import { storeReactivityBindings } from "@tanstack/table-core/store-reactivity-bindings";
import { useEffect, useMemo, useReducer } from "preact/hooks";
import type { Outline } from "../outline";
import { hasWords } from "../text";
import { COLUMNS } from "./columns";
import { groupedRows, layerRows, type Row } from "./rows";

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  columnFilteringFeature,
  columnVisibilityFeature,
  globalFilteringFeature,
  rowExpandingFeature,
  rowSortingFeature,
  expandedRowModel: createExpandedRowModel(),
  filteredRowModel: createFilteredRowModel(),
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});

const lineOf = (row: Row) => `${row.id} ${row.operation} ${row.entry.type}`;

const helper = createColumnHelper<typeof features, Row>();
const columns = helper.columns([
  // The filter looks at this one: name, type and options, as they are read.
  helper.accessor(lineOf, {
    id: "layer",
    enableHiding: false,
    sortFn: "basic",
  }),
  ...COLUMNS.map((column) =>
    helper.accessor((row) => column.rank(row.entry), {
      id: column.id,
      sortFn: "basic",
      sortDescFirst: column.numeric,
    }),
  ),
]);

export function useTable(outline: Outline) {
  const grouped = useMemo(() => groupedRows(outline), [outline]);
  const flat = useMemo(() => layerRows(outline), [outline]);
  const [, draw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const table = useMemo(
    () =>
      constructTable({
        features,
        columns,
        data: grouped as Row[],
        getRowId: (row) => row.id,
        getSubRows: (row) => row.children as Row[],
        filterFromLeafRows: true,
        getColumnCanGlobalFilter: (column) => column.id === "layer",
        globalFilterFn: (row, _, text: string) => hasWords(lineOf(row.original), text),
        initialState: {
          expanded: true,
          columnVisibility: Object.fromEntries(COLUMNS.map((column) => [column.id, column.atFirst])),
        },
      }),
    [],
  );
  useEffect(() => {
    const subscription = table.store.subscribe(() => draw(undefined));
    return () => subscription.unsubscribe();
  }, [table]);
  // Sorted lines are layers alone: a block has no place among them.
  const sorted = table.store.state.sorting.length > 0;
  const data = sorted ? flat : grouped;
  if (table.options.data !== data) table.setOptions((before) => ({ ...before, data }));
  return { table, sorted };
}
