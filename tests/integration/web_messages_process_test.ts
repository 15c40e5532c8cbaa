/** Messages through the role `web` as the supervisor runs it: sudden death, clean stop, its feed. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { WebSocket } from "ws";
import { decodeWebFeedFrame, type WebFeedFrame } from "../../im/internal_feed.ts";
import { waitFor } from "../support/wait.ts";
import { CLUSTER_SECRET, prepareWeb, WebProcess } from "../support/web_process.ts";

const ADMIN = { adminName: "root", adminPassword: "correct horse" };

interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly text?: string;
  readonly notice?: string;
  readonly data?: { readonly total: number };
}

async function history(web: WebProcess, room: string): Promise<Shown[]> {
  const response = await fetch(`${web.url}/api/rooms/${room}/history`);
  strictEqual(response.status, 200);
  return (await response.json()).messages;
}

Deno.test("what web acknowledged of messages survives SIGKILL, once and in order", async () => {
  await using prepared = await prepareWeb();
  const { config } = prepared;
  let room = "";
  let token = "";
  const said: string[] = [];
  for (let round = 0; round < 3; round++) {
    await using web = await WebProcess.start(config);
    if (round === 0) {
      token = (await web.post("/api/accounts", { name: "ann", password: "correct horse" })).body
        .token;
      room = (await web.post("/api/rooms", { title: "talk" }, token)).body.room.id;
    }
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        web.post(`/api/rooms/${room}/messages`, {
          kind: "chat",
          text: `round ${round} text ${n}`,
          clientId: `${round}-${n}`,
        }, token)),
    );
    // Nothing happens between the answers and the death.
    await web.kill();
    for (const { status, body } of answers) {
      strictEqual(status, 201, JSON.stringify(body));
      said.push(body.message.id);
    }
  }
  await using web = await WebProcess.start(config);
  const ids = (await history(web, room)).map(({ id }) => id);
  deepStrictEqual(ids, said.toSorted());
  const again = await web.post(`/api/rooms/${room}/messages`, {
    kind: "chat",
    text: "again",
    clientId: "0-0",
  }, token);
  strictEqual(again.status, 200);
  strictEqual(again.body.message.text, "round 0 text 0");
  strictEqual((await history(web, room)).length, 15);
  strictEqual(await web.stop(), 0);
});

Deno.test("what was liked counts when web stops at once", async () => {
  await using prepared = await prepareWeb();
  const { config } = prepared;
  let room = "";
  {
    await using web = await WebProcess.start(config);
    const { body } = await web.post("/api/accounts", { name: "ann", password: "correct horse" });
    room = (await web.post("/api/rooms", { title: "talk" }, body.token)).body.room.id;
    const liked = await web.post(`/api/rooms/${room}/likes`, { count: 7, requestId: "a" });
    strictEqual(liked.status, 202);
    strictEqual(await web.stop(), 0);
  }
  await using web = await WebProcess.start(config);
  await web.post(`/api/rooms/${room}/likes`, { count: 1, requestId: "b" });
  await waitFor("the second total", async () => (await history(web, room)).length === 2);
  deepStrictEqual((await history(web, room)).map(({ data }) => data?.total), [7, 8]);
});

Deno.test("an edge hears messages and settings of a web that it follows", async () => {
  await using prepared = await prepareWeb();
  await using web = await WebProcess.start({ ...prepared.config, ...ADMIN });
  const { body: root } = await web.post("/api/sessions", {
    name: ADMIN.adminName,
    password: ADMIN.adminPassword,
  });
  const { token } = root;
  const room = (await web.post("/api/rooms", { title: "talk" }, token)).body.room.id;
  const heard: { readonly frame: WebFeedFrame; readonly atMs: number }[] = [];
  const edge = new WebSocket(`${web.url.replace("http", "ws")}/internal/feed`, {
    headers: { authorization: `Bearer ${CLUSTER_SECRET}` },
  });
  edge.on(
    "message",
    (data) => heard.push({ frame: decodeWebFeedFrame(String(data)), atMs: performance.now() }),
  );
  const closed = new Promise<number>((resolve) => edge.on("close", resolve));
  await new Promise((resolve) => edge.once("open", resolve));
  edge.send(JSON.stringify({
    type: "follow",
    channels: [{ channel: room, after: null }, { channel: "999999", after: null }],
  }));
  await waitFor("the answers", () => heard.length === 3);
  deepStrictEqual(heard.map(({ frame }) => frame.type).toSorted(), [
    "missing",
    "settings",
    "slice",
  ]);
  heard.length = 0;
  const said = await web.post(`/api/rooms/${room}/messages`, {
    kind: "chat",
    text: "hello",
    clientId: "a",
  }, token);
  const saidAtMs = performance.now();
  strictEqual(said.status, 201);
  await waitFor("the message", () => heard.length === 1);
  const [slice] = heard;
  ok(slice?.frame.type === "slice");
  strictEqual(slice.frame.messages[0]?.kind, "chat");
  ok(slice.atMs - saidAtMs < 500, `${slice.atMs - saidAtMs} ms`);
  heard.length = 0;
  const changed = await fetch(`${web.url}/api/admin/settings`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ im: { batchMs: 300 } }),
  });
  strictEqual(changed.status, 200);
  await changed.body?.cancel();
  await waitFor("the settings", () => heard.length === 1);
  const [settings] = heard;
  ok(settings?.frame.type === "settings");
  strictEqual(settings.frame.settings.batchMs, 300);
  strictEqual(await web.stop(), 0);
  strictEqual(await closed, 1012);
});
