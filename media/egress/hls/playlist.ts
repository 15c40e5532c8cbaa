/**
 * Playlists of HTTP Live Streaming (RFC 8216bis) as text, and the delivery directives of requests
 * for them. Pure; the edge may use it too.
 *
 * @module
 */

/** Media type of playlists. */
export const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";

/** A variant stream of a multivariant playlist (§4.4.6.2). */
export interface Variant {
  readonly uri: string;
  /** Peak and mean bits a second, measured. */
  readonly bandwidth: number;
  readonly averageBandwidth: number;
  /** RFC 6381 strings. */
  readonly codecs: readonly string[];
  readonly resolution: { readonly width: number; readonly height: number } | null;
  readonly frameRate: number | null;
}

/** A partial segment (§4.4.4.9). */
export interface PlaylistPart {
  readonly uri: string;
  readonly durationS: number;
  readonly independent: boolean;
}

/** A media segment, or the open one at the end whose `uri` is null. */
export interface PlaylistSegment {
  readonly uri: string | null;
  readonly durationS: number;
  /** Begins after EXT-X-DISCONTINUITY (§4.4.4.3). */
  readonly discontinuity: boolean;
  /** Initialisation section (§4.4.4.5), null for MPEG-TS. */
  readonly mapUri: string | null;
  readonly programDateTimeMs: number;
  /** Its bytes do not exist in this format (EXT-X-GAP, §4.4.4.7). */
  readonly gap: boolean;
  readonly parts: readonly PlaylistPart[];
}

/** Where another rendition is (§4.4.5.4). */
export interface RenditionReport {
  readonly uri: string;
  readonly lastMsn: number;
  readonly lastPart: number;
}

/** What only low-latency playlists have. */
export interface LowLatency {
  readonly partTargetS: number;
  readonly partHoldBackS: number;
  /** Null after the end of the stream. */
  readonly preloadHintUri: string | null;
  readonly renditionReports: readonly RenditionReport[];
}

/** A media playlist. */
export interface MediaPlaylist {
  readonly targetDurationS: number;
  readonly mediaSequence: number;
  /** Discontinuity sequence number of the first segment. */
  readonly discontinuitySequence: number;
  readonly segments: readonly PlaylistSegment[];
  readonly lowLatency: LowLatency | null;
  readonly independentSegments: boolean;
  readonly ended: boolean;
}

/** Delivery directives (§6.2.5): what the client waits for, and whether it takes a delta update. */
export interface DeliveryDirectives {
  readonly msn: number | null;
  readonly part: number | null;
  readonly skip: boolean;
}

/** Directives that break their syntax; the answer is 400. */
export class DeliveryDirectiveError extends Error {
  override readonly name = "DeliveryDirectiveError";
}

const SKIP_TARGET_DURATIONS = 6;
const PART_TARGET_DURATIONS = 3;
/** Complete segments that keep their parts, beside the open one. */
const COMPLETE_WITH_PARTS = 2;
const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/** Seconds before the end after which a delta update leaves segments out (§4.4.3.8). */
export function skipBoundaryS(targetDurationS: number): number {
  return SKIP_TARGET_DURATIONS * targetDurationS;
}

/** Writes a multivariant playlist. */
export function renderMultivariantPlaylist(variants: readonly Variant[]): string {
  let text = "#EXTM3U\n#EXT-X-VERSION:6\n";
  for (const variant of variants) {
    text += `#EXT-X-STREAM-INF:BANDWIDTH=${Math.ceil(variant.bandwidth)}` +
      `,AVERAGE-BANDWIDTH=${Math.ceil(variant.averageBandwidth)}` +
      `,CODECS="${variant.codecs.join(",")}"`;
    if (variant.resolution !== null) {
      text += `,RESOLUTION=${variant.resolution.width}x${variant.resolution.height}`;
    }
    if (variant.frameRate !== null) text += `,FRAME-RATE=${variant.frameRate.toFixed(3)}`;
    text += `\n${variant.uri}\n`;
  }
  return text;
}

/**
 * Writes a media playlist.
 *
 * Parts stand only in the open segment and the two before it, within the last three target
 * durations (§4.4.4.9). With `skip`, segments before the
 * skip boundary are replaced by EXT-X-SKIP (§4.4.5.2) when there are any; the initialisation section
 * is then named again, so that an update can be read by itself.
 */
