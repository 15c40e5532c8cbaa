/**
 * The wall clock of this process, and what reports say of it.
 *
 * @module
 */
import { toNtp } from "../transport/webrtc/ntp.ts";

/** Milliseconds since the epoch, with fractions; never goes back while the process runs. */
export function wallNowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Round trip that a report block tells (RFC 3550 §6.4.1), milliseconds; null when it tells none. */
export function roundTripMs(
  report: { readonly lastSenderReport: number; readonly delaySinceLastSenderReport: number },
  nowMs: number,
): number | null {
  if (report.lastSenderReport === 0) return null;
  const { ntpSeconds, ntpFraction } = toNtp(nowMs);
  const middle = (ntpSeconds & 0xffff) << 16 | ntpFraction >>> 16;
  const units = (middle - report.lastSenderReport - report.delaySinceLastSenderReport) | 0;
  const ms = units * 1000 / 65_536;
  return ms < -50 || ms > 60_000 ? null : Math.max(0, ms);
}
