import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import {
  CLOSES,
  MESH_CAPACITY,
  SEAT_KEPT_MS,
  SFU_CAPACITY,
  SIGNAL_LIMITS,
  SIGNAL_PROTOCOL,
} from "../../rooms/calls/protocol.ts";
import { UNHEARD_MS } from "../../rooms/calls/call.ts";
import type { CallMediaPort, SfuOutcome, SfuPlace } from "../../rooms/calls/media_port.ts";
import { LocalPost } from "../../rooms/calls/local_post.ts";
import { openMemoryStore } from "../../store/memory/mod.ts";
import { SignalClient, Signalling } from "../support/signalling.ts";
import { waitFor } from "../support/wait.ts";

const OFFER = { type: "offer", sdp: "v=0\r\n" } as const;
const CANDIDATE = {
  candidate: "candidate:1 1 udp 1 192.0.2.1 5 typ host",
  sdpMid: "0",
  sdpMLineIndex: 0,
  usernameFragment: "abcd",
} as const;

Deno.test("signalling seats two people, tells each of the other, and relays between them", async () => {
  await using web = await new Signalling({
    iceServers: [{ urls: ["turn:t.example"], username: "1:u", credential: "c" }],
  }).start();
  using ann = await web.joined("weekly", { name: "Ann", video: false });
  const [welcome] = ann.messages;
  ok(welcome?.type === "welcome");
  deepStrictEqual(
    { ...welcome.call, topology: welcome.roster.topology, resumed: welcome.resumed },
    {
      ...{ name: "weekly", access: "open", guests: true, locked: false, people: 1 },
      ...{ capacity: MESH_CAPACITY, ownerId: null, topology: "mesh", resumed: false },
    },
  );
  strictEqual(welcome.iceServers[0]?.username, "1:u");
  using bob = await web.joined("Weekly", { name: "Bob" });
  await ann.sees("Bob", (peers) => peers.length === 2);
  const [first, second] = bob.roster.peers;
  deepStrictEqual(
    [first?.name, first?.order, first?.video, second?.name, second?.order, second?.video],
    ["Ann", 1, false, "Bob", 2, true],
  );
  bob.send({ type: "description", session: 0, to: ann.self, description: OFFER });
  bob.send({ type: "candidate", session: 0, to: ann.self, candidate: CANDIDATE });
  bob.send({ type: "candidate", session: 0, to: ann.self, candidate: null });
  deepStrictEqual(await ann.next("description"), {
    ...{ type: "description", from: bob.self, session: 0, description: OFFER },
  });
  deepStrictEqual((await ann.next("candidate")).candidate, CANDIDATE);
  deepStrictEqual((await ann.next("candidate")).candidate, null);

  bob.send({ type: "state", hand: true, audio: false, screen: "stream-1" });
  await ann.sees("the hand", ([, peer]) => peer?.handAtMs != null && peer.audio === false);
  strictEqual(ann.roster.peers[1]?.screen, "stream-1");
  bob.send({ type: "leave" });
  strictEqual((await bob.next("ended")).code, "left");
  strictEqual((await bob.end()).code, 1000);
  await ann.sees("Ann alone", (peers) => peers.length === 1);
});

Deno.test("signalling refuses what does not fit, each with its code and sentence", async () => {
  await using web = await new Signalling().start();
  const owner = web.account("owner");
  const make = (name: string, change: object) =>
    web.calls.make(owner, {
      ...{ name, access: "open", password: null, guests: true },
      ...change,
    }, { address: "192.0.2.1" });
  await make("secret", { access: "password", password: "correct horse" });
  await make("members", { guests: false });
  await make("closed", { access: "invited" });
  const refusal = async (name: string, join: object = {}, token?: string) => {
    using client = new SignalClient(`${web.url}/signal/${name}`, { token });
    client.join(join);
    const { code } = await client.next("refused");
    deepStrictEqual(await client.end(), { code: CLOSES[code][0], reason: CLOSES[code][1] });
    return code;
  };
  strictEqual(await refusal("secret"), "password_needed");
  strictEqual(await refusal("secret", { password: "wrong horse" }), "wrong_password");
  strictEqual(await refusal("members"), "account_needed");
  strictEqual(await refusal("closed"), "invitation_needed");
  strictEqual(await refusal("closed", { invitation: "a.b.c" }), "invitation_invalid");
  strictEqual(await refusal("open", { name: "\u202e" }), "bad_name");
  strictEqual(await refusal("open", { name: "x".repeat(33) }), "bad_name");
  web.account("ann");
  (await web.joined("members", {}, "ann"))[Symbol.dispose]();
  (await web.joined("secret", { password: "correct horse" }))[Symbol.dispose]();
  const { token } = await web.calls.invite(owner, "closed");
  using guest = await web.joined("closed", { invitation: token });
  const full = await Promise.all(
    Array.from({ length: MESH_CAPACITY }, () => web.joined("crowd")),
  );
  strictEqual(await refusal("crowd"), "full");
  for (const client of [...full, guest]) client[Symbol.dispose]();
});

