import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { ConfirmDialog, Dialog, isConfirmed, Sheet } from "./dialog.tsx";

const common = { id: "d", locale: "en", title: "Delete?", onClose: () => {} } as const;

Deno.test("isConfirmed() takes the name however it is spelled, and nothing else", () => {
  assert.ok(isConfirmed(" Tea Hill ", "tea hill"));
  assert.ok(isConfirmed("Ｌｉｎ", "lin"));
  assert.equal(isConfirmed("", "lin"), false);
  assert.equal(isConfirmed("lin2", "lin"), false);
});

Deno.test("a closed sheet or dialog has no content that anybody could reach", () => {
  const sheet = renderToString(<Sheet {...common} open={false}>secret</Sheet>);
  assert.doesNotMatch(sheet, /secret|<button/);
  const dialog = renderToString(<Dialog {...common} open={false} actions={null}>secret</Dialog>);
  assert.doesNotMatch(dialog, /secret/);
});

Deno.test("an open sheet is named by its title and can be closed", () => {
  const html = renderToString(<Sheet {...common} open place="center">hello</Sheet>);
  assert.match(html, /<dialog class="sheet center" aria-labelledby="d-title"/);
  assert.match(html, /<h2 id="d-title">Delete\?<\/h2>/);
  assert.match(html, /aria-label="Close"/);
});

Deno.test("ConfirmDialog waits for the name, says what failed, and is safe by default", () => {
  const html = renderToString(
    <ConfirmDialog
      {...common}
      open
      text="It is gone then."
      confirm="Delete"
      typed="Tea hill"
      error="Try again"
      onConfirm={() => {}}
    />,
  );
  assert.match(html, /Type “Tea hill” to confirm/);
  assert.match(html, /type="submit"[^>]* disabled[^>]*>Delete/);
  assert.match(html, /role="alert">Try again/);
  assert.ok(html.indexOf("Cancel") < html.indexOf(">Delete<"));
  const plain = renderToString(
    <ConfirmDialog {...common} open text="" confirm="Delete" onConfirm={() => {}} />,
  );
  assert.doesNotMatch(plain, /type="submit"[^>]* disabled/);
});
