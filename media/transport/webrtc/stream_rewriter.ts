/**
 * One outgoing stream of a viewer, whatever source feeds it: sequence numbers, timestamps, SSRC and
 * payload type go on without a break when the layer or the publisher changes.
 *
 * Pure: the clock is passed in. Packets are rewritten in place just before they are sent
 * (`writeFields`), because the native library copies them.
 *
 * @module
 */
import { CLOCK_HZ } from "../../access_unit.ts";
import type { SenderReport } from "./rtcp.ts";
import type { RtpFields } from "./rtp.ts";
import { Unwrapper } from "./unwrap.ts";

/** How a stream is made. */
export interface StreamRewriterOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly clockRate: number;
  /** First sequence number (16 bits) and timestamp (32 bits), random (RFC 3550 §5.1). */
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** Packets that can be sent again, a power of two. Default: 512. */
  readonly history?: number;
}

/** A packet of a source, as far as it matters here. */
export interface SourcePacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  /** Of the payload; a packet without any only probes the path and is left out. */
  readonly payloadBytes: number;
}

/** When a packet is sent, and what it shows. */
export interface SourceTime {
  readonly nowMs: number;
  /** Presentation time in 90 kHz ticks, common to all sources of the stream; null: not known. */
  readonly pts: number | null;
}

/** A packet that a viewer asks for again. */
export interface Resend {
  /** The key of its source, and its number there. */
  readonly source: number;
  readonly sequenceNumber: number;
  /** What it was sent with; the marker is the packet's own. */
  readonly fields: Omit<RtpFields, "marker">;
}

/** From a source number on, outgoing numbers are `offset` away. */
interface Segment {
  readonly from: number;
  readonly offset: number;
}

/** Packets that were left out and may still be told from late ones. */
const MAX_SEGMENTS = 32;
/** A packet is not sent again within this time. */
const RESEND_INTERVAL_MS = 20;

/** The rewriter of one outgoing stream. */
export class StreamRewriter {
  readonly #ssrc: number;
  readonly #payloadType: number;
  readonly #clockRate: number;
  readonly #mask: number;
  #source: number | null = null;
  #sequence = Unwrapper.sequence();
  #segments: Segment[] = [];
  #timestampOffset = 0;
  /** Highest outgoing number, unwrapped; the timestamp and times of the newest packet. */
  #highest: number;
  #timestamp: number;
  #sentAtMs: number | null = null;
  #pts: number | null = null;
  #packets = 0;
  #octets = 0;
  readonly #sourceOf: Int32Array;
  readonly #numberOf: Int32Array;
  readonly #outOf: Int32Array;
  readonly #timestampOf: Uint32Array;
  readonly #resentAt: Float64Array;

  constructor(options: StreamRewriterOptions) {
    const history = options.history ?? 512;
    if (history < 2 || history > 32_768 || (history & history - 1) !== 0) {
      throw new RangeError(`Cannot make rewriter: ${history} packets are no power of two`);
    }
    this.#ssrc = options.ssrc;
    this.#payloadType = options.payloadType;
    this.#clockRate = options.clockRate;
    this.#highest = options.sequenceNumber - 1;
    this.#timestamp = options.timestamp;
    this.#mask = history - 1;
    this.#sourceOf = new Int32Array(history);
    this.#numberOf = new Int32Array(history);
    this.#outOf = new Int32Array(history).fill(-1);
    this.#timestampOf = new Uint32Array(history);
    this.#resentAt = new Float64Array(history);
  }

  /** The key of the source that feeds the stream; null before the first. */
  get source(): number | null {
    return this.#source;
  }

