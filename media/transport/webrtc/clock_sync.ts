/**
 * Presentation times of the streams of one publisher on one line, so that lips and voice fit.
 *
 * RTP timestamps of sound and picture have nothing to do with each other; sender reports tie each to
 * the sender's own clock (RFC 3550 §6.4.1). Browsers send the first report of sound only after about
 * 5 s, so the line begins with arrival times and is then drawn to the sender's clock slowly: the
 * picture moves (by at most 5 %), the sound stays, because ears hear a stretched second and eyes do
 * not see a frame that is 1 ms longer.
 *
 * Pure: arrival times are passed in, in milliseconds of any clock that does not go back.
 *
 * @module
 */
import { CLOCK_HZ } from "../../access_unit.ts";
import { fromNtp } from "./ntp.ts";
import type { SenderReport } from "./rtcp.ts";
import { Unwrapper } from "./unwrap.ts";

/** What a stream is. */
export interface StreamClockOptions {
  readonly kind: "audio" | "video";
  /** RTP ticks a second. */
  readonly clockRate: number;
}

/** Largest change of speed while a stream is drawn to its place. */
const SLEW = { audio: 0.005, video: 0.05 } as const;
/** A report that would move a stream from its arrival by more than this is not believed. */
const MAX_DISTANCE_MS = 2000;
/** Above this a clock was set, and the line is tied to it anew. */
const CLOCK_SET_MS = 500;
/** A stream that jumps on its own by more than this begins anew. */
const MAX_MEDIA_GAP_MS = 10_000;
/** The least delay of this many milliseconds tells where a stream belongs. */
const BASELINE_MS = 2500;

/** The common line of the streams of one publisher. */
export class ClockSync {
  readonly #streams = new Set<StreamClock>();
  /** Line time minus the sender's clock, in milliseconds; null before the first report. */
  #anchorMs: number | null = null;
  #anchor: StreamClock | null = null;
  #originMs: number | null = null;

  /** Opens the clock of one SSRC. */
  open(options: StreamClockOptions): StreamClock {
    const clock = new StreamClock(options, {
      originMs: (arrivalMs) => this.#originMs ??= arrivalMs,
      anchorMs: () => this.#anchorMs,
      reported: (stream, wasSet) => this.#reported(stream, wasSet),
    });
    this.#streams.add(clock);
    return clock;
  }

