/**
 * The codecs that a section offers (`a=rtpmap`, `a=fmtp`, `a=rtcp-fb`) and which one is taken.
 *
 * @module
 */
import { attributesOf, type SdpSection } from "./session.ts";

/** Codecs that are carried over RTP. */
export type RtpCodec = "h264" | "vp8" | "vp9" | "av1" | "opus";

/** One payload type of a section (RFC 8866 §6.6, §6.15; RFC 4585 §4.2). */
export interface RtpFormat {
  readonly payloadType: number;
  /** As written: `H264`, `opus`, `rtx`, … */
  readonly encoding: string;
  /** Hertz. */
  readonly clockRate: number;
  readonly channels: number;
  /** Format parameters as written; null without an `a=fmtp` line. */
  readonly parameters: string | null;
  /** `nack`, `nack pli`, `ccm fir`, `goog-remb`, `transport-cc`, … */
  readonly feedback: readonly string[];
}

/** A payload type that is taken, and the codec it stands for. */
export interface ChosenFormat extends RtpFormat {
  readonly codec: RtpCodec;
}

/** What the source of a viewer's video or audio is. */
export interface FormatWish {
  readonly codec: RtpCodec;
  /** `profile_idc` of H.264 (66, 77, 100); a payload type of the same profile is preferred. */
  readonly profile?: number;
}

const VIDEO_ORDER: readonly RtpCodec[] = ["h264", "vp8", "vp9", "av1"];
const H264_PROFILES = [0x42e0, 0x42c0, 0x4200, 0x4d, 0x64];
/** Feedback that is answered; everything else (transport-cc, rrtr, …) is dropped. */
const KEPT_FEEDBACK = new Set(["nack", "nack pli", "ccm fir", "goog-remb"]);

/** The payload types of a section in the order of preference of the offer. */
export function formatsOf(section: SdpSection): RtpFormat[] {
  const maps = firstWords(attributesOf(section, "rtpmap"));
  const parameters = firstWords(attributesOf(section, "fmtp"));
  const feedback = new Map<string, string[]>();
  for (const value of attributesOf(section, "rtcp-fb")) {
    const [format, ...words] = value.trim().split(/\s+/);
    const list = feedback.get(format);
    if (list === undefined) feedback.set(format, [words.join(" ")]);
    else list.push(words.join(" "));
  }
  const formats: RtpFormat[] = [];
  for (const format of new Set(section.formats)) {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    const map = /^([^/\s]+)\/(\d{1,7})(?:\/(\d))?$/.exec(maps.get(format) ?? "");
    if (payloadType > 127 || map === null) continue;
    const kept = [...feedback.get(format) ?? [], ...feedback.get("*") ?? []]
      .filter((kind) => KEPT_FEEDBACK.has(kind));
    formats.push({
      payloadType,
      encoding: map[1],
      clockRate: Number(map[2]),
      channels: Number(map[3] ?? 1),
      parameters: parameters.get(format) ?? null,
      feedback: [...new Set(kept)],
    });
  }
  return formats;
}

/** The codec that a format stands for; null when it is not carried in this form. */
export function codecOf(format: RtpFormat): RtpCodec | null {
  switch (format.encoding.toLowerCase()) {
    case "opus":
      return format.clockRate === 48_000 && format.channels === 2 ? "opus" : null;
    case "h264":
      // Single NAL unit mode (0) cannot carry pictures above the path MTU (RFC 6184 §6.2).
      return format.clockRate === 90_000 && formatParameter(format, "packetization-mode") === "1"
        ? "h264"
        : null;
    case "vp8":
      return format.clockRate === 90_000 ? "vp8" : null;
    case "vp9":
      // Profile 0 (8 bit, 4:2:0) only; it is also what the parameter's absence means.
      return format.clockRate === 90_000 && (formatParameter(format, "profile-id") ?? "0") === "0"
        ? "vp9"
        : null;
    case "av1":
    case "av1x":
      return format.clockRate === 90_000 && (formatParameter(format, "profile") ?? "0") === "0"
        ? "av1"
        : null;
    default:
      return null;
  }
}

/** A parameter of an `a=fmtp` line (`name=value;…`); null when it is not there. */
export function formatParameter(format: RtpFormat, name: string): string | null {
  for (const parameter of (format.parameters ?? "").split(";")) {
    const at = parameter.indexOf("=");
    if (at > 0 && parameter.slice(0, at).trim().toLowerCase() === name) {
      return parameter.slice(at + 1).trim();
    }
  }
  return null;
}

/**
 * The payload type that is taken from a publisher: H.264 first, because everything else can play it
 * without transcoding, then VP8, VP9, AV1; Opus for sound. Null when none is carried.
 */
export function chooseIngestFormat(section: SdpSection): ChosenFormat | null {
  const formats = formatsOf(section);
  const order: readonly RtpCodec[] = section.kind === "audio" ? ["opus"] : VIDEO_ORDER;
  for (const codec of order) {
    const candidates = formats.filter((format) => codecOf(format) === codec);
    if (candidates.length === 0) continue;
    const best = codec === "h264" ? bestH264(candidates, null) : candidates[0];
    return { ...best, codec };
  }
  return null;
}

/**
 * The payload type by which a viewer takes the first of `wishes` that its offer has, or null. A wish
 * for another codec is tried only when the viewer lacks the one before it.
 */
export function choosePlayFormat(
  section: SdpSection,
  wishes: readonly FormatWish[],
): ChosenFormat | null {
  const formats = formatsOf(section);
  for (const wish of wishes) {
    const candidates = formats.filter((format) => codecOf(format) === wish.codec);
    if (candidates.length === 0) continue;
    const best = wish.codec === "h264" ? bestH264(candidates, wish.profile ?? null) : candidates[0];
    return { ...best, codec: wish.codec };
  }
  return null;
}

/** The names of what a section offers, for a message. */
export function offeredEncodings(section: SdpSection): string {
  const names = new Set(formatsOf(section).map((format) => format.encoding));
  for (const helper of ["rtx", "red", "ulpfec", "flexfec-03", "telephone-event", "CN"]) {
    names.delete(helper);
  }
  return [...names].slice(0, 12).join(", ") || "no codec";
}

/** `profile_idc` and constraint flags of `profile-level-id` (RFC 6184 §8.1); 0x4200 without it. */
export function h264Profile(format: RtpFormat): number {
  const id = formatParameter(format, "profile-level-id") ?? "";
  return /^[0-9a-f]{6}$/i.test(id) ? parseInt(id.slice(0, 4), 16) : 0x4200;
}

function bestH264(formats: readonly RtpFormat[], profile: number | null): RtpFormat {
  const same = formats.find((format) => h264Profile(format) >>> 8 === profile);
  if (same !== undefined && profile !== 66) return same;
  // Constrained Baseline has no B-frames and every decoder has it.
  const rank = (format: RtpFormat) => {
    const id = h264Profile(format);
    const at = H264_PROFILES.findIndex((known) => known === id || known === id >>> 8);
    return at < 0 ? H264_PROFILES.length : at;
  };
  return formats.reduce((best, format) => rank(format) < rank(best) ? format : best);
}

/** Values by their first word; the first of equal ones counts. */
function firstWords(values: readonly string[]): Map<string, string> {
  const words = new Map<string, string>();
  for (const value of values) {
    const at = value.search(/\s/);
    if (at <= 0) continue;
    const word = value.slice(0, at);
    if (!words.has(word)) words.set(word, value.slice(at + 1).trim());
  }
  return words;
}
