/**
 * The way of a WHIP publisher into `media`: a WebSocket to the origin that carries FLV tags
 * (docs/architecture.md, "Between the roles"). It comes back by itself when `media` was restarted.
 *
 * @module
 */
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import type { Logger } from "../../../platform/log.ts";
import type { ProblemOptions } from "../../../platform/problem.ts";
import { refusal, RtcRefusal } from "../refusal.ts";

/** Who publishes what. */
export interface PublishClaim {
  readonly room: string;
  /** Never logged. */
  readonly key: string;
  readonly remoteAddress: string;
  readonly encoder: string | null;
}

/** What a publisher is told by `media`. */
export interface UplinkEvents {
  /** Somebody needs a picture that is decoded without any other. */
  onKeyFrameWanted(): void;
  /** Tags begin anew: sequence headers first, then a key frame. Called at the first opening too. */
  onOpen(): void;
  /** `media` wants no more of it: a `CloseReason`, or `refused` with the code of a refusal. */
  onClosed(reason: string): void;
}

/** Where `media` is and how uplinks behave. */
export interface UplinkOptions {
  /** Base addresses of the origins in order. */
  readonly origins: readonly string[];
  readonly clusterSecret: string;
  readonly log: Logger;
  /** How long a lost connection is tried again. Default: 30,000 ms. */
  readonly reconnectForMs?: number;
}

/** The way in of one publisher. */
export interface Uplink {
  /** Whether tags are taken now; what is sent while it is false is lost. */
  readonly isOpen: boolean;
  /** Sends one tag; the bytes must not be changed afterwards. False: it was dropped. */
  send(tag: Uint8Array): boolean;
  /** The publisher is gone for good, or dropped and may come back. */
  end(reason: "unpublished" | "dropped"): void;
}

/** Opens uplinks. */
export type OpenUplink = (claim: PublishClaim, events: UplinkEvents) => Promise<Uplink>;

const HANDSHAKE_MS = 5_000;
const MAX_ANSWER_BYTES = 4_096;
/** Bytes that may wait for a `media` that does not read; more is dropped. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;
const RECONNECT_FOR_MS = 30_000;
const RECONNECT_FIRST_MS = 200;
const RECONNECT_MOST_MS = 2_000;
const CLOSE_WITHIN_MS = 1_000;
/** Answers after which another try may go well. */
const TRANSIENT = new Set([500, 502, 503, 504]);

/**
 * Makes the function that opens uplinks.
 *
 * The function rejects with {@linkcode RtcRefusal} when `media` refuses the publisher (its own problem
 * is passed on) or cannot be reached.
 */
export function uplinkOpener(options: UplinkOptions): OpenUplink {
  return async (claim, events) => {
    const uplink = new WebSocketUplink(claim, { events, options });
    await uplink.open();
    return uplink;
  };
}

class WebSocketUplink implements Uplink {
  readonly #claim: PublishClaim;
  readonly #events: UplinkEvents;
  readonly #options: UplinkOptions;
  #socket: WebSocket | null = null;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    claim: PublishClaim,
    with_: { readonly events: UplinkEvents; readonly options: UplinkOptions },
  ) {
    this.#claim = claim;
    this.#events = with_.events;
    this.#options = with_.options;
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Connects to the first origin that takes the publisher. @throws {RtcRefusal} */
  async open(): Promise<void> {
    let failure: RtcRefusal | null = null;
    for (const origin of this.#options.origins) {
      try {
        this.#use(await connect(origin, this.#claim, this.#options.clusterSecret));
        return;
      } catch (error) {
        if (!(error instanceof RtcRefusal)) throw error;
        failure ??= error;
        // A refusal with a reason is one of the whole platform.
        if (error.problem.status < 500) throw error;
      }
    }
    throw failure ?? mediaAway();
  }

  send(tag: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN || socket.bufferedAmount > MAX_BACKLOG_BYTES) {
      return false;
    }
    socket.send(tag, () => {});
    return true;
  }

  end(reason: "unpublished" | "dropped"): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: "end", reason }), () => {});
      socket.close(1000);
    }
    const timer = setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS);
    socket.once("close", () => clearTimeout(timer));
  }

  #use(socket: WebSocket): void {
    if (this.#ended) {
      socket.terminate();
      return;
    }
    this.#socket = socket;
    let closeReason: string | null = null;
    socket.on("message", (data, isBinary) => {
      const message = isBinary ? null : parseMessage(String(data));
      if (message === null || this.#socket !== socket) return;
      if (message.type === "keyframe") this.#events.onKeyFrameWanted();
      else closeReason = message.reason;
    });
    socket.on("error", (error) => this.#options.log.debug("uplink_error", { error }));
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      // A `media` that drains is about to be there again.
      if (closeReason !== null && closeReason !== "draining") this.#finish(closeReason);
      else void this.#reconnect();
    });
    this.#events.onOpen();
  }

  async #reconnect(): Promise<void> {
    const { log, reconnectForMs = RECONNECT_FOR_MS } = this.#options;
    const lostAtMs = performance.now();
    log.info("uplink_lost", { stream: this.#claim.room });
    for (let delayMs = RECONNECT_FIRST_MS; !this.#ended;) {
      await new Promise<void>((resolve) => {
        this.#timer = setTimeout(resolve, delayMs);
      });
      if (this.#ended) return;
      try {
        await this.open();
        log.info("uplink_resumed", {
          stream: this.#claim.room,
          after_ms: Math.round(performance.now() - lostAtMs),
        });
        return;
      } catch (error) {
        if (!(error instanceof RtcRefusal)) throw error;
        const isOver = performance.now() - lostAtMs >= reconnectForMs;
        if (!TRANSIENT.has(error.problem.status) || isOver) {
          this.#finish(String(error.problem.members?.code ?? "refused"));
          return;
        }
      }
      delayMs = Math.min(RECONNECT_MOST_MS, delayMs * 2);
    }
  }

  #finish(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#events.onClosed(reason);
  }
}