export function renderMediaPlaylist(
  playlist: MediaPlaylist,
  options: { readonly skip?: boolean } = {},
): string {
  const { segments, lowLatency } = playlist;
  const total = segments.reduce((sum, segment) => sum + segment.durationS, 0);
  const skipped = options.skip === true && lowLatency !== null && !playlist.ended
    ? skippedSegments(playlist, total)
    : 0;
  let text = `#EXTM3U\n#EXT-X-VERSION:${version(playlist, skipped)}\n` +
    `#EXT-X-TARGETDURATION:${playlist.targetDurationS}\n`;
  if (lowLatency !== null && !playlist.ended) {
    text += `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES` +
      `,CAN-SKIP-UNTIL=${decimal(skipBoundaryS(playlist.targetDurationS))}` +
      `,HOLD-BACK=${decimal(PART_TARGET_DURATIONS * playlist.targetDurationS)}` +
      `,PART-HOLD-BACK=${decimal(lowLatency.partHoldBackS)}\n`;
  }
  if (lowLatency !== null) {
    text += `#EXT-X-PART-INF:PART-TARGET=${decimal(lowLatency.partTargetS)}\n`;
  }
  text += `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}\n` +
    `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}\n`;
  if (playlist.independentSegments) text += "#EXT-X-INDEPENDENT-SEGMENTS\n";
  if (skipped > 0) text += `#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}\n`;

  const partsFrom = total - PART_TARGET_DURATIONS * playlist.targetDurationS - 0.001;
  const complete = segments.at(-1)?.uri === null ? segments.length - 1 : segments.length;
  const firstWithParts = complete - COMPLETE_WITH_PARTS;
  let position = 0;
  let map: string | null = null;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i];
    if (i >= skipped) {
      if (segment.discontinuity && i > 0) text += "#EXT-X-DISCONTINUITY\n";
      if (segment.mapUri !== null && (segment.mapUri !== map || segment.discontinuity)) {
        text += `#EXT-X-MAP:URI="${segment.mapUri}"\n`;
        map = segment.mapUri;
      }
      text += `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.programDateTimeMs).toISOString()}\n`;
      // All parts of a segment or none: clients count them to know the index of the next one.
      if (i >= firstWithParts && position >= partsFrom) {
        for (const part of segment.parts) {
          text += `#EXT-X-PART:DURATION=${decimal(part.durationS)},URI="${part.uri}"` +
            (part.independent ? ",INDEPENDENT=YES\n" : "\n");
        }
      }
      if (segment.uri !== null) {
        if (segment.gap) text += "#EXT-X-GAP\n";
        text += `#EXTINF:${decimal(segment.durationS)},\n${segment.uri}\n`;
      }
    }
    position += segment.durationS;
  }
  if (playlist.ended) return text + "#EXT-X-ENDLIST\n";
  if (lowLatency === null) return text;
  if (lowLatency.preloadHintUri !== null) {
    text += `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${lowLatency.preloadHintUri}"\n`;
  }
  for (const report of lowLatency.renditionReports) {
    text += `#EXT-X-RENDITION-REPORT:URI="${report.uri}",LAST-MSN=${report.lastMsn}` +
      `,LAST-PART=${report.lastPart}\n`;
  }
  return text;
}

/**
 * Reads `_HLS_msn`, `_HLS_part` and `_HLS_skip`; other parameters are none of its business.
 *
 * @throws {DeliveryDirectiveError} when a value is no decimal integer, `_HLS_part` stands alone, a
 * directive stands twice, or `_HLS_skip` is neither `YES` nor `v2`.
 */
export function parseDeliveryDirectives(query: URLSearchParams): DeliveryDirectives {
  const msn = integerDirective(query, "_HLS_msn");
  const part = integerDirective(query, "_HLS_part");
  if (part !== null && msn === null) {
    throw new DeliveryDirectiveError("Cannot read delivery directives: _HLS_part without _HLS_msn");
  }
  const skip = singleDirective(query, "_HLS_skip");
  if (skip !== null && skip !== "YES" && skip !== "v2") {
    throw new DeliveryDirectiveError("Cannot read delivery directives: _HLS_skip is not YES or v2");
  }
  return { msn, part, skip: skip !== null };
}

function singleDirective(query: URLSearchParams, name: string): string | null {
  const values = query.getAll(name);
  if (values.length > 1) {
    throw new DeliveryDirectiveError(`Cannot read delivery directives: ${name} stands twice`);
  }
  return values[0] ?? null;
}

function integerDirective(query: URLSearchParams, name: string): number | null {
  const value = singleDirective(query, name);
  if (value === null) return null;
  const number = Number(value);
  if (!DECIMAL.test(value) || !Number.isSafeInteger(number)) {
    throw new DeliveryDirectiveError(`Cannot read delivery directives: ${name} is no integer`);
  }
  return number;
}

/** Whole segments that end before the skip boundary. */
function skippedSegments(playlist: MediaPlaylist, totalS: number): number {
  const boundary = totalS - skipBoundaryS(playlist.targetDurationS);
  let end = 0;
  let count = 0;
  for (const segment of playlist.segments) {
    end += segment.durationS;
    if (segment.uri === null || end > boundary) break;
    count++;
  }
  return count;
}

/** Compatibility version (§8): 9 with EXT-X-SKIP, 8 with EXT-X-GAP, 6 with EXT-X-MAP, else 3. */
function version(playlist: MediaPlaylist, skipped: number): number {
  if (skipped > 0 || playlist.lowLatency !== null) return 9;
  if (playlist.segments.some((segment) => segment.gap)) return 8;
  return playlist.segments.some((segment) => segment.mapUri !== null) ? 6 : 3;
}

/** At most five decimals, without trailing zeros. */
function decimal(value: number): string {
  return String(Math.round(value * 100_000) / 100_000);
}
