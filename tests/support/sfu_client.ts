/**
 * People of a call by `rtc` without a browser, in a process of their own: each sends a picture and
 * sound and receives those of all others over one transport. It tells its
 * {@linkcode SfuFigures} as lines of JSON.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import ndc from "node-datachannel";
import { RtpSource } from "../../media/transport/webrtc/packetize/mod.ts";
import { buildRtp, isRtcp, parseRtp } from "../../media/transport/webrtc/rtp.ts";
import { CARRIER_MID, localTransport } from "../../media/transport/webrtc/sdp/mod.ts";
import { callOffer } from "./rtc_offers.ts";
import { rtpFixture, withFiller } from "./rtp_streams.ts";
import { waitFor } from "./wait.ts";

/** What the people do. */
export interface SfuClientOrder {
  /** `http://…/sfu/<call>` of `rtc` itself. */
  readonly url: string;
  readonly clusterSecret: string;
  readonly people: number;
  readonly kilobitsPerSecond: number;
  readonly framesPerSecond: number;
}

/** What is told every half second, of all people together. */
export interface SfuFigures {
  readonly connected: number;
  /** From the first offer until everybody was connected and had asked for the others; null: not yet. */
  readonly joinedMs: number | null;
  /** Packets. */
  readonly received: number;
  readonly bytes: number;
  /** Packets that are missing in the numbers of their stream. */
  readonly missing: number;
  /** Streams that arrive; everybody sees and hears everybody else: `people × (people - 1) × 2`. */
  readonly streams: number;
}

interface Person {
  readonly id: string;
  readonly peer: InstanceType<typeof ndc.PeerConnection>;
  readonly track: InstanceType<typeof ndc.Track>;
  readonly transport: readonly string[];
  /** The highest number of each stream, by SSRC. */
  readonly numbers: Map<number, number>;
}

const figures = { connected: 0, received: 0, bytes: 0, missing: 0, streams: 0 };
let joinedMs: number | null = null;

if (import.meta.main) await main(JSON.parse(Deno.args[0]!) as SfuClientOrder);

async function main(order: SfuClientOrder): Promise<void> {
  const beganMs = performance.now();
  const people = await Promise.all(
    Array.from({ length: order.people }, (_, index) => open(order, `p${index}`)),
  );
  await waitFor("everybody's connection", () => figures.connected === order.people, {
    everyMs: 5,
  });
  const timers = people.map((person, index) => send(person, { order, index }));
  // Now that all are there, everybody asks for all.
  await Promise.all(people.map((person) => offer(person, order)));
  joinedMs = performance.now() - beganMs;
  const telling = setInterval(() => say(), 500);
  for await (const _ of Deno.stdin.readable) {
    // Only its end means something.
  }
  clearInterval(telling);
  for (const timer of timers) clearInterval(timer);
  // Collected tracks would be touched by `cleanup()`: all are still held here.
  for (const { peer, track } of people) {
    track.close();
    peer.close();
  }
  ndc.cleanup();
  Deno.exit(0);
}

async function open(order: SfuClientOrder, id: string): Promise<Person> {
  const peer = new ndc.PeerConnection(id, {
    iceServers: [],
    bindAddress: "127.0.0.1",
    forceMediaTransport: true,
  });
  // One section stands for the whole transport, as in the server.
  const carrier = new ndc.Video(CARRIER_MID, "SendRecv");
  carrier.addVP8Codec(96);
  const track = peer.addTrack(carrier);
  const gathered = new Promise<void>((resolve) =>
    peer.onGatheringStateChange((state) => state === "complete" && resolve())
  );
  track.onOpen(() => void figures.connected++);
  peer.setLocalDescription("offer");
  await gathered;
  const { iceUfrag, icePwd, fingerprint } = localTransport(peer.localDescription()!.sdp);
  const transport = [
    `a=ice-ufrag:${iceUfrag}`,
    `a=ice-pwd:${icePwd}`,
    `a=fingerprint:${fingerprint}`,
    "a=setup:actpass",
  ];
  const person: Person = { id, peer, track, transport, numbers: new Map() };
  track.onMessage((packet) => receive(person, packet));
  peer.setRemoteDescription(carrierAnswer(await offer(person, order)), "answer");
  return person;
}

