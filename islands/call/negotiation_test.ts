import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { FakeConnection } from "./fake_connection.ts";
import { type NegotiationMessage, Negotiator } from "./negotiation.ts";

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
