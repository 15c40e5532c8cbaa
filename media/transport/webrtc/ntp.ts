/**
 * NTP time of sender reports (RFC 3550 §4): seconds since 1900 and 1/2^32 of a second.
 *
 * @module
 */
import type { SenderReport } from "./rtcp.ts";

/** Seconds from 1900 to 1970. */
const EPOCH_SECONDS = 2_208_988_800;

/** Milliseconds since 1970 of an NTP time; after 2036 the seconds begin at 0 again (RFC 5905 §6). */
export function fromNtp(
  time: { readonly ntpSeconds: number; readonly ntpFraction: number },
): number {
  const seconds = time.ntpSeconds < 2 ** 31 ? time.ntpSeconds + 2 ** 32 : time.ntpSeconds;
  return (seconds - EPOCH_SECONDS) * 1000 + time.ntpFraction * 1000 / 2 ** 32;
}

/** The NTP time of milliseconds since 1970. */
export function toNtp(
  epochMs: number,
): { readonly ntpSeconds: number; readonly ntpFraction: number } {
  const seconds = Math.floor(epochMs / 1000);
  return {
    ntpSeconds: (seconds + EPOCH_SECONDS) % 2 ** 32,
    ntpFraction: Math.min(
      2 ** 32 - 1,
      Math.round((epochMs - seconds * 1000) / 1000 * 2 ** 32),
    ),
  };
}

/** A sender report of ours (§6.4.1): `rtpTimestamp` is what is presented at `atMs`. */
export function senderReport(
  fields: Pick<SenderReport, "ssrc" | "rtpTimestamp" | "packetCount" | "octetCount"> & {
    /** Milliseconds since 1970. */
    readonly atMs: number;
  },
): SenderReport {
  const { atMs, ...rest } = fields;
  return { type: "sr", ...toNtp(atMs), ...rest, reports: [] };
}
