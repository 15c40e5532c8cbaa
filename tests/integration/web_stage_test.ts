/** Guests on stage over HTTP, and what the mixer and the room hear of them. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createServer } from "node:http";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { KEY_MS, seatStream } from "../../rooms/stage/stage.ts";
import {
  answerOf,
  CLUSTER_SECRET,
  type Member,
  problemOf,
  reportOf,
  startWebApp,
} from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

/** An origin that takes mixes, and says what it was told. */
async function startOrigin() {
  const told: { method: string; path: string; body: unknown }[] = [];
  const state = { refusal: null as string | null };
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => text += chunk);
    request.on("end", () => {
      told.push({
        method: request.method!,
        path: request.url!,
        body: text === "" ? null : JSON.parse(text),
      });
      if (request.method === "PUT" && state.refusal !== null) {
        response.writeHead(503).end(JSON.stringify({ code: state.refusal, detail: "Cannot mix" }));
      } else if (request.method === "PUT") response.writeHead(200).end("{}");
      else response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    told,
    state,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function setUp() {
  const origin = await startOrigin();
  const web = await startWebApp({ hasher, origins: [origin.url] });
  const host = await web.signUp("host");
  const guest = await web.signUp("guest");
  const fan = await web.signUp("fan");
  const { id: room, key: roomKey } = await web.createRoom(host);
  const call = (method: string, path: string, member?: Member, body?: unknown) =>
    web.call(method, `/api/rooms/${room}/stage${path}`, {
      ...(member && { token: member.token }),
      ...(body !== undefined && { body }),
    });
  /** What `media` says is on the air. */
  const air = (...streams: Parameters<typeof reportOf>[]) =>
    web.live.putStreams(
      "media",
      { streams: streams.map(([id, change]) => reportOf(id, change)) },
      web.clock.nowMs,
    );
  const stageOf = async (member?: Member) => (await answerOf(await call("GET", "", member))).stage;
  return {
    web,
    origin,
    host,
    guest,
    fan,
    room,
    roomKey,
    call,
    air,
    stageOf,
    async [Symbol.asyncDispose]() {
      await web[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

Deno.test("a guest asks, is let in, publishes to a seat, and is mixed with the host", async () => {
  await using at = await setUp();
  const { web, origin, host, guest, fan, room, roomKey, call, air, stageOf } = at;
  const empty = await stageOf();
  deepStrictEqual(empty, {
    ...{ version: 0, open: false, mode: "mixed", layout: "speaker", trouble: null },
    ...{ leads: false, asking: 0, guests: [], me: null, streams: [], voice: null },
  });
  await problemOf(await call("POST", "/wishes"), 401);
  strictEqual((await problemOf(await call("POST", "/wishes", guest), 409)).code, "not_live");
  air([room]);
  strictEqual((await problemOf(await call("POST", "/wishes", guest), 403)).code, "closed");
  strictEqual(
    (await problemOf(await call("PATCH", "", guest, { open: true }), 403)).code,
    "forbidden",
  );
  await problemOf(await call("PATCH", "", host, {}), 400);
  const opened = await answerOf(await call("PATCH", "", host, { open: true, layout: "grid" }));
  deepStrictEqual([opened.stage.open, opened.stage.layout, opened.stage.leads], [
    true,
    "grid",
    true,
  ]);

  for (const [index, member] of [guest, fan].entries()) {
    const { stage } = await answerOf(await call("POST", "/wishes", member), 201);
    deepStrictEqual(stage.me, { phase: "asking", seat: null, muted: false, place: index + 1 });
    deepStrictEqual(stage.guests.map((each: { name: string }) => each.name), [member.name]);
  }
  deepStrictEqual((await stageOf(host)).guests.map((each: { name: string }) => each.name), [
    "guest",
    "fan",
  ]);
  strictEqual((await problemOf(await call("POST", "/key", guest), 409)).code, "not_now");
  const act = (member: Member, who: Member, action: string) =>
    call("PATCH", `/guests/${who.id}`, member, { action });
  await problemOf(await act(fan, guest, "accept"), 403);
  await problemOf(await act(host, guest, "leave"), 403);
  await problemOf(await act(host, guest, "sing"), 400);
  await answerOf(await act(host, guest, "accept"));

  const { seat } = await answerOf(await call("POST", "/key", guest), 201);
  const stream = seatStream(room, 1);
  strictEqual(seat.whip, `http://wanren.test/whip/${stream}`);
  strictEqual(Date.parse(seat.until), web.clock.nowMs + KEY_MS);
  const publish = (key: string, to = stream) =>
    web.call("POST", "/internal/publish", {
      headers: { authorization: `Bearer ${CLUSTER_SECRET}` },
      body: { room: to, key, protocol: "whip", remoteAddress: "192.0.2.7" },
    });
  strictEqual((await publish("wrong")).status, 403);
  strictEqual((await publish(roomKey)).status, 403, "a room's key opens no guest's seat");
  strictEqual((await publish(roomKey, seatStream(room, 0))).status, 200);
  strictEqual((await publish(seat.key, seatStream(room, 0))).status, 403);
  strictEqual((await publish(seat.key, room)).status, 403);
  strictEqual((await publish(seat.key)).status, 200);

  await web.business.stages.tick();
  strictEqual(origin.told.length, 0, "nobody is mixed before the guest is there");
  air([room], [stream, { protocol: "whip" }]);
  await web.business.stages.tick();
  deepStrictEqual(origin.told.at(-1), {
    method: "PUT",
    path: `/mixes/${room}`,
    body: {
      layout: "grid",
      publisher: seatStream(room, 0),
      inputs: [
        { stream: seatStream(room, 0), name: "host", muted: false },
        { stream, name: "guest", muted: false },
      ],
    },
  });
  air([room, { protocol: "mix" }], [seatStream(room, 0), { encoder: "OBS" }], [stream]);
  const { streams } = await stageOf(guest);
  deepStrictEqual(streams, [{
    seat: 0,
    whep: `http://wanren.test/whep/${seatStream(room, 0)}`,
    pass: `pass-${seatStream(room, 0)}`,
  }]);
  deepStrictEqual((await stageOf(fan)).streams, []);
  strictEqual((await stageOf(host)).streams[0].pass, `pass-${stream}`);
  const { rooms } = await answerOf(await web.call("GET", "/api/rooms?live=true"));
  deepStrictEqual(rooms.map(({ id }: { id: string }) => id), [room], "seats are no rooms");
  const own = await answerOf(
    await web.call("GET", `/api/rooms/${room}/stream`, { token: host.token }),
  );
  strictEqual(own.stream.encoder, "OBS", "the host sees what they send");

  await answerOf(await act(host, guest, "mute"));
  await web.business.stages.tick();
  const last = origin.told.at(-1)!.body as { inputs: { muted: boolean }[] };
  strictEqual(last.inputs[1].muted, true);

  await answerOf(await act(host, guest, "remove"));
  ok(origin.told.some(({ path }) => path === `/streams/${stream}/close`), "cut off");
  await web.business.stages.tick();
  deepStrictEqual(origin.told.at(-1), { method: "DELETE", path: `/mixes/${room}`, body: null });
  strictEqual((await publish(seat.key)).status, 403);
  strictEqual((await problemOf(await call("POST", "/wishes", guest), 403)).code, "forbidden");

  const { messages } = await web.log.read(room, { after: null, limit: 100 });
  const said = messages.flatMap((message) =>
    message.kind === "notice" && message.body.notice === "stage" ? [message.body.data] : []
  );
  ok(
    said.some(({ seats }) =>
      JSON.stringify(seats) ===
        JSON.stringify([{ seat: 1, account: guest.id, name: "guest", muted: true }])
    ),
  );
  const versions = said.map(({ version }) => Number(version));
  deepStrictEqual(versions, [...versions].sort((a, b) => a - b));
  ok(!JSON.stringify(said).includes(fan.id), "who asks is the host's business");
});

Deno.test("an invitation is by name; who is invited hears it, and may decline", async () => {
  await using at = await setUp();
  const { web, host, guest, fan, room, call, air, stageOf } = at;
  air([room]);
  const invite = (name: string) => call("POST", "/invitations", host, { name });
  strictEqual((await problemOf(await invite("nobody"), 404)).code, "not_found");
  strictEqual((await problemOf(await invite("host"), 400)).code, "invalid");
  await problemOf(await call("POST", "/invitations", fan, { name: "guest" }), 403);
  const { stage } = await answerOf(await invite(" Guest "), 201);
  deepStrictEqual(stage.guests.map((each: { phase: string }) => each.phase), ["invited"]);
  strictEqual((await stageOf(guest)).me.phase, "invited");
  strictEqual((await stageOf(fan)).guests.length, 0);
  const { messages } = await web.log.read(room, { after: null, limit: 100 });
  const last = messages.findLast(({ stateKey }) => stateKey === "stage");
  deepStrictEqual(
    last?.kind === "notice" && [last.body.data.invited, last.body.data.asking],
    [[guest.id], 0],
  );
  const decline = await call("PATCH", `/guests/${guest.id}`, guest, { action: "decline" });
  strictEqual((await answerOf(decline)).stage.me, null);
});

Deno.test("a mixer that refuses is told to the host, and asked again", async () => {
  await using at = await setUp();
  const { web, origin, host, guest, room, call, air, stageOf } = at;
  air([room]);
  await answerOf(await call("POST", "/invitations", host, { name: "guest" }), 201);
  await answerOf(await call("PATCH", `/guests/${guest.id}`, guest, { action: "accept" }));
  air([room], [seatStream(room, 1)]);
  origin.state.refusal = "too_many_mixes";
  await web.business.stages.tick();
  strictEqual((await stageOf(host)).trouble, "too_many_mixes");
  strictEqual((await stageOf(guest)).trouble, null);
  origin.state.refusal = null;
  web.clock.nowMs += 3_000;
  air([room], [seatStream(room, 1)]);
  await web.business.stages.tick();
  strictEqual((await stageOf(host)).trouble, null);
  await answerOf(await call("PATCH", "", host, { mode: "canvas" }));
  await web.business.stages.tick();
  strictEqual(origin.told.at(-1)?.method, "DELETE");
});

Deno.test("everybody leaves a stage whose host is off the air for a minute", async () => {
  await using at = await setUp();
  const { web, origin, host, guest, room, call, air, stageOf } = at;
  air([room]);
  await answerOf(await call("PATCH", "", host, { open: true }));
  await answerOf(await call("POST", "/wishes", guest), 201);
  await answerOf(await call("PATCH", `/guests/${guest.id}`, host, { action: "accept" }));
  const stream = seatStream(room, 1);
  for (let passed = 0; passed <= 65_000; passed += 5_000) {
    web.clock.nowMs += 5_000;
    air([stream]);
    await web.business.stages.tick();
  }
  const stage = await stageOf(host);
  deepStrictEqual([stage.guests, stage.open], [[], true]);
  ok(origin.told.some(({ path }) => path === `/streams/${stream}/close`));
});
