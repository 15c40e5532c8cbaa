/**
 * Calls from `media` to `web` (docs/architecture.md, "Between the roles").
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type PublishRefusal, PublishRefusedError } from "./errors.ts";
import type { PublishRequest } from "./stream/contract.ts";
import type { PublishAuthority } from "./stream/registry.ts";
import type { StreamReport } from "./stream/report.ts";
import type { Logger } from "../platform/log.ts";

/** How often the running streams are reported without a change. */
export const REPORT_INTERVAL_MS = 2000;
/** Failures in a row before the log speaks: `web` may start after us, or restart. */
const TELL_AFTER_FAILURES = 3;
/** Changes within this time go out as one report. */
const COALESCE_MS = 20;
const REQUEST_TIMEOUT_MS = 2500;
/** Waits before the second and later tries; `web` restarts in about a second. */
const RETRY_DELAYS_MS: readonly number[] = [250, 750, 1500];
const MAX_ANSWER_BYTES = 64 * 1024;
/** A publisher accepted before is accepted for this long while `web` is away. */
const REMEMBER_MS = 24 * 3600 * 1000;
const MAX_REMEMBERED = 4096;

const REFUSALS: readonly PublishRefusal[] = [
  "wrong_key",
  "unknown_room",
  "unsupported_codec",
  "suspended",
  "ended",
  "too_many_streams",
  "unavailable",
];

const REFUSAL_TEXT: Readonly<Record<PublishRefusal, string>> = {
  wrong_key: "the publish key is wrong",
  unknown_room: "there is no such room",
  unsupported_codec: "the codec is not supported",
  suspended: "the room is suspended",
  ended: "the stream was ended a moment ago",
  too_many_streams: "too many streams are running",
  unavailable: "publish keys cannot be checked at the moment",
};

/** `web` could not be asked: it is away, too slow, or answered what it never should. */
export class WebUnavailableError extends Error {
  override readonly name = "WebUnavailableError";
}

/** What the client is made with. */
export interface WebClientOptions {
  /** Base URL of `web`, without a trailing slash. */
  readonly webUrl: string;
  readonly clusterSecret: string;
  readonly log: Logger;
  /** Name of this process in reports, unique among all that report. */
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Waits before later tries, in milliseconds; for tests. */
  readonly retryDelaysMs?: readonly number[];
  /** Default {@linkcode REPORT_INTERVAL_MS}; for tests. */
  readonly reportIntervalMs?: number;
}

/** What is told to `web` again and again: an absolute snapshot. */
export interface MediaSnapshot {
  readonly streams: readonly StreamReport[];
  /** What this machine can do. */
  readonly capabilities: { readonly ffmpeg: boolean };
}

/** What `web` says to a snapshot. */
export interface SnapshotAnswer {
  /** This node shall publish the demo channel. */
  readonly demo: boolean;
}

/** How {@linkcode WebClient.startReporting} reports. */
export interface ReportingOptions {
  readonly snapshot: () => MediaSnapshot;
  readonly answered: (answer: SnapshotAnswer) => void;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The client of one process. */
export class WebClient implements PublishAuthority {
  readonly #options: WebClientOptions;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #retryDelaysMs: readonly number[];
  readonly #stop = new AbortController();
  /** Keys are kept only as digests under a key that this process alone knows. */
  readonly #digestKey = randomBytes(32);
  readonly #accepted = new Map<string, { readonly digest: Buffer; expiresAtMs: number }>();
  #reporter: Reporter | null = null;

  constructor(options: WebClientOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#now = options.now ?? Date.now;
    this.#retryDelaysMs = options.retryDelaysMs ?? RETRY_DELAYS_MS;
  }

