/** The typed client against the real API, and the example of its documentation. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { ApiError, type Client, createClient } from "../../client/mod.ts";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { plainPng } from "../support/images.ts";
import { startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

const clientFor = (web: WebApp, token?: string): Client =>
  createClient({
    baseUrl: "http://wanren.test",
    ...(token !== undefined && { token }),
    fetch: async (url, init) => await web.app.request(String(url), init),
  });

const refused = (status: number, code: string, field: string | null = null) => (error: unknown) =>
  error instanceof ApiError && error.status === status && error.code === code &&
  error.field === field;

Deno.test("the client makes a room, shows it and finds it", async () => {
  await using web = await startWebApp({ hasher });
  const visitor = clientFor(web);
  deepStrictEqual(await visitor.get("/api/session"), { account: null, room: null });
  const { token } = await visitor.post("/api/accounts", {
    body: { name: "ann", password: "correct horse" },
  });
  const ann = clientFor(web, token);
  const { room, publish } = await ann.post("/api/rooms", { body: { title: "A & B" } });
  ok(publish.rtmp.streamKey.startsWith(`${room.id}?key=`));
  const path = { room: room.id };
  await ann.patch("/api/rooms/{room}", { path, body: { category: "music", nextLiveAt: null } });
  const cover = new Blob([plainPng({ width: 320, height: 180 })], { type: "image/png" });
  ok((await ann.put("/api/rooms/{room}/cover", { path, body: cover })).room.cover);
  strictEqual((await ann.put("/api/rooms/{room}/follow", { path })).following, true);
  const { rooms } = await visitor.get("/api/rooms", { query: { q: "a & b", category: "music" } });
  deepStrictEqual(rooms.map(({ id, followers }) => [id, followers]), [[room.id, 1]]);
  strictEqual(await ann.delete("/api/rooms/{room}/hold", { path }), undefined);
  strictEqual((await ann.get("/api/rooms/{room}/stream", { path })).stream, null);
});

Deno.test("the client throws what the API refuses", async () => {
  await using web = await startWebApp({ hasher, rateLimits: true });
  const visitor = clientFor(web);
  const logIn = () =>
    visitor.post("/api/sessions", { body: { name: "nobody", password: "correct horse" } });
  await rejects(logIn(), refused(401, "wrong_credentials"));
  await rejects(
    visitor.post("/api/accounts", { body: { name: "", password: "correct horse" } }),
    refused(400, "invalid", "name"),
  );
  await rejects(
    visitor.get("/api/rooms/{room}", { path: { room: "../follows" } }),
    refused(404, "not_found"),
  );
  await rejects(visitor.get("/api/account"), refused(401, "unauthenticated"));
  for (let attempt = 0; attempt < 19; attempt++) {
    await rejects(logIn(), refused(401, "wrong_credentials"));
  }
  await rejects(
    logIn(),
    (error) => error instanceof ApiError && error.status === 429 && error.retryAfterS === 6,
  );
});

Deno.test("the example of docs/api.md does what it says", async () => {
  await using web = await startWebApp({ hasher });
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    (request) => web.app.fetch(request),
  );
  const folder = await Deno.makeTempDir();
  try {
    const page = await Deno.readTextFile(new URL("../../docs/api.md", import.meta.url));
    const [, example = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
    ok(example.includes("createClient"));
    const client = new URL("../../client/mod.ts", import.meta.url).href;
    await Deno.writeTextFile(
      `${folder}/example.ts`,
      example.replace("../client/mod.ts", client)
        .replaceAll("http://localhost:8000", `http://127.0.0.1:${server.addr.port}`),
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--check", "--no-config", "--no-lock", "--allow-net", `${folder}/example.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    ok(success, text.decode(stderr));
    const said = [...example.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
    strictEqual(said.length, 2);
    strictEqual(text.decode(stdout), `${said.join("\n")}\n`);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
