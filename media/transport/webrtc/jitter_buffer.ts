/**
 * Puts the packets of one stream in order, says which to ask for again (RFC 4585 §6.2.1), and counts
 * loss and jitter for receiver reports (RFC 3550 A.3, A.8). Pure: the clock is passed in.
 *
 * A packet whose turn it is goes on at once: order costs time only where something is missing. What
 * is missing is waited for until its deadline, then given up.
 *
 * @module
 */
import type { ReportBlock, SenderReport } from "./rtcp.ts";
import type { RtpPacket } from "./rtp.ts";
import { Unwrapper } from "./unwrap.ts";

/** How a buffer is made. */
export interface JitterBufferOptions {
  /** Ticks a second of the stream's clock. */
  readonly clockRate: number;
  /** Whether missing packets are asked for; else they are only waited for. */
  readonly retransmission: boolean;
  /** Longest wait for a missing packet, in milliseconds. Default: 500, without requests 60. */
  readonly maxWaitMs?: number;
  /** Packets that may wait, a power of two. Default: 2048. */
  readonly capacity?: number;
}

/** Called for every packet in order; `lost` are given up between the one before and it. */
export type PacketSink = (packet: RtpPacket, lost: number) => void;

/** What happened so far. */
export interface JitterCounts {
  /** Packets that came the first time, repaired ones included. */
  readonly received: number;
  /** Of those, packets that came after they had been asked for. */
  readonly recovered: number;
  /** Packets that were given up. */
  readonly lost: number;
  readonly duplicates: number;
  /** Packets that came after they had been given up. */
  readonly late: number;
  /** Sequence numbers that were asked for, each repetition counted. */
  readonly requested: number;
  /** Times that the numbers jumped and everything began anew. */
  readonly resets: number;
}

/** Others may just be out of order for this long, in milliseconds. */
const REORDER_MS = 8;
/** … or for this many packets. */
const REORDER_PACKETS = 3;
const MAX_REQUESTS = 10;
/** Most sequence numbers of one request. */
const MAX_BATCH = 128;
const MIN_RETRY_MS = 20;
const MAX_RETRY_MS = 250;
const FIRST_ROUND_TRIP_MS = 60;

