import assert from "node:assert/strict";
import { ApiError } from "../ui/api.ts";
import type { StudioSnapshot } from "./snapshot.ts";
import { StudioStore } from "./store.ts";

const SNAPSHOT: StudioSnapshot = {
  roomId: "100001",
  ownerName: "Lin",
  room: { title: "Tea", description: "", category: "talk", cover: null, nextLiveAtMs: null },
  stream: null,
  viewers: 0,
  viewersByProtocol: { flv: 0, ws: 0, hls: 0, rtmp: 0, whep: 0 },
  heldUntilMs: null,
  nowMs: 1_000_000,
};
const ROOM = { title: "Tea house", description: "", category: null, cover: null, nextLiveAt: null };

/** Runs with a server that answers so; tells what it was asked. */
async function withServer(
  answer: () => Response | Promise<Response>,
  run: (asked: { method: string; url: string; body: unknown }[]) => Promise<void>,
): Promise<void> {
  const real = globalThis.fetch;
  const asked: { method: string; url: string; body: unknown }[] = [];
  globalThis.fetch = (url, init) => {
    const { method = "GET", body } = init ?? {};
    asked.push({
      method,
      url: String(url),
      body: typeof body === "string" ? JSON.parse(body) : null,
    });
    return Promise.resolve(answer());
  };
  try {
    await run(asked);
  } finally {
    globalThis.fetch = real;
  }
}

Deno.test("StudioStore.change() shows at once what was chosen, then what the server made of it", async () => {
  const store = new StudioStore(SNAPSHOT);
  await withServer(() => Response.json({ room: ROOM }), async (asked) => {
    const done = store.change({ title: "Tea  house", category: null, nextLiveAtMs: 0 });
    assert.equal(store.state.room.title, "Tea  house");
    assert.equal(store.state.room.category, null);
    await done;
    assert.equal(store.state.room.title, "Tea house");
    assert.deepEqual(asked, [{
      method: "PATCH",
      url: "/api/rooms/100001",
      body: { title: "Tea  house", category: null, nextLiveAt: "1970-01-01T00:00:00.000Z" },
    }]);
  });
});

Deno.test("StudioStore.change() takes back what the server refused, and nothing else", async () => {
  const store = new StudioStore(SNAPSHOT);
  let refuse: (response: Response) => void = () => {};
  const answers = [
    new Promise<Response>((resolve) => refuse = resolve),
    Promise.resolve(Response.json({ room: { ...ROOM, title: "Second" } })),
  ];
  await withServer(() => answers.shift()!, async () => {
    const first = store.change({ title: "First", description: "Rain" });
    await store.change({ title: "Second" });
    refuse(Response.json({ code: "invalid", field: "title" }, { status: 400 }));
    await assert.rejects(first, (error) => error instanceof ApiError && error.field === "title");
    assert.equal(store.state.room.title, "Second", "a later change stays");
    assert.equal(store.state.room.description, "");
  });
});

Deno.test("StudioStore.nowMs() is the server's clock", () => {
  const store = new StudioStore(SNAPSHOT);
  assert.ok(Math.abs(store.nowMs() - SNAPSHOT.nowMs) < 1_000);
});
