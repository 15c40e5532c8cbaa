/**
 * Simulcast in session descriptions: restriction identifiers (RFC 8851) and the simulcast attribute
 * (RFC 8853), and the header extensions that tell the streams apart (RFC 8285, RFC 9143 §15,
 * RFC 8852).
 *
 * @module
 */
import { SdpError } from "./errors.ts";
import { attributeOf, attributesOf, type SdpSection } from "./session.ts";

/** One of the encodings of a picture that a publisher sends at the same time. */
export interface SimulcastLayer {
  readonly rid: string;
  /** The publisher begins with this one switched off (`~`). */
  readonly paused: boolean;
  /** Restrictions of the `a=rid` line; null where it says nothing. */
  readonly maxWidth: number | null;
  readonly maxHeight: number | null;
}

/** Ids of the RTP header extensions that are used; null where one is not offered. */
export interface HeaderExtensions {
  /** RFC 9143 §15: the section that a stream belongs to. */
  readonly mid: number | null;
  /** RFC 8852: the layer that a stream is. */
  readonly rid: number | null;
  /** RFC 6464: loudness of the sound in the packet. */
  readonly audioLevel: number | null;
}

/** URIs of the header extensions that are kept; all others are dropped on purpose. */
export const EXTENSION_URI = {
  mid: "urn:ietf:params:rtp-hdrext:sdes:mid",
  rid: "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
  audioLevel: "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
} as const;

/** Layers above this are not taken. */
export const MAX_LAYERS = 4;

/** RFC 8851 §10 with the limit that RFC 8852 §3.3 recommends. */
const RID = /^[A-Za-z0-9_-]{1,16}$/;

/** The header extensions of a section that are kept. */
export function headerExtensionsOf(section: SdpSection): HeaderExtensions {
  const ids = new Map<string, number>();
  for (const value of attributesOf(section, "extmap")) {
    const found = /^(\d{1,3})(?:\/\w+)? (\S+)/.exec(value);
    const id = Number(found?.[1]);
    // 15 is reserved in one-byte headers, above 14 two-byte headers are needed (RFC 8285 §4.2).
    if (found !== null && id >= 1 && id <= 255 && id !== 15 && !ids.has(found[2])) {
      ids.set(found[2], id);
    }
  }
  const isVideo = section.kind === "video";
  return {
    mid: ids.get(EXTENSION_URI.mid) ?? null,
    rid: isVideo ? ids.get(EXTENSION_URI.rid) ?? null : null,
    audioLevel: isVideo ? null : ids.get(EXTENSION_URI.audioLevel) ?? null,
  };
}

/**
 * The layers that a section offers to send, in the order of `a=simulcast` (RFC 8853 §5.2); of
 * alternatives the first. Empty when the section is one plain stream.
 *
 * @throws {SdpError} `malformed` when a line breaks its grammar or names a layer that is not there.
 */
export function simulcastLayersOf(section: SdpSection): SimulcastLayer[] {
  const rids = new Map<string, string>();
  for (const value of attributesOf(section, "rid")) {
    const [rid, direction, ...restrictions] = value.trim().split(/\s+/);
    if (!RID.test(rid) || (direction !== "send" && direction !== "recv")) {
      throw new SdpError("malformed", "Cannot use offer: an a=rid line is broken.", section.line);
    }
    if (direction === "send") rids.set(rid, restrictions.join(";"));
  }
  const simulcast = attributeOf(section, "simulcast");
  if (simulcast === null) return [];
  const words = simulcast.trim().split(/\s+/);
  const at = words.indexOf("send");
  if (at < 0) return [];
  const layers: SimulcastLayer[] = [];
  for (const alternatives of (words[at + 1] ?? "").split(";")) {
    const first = alternatives.split(",")[0];
    const paused = first.startsWith("~");
    const rid = paused ? first.slice(1) : first;
    const restrictions = rids.get(rid);
    if (restrictions === undefined || layers.some((layer) => layer.rid === rid)) {
      throw new SdpError(
        "malformed",
        "Cannot use offer: a=simulcast names a layer that has no a=rid line, or names it twice.",
        section.line,
      );
    }
    if (layers.length < MAX_LAYERS) {
      layers.push({
        rid,
        paused,
        maxWidth: restriction(restrictions, "max-width"),
        maxHeight: restriction(restrictions, "max-height"),
      });
    }
  }
  return layers;
}

function restriction(restrictions: string, name: string): number | null {
  const found = new RegExp(`(?:^|[;\\s])${name}=(\\d{1,5})(?:$|[;\\s])`).exec(restrictions);
  return found === null ? null : Number(found[1]);
}
