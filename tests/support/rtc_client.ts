/**
 * A WebRTC client on the same library as OBS, in a process of its own: the library allows one thread
 * of a process alone. Run by {@linkcode startRtcClient}; tells what happens as lines of JSON.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import ndc from "node-datachannel";
import { senderReport } from "../../media/transport/webrtc/ntp.ts";
import { RtpSource } from "../../media/transport/webrtc/packetize/mod.ts";
import { parseRtcp, writeRtcp } from "../../media/transport/webrtc/rtcp.ts";
import { isRtcp, parseRtp } from "../../media/transport/webrtc/rtp.ts";
import { rtpFixture, withFiller } from "./rtp_streams.ts";

/** What a client does. */
export interface RtcClientOrder {
  readonly kind: "publish" | "view";
  /** `http://…/whip/<room>` or `http://…/whep/<room>`. */
  readonly url: string;
  readonly key?: string;
  /** Sessions at the same time. Default: 1. */
  readonly count?: number;
  /** Offers are made and never followed by a connection. */
  readonly halfOpen?: boolean;
  /** Pictures are made so large, with bytes that decoders pass over. Default: as they are. */
  readonly kilobitsPerSecond?: number;
  /** End by DELETE when the input ends; else the process is simply gone. Default: true. */
  readonly polite?: boolean;
}

/**
 * What it tells: `opened` once for each session, `joined` when all are connected (milliseconds from
 * the first offer), `figures` every half second.
 */
export type RtcClientEvent =
  | { readonly event: "opened"; readonly status: number; readonly body: string }
  | { readonly event: "joined"; readonly ms: number }
  | {
    readonly event: "figures";
    readonly connected: number;
    readonly closed: number;
    /** Of all sessions together. */
    readonly video: number;
    readonly audio: number;
    /** Of pictures and sounds, with their headers. */
    readonly bytes: number;
    /** Packets that are missing in the numbers of the pictures. */
    readonly missing: number;
    readonly keyFrameRequests: number;
    readonly reports: number;
  };

const VIDEO_SSRC = 0x10000001;
const AUDIO_SSRC = 0x10000002;

interface Session {
  readonly peer: InstanceType<typeof ndc.PeerConnection>;
  readonly video: InstanceType<typeof ndc.Track>;
  readonly audio: InstanceType<typeof ndc.Track>;
  location: string | null;
}

const figures = {
  connected: 0,
  closed: 0,
  video: 0,
  audio: 0,
  bytes: 0,
  missing: 0,
  keyFrameRequests: 0,
  reports: 0,
};

if (import.meta.main) await main(JSON.parse(Deno.args[0]!) as RtcClientOrder);

async function main(order: RtcClientOrder): Promise<void> {
  const beganMs = performance.now();
  const looking = setInterval(() => {
    if (figures.connected < (order.count ?? 1)) return;
    clearInterval(looking);
    say({ event: "joined", ms: performance.now() - beganMs });
  }, 5);
  const sessions = await Promise.all(
    Array.from({ length: order.count ?? 1 }, () => open(order)),
  );
  const timer = setInterval(() => say({ event: "figures", ...figures }), 500);
  const stopPublishing = order.kind === "publish" && !order.halfOpen
    ? publish(sessions[0]!, order.kilobitsPerSecond ?? 0)
    : null;
  for await (const _ of Deno.stdin.readable) {
    // Only its end means something.
  }
  clearInterval(timer);
  clearInterval(looking);
  stopPublishing?.();
  for (const { location, peer } of sessions) {
    if (location !== null && (order.polite ?? true)) {
      const response = await fetch(location, { method: "DELETE" });
      await response.body?.cancel();
    }
    peer.close();
  }
  ndc.cleanup();
  Deno.exit(0);
}

