import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type NegotiationMessage, Negotiator } from "./negotiation.ts";

/**
 * A connection by the state machine of JSEP §3.2, without media: its description counts what both
 * sides want to send.
 */
class FakeConnection extends EventTarget {
  signalingState: RTCSignalingState = "stable";
  localDescription: RTCSessionDescription | null = null;
  remoteDescription: RTCSessionDescription | null = null;
  readonly candidates: unknown[] = [];
  restarts = 0;
  /** What this side has asked to send. */
  wants = 0;
  /** What of it the other side knows. */
  agreed = 0;
  #operations: Promise<void> = Promise.resolve();
  #stable: [RTCSessionDescription | null, RTCSessionDescription | null] = [null, null];

  constructor(readonly name: string) {
    super();
  }

  want(): void {
    this.wants++;
    queueMicrotask(() => this.#needed());
  }

  restartIce(): void {
    this.restarts++;
    this.want();
  }

  setLocalDescription(): Promise<void> {
    return this.#chain(() => this.#setLocal());
  }

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    return this.#chain(() => this.#setRemote(description));
  }

  /** One operation after the other (WebRTC 1.0 §4.4.1.2). */
  #chain(operation: () => Promise<void>): Promise<void> {
    const run = this.#operations.then(operation);
    this.#operations = run.catch(() => {});
    return run;
  }

  async #setLocal(): Promise<void> {
    await pause();
    if (this.signalingState === "have-remote-offer") {
      this.localDescription = describe("answer", `${this.name} ${this.wants}`);
      this.agreed = this.wants;
      this.#settle();
      return;
    }
    this.localDescription = describe("offer", `${this.name} ${this.wants}`);
    this.signalingState = "have-local-offer";
  }

  async #setRemote(description: RTCSessionDescriptionInit): Promise<void> {
    await pause();
    if (description.type === "offer") {
      if (this.signalingState === "have-local-offer") {
        // Implicit rollback.
        [this.localDescription, this.remoteDescription] = this.#stable;
      } else if (this.signalingState !== "stable") throw new Error("InvalidStateError");
      this.remoteDescription = describe("offer", description.sdp!);
      this.signalingState = "have-remote-offer";
      return;
    }
    if (this.signalingState !== "have-local-offer") throw new Error("InvalidStateError");
    this.remoteDescription = describe("answer", description.sdp!);
    this.agreed = Number(this.localDescription!.sdp.split(" ")[1]);
    this.#settle();
  }

  addIceCandidate(candidate?: unknown): Promise<void> {
    if (this.remoteDescription === null) return Promise.reject(new Error("InvalidStateError"));
    this.candidates.push(candidate);
    return Promise.resolve();
  }

  #settle(): void {
    this.signalingState = "stable";
    this.#stable = [this.localDescription, this.remoteDescription];
    if (this.agreed < this.wants) queueMicrotask(() => this.#needed());
  }

  #needed(): void {
    if (this.signalingState === "stable" && this.agreed < this.wants) {
      this.dispatchEvent(new Event("negotiationneeded"));
    }
  }
}

function describe(type: RTCSdpType, sdp: string): RTCSessionDescription {
  return { type, sdp, toJSON: () => ({ type, sdp }) };
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

async function settled(...connections: readonly FakeConnection[]): Promise<void> {
  for (let rounds = 0; rounds < 500; rounds++) {
    await pause();
    const isDone = connections.every(({ signalingState, agreed, wants }) =>
      signalingState === "stable" && agreed === wants
    );
    if (isDone) return;
  }
  const states = connections.map(({ name, signalingState }) => `${name} ${signalingState}`);
  throw new Error(`Cannot settle: ${states.join(", ")}`);
}

/** Two sides with a line between them that takes its time. */
function pair(options: { readonly lose?: (message: NegotiationMessage) => boolean } = {}) {
  const first = new FakeConnection("first");
  const second = new FakeConnection("second");
  const troubles: Error[] = [];
  const said: string[] = [];
  const make = (
    connection: FakeConnection,
    { polite, other }: { readonly polite: boolean; readonly other: () => Negotiator },
  ) =>
    new Negotiator({
      connection: connection as unknown as RTCPeerConnection,
      polite,
      initiator: polite,
      send: (message) => {
        const what = message.type === "description" ? message.description.type : "candidate";
        said.push(`${connection.name} ${what}`);
        if (options.lose?.(message)) return;
        void pause().then(() => other().take(message));
      },
      onFirstOffer: () => connection.wants++,
      onTrouble: (error) => troubles.push(error),
    });
  const joiner: Negotiator = make(first, { polite: true, other: () => waiter });
  const waiter: Negotiator = make(second, { polite: false, other: () => joiner });
  return { first, second, joiner, waiter, troubles, said };
}

Deno.test("Negotiator makes one offer and one answer when somebody joins", async () => {
  const { first, second, troubles, said } = pair();
  // Whoever was there waits: both have something to send from the start.
  second.want();
  first.want();
  await settled(first, second);
  deepStrictEqual(said, ["first offer", "second answer"]);
  deepStrictEqual(troubles, []);
  strictEqual(second.wants, 2);
});

Deno.test("Negotiator lets the impolite side through when both offer at once", async () => {
  const { first, second, troubles, said } = pair();
  first.want();
  await settled(first, second);
  for (let rounds = 0; rounds < 20; rounds++) {
    first.want();
    second.want();
    await settled(first, second);
  }
  deepStrictEqual(troubles, []);
  strictEqual(first.agreed, 21);
  strictEqual(second.agreed, 21);
  ok(said.filter((each) => each === "first offer").length > 1);
});

Deno.test("Negotiator settles whatever the order of changes is", async () => {
  const { first, second, troubles } = pair();
  first.want();
  await settled(first, second);
  let seed = 7;
  for (let changes = 0; changes < 60; changes++) {
    seed = seed * 16_807 % 2_147_483_647;
    (seed % 2 === 0 ? first : second).want();
    for (let pauses = seed % 4; pauses > 0; pauses--) await pause();
  }
  await settled(first, second);
  deepStrictEqual(troubles, []);
});

Deno.test("Negotiator keeps candidates until there is a description", async () => {
  const { first, second, waiter, troubles } = pair();
  const candidate = { candidate: "", sdpMid: "0", sdpMLineIndex: 0, usernameFragment: null };
  await waiter.take({ type: "candidate", candidate });
  deepStrictEqual(second.candidates, []);
  first.want();
  await settled(first, second);
  deepStrictEqual(second.candidates, [candidate]);
  await waiter.take({ type: "candidate", candidate: null });
  deepStrictEqual(second.candidates, [candidate, undefined]);
  deepStrictEqual(troubles, []);
});

Deno.test("Negotiator says an offer again that was lost on its way", async () => {
  let losing = true;
  const { first, second, joiner, waiter, troubles } = pair({ lose: () => losing });
  first.want();
  for (let pauses = 0; pauses < 5; pauses++) await pause();
  strictEqual(first.signalingState, "have-local-offer");
  losing = false;
  joiner.resync();
  waiter.resync();
  await settled(first, second);
  deepStrictEqual(troubles, []);
});

Deno.test("Negotiator restarts ICE by an offer, and says nothing after it was closed", async () => {
  const { first, second, joiner, waiter, said } = pair();
  first.want();
  await settled(first, second);
  waiter.restart();
  await settled(first, second);
  strictEqual(second.restarts, 1);
  ok(said.includes("second offer"));
  joiner.close();
  waiter.close();
  const before = said.length;
  first.want();
  await pause();
  joiner.restart();
  strictEqual(said.length, before);
});