  /** Packets and payload bytes that were sent, for sender reports. */
  get sent(): { readonly packets: number; readonly octets: number } {
    return { packets: this.#packets, octets: this.#octets };
  }

  /**
   * From this packet on, which must begin a key frame, `source` feeds the stream. Its timestamps are
   * moved so that time goes on as it does in the presentation, or on the wall when that is not known.
   */
  switchTo(source: number, first: SourcePacket, time: SourceTime): void {
    this.#source = source;
    this.#sequence = Unwrapper.sequence();
    const number = this.#sequence.unwrap(first.sequenceNumber);
    this.#segments = [{ from: number, offset: this.#highest + 1 - number }];
    const timestamp = this.#sentAtMs === null
      ? this.#timestamp
      : this.#timestamp + this.#elapsed(time);
    this.#timestampOffset = timestamp - first.timestamp;
  }

  /**
   * The fields with which a packet of `source` is sent; null when it is not: another source feeds the
   * stream, the packet is older than the switch, or empty.
   */
  rewrite(source: number, packet: SourcePacket, time: SourceTime): RtpFields | null {
    if (source !== this.#source) return null;
    const number = this.#sequence.unwrap(packet.sequenceNumber);
    const offset = this.#offsetOf(number);
    if (offset === null) return null;
    if (packet.payloadBytes === 0) {
      this.#leaveOut(number, offset);
      return null;
    }
    const out = number + offset;
    const timestamp = modulo(packet.timestamp + this.#timestampOffset, 2 ** 32);
    if (out > this.#highest) {
      this.#highest = out;
      this.#timestamp = timestamp;
      this.#sentAtMs = time.nowMs;
      this.#pts = time.pts;
    }
    this.#packets++;
    this.#octets += packet.payloadBytes;
    const sequenceNumber = modulo(out, 2 ** 16);
    this.#remember(sequenceNumber, { source, number: packet.sequenceNumber, timestamp });
    return {
      payloadType: this.#payloadType,
      ssrc: this.#ssrc,
      sequenceNumber,
      timestamp,
      marker: packet.marker,
    };
  }

  /**
   * The packet behind an outgoing number that a viewer asks for (RFC 4585 §6.2.1); null when it is
   * too old, was never sent, or was sent again just now.
   */
  resend(sequenceNumber: number, nowMs: number): Resend | null {
    const slot = sequenceNumber & this.#mask;
    if (this.#outOf[slot] !== sequenceNumber) return null;
    if (nowMs - this.#resentAt[slot] < RESEND_INTERVAL_MS) return null;
    this.#resentAt[slot] = nowMs;
    return {
      source: this.#sourceOf[slot],
      sequenceNumber: this.#numberOf[slot],
      fields: {
        payloadType: this.#payloadType,
        ssrc: this.#ssrc,
        sequenceNumber,
        timestamp: this.#timestampOf[slot],
      },
    };
  }

  /**
   * A sender report of the current source as one of this stream: the sender's clock, our timestamps
   * and counts, so that the viewer plays sound and picture in step. Null for another source.
   */
  senderReport(source: number, report: SenderReport): SenderReport | null {
    if (source !== this.#source || this.#packets === 0) return null;
    return {
      type: "sr",
      ssrc: this.#ssrc,
      ntpSeconds: report.ntpSeconds,
      ntpFraction: report.ntpFraction,
      rtpTimestamp: modulo(report.rtpTimestamp + this.#timestampOffset, 2 ** 32),
      packetCount: this.#packets % 2 ** 32,
      octetCount: this.#octets % 2 ** 32,
      reports: [],
    };
  }

  /** Ticks of the stream from its newest packet to a switch; at least 1. */
  #elapsed(time: SourceTime): number {
    const ticks = time.pts !== null && this.#pts !== null
      ? (time.pts - this.#pts) * this.#clockRate / CLOCK_HZ
      : (time.nowMs - this.#sentAtMs!) * this.#clockRate / 1000;
    return Math.max(1, Math.round(ticks));
  }

  #offsetOf(number: number): number | null {
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      if (number >= this.#segments[i].from) return this.#segments[i].offset;
    }
    return null;
  }

  /** What follows moves up by one, so that the viewer misses nothing. */
  #leaveOut(number: number, offset: number): void {
    // A late one is left as a gap: what follows it was sent already.
    if (number + offset <= this.#highest) return;
    this.#segments.push({ from: number + 1, offset: offset - 1 });
    if (this.#segments.length > MAX_SEGMENTS) this.#segments.shift();
  }

  #remember(
    sequenceNumber: number,
    of: { readonly source: number; readonly number: number; readonly timestamp: number },
  ): void {
    const slot = sequenceNumber & this.#mask;
    this.#outOf[slot] = sequenceNumber;
    this.#sourceOf[slot] = of.source;
    this.#numberOf[slot] = of.number;
    this.#timestampOf[slot] = of.timestamp;
    this.#resentAt[slot] = -Infinity;
  }
}

function modulo(value: number, modulus: number): number {
  const rest = value % modulus;
  return rest < 0 ? rest + modulus : rest;
}
