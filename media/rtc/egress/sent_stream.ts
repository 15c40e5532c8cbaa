/**
 * One stream to one viewer: sequence numbers and timestamps of its own that go on whatever the source
 * does (RFC 3550 §5.1), and what its reports say.
 *
 * @module
 */
import type { SourcePacket } from "./packet.ts";

/** Ticks between pictures of a group that was there before the viewer: 1 ms at 90 kHz. */
const CATCH_UP_TICKS = 90;
/** Runs that are remembered, so that packets before a change can be sent again. */
const MAX_RUNS = 3;

/** Packets of one feed and layer in a row: numbers differ from the source's by a constant. */
interface Run {
  /** Added to the source's sequence number. */
  readonly sequenceOffset: number;
  /** Added to the source's timestamp. */
  readonly timestampOffset: number;
  /** The first sequence number that was sent of it. */
  readonly firstSent: number;
  /** Of the source; pictures before it are squeezed together. */
  readonly liveTimestamp: number;
  /** Place of each squeezed picture, counted back from the first live one, by timestamp. */
  readonly squeezed: ReadonlyMap<number, number>;
}

/** Where a run begins. */
export interface RunStart {
  /** The first packet that will be sent. */
  readonly first: SourcePacket;
  /** Ticks since the last packet that was sent before; ignored for the first run. */
  readonly gapTicks: number;
  /**
   * Packets that are sent faster than they were made, the first one among them; after them comes
   * what is live. Empty: everything is live.
   */
  readonly group?: readonly SourcePacket[];
}

/** Sequence number and timestamp as they go on the wire, wrapped. */
export interface SentFields {
  sequenceNumber: number;
  timestamp: number;
}

/** The way from a source's numbers to those that one viewer sees. */
export class SentStream {
  readonly ssrc: number;
  readonly payloadType: number;
  packets = 0;
  octets = 0;
  readonly #fields: SentFields = { sequenceNumber: 0, timestamp: 0 };
  readonly #runs: Run[] = [];
  #nextSequence: number;
  #lastTimestamp: number;

  /** Random first numbers are part of the protocol (§5.1); tests give their own. */
  constructor(
    of: {
      readonly ssrc: number;
      readonly payloadType: number;
      readonly firstSequence: number;
      readonly firstTimestamp: number;
    },
  ) {
    this.ssrc = of.ssrc;
    this.payloadType = of.payloadType;
    // Above the range, so that late packets before the first do not become negative.
    this.#nextSequence = of.firstSequence + 0x10000;
    this.#lastTimestamp = of.firstTimestamp;
  }

  /** Whether something can be sent. */
  get isRunning(): boolean {
    return this.#runs.length > 0;
  }

  /** Begins anew: another feed, another layer, or the first packet at all. */
  begin({ first, gapTicks, group = [] }: RunStart): void {
    const squeezed = squeeze(group);
    const isFirst = this.#runs.length === 0;
    const start = isFirst
      ? this.#lastTimestamp
      : this.#lastTimestamp + Math.max(1, Math.round(gapTicks));
    // The first packet goes out at `start`, or so many milliseconds before what is live.
    const places = squeezed.get(first.timestamp);
    const live = places === undefined ? first.timestamp : group.at(-1)!.timestamp;
    const liveSent = start + (places ?? 0) * CATCH_UP_TICKS;
    this.#runs.push({
      sequenceOffset: this.#nextSequence - first.sequence,
      timestampOffset: liveSent - live,
      firstSent: this.#nextSequence,
      liveTimestamp: live,
      squeezed,
    });
    if (this.#runs.length > MAX_RUNS) this.#runs.shift();
  }

  /**
   * The numbers of a packet of the running feed; null when it belongs before the run. The same object
   * each time.
   */
  fieldsOf(packet: SourcePacket): SentFields | null {
    const run = this.#runs.at(-1);
    if (run === undefined) return null;
    const sequence = packet.sequence + run.sequenceOffset;
    if (sequence < run.firstSent) return null;
    const timestamp = timestampIn(run, packet);
    if (sequence >= this.#nextSequence) {
      this.#nextSequence = sequence + 1;
      this.#lastTimestamp = Math.max(this.#lastTimestamp, timestamp);
    }
    this.#fields.sequenceNumber = sequence & 0xffff;
    this.#fields.timestamp = timestamp;
    return this.#fields;
  }

  /**
   * The source's number of a sequence number that the viewer misses; null when it was not sent in
   * the running feed.
   */
  sourceSequenceOf(sequenceNumber: number): number | null {
    const run = this.#runs.at(-1);
    if (run === undefined) return null;
    // The newest with these 16 bits.
    const newest = this.#nextSequence - 1;
    const sequence = newest - ((newest - sequenceNumber) & 0xffff);
    return sequence < run.firstSent ? null : sequence - run.sequenceOffset;
  }

  /** The timestamp that the viewer sees for one of the source, unwrapped; null before the start. */
  sentTimestamp(sourceTimestamp: number): number | null {
    const run = this.#runs.at(-1);
    return run === undefined ? null : sourceTimestamp + run.timestampOffset;
  }
}

function timestampIn(run: Run, packet: SourcePacket): number {
  if (packet.timestamp < run.liveTimestamp) {
    const places = run.squeezed.get(packet.timestamp);
    if (places !== undefined) {
      return run.liveTimestamp + run.timestampOffset - places * CATCH_UP_TICKS;
    }
  }
  return packet.timestamp + run.timestampOffset;
}

/** Distance in pictures of each timestamp from the newest one of a group. */
function squeeze(group: readonly SourcePacket[]): ReadonlyMap<number, number> {
  const timestamps = [...new Set(group.map(({ timestamp }) => timestamp))].sort((a, b) => a - b);
  return new Map(timestamps.map((timestamp, at) => [timestamp, timestamps.length - 1 - at]));
}
