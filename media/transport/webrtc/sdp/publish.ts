/**
 * The rules for offers of publishers (WHIP, RFC 9725 §4.2 and §4.4).
 *
 * @module
 */
import { SdpError } from "./errors.ts";
import { chooseIngestFormat, offeredEncodings } from "./formats.ts";
import {
  type Direction,
  type OfferPlan,
  planOffer,
  type SectionDecision,
  withoutMedia,
} from "./plan.ts";
import type { SdpSection, SdpSession } from "./session.ts";

/**
 * Plans the answer to a publisher: one video and one audio section at most, either may be missing.
 * Further ones are refused by port 0, as are data channels.
 *
 * @throws {SdpError} `unsupported_codec` when a section that is sent has no codec that is carried (a
 * publisher never goes on air silently without its picture); `wrong_direction` when nothing is sent;
 * and as {@linkcode planOffer}.
 */
export function planPublish(offer: SdpSession): OfferPlan {
  const kinds = new Set<string>();
  let receivesOnly = 0;
  const decide = (section: SdpSection, direction: Direction): SectionDecision => {
    if (direction === "recvonly") {
      receivesOnly++;
      return withoutMedia(section, `${section.kind} is only received`);
    }
    if (kinds.has(section.kind)) return { why: `a second ${section.kind} is not carried` };
    kinds.add(section.kind);
    return { format: ingestFormat(section), direction: "recvonly" };
  };
  try {
    return planOffer(offer, decide);
  } catch (error) {
    if (!(error instanceof SdpError) || error.code !== "no_media" || receivesOnly === 0) {
      throw error;
    }
    throw new SdpError(
      "wrong_direction",
      "Cannot publish: the offer only receives; a publisher offers a=sendonly or a=sendrecv.",
    );
  }
}

/**
 * The codec that is taken from a publishing section.
 *
 * @throws {SdpError} `unsupported_codec`
 */
export function ingestFormat(section: SdpSection) {
  const format = chooseIngestFormat(section);
  if (format !== null) return format;
  const carried = section.kind === "audio"
    ? "Opus"
    : "H.264 (packetization-mode=1), VP8, VP9 (profile 0) and AV1 (profile 0)";
  throw new SdpError(
    "unsupported_codec",
    `Cannot publish: ${section.kind} is offered as ${offeredEncodings(section)}; ` +
      `${carried} can be taken.`,
    section.line,
  );
}