Deno.test("many who want the last seats at once never sit on one chair", async () => {
  await using web = await new Signalling().start();
  const clients = Array.from(
    { length: 12 },
    () => new SignalClient(`${web.url}/signal/rush`),
  );
  for (const client of clients) client.join();
  await waitFor(
    "all answers",
    () =>
      clients.every(({ messages }) =>
        messages.some(({ type }) => type === "welcome" || type === "refused")
      ),
  );
  const seated = clients.filter(({ messages }) => messages.some(({ type }) => type === "welcome"));
  strictEqual(seated.length, MESH_CAPACITY);
  deepStrictEqual(new Set(seated.map(({ self }) => self)).size, MESH_CAPACITY);
  for (const client of clients) client[Symbol.dispose]();
});

Deno.test("a broken connection keeps its seat, and the token takes it again", async () => {
  await using web = await new Signalling().start();
  using ann = await web.joined("weekly", { name: "Ann" });
  const bob = await web.joined("weekly", { name: "Bob" });
  bob.send({ type: "state", hand: true });
  await ann.sees("the hand", ([, peer]) => peer?.handAtMs != null);
  bob.socket.terminate();
  await ann.sees("Bob away", ([, peer]) => peer?.present === false);
  using again = await web.joined("weekly", { resume: bob.resume });
  strictEqual(again.self, bob.self);
  await ann.sees("Bob back", ([, peer]) => peer?.present === true && peer.handAtMs !== null);
  ann.send({ type: "description", session: 0, to: bob.self, description: OFFER });
  strictEqual((await again.next("description")).from, ann.self);
  // A second connection with the token takes the seat from the first.
  using third = await web.joined("weekly", { resume: bob.resume });
  strictEqual((await again.next("ended")).code, "elsewhere");
  strictEqual((await again.end()).code, CLOSES.elsewhere[0]);
  strictEqual(third.self, bob.self);
  // Somebody else's token, or none of this call, is a newcomer's.
  using forged = await web.joined("weekly", { resume: "nothing", name: "Eve" });
  ok(forged.self !== bob.self);
});

Deno.test("a seat that nobody comes back to is free after a while", async () => {
  await using web = await new Signalling().start();
  using ann = await web.joined("weekly", { name: "Ann" });
  const bob = await web.joined("weekly", { name: "Bob" });
  bob.socket.terminate();
  await ann.sees("Bob away", ([, peer]) => peer?.present === false);
  web.clock.nowMs += SEAT_KEPT_MS + 1;
  await ann.sees("Ann alone", (peers) => peers.length === 1);
  using late = await web.joined("weekly", { resume: bob.resume });
  ok(late.self !== bob.self);
});

Deno.test("a restart keeps calls and seats; who does not come back is let go", async () => {
  await using web = await new Signalling().start();
  const ann = await web.joined("weekly", { name: "Ann" });
  const bob = await web.joined("weekly", { name: "Bob" });
  const eve = await web.joined("weekly", { name: "Eve" });
  await web.stop();
  deepStrictEqual(await ann.end(), { code: 1012, reason: CLOSES.restart[1] });
  await web.start();
  using first = await web.joined("weekly", { resume: ann.resume });
  using second = await web.joined("weekly", { resume: bob.resume });
  deepStrictEqual([first.self, second.self], [ann.self, bob.self]);
  await first.sees("both", (peers) => peers.filter(({ present }) => present).length === 2);
  strictEqual(first.roster.peers.length, 3);
  web.clock.nowMs += UNHEARD_MS + 1;
  await first.sees("Eve gone", (peers) => peers.length === 2);
  ok(first.roster.peers.every(({ id }) => id !== eve.self));
});

