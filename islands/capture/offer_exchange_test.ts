import assert from "node:assert/strict";
import { FakePeer } from "./fake_peer.ts";
import { ExchangeError, exchangeOffer } from "./offer_exchange.ts";

const ANSWER = "v=0\r\nm=video 9 x 96\r\n";

/** Answers each request with what the test says. */
function server(answer: () => Response) {
  const requests: { readonly method: string; readonly url: string; readonly headers: Headers }[] =
    [];
  const fetch = (input: string | URL | Request, init: RequestInit = {}) => {
    requests.push({
      method: init.method ?? "GET",
      url: String(input),
      headers: new Headers(init.headers),
    });
    return Promise.resolve(init.method === "DELETE" ? new Response(null) : answer());
  };
  return { requests, fetch: fetch as typeof globalThis.fetch };
}

function exchange(peer: FakePeer, fetch: typeof globalThis.fetch, signal?: AbortSignal) {
  return exchangeOffer(peer.asPeer, {
    url: "https://a.example/whip/100001",
    key: "k",
    signal: signal ?? new AbortController().signal,
    timeoutMs: 1_000,
    fetch,
  });
}

Deno.test("exchangeOffer() gathers after it knows the ICE servers, and keeps the session", async () => {
  const peer = new FakePeer();
  const { requests, fetch } = server(() =>
    new Response(ANSWER, {
      status: 201,
      headers: { location: "/whip/session/7", link: "<stun:s.example>; rel=ice-server" },
    })
  );
  const { resource } = await exchange(peer, fetch);
  assert.equal(resource, "https://a.example/whip/session/7");
  assert.deepEqual(peer.calls, [
    "createOffer",
    "setConfiguration",
    "setLocalDescription",
    "setRemoteDescription",
  ]);
  assert.deepEqual(peer.iceServers, [{ urls: "stun:s.example" }]);
  assert.equal(requests[0]?.headers.get("authorization"), "Bearer k");
  assert.equal(requests[0]?.headers.get("content-type"), "application/sdp");
});

Deno.test("exchangeOffer() throws ExchangeError with the problem's code and time", async () => {
  const { fetch } = server(() =>
    new Response(JSON.stringify({ title: "Ended", detail: "Ended by its owner.", code: "ended" }), {
      status: 409,
      headers: { "content-type": "application/problem+json", "retry-after": "30" },
    })
  );
  const error = await exchange(new FakePeer(), fetch).catch((reason) => reason);
  assert.ok(error instanceof ExchangeError);
  assert.deepEqual(
    [error.status, error.code, error.retryAfterMs, error.message],
    [409, "ended", 30_000, "Ended by its owner."],
  );
});

Deno.test("exchangeOffer() throws ExchangeError with status 0 when nobody answers", async () => {
  const fetch = () => Promise.reject(new TypeError("connection refused"));
  const error = await exchange(new FakePeer(), fetch).catch((reason) => reason);
  assert.equal((error as ExchangeError).status, 0);
});

Deno.test("exchangeOffer() deletes the session whose answer it cannot use", async () => {
  const { requests, fetch } = server(() =>
    new Response("<html>", { status: 201, headers: { location: "https://a.example/s/1" } })
  );
  await assert.rejects(exchange(new FakePeer(), fetch), ExchangeError);
  assert.deepEqual(requests.map(({ method, url }) => `${method} ${url}`), [
    "POST https://a.example/whip/100001",
    "DELETE https://a.example/s/1",
  ]);
});
