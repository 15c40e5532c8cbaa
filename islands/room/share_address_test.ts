import assert from "node:assert/strict";
import { embedCode, shareLink } from "./share_address.ts";

const ORIGIN = "https://live.example";

Deno.test("shareLink() carries what was chosen and nothing else", () => {
  const plain = shareLink(ORIGIN, "100001", { muted: false, theatre: false });
  assert.equal(plain, "https://live.example/rooms/100001");
  const both = shareLink(ORIGIN, "100001", { muted: true, theatre: true });
  assert.equal(both, "https://live.example/rooms/100001?muted=1&theatre=1");
});

Deno.test("embedCode() is one element whatever the title says", () => {
  const title = `"><script>alert(1)</script>&'`;
  const code = embedCode(ORIGIN, { id: "100001", title, muted: true });
  assert.match(
    code,
    /^<iframe src="https:\/\/live\.example\/embed\/100001\?autoplay=1&amp;muted=1" title="[^"<>]*" [^<>]*><\/iframe>$/,
  );
  assert.match(code, /title="&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&amp;'"/);
});
