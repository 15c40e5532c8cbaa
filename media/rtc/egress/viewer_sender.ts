/**
 * What one viewer is sent of a hub: from which key frame on, under which numbers, which layer, and what
 * once more.
 *
 * @module
 */
import { senderReport } from "../../transport/webrtc/ntp.ts";
import { LayerChoice } from "../../transport/webrtc/layer_choice.ts";
import { type RtcpPacket, writeRtcp } from "../../transport/webrtc/rtcp.ts";
import { writeFields } from "../../transport/webrtc/rtp.ts";
import type { ChosenFormat } from "../../transport/webrtc/sdp/mod.ts";
import { roundTripMs } from "../wall_clock.ts";
import type { Hub } from "./hub.ts";
import {
  type ClockPoint,
  type FeedDescription,
  type MediaKind,
  type SourcePacket,
  timestampAt,
  wallMsOf,
} from "./packet.ts";
import { SentStream } from "./sent_stream.ts";

/** A stream that a viewer agreed to. */
export interface AgreedStream {
  readonly kind: MediaKind;
  readonly ssrc: number;
  readonly format: ChosenFormat;
}

/** What all viewers together have caused; only grows. */
export interface SendCounters {
  packets: number;
  bytes: number;
  /** Packets that the socket did not take. */
  unsent: number;
  /** Sequence numbers that viewers missed. */
  nacked: number;
  retransmitted: number;
  /** PLI and FIR. */
  pictureLosses: number;
  layerSwitches: number;
}

/** What a viewer wishes: the smallest picture always, at first, or what its way carries. */
export type LowWish = "always" | "first" | "no";

/** How a sender is made. */
export interface ViewerSenderOptions {
  readonly hub: Hub;
  readonly streams: readonly AgreedStream[];
  /** The same for both streams: they are played in step. */
  readonly cname: string;
  /** Whether it begins with the smallest picture, or stays with it, where there are layers. */
  readonly low: LowWish;
  readonly send: (packet: Uint8Array) => boolean;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  /** A whole number from 0 to below the given one. */
  readonly random: (below: number) => number;
  readonly counters: SendCounters;
}

/** Bytes of the group of pictures that go out at once, and how often: about 38 Mbps. */
const CATCH_UP_BYTES = 24 * 1024;
const CATCH_UP_EVERY_MS = 5;
/** Packets that wait behind the group; with more the viewer begins anew. */
const MAX_WAITING = 8192;
/** Retransmissions of one viewer in a second. */
const MAX_RETRANSMISSIONS = 600;
/** A gap between two feeds is told as it was up to here. */
const MAX_GAP_MS = 30_000;
/** Browsers report with every request for packets; loss is judged over at least this time. */
const JUDGE_EVERY_MS = 900;
/** From a source that makes no key frame on demand the group is sent again, at most so often. */
const GROUP_AGAIN_MS = 2_000;

interface Sent {
  readonly kind: MediaKind;
  readonly codec: string;
  readonly clockRate: number;
  readonly stream: SentStream;
  /** Null until the first packet of the running feed. */
  layer: number | null;
  /** Of the last packet, on the source's clock. */
  lastTimestamp: number;
  lastSentAtMs: number;
  /** Where the source's clock stood when that was asked last. */
  clock: ClockPoint | null;
}

/** Sends to one viewer. */
export class ViewerSender {
  readonly #options: ViewerSenderOptions;
  readonly #video: Sent | null;
  readonly #audio: Sent | null;
  readonly #choice: LayerChoice;
  /** The layer that is to be sent; it begins with its next key frame. */
  #wanted = 0;
  #waiting: SourcePacket[] | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #retransmissions = { second: 0, count: 0 };
  #groupSentAtMs = -Infinity;
  #isRunning = false;
  /** Loss of the picture on the way, 0–1, when it was judged last. */
  #lossRatio = 0;
  /** Numbers of the picture that the viewer asked for since then. */
  readonly #missed = new Set<number>();
  /** Packets that it reported as lost since then. */
  #reportedLost = 0;
  #packetsAtReport = 0;
  #packetsAtJudgement = 0;
  #judgedAtMs: number | null = null;
  /** REMB of the viewer; null when it sends none. */
  #estimate: number | null = null;
  #roundTripMs: number | null = null;

