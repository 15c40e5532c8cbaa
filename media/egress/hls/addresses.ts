/**
 * Addresses below `/live/<room>/` (docs/architecture.md, "HLS addresses").
 *
 * @module
 */

/** What an address names. */
export type HlsAddress =
  | { readonly kind: "multivariant" | "playlist"; readonly ts: boolean }
  | { readonly kind: "init"; readonly epoch: string; readonly number: number }
  | {
    readonly kind: "segment";
    readonly ts: boolean;
    readonly epoch: string;
    readonly msn: number;
  }
  | { readonly kind: "part"; readonly epoch: string; readonly msn: number; readonly part: number };

const RESOURCE =
  /^(ts\/)?([a-z0-9]{1,32})\/(?:(\d{1,15})(?:\.(\d{1,6}))?\.(m4s|ts)|init(\d{1,9})\.mp4)$/;

/** Reads a path; null when nothing can be there. */
export function parseHlsAddress(path: string): HlsAddress | null {
  switch (path) {
    case "index.m3u8":
      return { kind: "multivariant", ts: false };
    case "main.m3u8":
      return { kind: "playlist", ts: false };
    case "ts/index.m3u8":
      return { kind: "multivariant", ts: true };
    case "ts/main.m3u8":
      return { kind: "playlist", ts: true };
  }
  const match = RESOURCE.exec(path);
  if (match === null) return null;
  const [, folder, epoch, msn, part, extension, init] = match;
  const ts = folder !== undefined;
  if (init !== undefined) return ts ? null : { kind: "init", epoch, number: Number(init) };
  if ((extension === "ts") !== ts) return null;
  if (part === undefined) return { kind: "segment", ts, epoch, msn: Number(msn) };
  return ts ? null : { kind: "part", epoch, msn: Number(msn), part: Number(part) };
}

/** Address of an initialisation section, seen from the playlist. */
export function initUri(epoch: string, number: number): string {
  return `${epoch}/init${number}.mp4`;
}

/** Address of a segment, seen from its playlist. */
export function segmentUri(
  epoch: string,
  { msn, ts }: { readonly msn: number; readonly ts: boolean },
): string {
  return `${epoch}/${msn}.${ts ? "ts" : "m4s"}`;
}

/** Address of a part, seen from the playlist. */
export function partUri(
  epoch: string,
  { msn, part }: { readonly msn: number; readonly part: number },
): string {
  return `${epoch}/${msn}.${part}.m4s`;
}
