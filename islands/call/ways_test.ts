import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { CallTopology, PeerView } from "../../rooms/calls/protocol.ts";
import type { CallMedia, RemoteMedia } from "./mesh.ts";
import { CallWays, CHANGE_WITHIN_MS, LINGER_MS } from "./ways.ts";

function peer(id: string): PeerView {
  return {
    ...{ id, name: id, avatar: null, member: false, order: 1, present: true, audio: true },
    ...{ video: true, screen: null, handAtMs: null, sfuTurn: 1 },
  };
}

const stream = (id: string) =>
  ({ id, getVideoTracks: () => [{ id: `${id} video` }] }) as unknown as MediaStream;

class FakeMedia implements CallMedia {
  /** Whose stream is there, and whose picture moves. */
  readonly there = new Set<string>();
  readonly seen = new Set<string>();
  readonly links = new Map([["all", {
    connection: { getStats: () => Promise.resolve(this.#stats()) } as unknown as RTCPeerConnection,
    candidates: { local: [], remote: [] },
  }]]);
  closed = false;
  large: readonly string[] = [];
  constructor(readonly topology: CallTopology) {}
  setPeers(): void {}
  setMedia(): void {}
  take(): void {}
  resync(): void {}
  restart(): void {}
  rebuild(): void {}
  setLarge(large: readonly string[]): void {
    this.large = large;
  }
  remote({ id }: PeerView): RemoteMedia {
    const camera = this.there.has(id) || this.seen.has(id)
      ? stream(`${this.topology} ${id}`)
      : null;
    return { state: camera === null ? "connecting" : "connected", camera, screen: null };
  }
  levels(): ReadonlyMap<string, number> {
    return new Map();
  }
  say(): number {
    return 0;
  }
  close(): void {
    this.closed = true;
  }
  #stats(): Map<string, unknown> {
    return new Map([...this.there, ...this.seen].map((id) => [id, {
      ...{ type: "inbound-rtp", kind: "video", trackIdentifier: `${this.topology} ${id} video` },
      framesDecoded: this.seen.has(id) ? 1 : 0,
    }]));
  }
}

function start() {
  let nowMs = 0;
  const made: FakeMedia[] = [];
  const ways = new CallWays("mesh", {
    open: (topology) => {
      const media = new FakeMedia(topology);
      made.push(media);
      return media;
    },
    onChange: () => {},
    now: () => nowMs,
  });
  /** Time goes by. */
  const pass = async (milliseconds: number) => {
    for (let passed = 0; passed < milliseconds; passed += 250) {
      nowMs += 250;
      await ways.look();
    }
  };
  const peers = ["me", "a", "b"].map(peer);
  const arrange = (topology: CallTopology) => ways.arrange(topology, { self: "me", peers });
  const shown = () => ["a", "b"].map((id) => ways.remote(peer(id)).camera?.id ?? null);
  arrange("mesh");
  for (const id of ["a", "b"]) made[0]!.seen.add(id);
  return { ways, made, arrange, shown, pass };
}

Deno.test("CallWays shows each face by the old way until it moves on the new one", async () => {
  const { ways, made, arrange, shown, pass } = start();
  ways.setLarge(["a"]);
  arrange("sfu");
  deepStrictEqual(shown(), ["mesh a", "mesh b"]);
  deepStrictEqual(made[1]!.large, ["a"]);
  made[1]!.there.add("a").add("b");
  await pass(250);
  deepStrictEqual(shown(), ["mesh a", "mesh b"]);
  made[1]!.seen.add("b");
  await pass(250);
  deepStrictEqual(shown(), ["mesh a", "sfu b"]);
  await pass(LINGER_MS * 2);
  strictEqual(made[0]!.closed, false);
  made[1]!.seen.add("a");
  await pass(LINGER_MS + 500);
  strictEqual(made[0]!.closed, true);
  deepStrictEqual([shown(), ways.isChanging], [["sfu a", "sfu b"], false]);
  ways.close();
});

Deno.test("CallWays lets the old way go in the end, but never for one that did not come about", async () => {
  const { ways, made, arrange, pass } = start();
  arrange("sfu");
  await pass(CHANGE_WITHIN_MS * 2);
  strictEqual(made[0]!.closed, false);
  made[1]!.seen.add("a");
  await pass(500);
  strictEqual(made[0]!.closed, true);
  ways.close();
});

Deno.test("CallWays takes the way that is still there when a call shrinks again at once", async () => {
  const { ways, made, arrange, shown, pass } = start();
  arrange("sfu");
  arrange("mesh");
  strictEqual(made.length, 2);
  deepStrictEqual(shown(), ["mesh a", "mesh b"]);
  await pass(LINGER_MS + 500);
  deepStrictEqual(made.map(({ closed }) => closed), [false, true]);
  ways.close();
});