async function open(order: RtcClientOrder): Promise<Session> {
  const peer = new ndc.PeerConnection("client", {
    iceServers: [],
    bindAddress: "127.0.0.1",
    forceMediaTransport: true,
  });
  const direction = order.kind === "publish" ? "SendOnly" : "RecvOnly";
  const sound = new ndc.Audio("0", direction);
  sound.addOpusCodec(111);
  const picture = new ndc.Video("1", direction);
  picture.addH264Codec(102);
  if (order.kind === "publish") {
    sound.addSSRC(AUDIO_SSRC, "client", "stream", "audio");
    picture.addSSRC(VIDEO_SSRC, "client", "stream", "video");
  }
  const audio = peer.addTrack(sound);
  const video = peer.addTrack(picture);
  const session: Session = { peer, video, audio, location: null };
  if (order.kind === "view") receive(session);
  else {
    video.onMessage((packet) => {
      for (const { type } of parseRtcp(packet) ?? []) {
        if (type === "pli") figures.keyFrameRequests++;
        if (type === "rr") figures.reports++;
      }
    });
  }
  peer.onStateChange((state) => {
    if (state === "connected") figures.connected++;
    if (state === "closed" || state === "failed" || state === "disconnected") figures.closed++;
  });
  const gathered = new Promise<void>((resolve) =>
    peer.onGatheringStateChange((state) => state === "complete" && resolve())
  );
  peer.setLocalDescription("offer");
  await gathered;
  const response = await fetch(order.url, {
    method: "POST",
    headers: {
      "content-type": "application/sdp",
      ...(order.key !== undefined && { authorization: `Bearer ${order.key}` }),
    },
    body: peer.localDescription()!.sdp,
  });
  const body = await response.text();
  say({ event: "opened", status: response.status, body });
  const location = response.headers.get("location");
  if (location !== null) session.location = new URL(location, order.url).href;
  if (response.status === 201 && !order.halfOpen) peer.setRemoteDescription(body, "answer");
  return session;
}

/** Sends the small pictures and sounds of the fixtures over and over, 30 pictures a second. */
function publish({ video, audio }: Session, kilobitsPerSecond: number): () => void {
  const pictures = rtpFixture("h264");
  const sounds = rtpFixture("opus").units;
  const videoSource = new RtpSource({
    codec: "h264",
    payloadType: 102,
    ssrc: VIDEO_SSRC,
    sequenceNumber: 60_000,
    timestampOffset: 1000,
  });
  videoSource.tracks(pictures.tracks);
  const audioSource = new RtpSource({
    codec: "opus",
    payloadType: 111,
    ssrc: AUDIO_SSRC,
    sequenceNumber: 1,
    timestampOffset: 2000,
  });
  const began = Date.now();
  let shown = 0;
  let played = 0;
  const timer = setInterval(() => {
    const elapsedMs = Date.now() - began;
    while (shown * 100 / 3 < elapsedMs) {
      const pts = shown * 3000;
      const unit = pictures.units[shown++ % pictures.units.length]!;
      const data = withFiller(unit.data, kilobitsPerSecond * 1000 / 8 / 30);
      for (const packet of videoSource.packets({ ...unit, data, dts: pts, pts })) {
        send(video, packet);
      }
    }
    while (played * 20 < elapsedMs) {
      const pts = played * 1800;
      const unit = sounds[played++ % sounds.length]!;
      for (const packet of audioSource.packets({ ...unit, dts: pts, pts })) send(audio, packet);
    }
  }, 5);
  const reports = setInterval(() => {
    const atMs = Date.now();
    const pts = (atMs - began) * 90;
    const counts = { packetCount: 1, octetCount: 1 };
    send(
      video,
      writeRtcp([
        senderReport({
          ssrc: VIDEO_SSRC,
          atMs,
          rtpTimestamp: videoSource.timestampOf(pts),
          ...counts,
        }),
      ]),
    );
    send(
      audio,
      writeRtcp([
        senderReport({
          ssrc: AUDIO_SSRC,
          atMs,
          rtpTimestamp: audioSource.timestampOf(pts),
          ...counts,
        }),
      ]),
    );
  }, 1000);
  return () => {
    clearInterval(timer);
    clearInterval(reports);
  };
}

function send(track: InstanceType<typeof ndc.Track>, packet: Uint8Array): void {
  if (track.isOpen()) track.sendMessageBinary(Buffer.from(packet));
}

/** Counts what comes; the library's own receiver reports keep the session alive. */
function receive({ video, audio }: Session): void {
  video.setMediaHandler(new ndc.RtcpReceivingSession());
  audio.setMediaHandler(new ndc.RtcpReceivingSession());
  let next: number | null = null;
  video.onMessage((bytes) => {
    if (isRtcp(bytes)) return;
    const packet = parseRtp(bytes);
    if (packet === null) return;
    figures.video++;
    figures.bytes += bytes.byteLength;
    if (next !== null) figures.missing += (packet.sequenceNumber - next + 0x10000) & 0xffff;
    next = (packet.sequenceNumber + 1) & 0xffff;
  });
  audio.onMessage((bytes) => {
    if (isRtcp(bytes)) return;
    figures.audio++;
    figures.bytes += bytes.byteLength;
  });
}

function say(event: RtcClientEvent): void {
  console.log(JSON.stringify(event));
}
