/**
 * Amounts with their units, as operators read them.
 *
 * @module
 */

/** Bytes in binary steps: `820 MB`, `1.4 GB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB", "PB"];
  let value = Math.max(0, Number.isFinite(bytes) ? bytes : 0);
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return `${value < 10 && unit > 2 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** The same for an amount in megabytes. */
export function megabytesText(megabytes: number): string {
  return bytesText(megabytes * 2 ** 20);
}

/** A rate: `640 kbit/s`, `2.4 Mbit/s`, `1.2 Gbit/s`. */
export function rateText(kbps: number): string {
  const value = Math.max(0, Number.isFinite(kbps) ? kbps : 0);
  if (value < 1_000) return `${Math.round(value)} kbit/s`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)} Mbit/s`;
  return `${(value / 1_000_000).toFixed(1)} Gbit/s`;
}

/** A share: `12%`. */
export function percentText(share: number): string {
  return `${Math.round(Math.max(0, Number.isFinite(share) ? share : 0) * 100)}%`;
}

/** Milliseconds: `3 ms`, `1.2 s`. */
export function millisecondsText(ms: number): string {
  const value = Math.max(0, Number.isFinite(ms) ? ms : 0);
  return value < 1_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
}
