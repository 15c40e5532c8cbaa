/** What hostile clients of room messages get from real processes, and that the others notice nothing. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { WebSocket } from "ws";
import { JSON_SUBPROTOCOL, PROBLEM_CODES, PROTOBUF_SUBPROTOCOL } from "../../im/protocol/frames.ts";
import { ticketBox } from "../../im/ticket.ts";
import { Cluster } from "../support/cluster.ts";
import {
  addressOf,
  residentBytes,
  rush,
  seedAccounts,
  type SeededAccount,
  storeOf,
} from "../support/im_rush.ts";
import { waitFor } from "../support/wait.ts";
import { CLUSTER_SECRET } from "../support/web_process.ts";

/** Connections of one address, by default. */
const MAX_PER_ADDRESS = 256;

interface Stage {
  readonly cluster: Cluster;
  readonly ann: SeededAccount;
  readonly mallory: SeededAccount;
  readonly room: string;
}

/** A connection from an address, as a trusted proxy tells it. */
class Caller {
  readonly socket: WebSocket;
  opened = false;
  closed: number | null = null;
  refused: number | null = null;
  text = "";

  constructor(
    { cluster }: Stage,
    of: { readonly ticket: string; readonly address: string; readonly json?: boolean },
  ) {
    const url = `${cluster.edges[0]!.url.replace("http", "ws")}/im?ticket=${of.ticket}`;
    this.socket = new WebSocket(url, of.json === true ? JSON_SUBPROTOCOL : PROTOBUF_SUBPROTOCOL, {
      headers: { "x-forwarded-for": of.address },
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.socket.on("open", () => this.opened = true);
    this.socket.on("message", (data) => this.text += String(data));
    this.socket.on("unexpected-response", (request, response) => {
      this.refused = response.statusCode ?? 0;
      response.resume();
      request.destroy();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", (code) => this.closed = code);
  }

  async joined(): Promise<this> {
    await waitFor("the first frames", () => this.text !== "" || this.closed !== null);
    return this;
  }

  async end(): Promise<number> {
    await waitFor("the end", () => this.closed !== null);
    return this.closed!;
  }
}

async function ticketOf({ cluster, room }: Stage): Promise<string> {
  const { body } = await cluster.call(cluster.edges[0]!, ["GET", `/api/im/gateways?room=${room}`]);
  return body.ticket;
}

/** A text that somebody who does nothing wrong says, and how long it took. */
async function sayWell(stage: Stage, text: string): Promise<number> {
  const { cluster, ann, room } = stage;
  const atMs = performance.now();
  const said = await cluster.call(cluster.edges[0]!, ["POST", `/api/rooms/${room}/messages`], {
    token: ann.token,
    body: { kind: "chat", text, clientId: text.replaceAll(" ", "-") },
  });
  strictEqual(said.status, 201, JSON.stringify(said.body));
  return performance.now() - atMs;
}

Deno.test("hostile clients get clear answers, and others notice nothing", async (t) => {
  let seeded: SeededAccount[] = [];
  await using cluster = await Cluster.prepare({
    webs: 1,
    edges: 1,
    env: { RATE_LIMITS: "on", TRUSTED_PROXIES: "127.0.0.1" },
  }, async (config) => {
    seeded = await seedAccounts(await storeOf(config), { prefix: "somebody", count: 2 });
  });
  await cluster.begin();
  const [ann, mallory] = seeded as [SeededAccount, SeededAccount];
  const stage: Stage = { cluster, ann, mallory, room: await cluster.room(ann) };
  const good = await new Caller(stage, {
    ...{ ticket: await ticketOf(stage), address: "10.0.0.1", json: true },
  }).joined();

  await t.step("a thousand connections of one address", () => connections(stage));
  await t.step("tickets that are none", () => tickets(stage));
  await t.step("frames that are none", () => frames(stage));
  await t.step("requests that are none", () => requests(stage));
  await t.step("requests that are sent again and again", () => replays(stage));
  await t.step("one account that says three thousand things", () => flood(stage));

  await sayWell(stage, "still here");
  await waitFor("it to be heard", () => good.text.includes("still here"));
  for (const text of ["while they connect", "while it floods"]) ok(good.text.includes(text), text);
  strictEqual(good.closed, null);
  good.socket.terminate();
  await good.end();
});

async function connections(stage: Stage): Promise<void> {
  const { pid } = stage.cluster.edges[0]!;
  const before = await residentBytes(pid);
  const ticket = await ticketOf(stage);
  const callers = Array.from({ length: 1_000 }, () =>
    new Caller(stage, {
      ticket,
      address: "10.6.6.6",
    }));
  const saidMs = await sayWell(stage, "while they connect");
  await waitFor(
    "an answer to each",
    () => callers.every((one) => one.refused !== null || one.text !== ""),
  );
  strictEqual(callers.filter(({ opened }) => opened).length, MAX_PER_ADDRESS);
  deepStrictEqual(
    new Set(callers.filter(({ opened }) => !opened).map(({ refused }) => refused)),
    new Set([429]),
  );
  ok(saidMs < 5_000, `somebody else waited ${saidMs} ms`);
  const other = await new Caller(stage, { ticket, address: "10.6.6.7" }).joined();
  strictEqual(other.closed, null);
  const grown = await residentBytes(pid) - before;
  ok(grown < 96 * 2 ** 20, `grown by ${grown} bytes`);
  for (const { socket } of [...callers, other]) socket.terminate();
  await waitFor("all ends", () => callers.every(({ closed }) => closed !== null));
  await waitFor("a place for the address", async () => {
    const again = await new Caller(stage, { ticket, address: "10.6.6.6" }).joined();
    const isIn = again.opened;
    again.socket.terminate();
    await again.end();
    return isIn;
  });
}

async function tickets(stage: Stage): Promise<void> {
  const { room } = stage;
  const ours = await ticketBox(CLUSTER_SECRET);
  const theirs = await ticketBox("a-secret-that-somebody-made-up");
  const sender = { id: stage.ann.id, name: "Ann", level: 100, role: "admin" } as const;
  const soon = Date.now() + 60_000;
  const good = await ticketOf(stage);
  const [payload = "", mac = ""] = good.split(".");
  const forged = new TextEncoder().encode(JSON.stringify({ room, sender, expiresAtMs: soon }))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  const bad = [
    await theirs.issue({ room, sender, expiresAtMs: soon }),
    await ours.issue({ room, sender: null, expiresAtMs: Date.now() - 1 }),
    await ours.issue({ room: "999999", sender: null, expiresAtMs: soon }),
    `${forged}.${mac}`,
    `${payload}.`,
    "",
    "x".repeat(4_000),
  ];
  for (const [n, ticket] of bad.entries()) {
    const caller = new Caller(stage, { ticket, address: addressOf(n) });
    strictEqual(await caller.end(), PROBLEM_CODES.unauthenticated, `ticket ${n}`);
  }
}

async function frames(stage: Stage): Promise<void> {
  const ticket = await ticketOf(stage);
  const end = async (json: boolean, send: (socket: WebSocket) => void) => {
    const caller = await new Caller(stage, { ticket, address: "10.0.0.2", json }).joined();
    send(caller.socket);
    return await caller.end();
  };
  const invalid = new Uint8Array([0x22, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xff, 0x22]);
  strictEqual(await end(true, (socket) => socket.send(invalid, { binary: false })), 1007);
  strictEqual(await end(true, (socket) => socket.send("{".repeat(2_000))), 4400);
  strictEqual(await end(true, (socket) => socket.send(`"${"x".repeat(5_000)}"`)), 1009);
  strictEqual(await end(false, (socket) => socket.send(invalid)), 4400);
  strictEqual(await end(false, (socket) => socket.send(new Uint8Array(5_000))), 1009);
  strictEqual(
    await end(false, (socket) => {
      for (let n = 0; n < 500; n++) socket.send(new Uint8Array([0x12, 0]));
    }),
    4429,
  );
  const unknown = await end(
    true,
    (socket) => socket.send(`{"type":"${"\\u0000".repeat(100)}","cursor":null}`),
  );
  strictEqual(unknown, 4400);
}

async function requests({ cluster, ann, room }: Stage): Promise<void> {
  const edge = cluster.edges[0]!;
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    options: { readonly token?: string; readonly path?: string } = {},
  ) => {
    const response = await fetch(`${edge.url}${options.path ?? `/api/rooms/${room}/messages`}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "authorization": `Bearer ${options.token ?? ann.token}`,
      },
      body,
    });
    const text = await response.text();
    match(response.headers.get("content-type") ?? "", /^application\/problem\+json/, text);
    strictEqual(JSON.parse(text).status, response.status);
    return response.status;
  };
  const chat = (change: Record<string, unknown>) =>
    JSON.stringify({ kind: "chat", text: "hello", clientId: "x", ...change });
  const raw = new Uint8Array(new TextEncoder().encode(chat({ text: "?" })));
  raw[raw.indexOf("?".charCodeAt(0))] = 0xff;
  strictEqual(await post(raw), 400, "invalid UTF-8");
  strictEqual(await post(chat({ text: "half \ud83d pair" })), 400);
  strictEqual(await post(chat({ text: "万".repeat(2_000) })), 400);
  strictEqual(await post(chat({ text: "x".repeat(2 ** 21) })), 413);
  strictEqual(await post(chat({ kind: "pk" })), 400);
  strictEqual(await post(chat({ kind: "notice" })), 400);
  strictEqual(await post("[".repeat(5_000)), 400);
  strictEqual(await post(chat({}), { path: "/api/rooms/999999/messages" }), 404);
  strictEqual(await post(chat({}), { token: "x".repeat(43) }), 401, "a session that is over");
}

async function replays({ cluster, mallory, room }: Stage): Promise<void> {
  const token = await cluster.adminToken();
  await cluster.call(cluster.webs[0]!, ["POST", `/api/admin/accounts/${mallory.id}/coins`], {
    token,
    body: { coins: 10, reason: "" },
  });
  const again = (path: string, body: unknown) =>
    rush(cluster.edges[0]!.url, {
      connections: 20,
      requests: Array.from({ length: 100 }, () => ({
        ...{ path: `/api/rooms/${room}${path}`, token: mallory.token, address: "10.7.7.7", body },
      })),
    });
  const gifts = await again("/gifts", { gift: "coffee", count: 1, requestId: "once" });
  const texts = await again("/messages", { kind: "chat", text: "once", clientId: "once" });
  for (const { statuses } of [gifts, texts]) {
    const { 200: repeated = 0, 201: first = 0, 429: refused = 0 } = statuses;
    strictEqual(first, 1, JSON.stringify(statuses));
    strictEqual(repeated + refused, 99, JSON.stringify(statuses));
  }
  const { body } = await cluster.call(cluster.webs[0]!, ["GET", "/api/wallet"], {
    token: mallory.token,
  });
  deepStrictEqual([body.balance, body.spent], [0, 10]);
}

async function flood(stage: Stage): Promise<void> {
  const { cluster, mallory, room } = stage;
  const { pid } = cluster.webs[0]!;
  const before = await residentBytes(pid);
  const flooding = rush(cluster.edges[0]!.url, {
    connections: 200,
    requests: Array.from({ length: 3_000 }, (_, n) => ({
      ...{ path: `/api/rooms/${room}/messages`, token: mallory.token, address: "10.8.8.8" },
      body: { kind: "chat", text: `flood ${n}`, clientId: `flood-${n}` },
    })),
  });
  const saidMs = await sayWell(stage, "while it floods");
  ok(saidMs < 5_000, `somebody else waited ${saidMs} ms`);
  const { statuses } = await flooding;
  const { 201: said = 0, 429: refused = 0 } = statuses;
  strictEqual(said + refused, 3_000, JSON.stringify(statuses));
  ok(said <= 30, `${said} were said`);
  ok(await residentBytes(pid) - before < 128 * 2 ** 20);
}
