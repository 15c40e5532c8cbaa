/**
 * Tells the streams of one connection apart. The native library is given a single section
 * (`sdp/plan.ts`, {@linkcode carrierOffer}), so all RTP comes through one track.
 *
 * @module
 */
import type { RtpPacket } from "./rtp.ts";
import type { OfferPlan, TakenSection } from "./sdp/plan.ts";

/** Where a packet belongs. */
export interface StreamOf {
  readonly section: TakenSection;
  /** Index in `section.layers`; 0 for a plain stream. */
  readonly layer: number;
}

/** SSRCs that one connection may use; further ones are dropped. */
const MAX_SSRCS = 64;

/**
 * Assigns packets to sections and layers (RFC 9143 §9.2): by the SSRC once it is known, else by the
 * header extensions for section and layer, the SSRCs of the offer, and the payload type when only
 * one section has it. What is found out once holds for the SSRC from then on, because browsers stop
 * sending the extensions after the first reports.
 */
export class Demultiplexer {
  readonly #sections: readonly TakenSection[];
  readonly #streams = new Map<number, StreamOf>();

  constructor(plan: OfferPlan) {
    this.#sections = plan.sections.filter((section): section is TakenSection =>
      section.taken && (section.direction === "recvonly" || section.direction === "sendrecv")
    );
    for (const section of this.#sections) {
      if (section.layers.length > 1) continue;
      for (const ssrc of section.ssrcs) this.#streams.set(ssrc, { section, layer: 0 });
    }
  }

  /** SSRCs that are known by now, from the offer or from packets. */
  get ssrcs(): ReadonlyMap<number, StreamOf> {
    return this.#streams;
  }

  /** The stream of a packet; null when it belongs to none and is to be dropped. */
  streamOf(packet: RtpPacket): StreamOf | null {
    const known = this.#streams.get(packet.ssrc);
    if (known !== undefined) {
      return known.section.format.payloadType === packet.payloadType ? known : null;
    }
    const found = this.#find(packet);
    if (found === null || this.#streams.size >= MAX_SSRCS) return null;
    this.#streams.set(packet.ssrc, found);
    return found;
  }

  /** Forgets an SSRC that said BYE. */
  forget(ssrc: number): void {
    this.#streams.delete(ssrc);
  }

  #find(packet: RtpPacket): StreamOf | null {
    const candidates = this.#sections.filter((section) =>
      section.format.payloadType === packet.payloadType
    );
    const named = candidates.filter((section) =>
      section.extensions.mid !== null &&
      textOf(packet.extension(section.extensions.mid)) === section.mid
    );
    const section = named[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
    if (section === undefined) return null;
    if (section.layers.length <= 1 || section.extensions.rid === null) return { section, layer: 0 };
    const rid = textOf(packet.extension(section.extensions.rid));
    const layer = section.layers.findIndex((known) => known.rid === rid);
    return layer < 0 ? null : { section, layer };
  }
}

/** Text of a header extension; browsers may fill it up with zeros. */
function textOf(bytes: Uint8Array | null): string | null {
  if (bytes === null) return null;
  let text = "";
  for (const byte of bytes) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