  constructor(options: ViewerSenderOptions) {
    this.#options = options;
    this.#video = this.#sentOf("video");
    this.#audio = this.#sentOf("audio");
    this.#choice = new LayerChoice({ startLow: options.low !== "no" });
    if (options.low === "always") this.#choice.limit(0);
  }

  /** SSRCs that are sent. */
  get ssrcs(): readonly number[] {
    return this.#sents().map(({ stream }) => stream.ssrc);
  }

  /** For `/debug`. */
  inspect(): Readonly<Record<string, unknown>> {
    return {
      layer: this.#video?.layer ?? null,
      wantedLayer: this.#wanted,
      lossPercent: Math.round(this.#lossRatio * 100),
      roundTripMs: this.#roundTripMs,
      packets: this.#sents().reduce((sum, { stream }) => sum + stream.packets, 0),
    };
  }

  /** At most the smallest layers up to a rank from now on; null: what the way carries. */
  limit(rank: number | null): void {
    this.#choice.limit(rank);
  }

  /** Begins to send, with the group of pictures that is there. */
  start(): void {
    this.#isRunning = true;
    this.#beginWithGroup();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#isRunning = false;
    this.#stopCatchUp();
  }

  /**
   * The feed is another one, or has other tracks; false when the viewer did not agree to their codecs
   * and must offer anew.
   */
  follow(description: FeedDescription): boolean {
    const agreed = (sent: Sent | null, codec: string | undefined) =>
      codec === undefined || sent?.codec === codec;
    if (
      !agreed(this.#video, description.video?.codec) ||
      !agreed(this.#audio, description.audio?.codec)
    ) return false;
    this.#stopCatchUp();
    for (const sent of this.#sents()) sent.layer = null;
    if (this.#isRunning) this.#beginWithGroup();
    return true;
  }

  /** Takes a packet of the hub. */
  take(packet: SourcePacket): void {
    if (!this.#isRunning) return;
    if (packet.kind === "audio") {
      const audio = this.#audio;
      if (audio === null) return;
      if (audio.layer === null) this.#run(audio, { first: packet });
      this.#send(audio, packet);
      return;
    }
    const video = this.#video;
    if (video === null) return;
    if (this.#waiting === null) {
      this.#sendVideo(video, packet);
    } else if (packet.layer === video.layer) {
      this.#waiting.push(packet);
      if (this.#waiting.length > MAX_WAITING) this.#restart(video);
    }
  }

  /** Takes what the viewer reports. */
  heard(packets: readonly RtcpPacket[]): void {
    for (const packet of packets) {
      switch (packet.type) {
        case "nack":
          this.#retransmit(packet.mediaSsrc, packet.sequenceNumbers);
          break;
        case "pli":
          if (packet.mediaSsrc === this.#video?.stream.ssrc) this.#pictureLost(this.#video);
          break;
        case "fir":
          if (packet.entries.some(({ ssrc }) => ssrc === this.#video?.stream.ssrc)) {
            this.#pictureLost(this.#video!);
          }
          break;
        case "remb":
          this.#estimate = packet.bitsPerSecond;
          break;
        case "rr":
        case "sr":
          for (const report of packet.reports) this.#reported(report);
          break;
      }
    }
  }

  /** Sender reports with the common name (RFC 3550 §6.4.1, §6.5.1); null while nothing is sent. */
  report(): Uint8Array | null {
    const { hub, cname, now } = this.#options;
    const nowMs = now();
    this.#choose();
    const packets: RtcpPacket[] = [];
    for (const sent of this.#sents()) {
      if (sent.layer === null) continue;
      const clock = hub.clockOf(sent.kind, sent.layer);
      if (clock !== null) sent.clock = clock;
      const source = sent.clock === null
        ? sent.lastTimestamp + (nowMs - sent.lastSentAtMs) * sent.clockRate / 1000
        : timestampAt(sent.clock, { atMs: nowMs, clockRate: sent.clockRate });
      const timestamp = sent.stream.sentTimestamp(source);
      if (timestamp === null) continue;
      const { ssrc, packets: packetCount, octets } = sent.stream;
      packets.push(
        senderReport({
          ssrc,
          atMs: nowMs,
          rtpTimestamp: Math.round(timestamp) >>> 0,
          packetCount: packetCount >>> 0,
          octetCount: octets >>> 0,
        }),
        { type: "sdes", chunks: [{ ssrc, cname }] },
      );
    }
    return packets.length === 0 ? null : writeRtcp(packets);
  }

  #sendVideo(video: Sent, packet: SourcePacket): void {
    if (packet.layer !== video.layer) {
      if (packet.layer !== this.#wanted || !packet.keyFrameStart) return;
      if (video.layer !== null) this.#options.counters.layerSwitches++;
      this.#run(video, { first: packet });
    }
    this.#send(video, packet);
  }

  /** The viewer's own numbers for what begins with `first`. */
  #run(
    sent: Sent,
    start: { readonly first: SourcePacket; readonly group?: readonly SourcePacket[] },
  ): void {
    const { hub, now } = this.#options;
    const { first, group } = start;
    const nowMs = now();
    const clock = hub.clockOf(sent.kind, first.layer);
    const lastMs = sent.clock === null
      ? sent.lastSentAtMs
      : wallMsOf(sent.clock, { timestamp: sent.lastTimestamp, clockRate: sent.clockRate });
    const firstMs = clock === null || group !== undefined
      ? nowMs
      : wallMsOf(clock, { timestamp: first.timestamp, clockRate: sent.clockRate });
    const gapMs = Math.min(MAX_GAP_MS, Math.max(0, firstMs - lastMs));
    sent.stream.begin({ first, gapTicks: gapMs * sent.clockRate / 1000, group });
    sent.layer = first.layer;
    sent.clock = clock;
  }

  #send(sent: Sent, packet: SourcePacket): void {
    const { send, now, counters } = this.#options;
    const fields = sent.stream.fieldsOf(packet);
    if (fields === null) return;
    if (packet.timestamp > sent.lastTimestamp || sent.stream.packets === 0) {
      sent.lastTimestamp = packet.timestamp;
    }
    sent.lastSentAtMs = now();
    this.#write(sent, { packet, fields, send, counters });
  }

  #write(
    sent: Sent,
    of: {
      readonly packet: SourcePacket;
      readonly fields: { readonly sequenceNumber: number; readonly timestamp: number };
      readonly send: (packet: Uint8Array) => boolean;
      readonly counters: SendCounters;
    },
  ): void {
    const { packet, fields, send, counters } = of;
    const { stream } = sent;
    writeFields(packet.bytes, {
      payloadType: stream.payloadType,
      sequenceNumber: fields.sequenceNumber,
      timestamp: fields.timestamp,
      ssrc: stream.ssrc,
      marker: packet.marker,
    });
    if (!send(packet.bytes)) {
      counters.unsent++;
      return;
    }
    stream.packets++;
    stream.octets += packet.bytes.byteLength - 12;
    counters.packets++;
    counters.bytes += packet.bytes.byteLength;
  }

  #beginWithGroup(): void {
    const { hub, now } = this.#options;
    const video = this.#video;
    if (video === null) return;
    this.#wanted = this.#choice.layer(hub.layers()) ?? 0;
    const group = hub.group(this.#wanted);
    const first = group[0];
    if (first === undefined) {
      hub.requestKeyFrame(this.#wanted);
      return;
    }
    this.#stopCatchUp();
    this.#groupSentAtMs = now();
    this.#run(video, { first, group });
    this.#waiting = [...group];
    this.#catchUp(video);
  }

  /** Sends a piece of what waits; the rest follows, so that no socket and no path overflows. */
  #catchUp(video: Sent): void {
    this.#timer = null;
    const waiting = this.#waiting;
    if (waiting === null) return;
    let bytes = 0;
    let sent = 0;
    while (sent < waiting.length && bytes < CATCH_UP_BYTES) {
      bytes += waiting[sent]!.bytes.byteLength;
      this.#send(video, waiting[sent++]!);
    }
    waiting.splice(0, sent);
    if (waiting.length === 0) this.#waiting = null;
    else this.#timer = setTimeout(() => this.#catchUp(video), CATCH_UP_EVERY_MS);
  }

  #stopCatchUp(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = null;
  }

  #restart(video: Sent): void {
    this.#stopCatchUp();
    video.layer = null;
    this.#options.hub.requestKeyFrame(this.#wanted);
  }

  #retransmit(ssrc: number, sequenceNumbers: readonly number[]): void {
    const { hub, now, send, counters } = this.#options;
    const sent = this.#sents().find(({ stream }) => stream.ssrc === ssrc);
    if (sent === undefined || sent.layer === null) return;
    const second = Math.floor(now() / 1000);
    if (second !== this.#retransmissions.second) this.#retransmissions = { second, count: 0 };
    for (const sequenceNumber of sequenceNumbers) {
      counters.nacked++;
      const sequence = sent.stream.sourceSequenceOf(sequenceNumber);
      if (sequence === null) continue;
      if (sent.kind === "video" && this.#missed.size < MAX_RETRANSMISSIONS) {
        this.#missed.add(sequenceNumber);
      }
      const packet = hub.find(sent.kind, { layer: sent.layer, sequence });
      const fields = packet && sent.stream.fieldsOf(packet);
      if (!fields || this.#retransmissions.count >= MAX_RETRANSMISSIONS) continue;
      this.#retransmissions.count++;
      counters.retransmitted++;
      this.#write(sent, { packet, fields, send, counters });
    }
  }

  #pictureLost(video: Sent): void {
    const { hub, now, counters } = this.#options;
    counters.pictureLosses++;
    if (hub.origin !== "flv") {
      hub.requestKeyFrame(video.layer ?? this.#wanted);
    } else if (now() - this.#groupSentAtMs >= GROUP_AGAIN_MS) {
      this.#beginWithGroup();
    }
  }

  #reported(report: {
    readonly ssrc: number;
    readonly fractionLost: number;
    readonly lastSenderReport: number;
    readonly delaySinceLastSenderReport: number;
  }): void {
    const { hub, now } = this.#options;
    const nowMs = now();
    const video = this.#video;
    if (report.ssrc !== video?.stream.ssrc) return;
    const { packets } = video.stream;
    this.#reportedLost += (packets - this.#packetsAtReport) * report.fractionLost / 256;
    this.#packetsAtReport = packets;
    this.#roundTripMs = roundTripMs(report, nowMs) ?? this.#roundTripMs;
    this.#judgedAtMs ??= nowMs;
    if (nowMs - this.#judgedAtMs < JUDGE_EVERY_MS) return;
    this.#judgedAtMs = nowMs;
    // A packet that came again counts as received (RFC 3550 §A.3), so the reports alone show nothing of
    // a loss that is repaired.
    const lost = Math.max(this.#reportedLost, this.#missed.size);
    this.#lossRatio = Math.min(1, lost / Math.max(1, packets - this.#packetsAtJudgement));
    this.#packetsAtJudgement = packets;
    this.#reportedLost = 0;
    this.#missed.clear();
    this.#choice.report(hub.layers(), {
      nowMs,
      lossRatio: this.#lossRatio,
      bitsPerSecond: this.#estimate,
    });
    this.#choose();
  }

  /** Looks which layer is the right one now, and asks for its key frame when it is another one. */
  #choose(): void {
    const { hub } = this.#options;
    const video = this.#video;
    if (video === null || video.layer === null) return;
    if ((hub.description?.video?.layers ?? 1) < 2) return;
    this.#wanted = this.#choice.layer(hub.layers()) ?? video.layer;
    if (this.#wanted !== video.layer) hub.requestKeyFrame(this.#wanted);
  }

  #sents(): readonly Sent[] {
    return [this.#video, this.#audio].filter((sent) => sent !== null);
  }

  #sentOf(kind: MediaKind): Sent | null {
    const { streams, random, now } = this.#options;
    const agreed = streams.find((stream) => stream.kind === kind);
    if (agreed === undefined) return null;
    const { format, ssrc } = agreed;
    return {
      kind,
      codec: format.codec,
      clockRate: format.clockRate,
      stream: new SentStream({
        ssrc,
        payloadType: format.payloadType,
        firstSequence: random(0x10000),
        firstTimestamp: random(0x100000000),
      }),
      layer: null,
      lastTimestamp: 0,
      lastSentAtMs: now(),
      clock: null,
    };
  }
}
