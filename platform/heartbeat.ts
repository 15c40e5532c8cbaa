/**
 * What a process tells `web` about itself every two seconds.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import process from "node:process";
import type { Role } from "./config.ts";
import type { ChildHistory } from "./supervisor.ts";
import type { Logger } from "./log.ts";
import type { LogRing, RingEntry } from "./log_ring.ts";
import type { LoopLagWatch } from "./loop_lag.ts";

/** How often a process reports. */
export const BEAT_EVERY_MS = 2_000;
/** Events in one beat; the next ones go with the next beat. */
export const MAX_BEAT_LINES = 200;
/** UTF-8 bytes of their texts. */
const MAX_BEAT_BYTES = 128 * 1024;
/** A beat that is not taken in this time failed. */
const SEND_WITHIN_MS = 2_000;
const MAX_RECEIPT_BYTES = 4_096;
/** Failures in a row before the log speaks, once: `web` may start after us, or restart. */
const TELL_AFTER_FAILURES = 3;

/** Figures of a role beside what every process has: name → value. */
export type Figures = Readonly<Record<string, number>>;

/** Who reports; the same in every beat of a process. */
export interface BeatSource extends ChildHistory {
  /** Unique in the cluster and the same after a restart. */
  readonly node: string;
  readonly role: Role;
  readonly region: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
}

/** One beat. */
export interface HealthBeat extends BeatSource {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** Processor time since the last beat by wall time: 1 is one core. */
  readonly cpu: number;
  /** Smoothed. */
  readonly lagMs: number;
  /** Worst since the last beat that was taken. */
  readonly lagMaxMs: number;
  /** The disk of the role's folder; null for a role without one. */
  readonly disk: { readonly totalBytes: number; readonly freeBytes: number } | null;
  readonly figures: Figures;
  /** Number of the oldest event that is still kept here. */
  readonly linesFrom: number;
  /** New events, the oldest first. */
  readonly lines: readonly RingEntry[];
}

/** What `web` answers. */
export interface HealthReceipt {
  /**
   * Number of the last event that `web` has of this process, 0 when none: the next beat goes on
   * behind it. A `web` that was restarted gets everything again that is still kept here.
   */
  readonly linesUntil: number;
}

/** Brings a beat to `web`. */
export type BeatSender = (beat: HealthBeat, signal: AbortSignal) => Promise<HealthReceipt>;

/** What a {@linkcode Heartbeat} needs. */
export interface HeartbeatOptions {
  readonly source: BeatSource;
  readonly ring: LogRing;
  readonly lag: LoopLagWatch;
  /** Folder whose disk is looked at. */
  readonly diskFolder: string | null;
  readonly figures: () => Figures;
  readonly send: BeatSender;
  readonly log: Logger;
  /** Default: {@linkcode BEAT_EVERY_MS}. */
  readonly intervalMs?: number;
}

/** Reports until it is stopped. What goes wrong is told once and holds nothing up. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #linesUntil = 0;
  #lagMaxMs = 0;
  #cpu = readCpu();
  #failures = 0;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Ends the reports; one under way is given up. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#beat(signal);
      await pause(this.#options.intervalMs ?? BEAT_EVERY_MS, signal);
    }
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { send, log } = this.#options;
    try {
      const beat = await this.#measure();
      const { linesUntil } = await send(
        beat,
        AbortSignal.any([signal, AbortSignal.timeout(SEND_WITHIN_MS)]),
      );
      this.#linesUntil = linesUntil;
      this.#lagMaxMs = 0;
      if (this.#failures >= TELL_AFTER_FAILURES) log.info("heartbeats_resumed");
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (++this.#failures === TELL_AFTER_FAILURES) {
        log.warn("heartbeats_failing", { error: error as Error });
      }
    }
  }

  async #measure(): Promise<HealthBeat> {
    const { source, ring, lag, diskFolder, figures } = this.#options;
    const { rss, heapUsed } = Deno.memoryUsage();
    const before = this.#cpu;
    this.#cpu = readCpu();
    this.#lagMaxMs = Math.max(this.#lagMaxMs, lag.maxMs);
    lag.resetMax();
    return {
      ...source,
      rssBytes: rss,
      heapBytes: heapUsed,
      cpu: cpuShare(before, this.#cpu),
      lagMs: lag.lagMs,
      lagMaxMs: this.#lagMaxMs,
      disk: diskFolder === null ? null : await diskOf(diskFolder),
      figures: figures(),
      linesFrom: ring.from,
      lines: ring.after(this.#linesUntil, { maxLines: MAX_BEAT_LINES, maxBytes: MAX_BEAT_BYTES }),
    };
  }
}

/** Sends beats to `web` by `PUT /internal/health`. */
export function sendTo(
  target: { readonly webUrl: string; readonly clusterSecret: string },
): BeatSender {
  return async (beat, signal) => {
    const response = await fetch(`${target.webUrl}/internal/health`, {
      method: "PUT",
      redirect: "error",
      headers: {
        authorization: `Bearer ${target.clusterSecret}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(beat),
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`Cannot report health: web answered ${response.status}`);
    }
    return parseReceipt(await readText(response));
  };
}

/**
 * Reads the answer to a beat.
 *
 * @throws {SyntaxError} when it is no JSON, {TypeError} when it says no number of an event.
 */
export function parseReceipt(text: string): HealthReceipt {
  const value: unknown = JSON.parse(text);
  const { linesUntil } = (value ?? {}) as Partial<HealthReceipt>;
  if (!Number.isSafeInteger(linesUntil) || linesUntil! < 0) {
    throw new TypeError("Cannot read a receipt: linesUntil is no number of an event");
  }
  return { linesUntil: linesUntil! };
}

/** Processor time and wall time at one instant, microseconds and milliseconds. */
export interface CpuReading {
  readonly usedUs: number;
  readonly atMs: number;
}

/** Share of one core between two readings; 0 when no time has passed. */
export function cpuShare(before: CpuReading, after: CpuReading): number {
  const wallMs = after.atMs - before.atMs;
  if (wallMs <= 0) return 0;
  return Math.max(0, (after.usedUs - before.usedUs) / 1000 / wallMs);
}

function readCpu(): CpuReading {
  const { user, system } = process.cpuUsage();
  return { usedUs: user + system, atMs: performance.now() };
}

async function diskOf(folder: string): Promise<HealthBeat["disk"]> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}

async function readText(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  // Leaving the loop by an exception cancels the body.
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_RECEIPT_BYTES) {
      throw new RangeError(`Cannot read a receipt: longer than ${MAX_RECEIPT_BYTES} characters`);
    }
  }
  return text + decoder.decode();
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, delayMs);
    signal.addEventListener("abort", finish);
  });
}
