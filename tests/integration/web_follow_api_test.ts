/** Following over JSON. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { PasswordHasher } from "../../rooms/password_hasher.ts";
import { answerOf, problemOf, reportOf, startWebApp, type WebApp } from "../support/web.ts";

const hasher = new PasswordHasher();
Deno.test.afterAll(() => hasher.close());

function apiTest(name: string, body: (web: WebApp) => Promise<void>) {
  Deno.test(name, async () => {
    await using web = await startWebApp({ hasher });
    await body(web);
  });
}

apiTest("PUT and DELETE /api/rooms/<room>/follow may be repeated", async (web) => {
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const { id } = await web.createRoom(ann);
  const path = `/api/rooms/${id}/follow`;
  const seen = async (token?: string) => {
    const { room, following } = await answerOf(
      await web.call("GET", `/api/rooms/${id}`, token === undefined ? {} : { token }),
    );
    return [room.followers, following];
  };
  deepStrictEqual(await seen(), [0, null]);
  deepStrictEqual(await seen(bob.token), [0, false]);
  for (let time = 0; time < 3; time++) {
    const { room, following } = await answerOf(await web.call("PUT", path, bob));
    deepStrictEqual([room.id, room.followers, following], [id, 1, true]);
  }
  deepStrictEqual(await seen(bob.token), [1, true]);
  deepStrictEqual(await seen(ann.token), [1, false]);
  await answerOf(await web.call("PUT", path, ann));
  deepStrictEqual(await seen(), [2, null]);
  for (let time = 0; time < 3; time++) {
    const { room, following } = await answerOf(await web.call("DELETE", path, bob));
    deepStrictEqual([room.followers, following], [1, false]);
  }
});

apiTest("following needs an account and a room that is there", async (web) => {
  const ann = await web.signUp("ann");
  const { id } = await web.createRoom(ann);
  for (const method of ["PUT", "DELETE"]) {
    await problemOf(await web.call(method, `/api/rooms/${id}/follow`), 401);
    for (const unknown of ["100009", "0", "abc", "1e5", "9".repeat(400), "%00"]) {
      const problem = await problemOf(
        await web.call(method, `/api/rooms/${unknown}/follow`, ann),
        404,
      );
      strictEqual(problem.code, "not_found");
    }
  }
  await problemOf(await web.call("GET", "/api/follows"), 401);
});

apiTest("GET /api/follows lists live rooms first, then the last followed", async (web) => {
  const bob = await web.signUp("bob");
  const rooms: string[] = [];
  for (let index = 0; index < 3; index++) {
    const { id } = await web.createRoom(await web.signUp());
    rooms.push(id);
    web.clock.nowMs += 1_000;
    await answerOf(await web.call("PUT", `/api/rooms/${id}/follow`, bob));
  }
  const [first = "", second = "", third = ""] = rooms;
  const list = async () => {
    const answer = await answerOf(await web.call("GET", "/api/follows", bob));
    return answer.rooms.map(({ id }: { id: string }) => id);
  };
  deepStrictEqual(await list(), [third, second, first]);
  web.live.putStreams("m1", { streams: [reportOf(second)] }, web.clock.nowMs);
  deepStrictEqual(await list(), [second, third, first]);
  await answerOf(await web.call("DELETE", `/api/rooms/${third}/follow`, bob));
  deepStrictEqual(await list(), [second, first]);
});

apiTest("nobody follows a suspended room, and it is in no list", async (web) => {
  const root = await web.admin();
  const ann = await web.signUp("ann");
  const bob = await web.signUp("bob");
  const { id } = await web.createRoom(ann);
  await answerOf(await web.call("PUT", `/api/rooms/${id}/follow`, bob));
  await answerOf(
    await web.call("PATCH", `/api/admin/rooms/${id}`, {
      token: root.token,
      body: { suspended: true },
    }),
  );
  deepStrictEqual(await answerOf(await web.call("GET", "/api/follows", bob)), { rooms: [] });
  const problem = await problemOf(
    await web.call("PUT", `/api/rooms/${id}/follow`, await web.signUp("eve")),
    403,
  );
  strictEqual(problem.code, "suspended");
  await answerOf(await web.call("DELETE", `/api/rooms/${id}/follow`, bob));
});
