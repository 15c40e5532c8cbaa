import assert from "node:assert/strict";
import { FakePeer } from "../capture/fake_peer.ts";
import { SeatView } from "./seat_view.ts";

const ANSWER = "v=0\r\nm=audio 9 x 111\r\na=rtpmap:111 opus/48000/2\r\n";

/** Deno has no media. */
class FakeStream {
  readonly tracks: unknown[] = [];
  addTrack(track: unknown): void {
    this.tracks.push(track);
  }
}
Object.assign(globalThis, { MediaStream: FakeStream });

/** A view against a server that answers as the test says. */
function stage(answer: (count: number) => Response) {
  const peers: FakePeer[] = [];
  const requests: string[] = [];
  let pass = "first";
  let posts = 0;
  const news: (() => void)[] = [];
  const view = new SeatView({
    url: "https://a.example/whep/1",
    pass: () => pass,
    retryMs: 1,
    createPeer: () => {
      const peer = new FakePeer();
      peers.push(peer);
      return peer.asPeer;
    },
    fetch: ((input: string | URL | Request, init: RequestInit = {}) => {
      const key = new Headers(init.headers).get("authorization")?.slice("Bearer ".length);
      requests.push(`${init.method} ${new URL(String(input)).pathname} ${key}`);
      queueMicrotask(() => news.splice(0).forEach((hear) => hear()));
      return Promise.resolve(
        init.method === "DELETE" ? new Response(null) : answer(posts++),
      );
    }) as typeof fetch,
  });
  return {
    view,
    peers,
    requests,
    renew: (next: string) => void (pass = next),
    /** Until so many requests were made, and what follows from their answers is done. */
    async asked(count: number) {
      while (requests.length < count) await new Promise<void>((hear) => news.push(hear));
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
    [Symbol.dispose]: () => view.close(),
  };
}

function accepted(): Response {
  return new Response(ANSWER, { status: 201, headers: { location: "/whep/1/s" } });
}

Deno.test("SeatView: what comes is there when it is connected, and gone with the connection", async () => {
  using at = stage(accepted);
  await at.asked(1);
  assert.equal(at.view.stream.value, null);
  at.peers[0]!.become("connected");
  assert.ok(at.view.stream.value !== null);
  at.renew("second");
  at.peers[0]!.become("failed");
  assert.equal(at.view.stream.value, null);
  await at.asked(2);
  assert.deepEqual(at.requests, ["POST /whep/1 first", "POST /whep/1 second"]);
  at.view.close();
  assert.equal(at.requests.at(-1), "DELETE /whep/1/s second");
  assert.ok(at.peers.every(({ closed }) => closed));
});

Deno.test("SeatView asks again for who is not on the air yet", async () => {
  using at = stage((count) =>
    count === 0 ? new Response('{"code":"not_live"}', { status: 409 }) : accepted()
  );
  await at.asked(2);
  at.peers[1]!.become("connected");
  assert.ok(at.view.stream.value !== null);
});
