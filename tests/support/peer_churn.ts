/**
 * Peers of the library come and go, what they leave behind is collected, and the library is shut
 * down: a process that ends by a signal had touched something that was gone. Run with
 * `--v8-flags=--expose-gc`.
 *
 * @module
 */
import { silentLogger } from "../../platform/log.ts";
import { NativePeers } from "../../media/rtc/native_peer.ts";
import { pause, waitFor } from "./wait.ts";

const ROUNDS = 5;
const PEERS = 20;

const collect = (globalThis as unknown as { gc(): void }).gc;
const peers = new NativePeers({
  bindAddress: "127.0.0.1",
  port: Number(Deno.args[0]),
  log: silentLogger,
});
const open = () =>
  Promise.all(
    Array.from({ length: PEERS }, (_, index) =>
      peers.open({
        iceUfrag: `user${index}`,
        icePwd: "a password of 22 bytes".replaceAll(" ", "+"),
        fingerprint: `sha-256 ${Array.from({ length: 32 }, () => "A1").join(":")}`,
        setup: "actpass",
      }, { onPacket() {}, onState() {} })),
  );
for (let round = 0; round < ROUNDS; round++) {
  for (const peer of await open()) peer.close();
  await pause(20);
  collect();
}
// Some are open when the end comes.
await open();
await waitFor("closed tracks to be let go of", () => peers.kept === PEERS);
collect();
const { size, kept } = peers;
peers.stop();
console.log(JSON.stringify({ size, kept }));
Deno.exit(0);
