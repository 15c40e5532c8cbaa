/**
 * The rules for offers of viewers (WHEP, draft-ietf-wish-whep §4.2).
 *
 * @module
 */
import { SdpError } from "./errors.ts";
import { choosePlayFormat, type FormatWish, offeredEncodings } from "./formats.ts";
import {
  type Direction,
  type OfferPlan,
  planOffer,
  type SectionDecision,
  withoutMedia,
} from "./plan.ts";
import type { SdpSection, SdpSession } from "./session.ts";

/** What the stream can be sent as, best first; empty when it has no such track. */
export interface PlaySource {
  readonly video: readonly FormatWish[];
  readonly audio: readonly FormatWish[];
}

/**
 * Plans the answer to a viewer: the first video and the first audio section that is received. A
 * section whose track the stream does not have stays inactive.
 *
 * @throws {SdpError} `unsupported_codec` when the viewer has none of the codecs of a track that is
 * there; `wrong_direction` when nothing is received; and as {@linkcode planOffer}.
 */
export function planPlay(offer: SdpSession, source: PlaySource): OfferPlan {
  const kinds = new Set<string>();
  let sendsOnly = 0;
  const decide = (section: SdpSection, direction: Direction): SectionDecision => {
    if (direction === "sendonly") {
      sendsOnly++;
      return withoutMedia(section, `${section.kind} is only sent`);
    }
    if (kinds.has(section.kind)) return { why: `a second ${section.kind} is not sent` };
    kinds.add(section.kind);
    const wishes = section.kind === "audio" ? source.audio : source.video;
    if (wishes.length === 0) return withoutMedia(section, `the stream has no ${section.kind}`);
    const format = choosePlayFormat(section, wishes);
    if (format !== null) return { format, direction: "sendonly" };
    throw new SdpError(
      "unsupported_codec",
      `Cannot play: the viewer takes ${section.kind} as ${offeredEncodings(section)}; ` +
        `the stream is ${wishes.map((wish) => wish.codec).join(", ")}.`,
      section.line,
    );
  };
  try {
    return planOffer(offer, decide);
  } catch (error) {
    if (!(error instanceof SdpError) || error.code !== "no_media" || sendsOnly === 0) throw error;
    throw new SdpError(
      "wrong_direction",
      "Cannot play: the offer only sends; a viewer offers a=recvonly.",
    );
  }
}