  /**
   * Asks `web`. While it is away, a room and key that it accepted before are accepted again, so
   * that publishers can come back during its restart.
   */
  async authorize(request: PublishRequest): Promise<string> {
    const body = {
      room: request.room,
      key: request.key,
      protocol: request.protocol,
      remoteAddress: request.remoteAddress,
    };
    for (let attempt = 0;; attempt++) {
      try {
        return this.#judge(request, await this.#call("POST", "/internal/publish", body));
      } catch (error) {
        if (!(error instanceof WebUnavailableError)) throw error;
        if (this.#wasAccepted(request)) {
          this.#log.warn("publisher_accepted_from_memory", { stream: request.room, error });
          return request.room;
        }
        const delayMs = this.#retryDelaysMs[attempt];
        if (delayMs === undefined || this.#stop.signal.aborted) {
          this.#log.warn("publish_check_failed", { stream: request.room, error });
          throw refusal("unavailable");
        }
        await pause(delayMs, this.#stop.signal);
      }
    }
  }

  /** The room's key is no longer valid. */
  forget(room: string): void {
    this.#accepted.delete(room);
  }

  /**
   * The demo channel, made by `web` when it is missing.
   *
   * @throws {WebUnavailableError} when `web` is away or has no demo channel.
   */
  async demoChannel(): Promise<{ readonly room: string; readonly key: string }> {
    const answer = await this.#call("POST", "/internal/demo", {});
    const { room, key } = fields(answer.body);
    if (answer.status !== 200 || typeof room !== "string" || typeof key !== "string") {
      throw new WebUnavailableError(`Cannot get the demo channel: web answered ${answer.status}`);
    }
    return { room, key };
  }

  /** Reports the snapshot every 2 s and soon after each call of the returned function. */
  startReporting(options: ReportingOptions): () => void {
    this.#reporter ??= new Reporter({
      log: this.#log,
      intervalMs: this.#options.reportIntervalMs ?? REPORT_INTERVAL_MS,
      signal: this.#stop.signal,
      send: async () => {
        const answer = await this.#call("PUT", "/internal/streams", {
          node: this.#options.node,
          ...options.snapshot(),
        });
        const { demo } = fields(answer.body);
        if (answer.status !== 200 || typeof demo !== "boolean") {
          throw new WebUnavailableError(`Cannot report streams: web answered ${answer.status}`);
        }
        options.answered({ demo });
      },
    });
    const reporter = this.#reporter;
    return () => reporter.changed();
  }

  /** Ends reports, waits and open requests. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reporter?.done;
  }

  #judge(request: PublishRequest, answer: Answer): string {
    const { room, reason } = fields(answer.body);
    if (answer.status === 200 && typeof room === "string") {
      this.#remember(request);
      return room;
    }
    if (answer.status === 404) {
      this.forget(request.room);
      throw refusal("unknown_room");
    }
    if (answer.status === 403) {
      const known = REFUSALS.find((value) => value === reason) ?? "wrong_key";
      // A guess at somebody else's key must not take away what the owner's key earned.
      if (known !== "wrong_key" || this.#wasAccepted(request)) this.forget(request.room);
      throw refusal(known);
    }
    throw new WebUnavailableError(`Cannot check a publish key: web answered ${answer.status}`);
  }

  #remember(request: PublishRequest): void {
    this.#accepted.delete(request.room);
    if (this.#accepted.size >= MAX_REMEMBERED) {
      this.#accepted.delete(this.#accepted.keys().next().value!);
    }
    this.#accepted.set(request.room, {
      digest: this.#digest(request),
      expiresAtMs: this.#now() + REMEMBER_MS,
    });
  }

  #wasAccepted(request: PublishRequest): boolean {
    const entry = this.#accepted.get(request.room);
    if (entry === undefined) return false;
    if (entry.expiresAtMs <= this.#now()) {
      this.#accepted.delete(request.room);
      return false;
    }
    return timingSafeEqual(entry.digest, this.#digest(request));
  }

  #digest(request: PublishRequest): Buffer {
    return createHmac("sha256", this.#digestKey).update(`${request.room}\0${request.key}`).digest();
  }

  async #call(method: "POST" | "PUT", path: string, body: unknown): Promise<Answer> {
    let status: number;
    try {
      const response = await fetch(this.#options.webUrl + path, {
        method,
        redirect: "error",
        headers: {
          authorization: `Bearer ${this.#options.clusterSecret}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      status = response.status;
      return { status, body: await readJson(response) };
    } catch (error) {
      throw new WebUnavailableError(`Cannot reach web: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

function refusal(reason: PublishRefusal): PublishRefusedError {
  return new PublishRefusedError(reason, `Cannot publish: ${REFUSAL_TEXT[reason]}`);
}

function fields(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? body as Record<string, unknown> : {};
}

/** The answer's JSON; null when it has none. */
async function readJson(response: Response): Promise<unknown> {
  if (response.body === null) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop by an exception cancels the body.
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) {
      throw new RangeError(`Cannot read an answer of web: longer than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks, length).toString();
  if (!/json/.test(response.headers.get("content-type") ?? "")) return null;
  return text === "" ? null : JSON.parse(text);
}

/** Resolves after `delayMs` or when `signal` aborts. */
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

interface ReporterOptions {
  readonly log: Logger;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly send: () => Promise<void>;
}

/** Sends one report at a time: at once on a change, else at each interval. */
class Reporter {
  readonly done: Promise<void>;
  readonly #options: ReporterOptions;
  #changed = false;
  #wake: (() => void) | null = null;
  #failures = 0;

  constructor(options: ReporterOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#wake?.(), { once: true });
    this.done = this.#run();
  }

  changed(): void {
    this.#changed = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      this.#changed = false;
      await this.#sendOnce();
      // While `web` is away changes wait for the next turn, else each would be a failed request.
      if (!this.#changed || this.#failures > 0) await this.#sleep(this.#options.intervalMs);
      if (this.#changed) await pause(COALESCE_MS, signal);
    }
  }

  async #sendOnce(): Promise<void> {
    const { log, send, signal } = this.#options;
    try {
      await send();
      if (this.#failures >= TELL_AFTER_FAILURES) log.info("reports_resumed");
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (++this.#failures === TELL_AFTER_FAILURES) {
        log.warn("reports_failing", { error: error as Error });
      }
    }
  }

  /** Ends early when something changes, but not while `web` is away. */
  #sleep(delayMs: number): Promise<void> {
    if (this.#options.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(finish, delayMs);
      this.#wake = () => {
        if (this.#failures === 0 || this.#options.signal.aborted) finish();
      };
    });
  }
}
