/**
 * The one pull of a stream from the origin.
 *
 * @module
 */
import { FlvTagParser } from "../media/container/flv/tag_parser.ts";
import { FLV_TAG, type FlvTag, isSequenceHeader } from "../media/container/flv/tag.ts";
import type { ProblemAnswer } from "../platform/problem.ts";
import { FlvTimeline } from "./flv_timeline.ts";
import {
  type OriginAnswer,
  OriginAwayError,
  type OriginClient,
  readBody,
} from "./origin_client.ts";

/** The origin answered that the room is not live. */
export class NotLiveError extends Error {
  override readonly name = "NotLiveError";
}

/** The origin has the stream, but not in the form that was asked for; it says why. */
export class FormRefusedError extends Error {
  override readonly name = "FormRefusedError";
  readonly answer: ProblemAnswer;

  constructor(message: string, answer: ProblemAnswer) {
    super(message);
    this.answer = answer;
  }
}

/** Why a pull is over. */
export type UpstreamEnd =
  /** The origin ended the stream. */
  | "ended"
  /** The connection was lost and did not come back in time. */
  | "lost"
  /** Nobody watches any more. */
  | "closed";

/** What an {@linkcode FlvUpstream} needs. */
export interface FlvUpstreamOptions {
  readonly client: OriginClient;
  readonly room: string;
  /** Query of the form that is pulled; see `flvForm()`. */
  readonly form: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Tags in order, on one time line over all connections. */
  readonly onTags: (tags: readonly FlvTag[]) => void;
  /** Called once. */
  readonly onEnd: (end: UpstreamEnd) => void;
  /** The connection was lost; another try begins. */
  readonly onReconnect: () => void;
  /** How long a lost connection is tried again. Default: 15,000 ms. */
  readonly reconnectForMs?: number;
}

/** Head of an answer; the origin knows at once. */
const HEADER_TIMEOUT_MS = 5000;
/** Longer than the 10 s for which the origin waits for a lost publisher. */
const SILENCE_MS = 20_000;
const RECONNECT_FOR_MS = 15_000;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 1000;
/** The cached group of pictures of a new connection is there after this time. */
const BURST_MS = 150;
/** A burst that has not ended by itself is cut here. */
const BURST_MAX_BYTES = 16 * 1024 * 1024;

/** Pulls one room; {@linkcode FlvUpstream.open} first, then it goes on by itself. */
export class FlvUpstream {
  readonly #options: FlvUpstreamOptions;
  readonly #closed = new AbortController();
  readonly #timeline = new FlvTimeline();

  constructor(options: FlvUpstreamOptions) {
    this.#options = options;
  }