Deno.test("the host locks, invites, kicks and ends; nobody else does", async () => {
  await using web = await new Signalling().start();
  const owner = web.account("owner");
  web.account("bob");
  await web.calls.make(owner, {
    ...{ name: "board", access: "invited", password: null, guests: true },
  }, { address: "192.0.2.1" });
  using host = await web.joined("board", {}, "owner");
  host.send({ type: "invite" });
  const { token } = await host.next("invitation");
  using bob = await web.joined("board", { invitation: token }, "bob");
  using guest = await web.joined("board", { invitation: token, name: "Guest" });
  strictEqual(bob.roster.host, host.self);
  // All of this is not theirs to do.
  bob.send({ type: "lock", locked: true });
  bob.send({ type: "kick", peer: guest.self });
  bob.send({ type: "invite" });
  bob.send({ type: "end" });
  bob.send({ type: "state", hand: true });
  await host.sees("the hand", (peers) => peers.some(({ handAtMs }) => handAtMs !== null));
  strictEqual(host.roster.locked, false);
  strictEqual(host.roster.peers.length, 3);
  ok(!bob.messages.some(({ type }) => type === "invitation"));

  host.send({ type: "lock", locked: true });
  await bob.sees("the lock", (_peers, { locked }) => locked);
  host.send({ type: "kick", peer: bob.self });
  strictEqual((await bob.next("ended")).code, "kicked");
  strictEqual((await bob.end()).code, CLOSES.kicked[0]);
  host.send({ type: "lock", locked: false });
  await guest.sees("unlocked", (peers, { locked }) => !locked && peers.length === 2);
  using back = new SignalClient(`${web.url}/signal/board`, { token: "bob" });
  back.join({ invitation: token });
  strictEqual((await back.next("refused")).code, "kicked");

  host.send({ type: "end" });
  strictEqual((await guest.next("ended")).code, "ended");
  strictEqual((await host.next("ended")).code, "ended");
  strictEqual(await web.calls.find("board"), null);
});

Deno.test("two processes over one store are one call", async () => {
  const store = openMemoryStore();
  const post = new LocalPost();
  {
    await using here = await new Signalling({ calls: store.calls, post }).start();
    await using there = await new Signalling({ calls: store.calls, post }).start();
    using ann = await here.joined("weekly", { name: "Ann" });
    using bob = await there.joined("weekly", { name: "Bob" });
    await ann.sees("Bob", (peers) => peers.length === 2);
    // The offer of somebody new never comes before the news that there is somebody.
    bob.send({ type: "description", session: 0, to: ann.self, description: OFFER });
    strictEqual((await ann.next("description")).from, bob.self);
    ann.send({ type: "candidate", session: 0, to: bob.self, candidate: CANDIDATE });
    strictEqual((await bob.next("candidate")).from, ann.self);
    // A seat goes along to the other process.
    bob.socket.terminate();
    await ann.sees("Bob away", ([, peer]) => peer?.present === false);
    using again = await here.joined("weekly", { resume: bob.resume });
    strictEqual(again.self, bob.self);
    ann.send({ type: "kick", peer: bob.self });
    strictEqual((await again.next("ended")).code, "kicked");
  }
  await post.close();
  await store.close();
});

const big = "x".repeat(SIGNAL_LIMITS.sdp + 1);
const HOSTILE: Readonly<Record<string, string | Uint8Array>> = {
  "no JSON": "{",
  "no object": "7",
  "null": "null",
  "an unknown type": '{"type":"admin"}',
  "a type of the prototype": '{"type":"constructor"}',
  "bytes": new Uint8Array([1, 2, 3]),
  "a second join": '{"type":"join","audio":true,"video":true}',
  "more than there is": '{"type":"beat","more":1}',
  "a peer that is none": '{"type":"kick","peer":"../x"}',
  "a description without SDP": '{"type":"description","to":"a","description":{"type":"offer"}}',
  "an answer of the server": '{"type":"welcome"}',
  "a session below nothing": '{"type":"reset","to":"a","session":-1}',
  "an SDP that is too long": JSON.stringify({
    ...{
      type: "description",
      session: 0,
      to: "a",
      description: { type: "offer", sdp: `v=0${big}` },
    },
  }),
  "an SDP with other bytes": JSON.stringify({
    ...{
      type: "description",
      session: 0,
      to: "a",
      description: { type: "offer", sdp: "v=0\u0000" },
    },
  }),
  "a candidate that is none": JSON.stringify({
    ...{ type: "candidate", to: "a", candidate: { ...CANDIDATE, candidate: "javascript:1" } },
  }),
  "a stream that is none": '{"type":"state","screen":"<b>"}',
};

