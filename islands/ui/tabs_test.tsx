import assert from "node:assert/strict";
import { renderToString } from "preact-render-to-string";
import { nextTab, TabLinks, TabPanel, Tabs } from "./tabs.tsx";

const TABS = [
  { id: "chat", label: "Chat", href: "?tab=chat" },
  { id: "top", label: "Top", href: "?tab=top", count: "12" },
] as const;

Deno.test("nextTab() goes around at both ends and leaves other keys alone", () => {
  const ids = ["a", "b", "c"];
  assert.equal(nextTab("ArrowRight", { current: "a", ids }), "b");
  assert.equal(nextTab("ArrowRight", { current: "c", ids }), "a");
  assert.equal(nextTab("ArrowLeft", { current: "a", ids }), "c");
  assert.equal(nextTab("Home", { current: "c", ids }), "a");
  assert.equal(nextTab("End", { current: "a", ids }), "c");
  assert.equal(nextTab("Tab", { current: "a", ids }), null);
  assert.equal(nextTab("ArrowRight", { current: "a", ids: [] }), null);
});

Deno.test("Tabs has one stop for the tab key and leads to its panel", () => {
  const html = renderToString(<Tabs id="p" label="Panel" tabs={TABS} current="top" />);
  assert.match(html, /role="tablist" aria-label="Panel"/);
  assert.match(html, /<a href="\?tab=top" id="p-top"[^>]*aria-selected="true"[^>]*tabindex="0"/i);
  assert.match(html, /id="p-chat"[^>]*aria-selected="false"[^>]*tabindex="-1"/i);
  const panel = renderToString(<TabPanel id="p" current="top">hello</TabPanel>);
  assert.match(panel, /id="p-panel"[^>]*role="tabpanel" aria-labelledby="p-top"/);
});

Deno.test("Tabs without addresses are buttons", () => {
  const tabs = TABS.map(({ id, label }) => ({ id, label }));
  assert.match(
    renderToString(<Tabs id="p" label="Panel" tabs={tabs} current="chat" />),
    /<button type="button" id="p-chat"/,
  );
});

Deno.test("TabLinks is a navigation that marks where one is", () => {
  const html = renderToString(<TabLinks label="Account" tabs={TABS} current="chat" />);
  assert.match(html, /<nav class="tabs" aria-label="Account">/);
  assert.equal(html.match(/aria-current="page"/g)?.length, 1);
  assert.doesNotMatch(html, /role="tab"/);
});