  /**
   * Connects for the first time.
   *
   * @throws {NotLiveError} on 404, {FormRefusedError} when the origin says why it cannot make the
   * form, {OriginAwayError} when no origin answers with the stream.
   */
  async open(): Promise<void> {
    const answer = await this.#connect();
    this.#run(answer).then(
      (end) => this.#options.onEnd(end),
      () => this.#options.onEnd(this.#closed.signal.aborted ? "closed" : "lost"),
    );
  }

  /** Drops the connection; `onEnd` gets `closed`. */
  close(): void {
    this.#closed.abort();
  }

  async #connect(): Promise<OriginAnswer> {
    const { client, room, form } = this.#options;
    const target = `/live/${room}.flv${form}`;
    const answer = await client.get(target, {
      signal: this.#closed.signal,
      headerTimeoutMs: HEADER_TIMEOUT_MS,
    });
    const { status, body } = answer.response;
    if (status === 200 && body !== null) return answer;
    if (status === 503) throw await refusalOf(answer.response, target);
    await body?.cancel();
    if (status === 404) throw new NotLiveError(`Cannot relay room ${room}: it is not live`);
    throw new OriginAwayError(`Cannot get ${target}: status ${status}`);
  }

  async #run(first: OriginAnswer): Promise<UpstreamEnd> {
    let answer: OriginAnswer | null = first;
    let resuming = false;
    while (answer !== null) {
      if (await this.#relay(answer, resuming) === "ended") return "ended";
      if (this.#closed.signal.aborted) return "closed";
      this.#options.onReconnect();
      answer = await this.#reconnect();
      resuming = true;
    }
    return this.#closed.signal.aborted ? "closed" : "lost";
  }

  /** Relays one connection until it ends properly or is lost. */
  async #relay(answer: OriginAnswer, resuming: boolean): Promise<"ended" | "lost"> {
    const parser = new FlvTagParser();
    const reader = answer.response.body!.getReader();
    const burst = resuming ? new Burst((tags) => this.#resume(tags)) : null;
    let silence: ReturnType<typeof setTimeout> | undefined;
    try {
      while (true) {
        clearTimeout(silence);
        silence = setTimeout(() => reader.cancel().catch(ignoreClosing), SILENCE_MS);
        const startedMs = this.#options.now();
        const { value, done } = await reader.read();
        if (done) {
          const silent = this.#options.now() - startedMs >= SILENCE_MS - 1;
          burst?.finish();
          return silent || parser.pendingBytes > 0 ? "lost" : "ended";
        }
        const tags = parser.push(value);
        if (burst?.add(tags) !== true) this.#forward(tags);
      }
    } catch {
      // Lost connection or malformed stream: both are answered by connecting anew.
      if (!this.#closed.signal.aborted) this.#options.client.failed(answer.origin);
      burst?.finish();
      return "lost";
    } finally {
      clearTimeout(silence);
      burst?.finish();
      await reader.cancel().catch(ignoreClosing);
    }
  }

  #forward(tags: readonly FlvTag[]): void {
    if (tags.length === 0) return;
    const nowMs = this.#options.now();
    this.#options.onTags(tags.map((tag) => this.#timeline.map(tag, nowMs)));
  }

  #resume(tags: readonly FlvTag[]): void {
    this.#options.onTags(this.#timeline.resume(tags, this.#options.now()));
  }

  /** Tries until the stream is there again; null when the time is over or nobody watches. */
  async #reconnect(): Promise<OriginAnswer | null> {
    const { now, reconnectForMs = RECONNECT_FOR_MS } = this.#options;
    const giveUpAtMs = now() + reconnectForMs;
    let retryMs = FIRST_RETRY_MS;
    while (now() + retryMs <= giveUpAtMs) {
      await sleep(retryMs * (0.75 + Math.random() / 2), this.#closed.signal);
      if (this.#closed.signal.aborted) return null;
      try {
        return await this.#connect();
      } catch (error) {
        if (this.#closed.signal.aborted) return null;
        // Not live yet: the origin is back before the publisher is.
        if (
          !(error instanceof NotLiveError || error instanceof OriginAwayError ||
            error instanceof FormRefusedError)
        ) throw error;
      }
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
    return null;
  }
}

const MAX_PROBLEM_BYTES = 16 * 1024;

/** What a 503 of the origin means: a refusal with a code is passed on, all else is an absence. */
async function refusalOf(response: Response, target: string): Promise<Error> {
  const message = `Cannot get ${target}: status 503`;
  try {
    const body = new TextDecoder().decode(await readBody(response, MAX_PROBLEM_BYTES));
    const { code, title } = JSON.parse(body) as { code?: unknown; title?: unknown };
    if (typeof code === "string" && typeof title === "string") {
      return new FormRefusedError(`${message} (${code})`, {
        status: 503,
        headers: {
          "content-type": "application/problem+json",
          "cache-control": "no-store",
          "retry-after": response.headers.get("retry-after") ?? "10",
        },
        body,
      });
    }
  } catch {
    // It broke off, or is no problem of ours.
  }
  return new OriginAwayError(message);
}

/** Holds back the first tags of a connection until it is clear where they belong in time. */
class Burst {
  readonly #onComplete: (tags: readonly FlvTag[]) => void;
  #tags: FlvTag[] = [];
  #bytes = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #complete = false;

  constructor(onComplete: (tags: readonly FlvTag[]) => void) {
    this.#onComplete = onComplete;
  }

  /** True when the tags were taken, false when the burst is over. */
  add(tags: readonly FlvTag[]): boolean {
    if (this.#complete) return false;
    for (const tag of tags) {
      this.#tags.push(tag);
      this.#bytes += tag.bytes.byteLength;
      if (this.#timer === null && tag.type !== FLV_TAG.SCRIPT && !isSequenceHeader(tag)) {
        this.#timer = setTimeout(() => this.finish(), BURST_MS);
      }
    }
    if (this.#bytes > BURST_MAX_BYTES) this.finish();
    return true;
  }

  finish(): void {
    if (this.#complete) return;
    this.#complete = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#tags.length > 0) this.#onComplete(this.#tags);
    this.#tags = [];
  }
}

/** Cancelling a stream that already failed reports that failure again. */
function ignoreClosing(): void {}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
