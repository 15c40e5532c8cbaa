import assert from "node:assert/strict";
import { FakePeer } from "./fake_peer.ts";
import { WhipPublisher } from "./whip.ts";

const ANSWER = "v=0\r\nm=audio 9 x 111\r\na=rtpmap:111 opus/48000/2\r\n";
const VIDEO = { kind: "video" } as MediaStreamTrack;
const AUDIO = { kind: "audio" } as MediaStreamTrack;

/** A publisher against a server of the test's making. */
function stage(
  answers: (count: number) => Response | Error = () => accepted(),
  keys: readonly string[] = ["key"],
) {
  const peers: FakePeer[] = [];
  const requests: string[] = [];
  let posts = 0;
  let asked = 0;
  const fetch = (input: string | URL | Request, init: RequestInit = {}) => {
    const key = new Headers(init.headers).get("authorization")?.slice("Bearer ".length);
    requests.push(`${init.method} ${new URL(String(input)).pathname} ${key}`);
    if (init.method === "DELETE") return Promise.resolve(new Response(null));
    if (init.method === "PATCH") return Promise.resolve(new Response(null, { status: 404 }));
    const answer = answers(posts++);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const publisher = new WhipPublisher({
    url: "https://a.example/whip/100001",
    key: () => Promise.resolve(keys[Math.min(asked++, keys.length - 1)]!),
    video: VIDEO,
    audio: AUDIO,
    goal: { height: 720, fps: 30, kbps: 2_500 },
    opus: { stereo: true, dtx: false, maxAverageBitrate: 128_000 },
    simulcast: false,
    createPeer: () => {
      const peer = new FakePeer();
      peers.push(peer);
      return peer.asPeer;
    },
    fetch: fetch as typeof globalThis.fetch,
    random: () => 0,
  });
  return {
    publisher,
    peers,
    requests,
    [Symbol.dispose]: () => publisher.stop(),
  };
}

function accepted(): Response {
  return new Response(ANSWER, {
    status: 201,
    headers: { location: "/whip/s/1", etag: '"1"' },
  });
}

function refused(status: number, code: string): Response {
  return new Response(JSON.stringify({ code }), { status });
}

/** Until the state is there; a test that waits in vain is stopped by its runner. */
function reaches(publisher: WhipPublisher, state: string): Promise<void> {
  return new Promise((resolve) => {
    let stop = () => {};
    stop = publisher.state.subscribe((now) => {
      if (now !== state) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("WhipPublisher sends picture and sound, tells Opus, and limits the encoder", async () => {
  using run = stage();
  const { publisher, peers } = run;
  publisher.start();
  await until(() => peers[0]?.remoteDescription != null);
  assert.match(peers[0]!.remoteDescription!.sdp!, /stereo=1.*maxaveragebitrate=128000/);
  assert.deepEqual(peers[0]!.transceivers.map(({ direction }) => direction), [
    "sendonly",
    "sendonly",
  ]);
  peers[0]!.become("connected");
  await reaches(publisher, "live");
  const [encoding] = peers[0]!.transceivers[0]!.sender.parameters.encodings;
  assert.deepEqual([encoding?.maxBitrate, encoding?.scaleResolutionDownBy], [2_500_000, 1]);
  assert.equal(publisher.refusal.value, null);
});

Deno.test("WhipPublisher makes a lost connection anew with the tracks of now", async () => {
  using run = stage();
  const { publisher, peers, requests } = run;
  publisher.start();
  await until(() => peers[0]?.remoteDescription != null);
  peers[0]!.become("connected");
  await publisher.replaceTrack("video", { kind: "video", id: "other" } as MediaStreamTrack);
  peers[0]!.become("failed");
  assert.equal(publisher.state.value, "reconnecting");
  assert.equal(publisher.reconnects.value, 1);
  assert.ok(peers[0]!.closed);
  await until(() => peers[1]?.remoteDescription != null);
  peers[1]!.become("connected");
  await reaches(publisher, "live");
  assert.deepEqual(requests, [
    "POST /whip/100001 key",
    // Deleting the first session would end the stream that the second one goes on with.
    "POST /whip/100001 key",
  ]);
});

Deno.test("WhipPublisher asks about a session that has become silent, and makes it anew when it is over", async () => {
  using run = stage();
  const { publisher, peers, requests } = run;
  publisher.start();
  await until(() => peers[0]?.remoteDescription != null);
  const pair = { type: "candidate-pair", nominated: true, state: "succeeded", bytesReceived: 900 };
  peers[0]!.report = [pair];
  peers[0]!.become("connected");
  await until(() => requests.length > 1);
  assert.equal(requests[1], "PATCH /whip/s/1 key");
  await until(() => peers[1]?.remoteDescription != null);
  peers[1]!.become("connected");
  await reaches(publisher, "live");
  assert.equal(publisher.reconnects.value, 1);
  assert.equal(requests[2], "POST /whip/100001 key");
});

Deno.test("WhipPublisher tries again while the server is away, and stops when it says no", async () => {
  using run = stage((count) =>
    count === 0
      ? new TypeError("refused")
      : count === 1
      ? refused(503, "unavailable")
      : refused(403, "suspended")
  );
  const { publisher, requests } = run;
  publisher.start();
  await reaches(publisher, "refused");
  assert.equal(publisher.refusal.value?.kind, "suspended");
  assert.equal(requests.length, 3);
});

Deno.test("WhipPublisher asks once for a key that was changed meanwhile", async () => {
  using run = stage((count) => count === 0 ? refused(401, "wrong_key") : accepted(), [
    "old",
    "new",
  ]);
  const { publisher, peers, requests } = run;
  publisher.start();
  await until(() => peers.at(-1)?.remoteDescription != null);
  peers.at(-1)!.become("connected");
  await reaches(publisher, "live");
  assert.deepEqual(requests, ["POST /whip/100001 old", "POST /whip/100001 new"]);
});

Deno.test("WhipPublisher.stop() ends the session at the server, and nothing follows", async () => {
  using run = stage();
  const { publisher, peers, requests } = run;
  publisher.start();
  await until(() => peers[0]?.remoteDescription != null);
  peers[0]!.become("connected");
  publisher.stop();
  assert.equal(publisher.state.value, "ended");
  assert.equal(requests.at(-1), "DELETE /whip/s/1 key");
  peers[0]!.become("failed");
  assert.equal(publisher.state.value, "ended");
});

Deno.test("WhipPublisher lets another window have the room when it is thrown out again and again", async () => {
  using run = stage();
  const { publisher, peers } = run;
  publisher.start();
  for (const round of [1, 2, 3]) {
    await until(() => peers[round - 1]?.remoteDescription != null);
    peers[round - 1]!.become("connected");
    assert.equal(publisher.state.value, "live");
    peers[round - 1]!.transceivers[0]!.end();
  }
  assert.equal(publisher.state.value, "refused");
  assert.equal(publisher.refusal.value?.kind, "taken");
  publisher.retry();
  await until(() => peers[3]?.remoteDescription != null);
});
