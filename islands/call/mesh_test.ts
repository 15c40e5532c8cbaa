import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { PeerView, RelayedMessage } from "../../rooms/calls/protocol.ts";
import { FakeConnection } from "./fake_connection.ts";
import { Mesh } from "./mesh.ts";

function peer(id: string, order: number): PeerView {
  return {
    ...{ id, name: id, avatar: null, member: false, order, present: true, audio: true },
    ...{ video: true, screen: null, handAtMs: null, sfuTurn: 0 },
  };
}

const pause = (milliseconds = 1) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** A mesh of peers with a line between them that takes its time and keeps the order. */
function start(...names: readonly string[]) {
  const peers = names.map((name, index) => peer(name, index + 1));
  const made: FakeConnection[] = [];
  const lines = new Map<string, Promise<void>>();
  const said: string[] = [];
  let listening = true;
  const meshes = new Map<string, Mesh>(names.map((name) => [
    name,
    new Mesh({
      configuration: {},
      stream: {} as MediaStream,
      media: { audio: null, video: null, screen: null },
      send: (to, message) => {
        said.push(`${name} ${message.type}`);
        if (!listening) return;
        const key = `${name} ${to}`;
        const before = lines.get(key) ?? Promise.resolve();
        lines.set(
          key,
          before.then(() => pause(2)).then(() =>
            meshes.get(to)!.take({ ...message, from: name } as RelayedMessage)
          ),
        );
      },
      onChange: () => {},
      onChat: () => {},
      create: () => {
        const connection = new FakeConnection(`${name}${made.length}`);
        made.push(connection);
        return connection.asPeer;
      },
    }),
  ]));
  const join = (...present: readonly string[]) => {
    const roster = peers.filter(({ id }) => present.includes(id));
    for (const id of present) meshes.get(id)!.setPeers(id, roster);
  };
  const open = () => made.filter(({ signalingState }) => signalingState !== "closed");
  const settle = async () => {
    for (let rounds = 0; rounds < 500; rounds++) {
      await pause();
      const isDone = open().every(({ signalingState, connectionState, agreed, wants }) =>
        signalingState === "stable" && connectionState === "connected" && agreed === wants
      );
      if (isDone) return;
    }
    throw new Error(
      `Cannot settle: ${open().map(({ name, signalingState }) => `${name} ${signalingState}`)}`,
    );
  };
  return {
    meshes,
    said,
    join,
    open,
    settle,
    setListening: (now: boolean) => listening = now,
    async [Symbol.asyncDispose]() {
      for (const mesh of meshes.values()) mesh.close();
      // What was under way comes to its end.
      await pause(20);
    },
  };
}

Deno.test("Mesh connects everybody with everybody, whoever came later offers", async () => {
  await using call = start("a", "b", "c");
  call.join("a", "b");
  await call.settle();
  strictEqual(call.said[0], "b description");
  call.join("a", "b", "c");
  await call.settle();
  strictEqual(call.open().length, 6);
  for (const mesh of call.meshes.values()) {
    deepStrictEqual([...mesh.links.values()].map(({ state }) => state), ["connected", "connected"]);
  }
});

Deno.test("Mesh lets go of who left, and of everybody when its own seat is another one", async () => {
  await using call = start("a", "b", "c");
  call.join("a", "b", "c");
  await call.settle();
  call.join("a", "c");
  strictEqual(call.meshes.get("a")!.links.size, 1);
  const before = call.meshes.get("a")!.links.get("c");
  call.meshes.get("a")!.setPeers("d", [peer("d", 9), peer("c", 3)]);
  ok(call.meshes.get("a")!.links.get("c") !== before);
});

Deno.test("Mesh begins a connection anew when one side asks for it", async () => {
  await using call = start("a", "b");
  call.join("a", "b");
  await call.settle();
  const before = call.open();
  call.meshes.get("a")!.rebuild({});
  await pause(10);
  await call.settle();
  strictEqual(call.open().length, 2);
  ok(call.open().every((connection) => !before.includes(connection)));
});

Deno.test("Mesh begins anew when both sides ask for it in the same moment", async () => {
  await using call = start("a", "b");
  call.join("a", "b");
  await call.settle();
  for (let rounds = 0; rounds < 10; rounds++) {
    const before = call.open();
    call.meshes.get("a")!.rebuild({});
    if (rounds % 2 === 1) await pause(rounds % 4);
    call.meshes.get("b")!.rebuild({});
    await pause(20);
    await call.settle();
    strictEqual(call.open().length, 2);
    ok(call.open().every((connection) => !before.includes(connection)));
  }
});

Deno.test("Mesh says again that it began anew when nobody heard of it", async () => {
  await using call = start("a", "b");
  call.join("a", "b");
  await call.settle();
  call.setListening(false);
  call.meshes.get("a")!.rebuild({});
  await pause(10);
  call.setListening(true);
  for (const mesh of call.meshes.values()) mesh.resync();
  await pause(10);
  await call.settle();
  strictEqual(call.open().length, 2);
});
