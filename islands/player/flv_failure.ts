/**
 * What an error of mpegts.js means for the choice of a protocol. Its words are written out here, so
 * that this can be judged without a browser.
 *
 * @module
 */
import type { FailureKind } from "./source.ts";

/** `DOMException.code` of a type that the browser cannot decode (W3C Media Source §4.1). */
const NOT_SUPPORTED_ERR = 9;

/** An error as mpegts.js tells it: `ErrorTypes`, `ErrorDetails`, and what belongs to them. */
export interface FlvError {
  readonly type: string;
  readonly detail: string;
  readonly info: unknown;
}

/** The kind of a failure. A codec that the browser lacks stays lacking: `unplayable`. */
export function flvFailureKind({ type, detail, info }: FlvError): FailureKind {
  if (detail === "CodecUnsupported" || detail === "FormatUnsupported") return "unplayable";
  const code = (info as { readonly code?: unknown } | null | undefined)?.code;
  if (detail === "MediaMSEError" && code === NOT_SUPPORTED_ERR) return "unplayable";
  if (type !== "NetworkError") return "media";
  if (detail === "HttpStatusCodeInvalid") {
    if (code === 404 || code === 410) return "absent";
    if (code === 503) return "unavailable";
  }
  return "network";
}

/**
 * The codecs that the metadata of a stream names, for codecs of which mpegts.js tells nothing (AV1).
 * Enhanced RTMP writes FourCCs as numbers; the numbers of classic FLV say too little to be shown.
 */
export function declaredCodecs(
  metadata: { readonly videocodecid?: unknown; readonly audiocodecid?: unknown },
): readonly string[] {
  return [metadata.videocodecid, metadata.audiocodecid]
    .filter((id): id is number => typeof id === "number" && id > 0x20202020 && id < 2 ** 32)
    .map((id) => String.fromCharCode(id >>> 24, id >>> 16 & 255, id >>> 8 & 255, id & 255));
}
