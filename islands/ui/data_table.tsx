/**
 * Tables of figures and things: rows on a desktop, cards on a phone.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { classNames } from "./class_names.ts";
import { Icon } from "./icons.tsx";

/** One column. */
export interface Column<Row> {
  readonly key: string;
  readonly label: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Figures stand at the end of their column. */
  readonly numeric?: boolean;
  /** The header asks for this order. */
  readonly sortable?: boolean;
  /** Buttons: the label is for the ear alone. */
  readonly actions?: boolean;
}

/** Which column decides the order. */
export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

/** Props of {@linkcode DataTable}. */
export interface DataTableProps<Row> {
  /** What the table holds; for the ear. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sort?: Sort | null;
  /** In the browser. */
  readonly onSort?: (sort: Sort) => void;
  /** Without script: where a header leads. */
  readonly sortHref?: (sort: Sort) => string;
  /** Shown instead of rows when there are none. */
  readonly empty: ComponentChildren;
}

/** What a header asks for: the same column turns around, another starts with the large ones. */
export function sortAfter(
  sort: Sort | null | undefined,
  column: Pick<Column<never>, "key" | "numeric">,
): Sort {
  if (sort?.key === column.key) return { key: column.key, descending: !sort.descending };
  return { key: column.key, descending: column.numeric === true };
}

/** A table with a head that can order it. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, sort, empty } = props;
  if (rows.length === 0) return <>{empty}</>;
  // Roles are said again: a table that is laid out as cards loses its own in some browsers.
  return (
    <div class="table-place" tabIndex={0} role="region" aria-label={caption}>
      <table class="table" role="table" aria-label={caption}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.key}
                role="columnheader"
                scope="col"
                class={classNames(column.numeric && "numeric")}
                aria-sort={sort?.key !== column.key
                  ? undefined
                  : sort.descending
                  ? "descending"
                  : "ascending"}
              >
                <Head {...props} column={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column, index) => (
                <td
                  key={column.key}
                  role={index === 0 ? "rowheader" : "cell"}
                  data-label={column.actions || index === 0 ? undefined : column.label}
                  class={classNames(
                    column.numeric && "numeric tabular",
                    column.actions && "actions",
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>(
  { column, sort, onSort, sortHref }: DataTableProps<Row> & { readonly column: Column<Row> },
) {
  const { label } = column;
  if (column.actions) return <span class="visually-hidden">{label}</span>;
  if (!column.sortable || (onSort === undefined && sortHref === undefined)) return <>{label}</>;
  const next = sortAfter(sort, column);
  const content = (
    <>
      {label}
      <Icon name="chevron-down" size={14} />
    </>
  );
  const look = classNames(
    "sort",
    sort?.key === column.key && "on",
    sort?.key === column.key && !sort.descending && "up",
  );
  if (onSort !== undefined) {
    return <button type="button" class={look} onClick={() => onSort(next)}>{content}</button>;
  }
  return <a class={look} href={sortHref?.(next)}>{content}</a>;
}