  /** Forgets a stream that ended. */
  close(clock: StreamClock): void {
    this.#streams.delete(clock);
    if (this.#anchor === clock) this.#anchor = null;
  }

  #reported(stream: StreamClock, wasSet: boolean): void {
    if (wasSet) {
      for (const other of this.#streams) if (other !== stream) other.forgetReport();
      this.#anchor = null;
      this.#anchorMs = null;
    }
    // Sound leads: whoever anchors the line does not move.
    const leads = this.#anchorMs === null ||
      (stream.kind === "audio" && this.#anchor?.kind === "video");
    const lineMs = stream.lineMinusSenderMs;
    if (!leads || lineMs === null) return;
    this.#anchor = stream;
    this.#anchorMs = lineMs;
  }
}

/** What a stream needs of the line. */
interface Line {
  originMs(arrivalMs: number): number;
  anchorMs(): number | null;
  reported(stream: StreamClock, wasSet: boolean): void;
}

/** The clock of one SSRC; made by {@linkcode ClockSync.open}. */
export class StreamClock {
  readonly kind: "audio" | "video";
  readonly #clockRate: number;
  readonly #line: Line;
  readonly #timestamp = Unwrapper.timestamp();
  /** Line time minus media time; null before the first packet. */
  #offsetMs: number | null = null;
  #lastMediaMs = 0;
  /** Sender's clock minus media time; null before the first report. */
  #senderMs: number | null = null;
  /** Least arrival minus media time, of the window before and of this one. */
  #leastBefore = Infinity;
  #least = Infinity;
  #windowEndMs = -Infinity;
  #originMs = 0;

  /** Use {@linkcode ClockSync.open}. */
  constructor(options: StreamClockOptions, line: Line) {
    this.kind = options.kind;
    this.#clockRate = options.clockRate;
    this.#line = line;
  }

  /** Whether the place on the line follows from sender reports by now. */
  get isSynced(): boolean {
    return this.#targetByReport() !== null;
  }

  /** How far the stream still is from its place, in milliseconds. */
  get errorMs(): number {
    return this.#offsetMs === null ? 0 : this.#target() - this.#offsetMs;
  }

  /** Line time minus the sender's clock as this stream has it; null while one is not known. */
  get lineMinusSenderMs(): number | null {
    return this.#offsetMs === null || this.#senderMs === null
      ? null
      : this.#offsetMs - this.#senderMs;
  }

  /**
   * The presentation time of a packet in 90 kHz ticks (fractional); 0 is about the arrival of the
   * publisher's first packet.
   */
  ticks(timestamp: number, arrivalMs: number): number {
    let mediaMs = this.#mediaMs(timestamp);
    if (this.#offsetMs !== null && Math.abs(mediaMs - this.#lastMediaMs) > MAX_MEDIA_GAP_MS) {
      // The sender began to count anew, which no report covers yet.
      const lineMs = this.#lastMediaMs + this.#offsetMs;
      this.#timestamp.reset();
      mediaMs = this.#mediaMs(timestamp);
      this.#senderMs = null;
      this.#least = this.#leastBefore = Infinity;
      this.#windowEndMs = -Infinity;
      this.#offsetMs = Math.max(arrivalMs, lineMs) - mediaMs;
      this.#lastMediaMs = mediaMs;
    }
    this.#observe(arrivalMs - mediaMs, arrivalMs);
    if (this.#offsetMs === null) {
      this.#originMs = this.#line.originMs(arrivalMs);
      this.#offsetMs = this.#target();
      this.#lastMediaMs = mediaMs;
      // A report that came before the first packet can anchor the line now.
      if (this.#senderMs !== null) this.#line.reported(this, false);
    }
    const elapsedMs = mediaMs - this.#lastMediaMs;
    if (elapsedMs > 0) {
      const step = elapsedMs * SLEW[this.kind];
      this.#offsetMs += Math.max(-step, Math.min(step, this.#target() - this.#offsetMs));
      this.#lastMediaMs = mediaMs;
    }
    return (mediaMs + this.#offsetMs - this.#originMs) * CLOCK_HZ / 1000;
  }

  /** A sender report of this stream. */
  senderReport(report: SenderReport): void {
    // RFC 3550 §6.4.1: 0 says that the sender has no clock.
    if (report.ntpSeconds === 0 && report.ntpFraction === 0) return;
    const mediaMs = this.#timestamp.peek(report.rtpTimestamp) * 1000 / this.#clockRate;
    const senderMs = fromNtp(report) - mediaMs;
    const wasSet = this.#senderMs !== null && Math.abs(senderMs - this.#senderMs) > CLOCK_SET_MS;
    // Before the first packet there is nothing to unwrap against.
    if (this.#offsetMs === null) this.#timestamp.unwrap(report.rtpTimestamp);
    this.#senderMs = senderMs;
    this.#line.reported(this, wasSet);
  }

  /** The sender's clock was set: the last report is void. */
  forgetReport(): void {
    this.#senderMs = null;
  }

  #mediaMs(timestamp: number): number {
    return this.#timestamp.unwrap(timestamp) * 1000 / this.#clockRate;
  }

  /** Keeps the least delay of the last one to two windows: what queues add comes and goes. */
  #observe(delayMs: number, arrivalMs: number): void {
    if (arrivalMs >= this.#windowEndMs) {
      this.#leastBefore = this.#least;
      this.#least = delayMs;
      this.#windowEndMs = arrivalMs + BASELINE_MS;
    } else if (delayMs < this.#least) this.#least = delayMs;
  }

  #target(): number {
    return this.#targetByReport() ?? Math.min(this.#least, this.#leastBefore);
  }

  #targetByReport(): number | null {
    const anchorMs = this.#line.anchorMs();
    if (this.#senderMs === null || anchorMs === null) return null;
    const target = this.#senderMs + anchorMs;
    const arrival = Math.min(this.#least, this.#leastBefore);
    return Math.abs(target - arrival) > MAX_DISTANCE_MS ? null : target;
  }
}
