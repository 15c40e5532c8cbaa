/**
 * One offer and its answer over HTTP, as WHIP (RFC 9725 §4) and WHEP do it: the offer is posted,
 * the answer's `Location` is the session, deleting it ends the session.
 *
 * The offer is applied only after the answer is there. It carries no candidates: the server learns
 * them from the checks it gets, and by then the ICE servers of its `Link` headers are known, so
 * that they take part in the one and only gathering.
 *
 * @module
 */
import { withAudioNack } from "./audio_nack.ts";
import { parseIceLinks } from "./ice_servers.ts";
import type { NamedSession } from "./session_check.ts";

const MAX_ANSWER_CHARS = 64 * 1024;

/** Where and how to ask. */
export interface ExchangeOptions {
  readonly url: string;
  /** The bearer's token; null: none is needed. */
  readonly key: string | null;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** A last word on the answer before it is applied. */
  readonly reviseAnswer?: (sdp: string) => string;
  readonly fetch?: typeof fetch;
}

/** The server refused, or did not answer. */
export class ExchangeError extends Error {
  /** HTTP status; 0: there was no answer. */
  readonly status: number;
  /** The problem's own code (RFC 9457), such as `wrong_key`; null: it gave none. */
  readonly code: string | null;
  readonly retryAfterMs: number | null;

  constructor(
    message: string,
    { status, code = null, retryAfterMs = null }: {
      readonly status: number;
      readonly code?: string | null;
      readonly retryAfterMs?: number | null;
    },
  ) {
    super(message);
    this.name = "ExchangeError";
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Offers what the connection has transceivers for and applies the answer.
 *
 * @throws {ExchangeError} when the server refuses, does not answer in time, or answers nonsense
 * @throws {DOMException} when `signal` was aborted, or the browser cannot take the answer
 */
export async function exchangeOffer(
  peer: RTCPeerConnection,
  options: ExchangeOptions,
): Promise<NamedSession> {
  const { url, key, signal } = options;
  const offer = await peer.createOffer();
  const late = AbortSignal.timeout(options.timeoutMs);
  let response: Response;
  let answer: string;
  try {
    response = await (options.fetch ?? fetch)(url, {
      method: "POST",
      headers: {
        "content-type": "application/sdp",
        accept: "application/sdp, application/problem+json",
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      body: withAudioNack(offer.sdp ?? ""),
      cache: "no-store",
      signal: AbortSignal.any([signal, late]),
    });
    answer = (await response.text()).slice(0, MAX_ANSWER_CHARS + 1);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const why = error instanceof Error ? error.message : "no answer";
    throw new ExchangeError(`Cannot reach ${url}: ${why}`, { status: 0 });
  }
  if (response.status !== 201) throw refusalOf(response, answer);
  const location = response.headers.get("location");
  const resource = location !== null && URL.canParse(location, response.url || url)
    ? new URL(location, response.url || url).href
    : null;
  const drop = () => endSession(resource, { key, fetch: options.fetch });
  if (!answer.startsWith("v=0") || answer.length > MAX_ANSWER_CHARS) {
    drop();
    throw new ExchangeError(`Cannot use the answer of ${url}: no session description`, {
      status: response.status,
    });
  }
  try {
    signal.throwIfAborted();
    const iceServers = parseIceLinks(response.headers.get("link"));
    if (iceServers.length > 0) {
      peer.setConfiguration({ ...peer.getConfiguration(), iceServers });
    }
    await peer.setLocalDescription(offer);
    const sdp = options.reviseAnswer?.(answer) ?? answer;
    await peer.setRemoteDescription({ type: "answer", sdp });
    signal.throwIfAborted();
  } catch (error) {
    drop();
    throw error;
  }
  return { resource, etag: response.headers.get("etag") };
}

/** Ends a session at the server, also while the page goes away; nobody waits for it. */
export function endSession(
  resource: string | null,
  options: { readonly key: string | null; readonly fetch?: typeof fetch },
): void {
  if (resource === null) return;
  const { key } = options;
  // A server that is away has no session any more.
  void (options.fetch ?? fetch)(resource, {
    method: "DELETE",
    keepalive: true,
    ...(key !== null && { headers: { authorization: `Bearer ${key}` } }),
  }).catch(() => {});
}

function refusalOf(response: Response, body: string): ExchangeError {
  let problem: { readonly code?: unknown; readonly detail?: unknown; readonly title?: unknown } =
    {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null) problem = parsed;
  } catch {
    // Some proxy's own page: the status says enough.
  }
  const words = [problem.detail, problem.title].find((text) => typeof text === "string");
  return new ExchangeError(
    typeof words === "string" ? words.slice(0, 300) : `Cannot connect: HTTP ${response.status}`,
    {
      status: response.status,
      code: typeof problem.code === "string" ? problem.code : null,
      retryAfterMs: retryAfterOf(response.headers.get("retry-after")),
    },
  );
}

/** RFC 9110 §10.2.3, the form with seconds. */
function retryAfterOf(header: string | null): number | null {
  return header !== null && /^\d{1,5}$/.test(header.trim()) ? Number(header) * 1000 : null;
}
