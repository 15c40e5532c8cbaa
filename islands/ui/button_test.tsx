import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { Button, ButtonLink, IconButton } from "./button.tsx";

Deno.test("Button submits only when it says so", () => {
  assert.match(
    renderToString(<Button>Save</Button>),
    /<button type="button" class="button quiet">/,
  );
  assert.match(renderToString(<Button type="submit" kind="primary">Save</Button>), /type="submit"/);
});

Deno.test("Button that is busy turns, keeps the focus and says so", () => {
  const html = renderToString(<Button busy icon="check">Save</Button>);
  assert.match(html, /aria-busy(?:="true")?[ >]/);
  assert.match(html, /aria-disabled/);
  assert.match(html, /class="spinner"/);
  assert.doesNotMatch(html, / disabled|#icon-check/);
});

Deno.test("Button that is disabled is so for the browser, too", () => {
  assert.match(renderToString(<Button disabled>Save</Button>), / disabled/);
});

Deno.test("ButtonLink is a link", () => {
  const html = renderToString(<ButtonLink href="/studio" kind="primary" wide>Go live</ButtonLink>);
  assert.equal(html, '<a href="/studio" class="button primary wide">Go live</a>');
});

Deno.test("IconButton has its words as name and tooltip, and says whether it is on", () => {
  const html = renderToString(<IconButton icon="eye" label="Show" pressed={false} />);
  assert.match(html, /aria-label="Show" title="Show" aria-pressed="false"/);
  assert.match(html, /#icon-eye/);
  assert.doesNotMatch(renderToString(<IconButton icon="eye" label="Show" />), /aria-pressed/);
  const busy = renderToString(<IconButton icon="eye" label="Show" busy />);
  assert.match(busy, /spinner/);
  assert.doesNotMatch(busy, /#icon-eye/);
});