for (const [name, data] of Object.entries(HOSTILE)) {
  Deno.test(`signalling closes a connection that says ${name}, and the others go on`, async () => {
    await using web = await new Signalling().start();
    using ann = await web.joined("weekly", { name: "Ann" });
    using eve = await web.joined("weekly", { name: "Eve" });
    eve.send(data);
    deepStrictEqual(await eve.end(), {
      ...{ code: CLOSES.bad_message[0], reason: CLOSES.bad_message[1] },
    });
    await ann.sees("Eve away", ([, peer]) => peer?.present === false);
    using bob = await web.joined("weekly", { name: "Bob" });
    bob.send({ type: "description", session: 0, to: ann.self, description: OFFER });
    await ann.next("description");
  });
}

Deno.test("signalling closes who floods, who sends too much at once, and who never joins", async () => {
  await using web = await new Signalling({ rateLimits: true, joinWithinMs: 100 }).start();
  using silent = new SignalClient(`${web.url}/signal/weekly`);
  strictEqual((await silent.end()).code, CLOSES.too_slow[0]);
  using flood = await web.joined("weekly");
  for (let index = 0; index < 1_000; index++) flood.send({ type: "beat" });
  strictEqual((await flood.end()).code, CLOSES.too_fast[0]);
  using hands = await web.joined("weekly");
  for (let index = 0; index < 100; index++) hands.send({ type: "state", hand: index % 2 === 0 });
  strictEqual((await hands.end()).code, CLOSES.too_fast[0]);
  using huge = await web.joined("weekly");
  huge.send(JSON.stringify({ type: "beat", more: "x".repeat(SIGNAL_LIMITS.frameBytes) }));
  // RFC 6455 §7.4.1: message too big.
  strictEqual((await huge.end()).code, 1009);
});

Deno.test("wrong passwords are limited, and the right one after them waits", async () => {
  await using web = await new Signalling({ rateLimits: true }).start();
  await web.calls.make(web.account("owner"), {
    ...{ name: "secret", access: "password", password: "correct horse", guests: true },
  }, { address: "192.0.2.1" });
  const attempt = async (password: string) => {
    using client = new SignalClient(`${web.url}/signal/secret`);
    client.join({ password });
    const answer = await waitFor("an answer", () => client.messages[0], { everyMs: 5 });
    return answer.type === "refused" ? answer : null;
  };
  for (let tries = 0; tries < 10; tries++) {
    strictEqual((await attempt("wrong horse"))?.code, "wrong_password");
  }
  const refused = await attempt("correct horse");
  strictEqual(refused?.code, "too_many_attempts");
  ok((refused?.retryAfterS ?? 0) > 0);
  web.clock.nowMs += 60_000;
  strictEqual(await attempt("correct horse"), null);
});

Deno.test("upgrades from other sites, to no name, and too many of one address are refused", async () => {
  await using web = await new Signalling({ rateLimits: true }).start();
  const status = async (path: string, headers: Record<string, string> = {}) => {
    using client = new SignalClient(`${web.url}${path}`, { headers });
    return await waitFor("the answer", () => client.refused ?? (client.socket.readyState === 1), {
      everyMs: 5,
    });
  };
  strictEqual(await status("/signal/weekly", { origin: "https://evil.example" }), 403);
  strictEqual(await status("/signal/weekly", { origin: "null" }), 403);
  strictEqual(await status("/signal/weekly", { origin: web.url.replace("ws", "http") }), true);
  for (const path of ["/signal/", "/signal/a%2fb", "/signal/%ff", `/signal/${"x".repeat(700)}`]) {
    strictEqual(await status(path), 404, path);
  }
  const crowd = Array.from({ length: 70 }, () => new SignalClient(`${web.url}/signal/weekly`));
  await waitFor(
    "all answers",
    () => crowd.every(({ refused, socket }) => refused !== null || socket.readyState === 1),
  );
  ok(crowd.some(({ refused }) => refused === 503));
  strictEqual(crowd.filter(({ refused }) => refused === null).length <= 64, true);
  for (const client of crowd) client[Symbol.dispose]();
  await waitFor("room again", async () => await status("/signal/weekly") === true);
});

Deno.test("the subprotocol is agreed upon where the client knows it", async () => {
  await using web = await new Signalling().start();
  using client = new SignalClient(`${web.url}/signal/weekly`, {
    protocols: ["other", SIGNAL_PROTOCOL],
  });
  await waitFor("the connection", () => client.socket.readyState === 1);
  strictEqual(client.socket.protocol, SIGNAL_PROTOCOL);
  match(client.socket.url, /signal/);
});

/** An `rtc` that answers whatever it is offered, and remembers. */
class FakeRtc implements CallMediaPort {
  available = true;
  away = false;
  readonly log: string[] = [];

