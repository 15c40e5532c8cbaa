/**
 * Passes to streams that are not for everybody: seats on the stages of rooms. `web` gives them out,
 * `rtc` lets who shows one watch; both know the secret of the cluster, and nobody is asked.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** A pass opens a connection within this time, milliseconds. */
export const PASS_LIFE_MS = 2 * 60_000;

const NAME = "wanren/stream-pass";
const PASS = /^([0-9a-z]{1,11})\.([A-Za-z0-9_-]{43})$/;

/** Streams of seats have 16 digits; rooms have fewer. */
export function isSeatStream(stream: string): boolean {
  return /^[1-9][0-9]{15}$/.test(stream);
}

/** A pass to one stream, good until an instant, milliseconds since the epoch. */
export function issueStreamPass(
  clusterSecret: string,
  { stream, expiresAtMs }: { readonly stream: string; readonly expiresAtMs: number },
): string {
  const until = Math.floor(expiresAtMs).toString(36);
  return `${until}.${sign(clusterSecret, `${stream} ${until}`)}`;
}

/** Whether a pass opens a stream now. */
export function opensStream(
  clusterSecret: string,
  { stream, pass, nowMs }: {
    readonly stream: string;
    readonly pass: string;
    readonly nowMs: number;
  },
): boolean {
  const [, until, given] = PASS.exec(pass) ?? [];
  if (until === undefined || given === undefined) return false;
  const expected = sign(clusterSecret, `${stream} ${until}`);
  return timingSafeEqual(new TextEncoder().encode(given), new TextEncoder().encode(expected)) &&
    parseInt(until, 36) > nowMs;
}

function sign(clusterSecret: string, text: string): string {
  return createHmac("sha256", clusterSecret).update(`${NAME}\n${text}`).digest("base64url");
}