function connect(origin: string, claim: PublishClaim, clusterSecret: string): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/publish/${claim.room}`, {
    headers: {
      "authorization": `Bearer ${clusterSecret}`,
      "x-publish-key": claim.key,
      "x-remote-address": claim.remoteAddress,
      ...(claim.encoder !== null && { "x-encoder": printable(claim.encoder) }),
    },
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: 64 * 1024,
    perMessageDeflate: false,
    followRedirects: false,
  });
  socket.once("open", () => {
    socket.removeAllListeners("error");
    resolve(socket);
  });
  socket.once("unexpected-response", (_request, answer) => {
    readAnswer(answer).then((problem) => {
      reject(new RtcRefusal(problem));
      socket.terminate();
    }, reject);
  });
  // Terminating what was never open tells an error as well.
  socket.on("error", () => reject(mediaAway()));
  return promise;
}

/** The problem of `media`, as far as it is one. */
async function readAnswer(answer: IncomingMessage): Promise<ProblemOptions> {
  let text = "";
  for await (const chunk of answer) {
    text += String(chunk);
    if (text.length > MAX_ANSWER_BYTES) break;
  }
  const status = answer.statusCode ?? 502;
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Not from us: the status says what there is to say.
  }
  const retryAfter = answer.headers["retry-after"];
  const code = typeof body.code === "string" ? body.code : "refused";
  // The cluster's own secret was wrong: nothing that the client could mend.
  if (status === 401 && code === "refused") return mediaAway().problem;
  return {
    status,
    title: typeof body.title === "string" ? body.title : "Publishing was refused",
    detail: sentenceOf(code) ?? (typeof body.detail === "string" ? body.detail : undefined),
    members: { code },
    headers: {
      ...(retryAfter !== undefined && { "retry-after": retryAfter }),
      ...(status === 401 && { "www-authenticate": 'Bearer realm="wanren"' }),
    },
  };
}

/** What the publisher can do about a refusal; null: `media` said it itself. */
function sentenceOf(code: string): string | null {
  switch (code) {
    case "wrong_key":
      return "The publish key is wrong: copy it again from the studio; it may have been renewed.";
    case "unknown_room":
      return "There is no room of this number: look at its address again.";
    case "suspended":
      return "This room is suspended: an administrator can tell you why.";
    case "ended":
      return "The stream was ended a moment ago: wait half a minute, or allow it in the studio.";
    default:
      return null;
  }
}

function mediaAway(): RtcRefusal {
  return refusal(503, {
    code: "media_away",
    title: "Media is away",
    detail: "The server is restarting: try again in a moment.",
    headers: { "retry-after": "2" },
  });
}

function parseMessage(
  text: string,
): { readonly type: "keyframe" } | { readonly type: "close"; readonly reason: string } | null {
  try {
    const { type, reason } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    if (type === "keyframe") return { type };
    return type === "close" && typeof reason === "string" && /^[a-z_]{1,40}$/.test(reason)
      ? { type, reason }
      : null;
  } catch {
    return null;
  }
}

/** A header value holds no other characters. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 256);
}