  offer({ participant }: SfuPlace, { fresh }: { readonly fresh: boolean }): Promise<SfuOutcome> {
    this.log.push(`offer ${participant}${fresh ? " fresh" : ""}`);
    return Promise.resolve(
      this.away
        ? { kind: "refused", why: "away" }
        : { kind: "answered", sdp: `v=0 for ${participant}` },
    );
  }

  view({ participant }: SfuPlace, large: readonly string[] | null): void {
    this.log.push(`view ${participant} ${large?.join() ?? "any"}`);
  }

  leave({ participant }: SfuPlace): void {
    this.log.push(`leave ${participant}`);
  }
}

Deno.test("the fifth moves a call to rtc: offers are answered, told to all, and ended with the seat", async () => {
  const rtc = new FakeRtc();
  await using web = await new Signalling({ media: rtc }).start();
  const four = await Promise.all(Array.from({ length: 4 }, () => web.joined("crowd")));
  const [ann, bob] = four as [SignalClient, SignalClient];
  strictEqual(ann.roster.topology, "mesh");
  const offer = { type: "sfu", seat: "camera", fresh: true, sdp: "v=0\r\n" } as const;
  ann.send({ ...offer, id: 1 });
  deepStrictEqual(await ann.next("sfu"), { type: "sfu", id: 1, refused: "not_now" });

  const eve = await web.joined("crowd");
  strictEqual(eve.roster.topology, "sfu");
  await ann.sees("that the call is by rtc", (_peers, { topology }) => topology === "sfu");
  ann.send({ ...offer, id: 2 });
  deepStrictEqual(await ann.next("sfu"), { type: "sfu", id: 2, sdp: `v=0 for ${ann.self}` });
  await bob.sees("what is new", (peers) => peers[0]?.sfuTurn === 1);
  ann.send({ ...offer, id: 3, fresh: false });
  strictEqual((await ann.next("sfu")).id, 3);
  ann.send({ ...offer, id: 4, seat: "screen" });
  deepStrictEqual(await ann.next("sfu"), { type: "sfu", id: 4, sdp: `v=0 for ${ann.self}.screen` });
  await bob.sees("the screen", (peers) => peers[0]?.sfuTurn === 2);
  ann.send({ type: "view", large: [bob.self] });
  rtc.away = true;
  bob.send({ ...offer, id: 5 });
  deepStrictEqual(await bob.next("sfu"), { type: "sfu", id: 5, refused: "away" });

  ann.send({ type: "chat", text: "Hello" });
  for (const client of [bob, eve]) {
    deepStrictEqual(await client.next("chat"), { type: "chat", from: ann.self, text: "Hello" });
  }
  ann.send({ type: "leave" });
  await ann.end();
  await bob.sees("four", (peers) => peers.length === 4);
  strictEqual(bob.roster.topology, "sfu");
  deepStrictEqual(rtc.log, [
    `offer ${ann.self} fresh`,
    `offer ${ann.self}`,
    `offer ${ann.self}.screen fresh`,
    `view ${ann.self} ${bob.self}`,
    `offer ${bob.self} fresh`,
    `leave ${ann.self}`,
    `leave ${ann.self}.screen`,
  ]);
  for (const client of [eve, four[3]!]) client.send({ type: "leave" });
  await bob.sees(
    "a mesh of two",
    (peers, { topology }) => peers.length === 2 && topology === "mesh",
  );
  for (const client of [...four, eve]) client[Symbol.dispose]();
});

Deno.test("a call takes sixteen with rtc, and says so to the seventeenth", async () => {
  const rtc = new FakeRtc();
  await using web = await new Signalling({ media: rtc }).start();
  const seated = await Promise.all(
    Array.from({ length: SFU_CAPACITY }, () => web.joined("crowd")),
  );
  using late = new SignalClient(`${web.url}/signal/crowd`);
  late.join({});
  const refused = await late.next("refused");
  deepStrictEqual([refused.code, refused.capacity], ["full", SFU_CAPACITY]);
  // Without it nobody comes in any more, and nobody is thrown out.
  rtc.available = false;
  seated[0]!.send({ type: "leave" });
  await seated[1]!.sees("fifteen", (peers) => peers.length === SFU_CAPACITY - 1);
  using later = new SignalClient(`${web.url}/signal/crowd`);
  later.join({});
  const again = await later.next("refused");
  deepStrictEqual([again.code, again.capacity], ["full", MESH_CAPACITY]);
  strictEqual(seated[1]!.roster.topology, "sfu");
  for (const client of seated) client[Symbol.dispose]();
});
