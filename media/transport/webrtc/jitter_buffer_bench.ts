import { JitterBuffer } from "./jitter_buffer.ts";
import { FrameAssembler, openPayloadFormat } from "./depacketize/mod.ts";
import { buildRtp, parseRtp } from "./rtp.ts";

/** 10 s of 30 pictures a second of 8 packets each. */
const PICTURES = 300;
const PACKETS_A_PICTURE = 8;
const packets = Array.from({ length: PICTURES * PACKETS_A_PICTURE }, (_, i) => {
  const payload = new Uint8Array(1100);
  const at = i % PACKETS_A_PICTURE;
  payload[0] = 0x7c;
  payload[1] = (at === 0 ? 0x80 : at === PACKETS_A_PICTURE - 1 ? 0x40 : 0) | 5;
  return buildRtp({
    payloadType: 96,
    sequenceNumber: i & 0xffff,
    timestamp: Math.floor(i / PACKETS_A_PICTURE) * 3000,
    ssrc: 1,
    marker: at === PACKETS_A_PICTURE - 1,
  }, { payload });
});
const order = packets.map((_, i) => i);
for (let i = 5; i < order.length; i += 10) [order[i], order[i - 3]] = [order[i - 3], order[i]];

Deno.bench(
  "2,400 packets in order: parse, buffer, pictures",
  { group: "ingest", baseline: true },
  () => {
    receive(packets);
  },
);

const mixed = order.map((i) => packets[i]);
Deno.bench("2,400 packets out of order: parse, buffer, pictures", { group: "ingest" }, () => {
  receive(mixed);
});

const lossy = packets.filter((_, i) => i % 20 !== 7);
Deno.bench("2,280 packets, 5 % lost for good: parse, buffer, requests, pictures", {
  group: "ingest",
}, () => {
  receive(lossy);
});

function receive(received: readonly Uint8Array[]): void {
  const buffer = new JitterBuffer({ clockRate: 90_000, retransmission: true });
  let pictures = 0;
  const assembler = new FrameAssembler(openPayloadFormat("h264"), {
    frame: () => void pictures++,
    loss: () => {},
  });
  const sink = assembler.push.bind(assembler);
  received.forEach((bytes, i) => {
    const nowMs = i * 4;
    buffer.push(parseRtp(bytes)!, nowMs);
    buffer.drain(nowMs, sink);
    buffer.requests(nowMs);
  });
  if (pictures === 0) throw new Error("Cannot measure: no picture came out");
}
