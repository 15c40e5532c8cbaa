import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { PeerView, SfuOffer } from "../../rooms/calls/protocol.ts";
import { Sfu } from "./sfu.ts";

const pause = (milliseconds = 1) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

function peer(id: string, sfuTurn = 1, screen: string | null = null): PeerView {
  return {
    ...{ id, name: id, avatar: null, member: false, order: 1, present: true, audio: true },
    ...{ video: true, screen, handAtMs: null, sfuTurn },
  };
}

/** A connection that only counts; each of its transceivers has a number for `mid`. */
class FakePeer {
  signalingState = "stable";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { sdp: string } | null = null;
  onconnectionstatechange: (() => void) | null = null;
  onicecandidate = null;
  readonly answers: string[] = [];
  readonly transceivers: { mid: string; kind: string; direction: string }[] = [];

  addTransceiver(
    track: string | { kind: string },
    { direction = "sendrecv" }: RTCRtpTransceiverInit,
  ) {
    const kind = typeof track === "string" ? track : track.kind;
    const mid = `${this.transceivers.length}`;
    const transceiver = {
      ...{ mid, kind, direction, receiver: { track: { id: `t${mid}`, kind } } },
      sender: { transport: null, replaceTrack: () => Promise.resolve() },
    };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers() {
    return this.transceivers;
  }

  getStats() {
    return Promise.resolve(new Map());
  }

  async setLocalDescription() {
    const sdp = `v=0\r\n${this.transceivers.length}`;
    await pause();
    this.localDescription = { sdp };
  }

  async setRemoteDescription({ sdp }: { readonly sdp: string }) {
    await pause();
    this.answers.push(sdp);
  }

  become(state: RTCPeerConnectionState) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close() {
    this.connectionState = "closed";
  }
}

function start() {
  const peers: FakePeer[] = [];
  const offers: SfuOffer[] = [];
  const views: (readonly string[] | null)[] = [];
  /** Of each offer. */
  const sections: number[] = [];
  let isAway = false;
  const sfu = new Sfu({
    configuration: {},
    media: { audio: null, video: null, screen: null },
    send: (offer) => {
      if (!isAway) offers.push(offer);
      return !isAway;
    },
    view: (large) => void views.push(large),
    onChange: () => {},
    create: () => {
      const made = new FakePeer();
      peers.push(made);
      return made as unknown as RTCPeerConnection;
    },
  });
  const answer = async (sdp = "v=0\r\n") => {
    while (offers.length === 0) await pause();
    const { id, fresh, sdp: offered } = offers.shift()!;
    sections.push(Number(offered.split("\n")[1]));
    sfu.answer({ type: "sfu", id, sdp });
    await pause(5);
    return fresh;
  };
  return { sfu, peers, offers, sections, views, answer, away: (now: boolean) => isAway = now };
}

Deno.test("Sfu makes places for who sends, and offers again when somebody has something new", async () => {
  const { sfu, peers, offers, sections, answer } = start();
  sfu.setPeers("me", [peer("me", 0), peer("a"), peer("b", 0)]);
  strictEqual(await answer(), true);
  deepStrictEqual(peers[0]!.transceivers.map(({ kind, direction }) => `${kind} ${direction}`), [
    ...["audio sendonly", "video sendonly", "audio recvonly", "video recvonly"],
  ]);
  // Our own turn, a hand, a mute: nothing to ask for.
  sfu.setPeers("me", [peer("me", 1), { ...peer("a"), handAtMs: 5 }, peer("b", 0)]);
  await pause(10);
  strictEqual(offers.length, 0);
  sfu.setPeers("me", [peer("me", 1), peer("a", 2, "screen"), peer("b", 1)]);
  strictEqual(await answer(), false);
  // A face and a screen of one, a face of the other one.
  strictEqual(peers[0]!.transceivers.length, 2 + 3 * 2);
  strictEqual(peers.length, 1);
  deepStrictEqual(sections, [4, 8]);
  sfu.close();
});

Deno.test("Sfu begins anew when the connection breaks, and says again what is wanted large", async () => {
  const { sfu, peers, views, answer } = start();
  sfu.setPeers("me", [peer("me", 0), peer("a")]);
  sfu.setLarge(["a"]);
  sfu.setLarge(["a"]);
  await answer();
  peers[0]!.become("connected");
  peers[0]!.become("failed");
  strictEqual(sfu.remote(peer("a")).state, "unsteady");
  strictEqual(await answer(), true);
  strictEqual(peers.length, 2);
  deepStrictEqual(views, [["a"], ["a"], ["a"]]);
  sfu.close();
});

Deno.test("Sfu asks again over another connection of the signalling what got no answer", async () => {
  const { sfu, offers, answer, away } = start();
  away(true);
  sfu.setPeers("me", [peer("me", 0), peer("a")]);
  await pause(20);
  strictEqual(offers.length, 0);
  away(false);
  sfu.resync();
  ok(await answer());
  sfu.setPeers("me", [peer("me", 0), peer("a", 2)]);
  while (offers.length === 0) await pause();
  const lost = offers.shift()!;
  sfu.resync();
  strictEqual(await answer(), false);
  // What comes late is nothing to anybody.
  sfu.answer({ type: "sfu", id: lost.id, sdp: "v=0\r\n" });
  sfu.close();
});
