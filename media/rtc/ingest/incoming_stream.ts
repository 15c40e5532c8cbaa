/**
 * One stream of a publisher: one SSRC, its order, its clock, its place among the layers.
 *
 * @module
 */
import { QueueDelay } from "../../transport/webrtc/bandwidth.ts";
import type { ClockSync, StreamClock } from "../../transport/webrtc/clock_sync.ts";
import { startsKeyFrame } from "../../transport/webrtc/depacketize/mod.ts";
import { JitterBuffer } from "../../transport/webrtc/jitter_buffer.ts";
import { KeyFrameRequests } from "../../transport/webrtc/key_frame_requests.ts";
import type { RtcpPacket, SenderReport } from "../../transport/webrtc/rtcp.ts";
import { bareRtp, type RtpPacket } from "../../transport/webrtc/rtp.ts";
import type { TakenSection } from "../../transport/webrtc/sdp/mod.ts";
import { Unwrapper } from "../../transport/webrtc/unwrap.ts";
import type { SourcePacket } from "../egress/packet.ts";

/** What a stream is made of. */
export interface IncomingStreamOptions {
  readonly ssrc: number;
  readonly section: TakenSection;
  /** Index among the layers of the section. */
  readonly layer: number;
  /** The line on which all streams of the publisher are in step. */
  readonly sync: ClockSync;
  /** Packets in order; `lost` were given up before it. */
  readonly onOrdered: (
    stream: IncomingStream,
    packet: RtpPacket,
    of: { readonly lost: number; readonly nowMs: number },
  ) => void;
}

/** One stream. */
export class IncomingStream {
  readonly ssrc: number;
  readonly section: TakenSection;
  readonly layer: number;
  readonly jitter: JitterBuffer;
  readonly clock: StreamClock;
  readonly queue = new QueueDelay();
  readonly keyFrames = new KeyFrameRequests();
  /** Bytes of its packets so far. */
  bytes = 0;
  /** When the last packet came, milliseconds; 0 before the first. */
  arrivedAtMs = 0;
  /** Where the last packet stands: unwrapped RTP ticks, and ticks of the publisher's line. */
  shown = { timestamp: 0, ticks: 0 };
  readonly #options: IncomingStreamOptions;
  readonly #sequence = Unwrapper.sequence();
  readonly #timestamp = Unwrapper.timestamp();

  constructor(options: IncomingStreamOptions) {
    this.#options = options;
    this.ssrc = options.ssrc;
    this.section = options.section;
    this.layer = options.layer;
    const { clockRate, feedback } = options.section.format;
    const retransmission = feedback.includes("nack");
    this.jitter = new JitterBuffer({ clockRate, retransmission });
    this.clock = options.sync.open({ kind: this.section.kind, clockRate });
  }

  get kind(): "audio" | "video" {
    return this.section.kind;
  }

  /** Takes a packet as it came; gives what viewers get of it. */
  take(packet: RtpPacket, nowMs: number): SourcePacket {
    const { format } = this.section;
    this.bytes += packet.bytes.byteLength;
    this.arrivedAtMs = nowMs;
    const newest = this.#timestamp.highest;
    const timestamp = this.#timestamp.unwrap(packet.timestamp);
    // Of packets that come again the way says nothing.
    if (newest === null || timestamp > newest) {
      this.queue.observe(timestamp * 1000 / format.clockRate, nowMs);
    }
    this.shown = { timestamp, ticks: this.clock.ticks(packet.timestamp, nowMs) };
    const keyFrameStart = this.kind === "video" && startsKeyFrame(format.codec, packet.payload);
    if (keyFrameStart) this.keyFrames.arrived(nowMs);
    this.jitter.push(packet, nowMs);
    return {
      kind: this.kind,
      layer: this.layer,
      // The payload stays where it is; what waits for its turn needs nothing else.
      bytes: bareRtp(packet),
      sequence: this.#sequence.unwrap(packet.sequenceNumber),
      timestamp,
      marker: packet.marker,
      keyFrameStart,
    };
  }

  /** Gives on what is in order by now. */
  drain(nowMs: number): void {
    this.jitter.drain(nowMs, (packet, lost) => {
      this.#options.onOrdered(this, packet, { lost, nowMs });
    });
  }

  /** A sender report. */
  reported(report: SenderReport, nowMs: number): void {
    this.jitter.senderReport(report, nowMs);
    this.clock.senderReport(report);
  }

  /** Feedback that is due now: missing packets, a key frame. */
  feedback(ssrc: number, nowMs: number): readonly RtcpPacket[] {
    const packets: RtcpPacket[] = [];
    const sequenceNumbers = this.jitter.requests(nowMs);
    if (sequenceNumbers.length > 0) {
      packets.push({ type: "nack", ssrc, mediaSsrc: this.ssrc, sequenceNumbers });
    }
    if (this.kind === "video" && this.keyFrames.due(nowMs)) {
      packets.push({ type: "pli", ssrc, mediaSsrc: this.ssrc });
    }
    return packets;
  }
}
