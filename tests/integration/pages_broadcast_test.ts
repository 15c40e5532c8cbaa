import assert from "node:assert/strict";
import { EVERYONE } from "../../im/protocol/message.ts";
import { openMemoryLog } from "../../store/memory/messages.ts";
import { htmlOf, startSite } from "../support/pages.ts";

const PATH = "/admin/broadcast";
const requestIdIn = (html: string) => /name="requestId" value="([\w-]+)"/.exec(html)?.[1] ?? "";

Deno.test("words to every room are written, looked at, sent once, and stand in the list", async () => {
  const messages = openMemoryLog({ commitMs: 0 });
  await using site = await startSite({ messages });
  const root = await site.admin();
  const room = await site.room("Milo", "Milo <b>plays</b>");
  const empty = await htmlOf(await site.get(PATH, root));
  assert.match(empty, /Nothing yet/);
  const fields = { text: "  The cup  begins ", room: `#${room.id}`, requestId: requestIdIn(empty) };

  const preview = await site.post(PATH, { ...fields, step: "preview" }, root);
  assert.equal(preview.status, 200);
  const asked = await htmlOf(preview);
  assert.match(asked, /Say this in every room\?/);
  assert.match(asked, new RegExp(`<a href="/rooms/${room.id}">The cup begins</a>`));
  assert.match(asked, /Leads to “Milo &lt;b>plays/);
  assert.equal(requestIdIn(asked), fields.requestId);
  const edited = await htmlOf(await site.post(PATH, { ...fields, step: "edit" }, root));
  assert.match(edited, /<textarea[^>]*>\s*The cup {2}begins/);
  assert.equal((await messages.read(EVERYONE, { after: null, limit: 10 })).messages.length, 0);

  for (let i = 0; i < 2; i++) {
    const sent = await site.post(PATH, { ...fields, step: "send" }, root);
    assert.equal(sent.status, 303);
    assert.equal(sent.headers.get("location"), PATH);
  }
  const { messages: said } = await messages.read(EVERYONE, { after: null, limit: 10 });
  assert.equal(said.length, 1);
  const [only] = said;
  assert.ok(only?.kind === "notice" && only.body.notice === "broadcast");
  assert.deepEqual(only.body.data, {
    text: "The cup begins",
    room: { id: room.id, title: "Milo <b>plays</b>", owner: "Milo" },
  });
  const done = await htmlOf(
    await site.get(PATH, { cookie: `${root.cookie}; wanren_done=broadcast` }),
  );
  assert.match(done, /role="status"[^>]*>.*Said in every room\./);
  assert.equal(done.match(/<p dir="auto">The cup begins \(\d+\)<\/p>/g)?.length, 1);
  const audit = await htmlOf(await site.get("/admin/audit", root));
  assert.match(audit, /Words to every room/);
  assert.match(audit, /Every room/);
});

Deno.test("a broadcast that cannot be said comes back with the words and the reason", async () => {
  await using site = await startSite({ rateLimits: true });
  const root = await site.admin();
  const cases = [
    [{ text: "" }, /id="text-error"/],
    [{ text: "x".repeat(301) }, /id="text-error"/],
    [{ text: "\u202eevil" }, /id="text-error"/],
    [{ text: "hello", room: "999999" }, /id="room-error".*no open room/],
    [{ text: "hello", room: "<b>" }, /id="room-error".*no open room/],
    [{ text: "hello", requestId: "<>", step: "send" }, /id="text-error"|form-problem/],
  ] as const;
  for (const [fields, reason] of cases) {
    const refused = await site.post(PATH, fields, root);
    assert.equal(refused.status, 422, JSON.stringify(fields).slice(0, 60));
    const html = await htmlOf(refused);
    assert.match(html, reason);
    if (fields.text === "hello") assert.match(html, /<textarea[^>]*>\s*hello/);
  }
  let status = 303;
  for (let n = 0; n < 10 && status === 303; n++) {
    const text = `n${n}`;
    const sent = await site.post(PATH, { text, requestId: text, step: "send" }, root);
    status = sent.status;
    if (status === 303) continue;
    assert.match(await htmlOf(sent), /Too many in a row\. Try again in \d+ s\./);
  }
  assert.equal(status, 429);
});

Deno.test("only administrators say something to everybody, and only from these pages", async () => {
  await using site = await startSite();
  const root = await site.admin();
  const lin = await site.member("Lin");
  const fields = { text: "hello", step: "send", requestId: "r" };
  assert.equal((await site.post(PATH, fields, lin)).status, 403);
  assert.equal((await site.post(PATH, fields)).headers.get("location"), "/login?next=%2Fadmin");
  const foreign = { ...root, headers: { "sec-fetch-site": "cross-site" } };
  assert.equal((await site.post(PATH, fields, foreign)).status, 403);
  assert.match(await htmlOf(await site.get(PATH, root)), /Nothing yet/);
});
