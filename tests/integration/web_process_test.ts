/** The role `web` as the supervisor runs it: least permissions, sudden death, clean stop. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { CLUSTER_SECRET, prepareWeb, WebProcess } from "../support/web_process.ts";

const CREDENTIALS = { name: "ann", password: "correct horse" };

Deno.test("web runs with its permissions, and what it acknowledged survives SIGKILL", async () => {
  await using prepared = await prepareWeb();
  const { config } = prepared;
  const kept: { room: string; key: string; token: string }[] = [];
  for (let round = 0; round < 3; round++) {
    await using web = await WebProcess.start(config);
    const signedUp = await web.post("/api/accounts", { ...CREDENTIALS, name: `ann ${round}` });
    strictEqual(signedUp.status, 201, web.output);
    const { token } = signedUp.body;
    const made = await web.post("/api/rooms", { title: `round ${round}` }, token);
    // Nothing happens between the answer and the death.
    await web.kill();
    strictEqual(made.status, 201);
    kept.push({ room: made.body.room.id, key: made.body.publish.key, token });
  }
  await using web = await WebProcess.start(config);
  for (const { room, key, token } of kept) {
    const admitted = await web.post("/internal/publish", {
      room,
      key,
      protocol: "rtmp",
      remoteAddress: "127.0.0.1",
    }, CLUSTER_SECRET);
    deepStrictEqual(admitted, { status: 200, body: { room } });
    const shown = await fetch(`${web.url}/api/rooms/${room}/publish-key`, {
      headers: { authorization: `Bearer ${token}` },
    });
    strictEqual((await shown.json()).publish.key, key);
  }
  const logIn = await web.post("/api/sessions", { ...CREDENTIALS, name: "ann 0" });
  strictEqual(logIn.status, 200);
  for (const file of ["instance.key", "wanren.db"]) {
    strictEqual(((await Deno.stat(`${config.dataDir}/${file}`)).mode ?? 0) & 0o777, 0o600);
  }
  strictEqual(await web.stop(), 0);
});

Deno.test("the set-up link stays the same until it was used", async () => {
  await using prepared = await prepareWeb({ PUBLIC_URL: "https://live.example" });
  const { config } = prepared;
  const linkOf = (web: WebProcess) =>
    /notice \["Make the administrator","(https:\/\/live\.example\/setup\?token=[\w-]{32})"\]/
      .exec(web.output)?.[1];
  const links: (string | undefined)[] = [];
  for (let start = 0; start < 2; start++) {
    await using web = await WebProcess.start(config);
    links.push(linkOf(web));
    strictEqual(await web.stop(), 0);
  }
  match(links[0] ?? "", /^https:/);
  strictEqual(links[0], links[1]);
  await using web = await WebProcess.start({ ...config, ...ADMIN });
  strictEqual(linkOf(web), undefined);
  const { body } = await web.post("/api/sessions", {
    name: ADMIN.adminName,
    password: ADMIN.adminPassword,
  });
  const who = await fetch(`${web.url}/api/session`, {
    headers: { authorization: `Bearer ${body.token}` },
  });
  strictEqual((await who.json()).account.admin, true);
});

const ADMIN = { adminName: "root", adminPassword: "correct horse" };
