import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";

import { startWebApp } from "../support/web.ts";

const CALLS = {
  invited: { name: "Board meeting", access: "invited" },
  password: { name: "secret", access: "password", password: "correct horse" },
} as const;

Deno.test("POST /api/calls makes a call that its owner lists, invites to and ends", async () => {
  await using web = await startWebApp();
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const made = await web.call("POST", "/api/calls", { token: ann.token, body: CALLS.invited });
  strictEqual(made.status, 201);
  const { call } = await made.json();
  deepStrictEqual(call, {
    ...{ name: "board-meeting", access: "invited", guests: true, locked: false, people: 0 },
    ...{ capacity: 4, owned: true, url: "http://wanren.test/call/board-meeting" },
    signal: "ws://wanren.test/signal/board-meeting",
  });
  const again = await web.call("POST", "/api/calls", { token: bob.token, body: CALLS.invited });
  strictEqual(again.status, 409);
  strictEqual((await again.json()).code, "name_taken");

  const path = "/api/calls/Board%20meeting";
  const seen = await web.call("GET", path, { token: bob.token });
  strictEqual((await seen.json()).call.owned, false);
  const list = await (await web.call("GET", "/api/calls", { token: ann.token })).json();
  deepStrictEqual(list.calls.map(({ name }: { name: string }) => name), ["board-meeting"]);

  strictEqual((await web.call("POST", `${path}/invitations`, { token: bob.token })).status, 403);
  const invited = await web.call("POST", `${path}/invitations`, { token: ann.token });
  strictEqual(invited.status, 201);
  const { invitation } = await invited.json();
  const url = new URL(invitation.url);
  strictEqual(url.searchParams.get("invite"), invitation.token);
  ok(Date.parse(invitation.expiresAt) > web.clock.nowMs);

  strictEqual((await web.call("DELETE", path, { token: bob.token })).status, 403);
  strictEqual((await web.call("DELETE", path, { token: ann.token })).status, 204);
  strictEqual((await web.call("GET", path)).status, 404);
});

Deno.test("POST /api/calls refuses guests, wrong names and short passwords", async () => {
  await using web = await startWebApp();
  strictEqual((await web.call("POST", "/api/calls", { body: CALLS.invited })).status, 401);
  const { token } = await web.signUp();
  for (
    const [field, body] of [
      ["name", { name: "a/b" }],
      ["name", { name: "" }],
      ["password", { name: "secret", access: "password" }],
      ["password", { name: "secret", access: "password", password: "short" }],
    ] as const
  ) {
    const answer = await web.call("POST", "/api/calls", { token, body });
    strictEqual(answer.status, 400);
    strictEqual((await answer.json()).field, field);
  }
  const unknown = await web.call("POST", "/api/calls", {
    token,
    body: { name: "x", access: "secret" },
  });
  strictEqual(unknown.status, 400);
  const answer = await web.call("POST", "/api/calls", { token, body: CALLS.password });
  strictEqual(answer.status, 201);
  ok(!(await answer.text()).includes("argon2"));
});

Deno.test("GET /api/ice-servers hands out what is configured; /signal wants a WebSocket", async () => {
  const servers = [{ urls: ["turn:t.example:3478"], username: "1:u", credential: "c" }];
  await using web = await startWebApp({ iceServers: servers });
  const answer = await web.call("GET", "/api/ice-servers");
  strictEqual(answer.headers.get("cache-control"), "no-store");
  deepStrictEqual(await answer.json(), { iceServers: servers });
  const signal = await web.call("GET", "/signal/weekly");
  strictEqual(signal.status, 426);
  match(signal.headers.get("upgrade") ?? "", /websocket/);
});
