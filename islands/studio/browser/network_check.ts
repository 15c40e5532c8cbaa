/**
 * Whether this line and this server take a broadcast, before it begins: the server's WebRTC role
 * is asked, and the upload is measured with a few hundred kilobytes.
 *
 * @module
 */
import { resolutionFor } from "./quality.ts";

/** What came of it. */
export type NetworkCheck =
  | { readonly state: "unknown" | "checking" }
  /** `kbps`: what the upload carried. */
  | { readonly state: "good" | "slow"; readonly kbps: number }
  /** The server answers, and takes no broadcasts from browsers now. */
  | { readonly state: "noRtc" }
  | { readonly state: "failed" };

const FIRST_BYTES = 64 * 1024;
const SECOND_BYTES = 768 * 1024;
/** A line that needs longer for the first part is measured by it alone. */
const QUICK_MS = 1_500;
const TIMEOUT_MS = 15_000;

/** Looks at both; never throws. */
export async function checkNetwork(
  { roomId, signal, fetch = globalThis.fetch, nowMs = () => performance.now() }: {
    readonly roomId: string;
    readonly signal: AbortSignal;
    readonly fetch?: typeof globalThis.fetch;
    readonly nowMs?: () => number;
  },
): Promise<NetworkCheck> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const asked = await fetch(`/whip/${encodeURIComponent(roomId)}`, {
      method: "OPTIONS",
      signal: limit,
    });
    if (!asked.ok) return { state: "noRtc" };
    // The first part opens the connection and tells how much the second one may be.
    const first = await upload(FIRST_BYTES, { fetch, nowMs, signal: limit });
    const ms = first > QUICK_MS
      ? { bytes: FIRST_BYTES, ms: first }
      : { bytes: SECOND_BYTES, ms: await upload(SECOND_BYTES, { fetch, nowMs, signal: limit }) };
    const kbps = Math.round(ms.bytes * 8 / Math.max(1, ms.ms));
    return { state: resolutionFor(kbps, 30) === null ? "slow" : "good", kbps };
  } catch {
    return { state: "failed" };
  }
}

/** Milliseconds that it took. */
async function upload(
  bytes: number,
  { fetch, nowMs, signal }: {
    readonly fetch: typeof globalThis.fetch;
    readonly nowMs: () => number;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const begunMs = nowMs();
  const response = await fetch("/studio/probe", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(bytes),
    signal,
  });
  if (!response.ok) throw new Error(`Cannot measure: HTTP ${response.status}`);
  return nowMs() - begunMs;
}