async function offer({ id, transport }: Person, order: SfuClientOrder): Promise<string> {
  const response = await fetch(`${order.url}/${id}`, {
    method: "POST",
    headers: {
      "content-type": "application/sdp",
      "authorization": `Bearer ${order.clusterSecret}`,
    },
    body: callOffer(order.people - 1, transport),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot join the call: ${response.status} ${text}`);
  return text;
}

/** The answer of `rtc` as the library takes it: its one section with the transport. */
function carrierAnswer(answer: string): string {
  const lines = answer.split("\r\n").filter((line) =>
    /^a=(ice-ufrag|ice-pwd|fingerprint|setup|candidate):/.test(line)
  );
  return [
    "v=0",
    "o=- 1 1 IN IP4 0.0.0.0",
    "s=-",
    "t=0 0",
    `a=group:BUNDLE ${CARRIER_MID}`,
    "m=video 9 UDP/TLS/RTP/SAVPF 96",
    "c=IN IP4 0.0.0.0",
    `a=mid:${CARRIER_MID}`,
    "a=sendrecv",
    "a=rtcp-mux",
    "a=rtpmap:96 VP8/90000",
    ...new Set(lines),
    "",
  ].join("\r\n");
}

function receive({ numbers }: Person, packet: Uint8Array): void {
  if (isRtcp(packet)) return;
  const rtp = parseRtp(packet);
  if (rtp === null) return;
  figures.received++;
  figures.bytes += packet.byteLength;
  const last = numbers.get(rtp.ssrc);
  if (last === undefined) figures.streams++;
  const step = last === undefined ? 1 : (rtp.sequenceNumber - last) & 0xffff;
  if (step > 0x8000) return;
  figures.missing += Math.max(0, step - 1);
  numbers.set(rtp.ssrc, rtp.sequenceNumber);
}

/** Sends the small pictures and sounds of the fixtures over and over. */
function send(
  { track }: Person,
  { order, index }: { readonly order: SfuClientOrder; readonly index: number },
): ReturnType<typeof setInterval> {
  const { framesPerSecond, kilobitsPerSecond } = order;
  const pictures = rtpFixture("h264");
  const sounds = rtpFixture("opus").units;
  const ssrc = 1000 + index * 2;
  const video = new RtpSource({
    codec: "h264",
    payloadType: 102,
    ssrc,
    sequenceNumber: 60_000,
    timestampOffset: 1000,
  });
  video.tracks(pictures.tracks);
  const write = (packet: Uint8Array) => {
    if (track.isOpen()) track.sendMessageBinary(Buffer.from(packet));
  };
  const began = Date.now();
  let shown = 0;
  let played = 0;
  return setInterval(() => {
    const elapsedMs = Date.now() - began;
    while (shown * 1000 / framesPerSecond < elapsedMs) {
      const pts = Math.round(shown * 90_000 / framesPerSecond);
      const unit = pictures.units[shown++ % pictures.units.length]!;
      const data = withFiller(unit.data, kilobitsPerSecond * 1000 / 8 / framesPerSecond);
      for (const packet of video.packets({ ...unit, data, dts: pts, pts })) write(packet);
    }
    while (played * 20 < elapsedMs) {
      const sequenceNumber = played & 0xffff;
      const unit = sounds[played++ % sounds.length]!;
      write(buildRtp(
        {
          ...{ payloadType: 111, sequenceNumber, ssrc: ssrc + 1, marker: false },
          timestamp: (played * 960) >>> 0,
        },
        // The first one is who speaks.
        {
          payload: unit.data,
          extensions: [{ id: 1, data: new Uint8Array([index === 0 ? 20 : 70]) }],
        },
      ));
    }
  }, 5);
}

function say(): void {
  const told: SfuFigures = { ...figures, joinedMs };
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(told)}\n`));
}
