/**
 * Notices early that the other side of a connection is gone. A server that was killed says nothing,
 * and one that ends a connection does not always get its farewell through: the browser itself would
 * find out many seconds later. Whoever hears nothing asks over HTTP whether the session still runs.
 *
 * @module
 */

/** What to do about a connection: `ask` the server whether it knows the session, or take it for `gone`. */
export type SilenceVerdict = "fine" | "ask" | "gone";

/** While it stays silent the server is asked again after this long, milliseconds. */
const ASK_EVERY_MS = 1_000;

/** Listens to a count of bytes that rises as long as the other side is there. Pure. */
export class Silence {
  readonly #askAfterMs: number;
  readonly #goneAfterMs: number;
  #bytes = -1;
  #heardAtMs: number;
  #askedAtMs = -Infinity;

  /** Hears from now on; both times are milliseconds of silence. */
  constructor(
    nowMs: number,
    after: { readonly askAfterMs: number; readonly goneAfterMs: number },
  ) {
    this.#heardAtMs = nowMs;
    this.#askAfterMs = after.askAfterMs;
    this.#goneAfterMs = after.goneAfterMs;
  }

  /** Takes the count as it is now. */
  hear(bytes: number, nowMs: number): SilenceVerdict {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#heardAtMs = nowMs;
      return "fine";
    }
    const silentMs = nowMs - this.#heardAtMs;
    if (silentMs >= this.#goneAfterMs) return "gone";
    if (silentMs < this.#askAfterMs || nowMs - this.#askedAtMs < ASK_EVERY_MS) return "fine";
    this.#askedAtMs = nowMs;
    return "ask";
  }
}

/** A session as the server named it. */
export interface NamedSession {
  /** Its address; null: the server gave none. */
  readonly resource: string | null;
  /** Entity tag of its ICE session (RFC 9725 §4.3.1); null: the server gave none. */
  readonly etag: string | null;
}

/** `over`: the server does not know it any more; `away`: what ran it is not there now. */
export type SessionWord = "runs" | "over" | "away" | "unknown";

const ASK_TIMEOUT_MS = 1_500;

/**
 * Asks whether a session runs: a PATCH that brings no candidate changes nothing (RFC 9725 §4.3.2). No
 * answer, or one of a server that takes no PATCH, is no word about the session.
 */
export async function askSession(
  { resource, etag }: NamedSession,
  options: { readonly key: string | null; readonly fetch?: typeof fetch },
): Promise<SessionWord> {
  if (resource === null || etag === null) return "unknown";
  try {
    const response = await (options.fetch ?? fetch)(resource, {
      method: "PATCH",
      headers: {
        "content-type": "application/trickle-ice-sdpfrag",
        "if-match": etag,
        ...(options.key !== null && { authorization: `Bearer ${options.key}` }),
      },
      body: "a=end-of-candidates\r\n",
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return "runs";
    if (response.status === 404 || response.status === 410) return "over";
    return response.status >= 502 && response.status <= 504 ? "away" : "unknown";
  } catch {
    return "unknown";
  }
}
