import assert from "node:assert/strict";
import { element, escapeXml, xmlDocument } from "./xml.ts";

Deno.test("escapeXml() leaves nothing that ends a text or an attribute, or that XML forbids", () => {
  assert.equal(
    escapeXml(`<a b="c">&amp;]]>\u0000\u000b\ud800\ufffe 直播 🎉`),
    "&lt;a b=&quot;c&quot;&gt;&amp;amp;]]&gt;\ufffd 直播 🎉",
  );
});

Deno.test("element() writes text, elements and empty ones", () => {
  assert.equal(element("a", { href: 'x"&', rel: null }), '<a href="x&quot;&amp;"/>');
  assert.equal(element("a", {}, "1 < 2"), "<a>1 &lt; 2</a>");
  assert.equal(element("a", { n: 1 }, [element("b", {}, ""), null]), '<a n="1"><b></b></a>');
  assert.match(xmlDocument("<a/>"), /^<\?xml version="1\.0" encoding="utf-8"\?>\n<a\/>\n$/);
});
