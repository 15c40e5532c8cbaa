/**
 * Native peers of which everything that hears of them throws, in a process of their own: it answers
 * publishers' offers on an HTTP port, and tells the faults as lines of JSON.
 *
 * @module
 */
import { NativePeers } from "../../media/rtc/native_peer.ts";
import { parseSdp, planPublish, writeAnswer } from "../../media/transport/webrtc/sdp/mod.ts";
import { silentLogger } from "../../platform/log.ts";

/** What it tells: the HTTP port at first, then each fault and how many peers are open after it. */
export type NativeFaultEvent =
  | { readonly event: "listening"; readonly port: number }
  | { readonly event: "fault"; readonly message: string; readonly open: number };

if (import.meta.main) {
  // On the state or on the first packet, by what the address says.
  const peers: NativePeers = new NativePeers({
    bindAddress: "127.0.0.1",
    port: Number(Deno.args[0]),
    log: {
      ...silentLogger,
      error: (_event, fields) => {
        // The peer is closed right after its fault was told.
        setTimeout(
          () =>
            say({ event: "fault", message: (fields?.error as Error).message, open: peers.size }),
          50,
        );
      },
    },
  });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => say({ event: "listening", port }),
  }, async (request) => {
    if (request.method !== "POST") return new Response(null, { status: 200 });
    const when = new URL(request.url).pathname.slice(1);
    const plan = planPublish(parseSdp(await request.text()));
    const peer = await peers.open(plan.transport, {
      onPacket: () => {
        if (when === "packet") throw new Error("packet");
      },
      onState: (state) => {
        if (when === state) throw new Error(state);
      },
    });
    const answer = writeAnswer(plan, peer.local, { publicAddresses: [], sessionId: "1" });
    return new Response(answer, { status: 201, headers: { "content-type": "application/sdp" } });
  });
  for await (const _ of Deno.stdin.readable) {
    // Only its end means something.
  }
  await server.shutdown();
  peers.stop();
  Deno.exit(0);
}

function say(event: NativeFaultEvent): void {
  console.log(JSON.stringify(event));
}
