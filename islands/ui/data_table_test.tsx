import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { type Column, DataTable, sortAfter } from "./data_table.tsx";

interface Row {
  readonly id: string;
  readonly viewers: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "id", label: "Room", cell: (row) => row.id },
  {
    key: "viewers",
    label: "Viewers",
    numeric: true,
    sortable: true,
    cell: (row) => String(row.viewers),
  },
  {
    key: "actions",
    label: "Actions",
    actions: true,
    cell: () => <button type="button">Cut</button>,
  },
];
const common = {
  caption: "Live",
  columns: COLUMNS,
  rowKey: (row: Row) => row.id,
  empty: <p>Nobody</p>,
};

Deno.test("sortAfter() turns a column around and starts figures with the large ones", () => {
  const [room, viewers] = [{ key: "id" }, { key: "viewers", numeric: true }];
  assert.deepEqual(sortAfter(null, room), { key: "id", descending: false });
  assert.deepEqual(sortAfter(null, viewers), { key: "viewers", descending: true });
  assert.deepEqual(sortAfter({ key: "viewers", descending: true }, viewers), {
    key: "viewers",
    descending: false,
  });
});

Deno.test("DataTable says labels again for cards, orders by link without script", () => {
  const html = renderToString(
    <DataTable
      {...common}
      rows={[{ id: "100001", viewers: 3 }]}
      sort={{ key: "viewers", descending: true }}
      sortHref={({ key, descending }) => `?sort=${key}&up=${!descending}`}
    />,
  );
  assert.match(html, /<table class="table" role="table" aria-label="Live">/);
  assert.match(html, /aria-sort="descending"/);
  assert.match(html, /href="\?sort=viewers&amp;up=true"/);
  assert.match(html, /<td role="rowheader"[^>]*>100001/);
  assert.match(html, /data-label="Viewers" class="numeric tabular">3/);
  assert.doesNotMatch(html, /data-label="(?:Room|Actions)"/);
  assert.match(html, /<span class="visually-hidden">Actions<\/span>/);
});

Deno.test("DataTable without rows shows what stands for them", () => {
  assert.equal(renderToString(<DataTable {...common} rows={[]} />), "<p>Nobody</p>");
});
