import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { ApiError, type Client, type ClientOptions, createClient, type Schemas } from "./mod.ts";

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client whose requests are looked at and answered here. */
function clientOf(
  answer: (sent: Sent) => Response | Promise<Response>,
  options: ClientOptions = {},
): { client: Client; sent: Sent[] } {
  const sent: Sent[] = [];
  const client = createClient({
    ...options,
    fetch: (url, init) => {
      const request = { url: String(url), init: init ?? {} };
      sent.push(request);
      return Promise.resolve(answer(request));
    },
  });
  return { client, sent };
}

const headersOf = ({ init }: Sent) => Object.fromEntries(new Headers(init.headers));

const refused = (expected: Partial<ApiError>) => (error: unknown) => {
  if (!(error instanceof ApiError)) return false;
  const { status, code, detail, field, retryAfterS } = error;
  deepStrictEqual({ status, code, field, retryAfterS }, {
    status: 0,
    field: null,
    retryAfterS: null,
    ...expected,
  });
  return detail !== "";
};

Deno.test("createClient() puts path and query into the address", async () => {
  const { client, sent } = clientOf(() => Response.json({ rooms: [] }));
  const { rooms } = await client.get("/api/rooms", {
    query: { q: "a&b 万", live: true, limit: 5, category: undefined },
  });
  const typed: readonly Schemas["Room"][] = rooms;
  deepStrictEqual(typed, []);
  await client.get("/api/rooms");
  await client.get("/api/rooms/{room}", { path: { room: "../a?b#c" } });
  deepStrictEqual(sent.map(({ url }) => url), [
    "/api/rooms?q=a%26b+%E4%B8%87&live=true&limit=5",
    "/api/rooms",
    "/api/rooms/..%2Fa%3Fb%23c",
  ]);
  deepStrictEqual(headersOf(sent[0]!), { accept: "application/json" });
  strictEqual(sent[0]!.init.credentials, undefined);
});

Deno.test("createClient() sends JSON, files as they are, and a token without the cookie", async () => {
  const { client, sent } = clientOf(() => Response.json({}), {
    baseUrl: "https://live.example",
    token: "secret",
  });
  await client.patch("/api/rooms/{room}", { path: { room: "100001" }, body: { title: "x" } });
  const file = new Blob([new Uint8Array(3)], { type: "image/png" });
  await client.put("/api/account/avatar", { body: file, query: { x: 0, y: 0.5, size: 1 } });
  const [json, picture] = sent as [Sent, Sent];
  strictEqual(json.url, "https://live.example/api/rooms/100001");
  strictEqual(json.init.body, '{"title":"x"}');
  deepStrictEqual(headersOf(json), {
    accept: "application/json",
    authorization: "Bearer secret",
    "content-type": "application/json",
  });
  strictEqual(json.init.credentials, "omit");
  strictEqual(picture.init.method, "PUT");
  strictEqual(picture.init.body, file);
  strictEqual(headersOf(picture)["content-type"], undefined);
});

Deno.test("a call without an answer gives undefined", async () => {
  const { client } = clientOf(() => new Response(null, { status: 204 }));
  const nothing: undefined = await client.delete("/api/rooms/{room}/hold", {
    path: { room: "100001" },
  });
  strictEqual(nothing, undefined);
});

Deno.test("a problem becomes an ApiError", async () => {
  const problem = { type: "about:blank", title: "t", status: 400, code: "invalid", field: "title" };
  const { client } = clientOf(() =>
    Response.json(problem, { status: 400, headers: { "retry-after": "7" } })
  );
  await rejects(
    client.post("/api/rooms", { body: { title: "" } }),
    refused({ status: 400, code: "invalid", field: "title", retryAfterS: 7 }),
  );
  for (const odd of ["null", "7", "[]", '"x"', '{"code":{},"field":3}', "", "<!doctype html>"]) {
    const { client } = clientOf(() => new Response(odd, { status: 502 }));
    await rejects(client.get("/api/rooms"), refused({ status: 502, code: "refused" }), odd);
  }
});

Deno.test("what is no answer of the API is an ApiError, too", async () => {
  const unreachable = clientOf(() => Promise.reject(new TypeError("network")));
  await rejects(unreachable.client.get("/api/rooms"), refused({ code: "unreachable" }));
  for (const body of ["<!doctype html>", "", '{"rooms":']) {
    const odd = clientOf(() => new Response(body));
    await rejects(odd.client.get("/api/rooms"), refused({ status: 200, code: "unreadable" }));
  }
  const slow = clientOf(({ init }) =>
    new Promise((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
    }), { timeoutMs: 5 });
  await rejects(slow.client.get("/api/rooms"), refused({ code: "timeout" }));
});

Deno.test("an answer is read up to its bound and no further", async () => {
  let pulled = 0;
  const endless = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++;
          controller.enqueue(new TextEncoder().encode("[".repeat(400)));
        },
      }),
    );
  const { client } = clientOf(endless, { maxBytes: 1_000 });
  await rejects(client.get("/api/rooms"), refused({ status: 200, code: "unreadable" }));
  strictEqual(pulled < 6, true, `${pulled} chunks were read`);
  const fits = clientOf(() => new Response(`"${"x".repeat(998)}"`), { maxBytes: 1_000 });
  await fits.client.get("/api/rooms");
});

Deno.test("text that is cut inside of a character is put together again", async () => {
  const bytes = new TextEncoder().encode('{"rooms":"万人🎥"}');
  for (let cut = 1; cut < bytes.length; cut++) {
    const { client } = clientOf(() =>
      new Response(ReadableStream.from([bytes.subarray(0, cut), bytes.subarray(cut)]))
    );
    deepStrictEqual(await client.get("/api/rooms"), { rooms: "万人🎥" });
  }
});

Deno.test("the caller's abort is the caller's: its reason comes back", async () => {
  const { client } = clientOf(({ init }) => {
    init.signal?.throwIfAborted();
    return new Promise((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("x", "AbortError")));
    });
  });
  const controller = new AbortController();
  const running = client.get("/api/rooms", { signal: controller.signal });
  const reason = new Error("the page is gone");
  controller.abort(reason);
  await rejects(running, (error) => error === reason);
  await rejects(client.get("/api/rooms", { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("the types refuse what the API does not have", () => {
  // Its types are checked with all others; nobody calls it.
  const refusedByTheTypes = (client: Client): unknown[] => [
    // @ts-expect-error there is no such address
    client.get("/api/nothing"),
    // @ts-expect-error the address has no such method
    client.put("/api/rooms", {}),
    // @ts-expect-error the path's parameter is missing
    client.get("/api/rooms/{room}"),
    // @ts-expect-error a title is a text
    client.post("/api/rooms", { body: { title: 7 } }),
    // @ts-expect-error a body is needed
    client.post("/api/rooms", {}),
    // @ts-expect-error the call has no such parameter
    client.get("/api/rooms", { query: { nope: 1 } }),
    // @ts-expect-error the answer has no such member
    client.get("/api/rooms").then(({ nope }) => nope),
  ];
  strictEqual(refusedByTheTypes.length, 1);
});