/** The jitter buffer of one SSRC. */
export class JitterBuffer {
  readonly #clockRate: number;
  readonly #retransmission: boolean;
  readonly #maxWaitMs: number;
  readonly #capacity: number;
  readonly #mask: number;
  readonly #packets: (RtpPacket | null)[];
  /** Of a missing packet: when it was noticed, when it was asked for, how often. */
  readonly #missingAt: Float64Array;
  readonly #askedAt: Float64Array;
  readonly #asked: Uint8Array;
  readonly #sequence = Unwrapper.sequence();
  /** The number whose turn it is; -1 before the first packet. */
  #next = -1;
  /** Above the highest number that came. */
  #end = -1;
  /** Missing numbers between the two. */
  #missing = 0;
  /** The number that would confirm a jump (RFC 3550 A.1: two in a row); -1: none is suspected. */
  #confirms = -1;
  /** Lost since the last packet that went on. */
  #lostBefore = 0;
  #roundTripMs = FIRST_ROUND_TRIP_MS;
  readonly #reception = new Reception();
  readonly #counts = {
    received: 0,
    recovered: 0,
    lost: 0,
    duplicates: 0,
    late: 0,
    requested: 0,
    resets: 0,
  };

  constructor(options: JitterBufferOptions) {
    const capacity = options.capacity ?? 2048;
    if (capacity < 2 || capacity > 32_768 || (capacity & capacity - 1) !== 0) {
      throw new RangeError(`Cannot make jitter buffer: ${capacity} packets are no power of two`);
    }
    this.#clockRate = options.clockRate;
    this.#retransmission = options.retransmission;
    this.#maxWaitMs = options.maxWaitMs ?? (options.retransmission ? 500 : 60);
    this.#capacity = capacity;
    this.#mask = capacity - 1;
    this.#packets = new Array<RtpPacket | null>(capacity).fill(null);
    this.#missingAt = new Float64Array(capacity);
    this.#askedAt = new Float64Array(capacity);
    this.#asked = new Uint8Array(capacity);
  }

  get counts(): JitterCounts {
    return this.#counts;
  }

  /** Packets that wait for their turn. */
  get waiting(): number {
    return this.#next < 0 ? 0 : this.#end - this.#next - this.#missing;
  }

  /** Smoothed time between a request and the packet, in milliseconds. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** Takes a packet as it came; give out what is in order by {@linkcode drain}. Keeps its bytes. */
  push(packet: RtpPacket, nowMs: number): void {
    let number = this.#sequence.peek(packet.sequenceNumber);
    if (this.#next < 0) this.#begin(number);
    else if (number >= this.#next + this.#capacity || number < this.#next - this.#capacity) {
      // The sender began anew, or everything between is lost: there is nothing to wait for.
      const confirms = this.#confirms;
      this.#confirms = packet.sequenceNumber + 1 & 0xffff;
      if (confirms !== packet.sequenceNumber) {
        this.#counts.late++;
        return;
      }
      this.#sequence.reset();
      number = packet.sequenceNumber;
      this.#counts.resets++;
      this.#begin(number);
      this.#lostBefore++;
    }
    this.#confirms = -1;
    this.#sequence.unwrap(packet.sequenceNumber);
    if (number < this.#next) {
      this.#counts.late++;
      return;
    }
    const slot = number & this.#mask;
    if (number < this.#end) {
      if (this.#packets[slot] !== null) {
        this.#counts.duplicates++;
        return;
      }
      this.#missing--;
      const asked = this.#asked[slot] > 0;
      if (asked) {
        this.#counts.recovered++;
        if (this.#asked[slot] === 1) this.#tookRoundTrip(nowMs - this.#askedAt[slot]);
      }
      this.#reception.took(!asked);
    } else {
      for (let missing = this.#end; missing < number; missing++) {
        const empty = missing & this.#mask;
        this.#missingAt[empty] = nowMs;
        this.#asked[empty] = 0;
      }
      this.#missing += number - this.#end;
      this.#end = number + 1;
      this.#reception.took(true);
      this.#reception.arrived(packet.timestamp, nowMs * this.#clockRate / 1000);
    }
    this.#counts.received++;
    this.#packets[slot] = packet;
  }

  /** Gives out everything whose turn has come, and gives up what is overdue. */
  drain(nowMs: number, sink: PacketSink): void {
    while (this.#next < this.#end) {
      const slot = this.#next & this.#mask;
      const packet = this.#packets[slot];
      if (packet === null) {
        if (nowMs - this.#missingAt[slot] < this.#maxWaitMs) return;
        this.#next++;
        this.#missing--;
        this.#lostBefore++;
        this.#counts.lost++;
        continue;
      }
      this.#packets[slot] = null;
      this.#next++;
      const lost = this.#lostBefore;
      this.#lostBefore = 0;
      sink(packet, lost);
    }
  }

  /**
   * The sequence numbers (16 bits) to ask for now, in order. A number is asked for when it is missing
   * for longer than disorder explains, again after each round trip (longer each time), at most
   * 10 times, and not when the packet could not come in time any more.
   */
  requests(nowMs: number): number[] {
    const numbers: number[] = [];
    if (!this.#retransmission || this.#missing === 0) return numbers;
    for (let number = this.#next; number < this.#end && numbers.length < MAX_BATCH; number++) {
      const slot = number & this.#mask;
      if (this.#packets[slot] !== null) continue;
      if (nowMs < this.#requestAt(number)) continue;
      this.#asked[slot]++;
      this.#askedAt[slot] = nowMs;
      this.#counts.requested++;
      numbers.push(number & 0xffff);
    }
    return numbers;
  }

  /**
   * When {@linkcode drain} or {@linkcode requests} has something to do at the latest, on the clock
   * that is passed in; null while nothing is missing.
   */
  nextAt(): number | null {
    if (this.#next < 0 || this.#missing === 0) return null;
    let at = this.#missingAt[this.#next & this.#mask] + this.#maxWaitMs;
    if (!this.#retransmission) return at;
    for (let number = this.#next; number < this.#end; number++) {
      if (this.#packets[number & this.#mask] === null) {
        at = Math.min(at, this.#requestAt(number));
      }
    }
    return at;
  }

  /** A sender report of this stream; the next receiver report refers to it. */
  senderReport(report: SenderReport, nowMs: number): void {
    this.#reception.senderReport(report, nowMs);
  }

  /** Packets that were expected in the time of the last {@linkcode report}. */
  get reportedPackets(): number {
    return this.#reception.reportedPackets;
  }

  /**
   * The report block since the last one. Packets that came again on request count as lost: the
   * sender is to know what the path loses, not what was repaired.
   */
  report(ssrc: number, nowMs: number): ReportBlock {
    return this.#reception.report(ssrc, { highest: this.#sequence.highest ?? 0, nowMs });
  }

  #requestAt(number: number): number {
    const slot = number & this.#mask;
    const asked = this.#asked[slot];
    if (asked >= MAX_REQUESTS) return Infinity;
    const giveUpAt = this.#missingAt[slot] + this.#maxWaitMs;
    if (asked === 0) {
      return this.#end - number > REORDER_PACKETS
        ? this.#missingAt[slot]
        : this.#missingAt[slot] + REORDER_MS;
    }
    const retryMs = Math.max(MIN_RETRY_MS, this.#roundTripMs * 1.5) * 1.25 ** (asked - 1);
    const at = this.#askedAt[slot] + Math.min(MAX_RETRY_MS, retryMs);
    return at + this.#roundTripMs / 2 > giveUpAt ? Infinity : at;
  }

  #begin(number: number): void {
    this.#packets.fill(null);
    this.#next = number;
    this.#end = number;
    this.#missing = 0;
    this.#reception.begin(number);
  }

  #tookRoundTrip(roundTripMs: number): void {
    if (roundTripMs >= 0) this.#roundTripMs += (roundTripMs - this.#roundTripMs) / 8;
  }
}

/** Counters of RFC 3550 A.3 and A.8. */
class Reception {
  /** Packets that the last report was about. */
  reportedPackets = 0;
  #base = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;
  #jitter = 0;
  #transit: number | null = null;
  readonly #timestamp = Unwrapper.timestamp();
  #lastReport: { readonly middle: number; readonly atMs: number } | null = null;

  begin(number: number): void {
    this.#base = number;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#transit = null;
    this.#timestamp.reset();
  }

  took(isFirstTransmission: boolean): void {
    if (isFirstTransmission) this.#received++;
  }

  /** A.8: `arrival` on the clock of the stream. */
  arrived(timestamp: number, arrival: number): void {
    const transit = arrival - this.#timestamp.unwrap(timestamp);
    if (this.#transit !== null) {
      this.#jitter += (Math.abs(transit - this.#transit) - this.#jitter) / 16;
    }
    this.#transit = transit;
  }

  senderReport(report: SenderReport, nowMs: number): void {
    const middle = ((report.ntpSeconds & 0xffff) << 16 | report.ntpFraction >>> 16) >>> 0;
    this.#lastReport = { middle, atMs: nowMs };
  }

  report(ssrc: number, at: { readonly highest: number; readonly nowMs: number }): ReportBlock {
    const expected = Math.max(0, at.highest - this.#base + 1);
    const expectedNow = expected - this.#expectedBefore;
    const lostNow = expectedNow - (this.#received - this.#receivedBefore);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    this.reportedPackets = Math.max(0, expectedNow);
    const fraction = expectedNow <= 0 || lostNow <= 0 ? 0 : lostNow / expectedNow;
    return {
      ssrc,
      fractionLost: Math.min(255, Math.floor(fraction * 256)),
      packetsLost: expected - this.#received,
      highestSequence: at.highest % 2 ** 32,
      jitter: Math.min(0xffffffff, Math.round(this.#jitter)),
      lastSenderReport: this.#lastReport?.middle ?? 0,
      delaySinceLastSenderReport: this.#lastReport === null
        ? 0
        : Math.min(0xffffffff, Math.round((at.nowMs - this.#lastReport.atMs) * 65.536)),
    };
  }
}
