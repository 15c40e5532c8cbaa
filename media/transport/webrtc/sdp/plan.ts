/**
 * What is made of an offer: which sections are taken, by which codec, in which direction. Pure; the
 * native library gets only the transport of it ({@linkcode carrierOffer}), the answer is written by
 * `answer.ts`.
 *
 * @module
 */
import { quoted, SdpError } from "./errors.ts";
import { chooseIngestFormat, type ChosenFormat } from "./formats.ts";
import {
  type HeaderExtensions,
  headerExtensionsOf,
  type SimulcastLayer,
  simulcastLayersOf,
} from "./simulcast.ts";
import {
  attributeOf,
  attributesOf,
  type SdpAttribute,
  type SdpSection,
  type SdpSession,
  writeSdp,
} from "./session.ts";
import { type TransportDescription, transportOf } from "./transport.ts";

/** Direction of a section, as the offerer sees it (RFC 8866 §6.7). */
export type Direction = "sendrecv" | "sendonly" | "recvonly" | "inactive";

/** A section that is taken. */
export interface TakenSection {
  readonly taken: true;
  readonly mid: string;
  readonly kind: "audio" | "video";
  readonly format: ChosenFormat;
  /**
   * As the answerer sees it: `recvonly` from a publisher, `sendonly` to a viewer; `inactive` for a
   * section that stays open without media.
   */
  readonly direction: Direction;
  /** SSRCs that the offer announces for the media itself (not for retransmission); often none. */
  readonly ssrcs: readonly number[];
  readonly extensions: HeaderExtensions;
  /** Layers that are taken from a publisher; empty when it is one plain stream. */
  readonly layers: readonly SimulcastLayer[];
}

/** A section that is refused by port 0 (RFC 3264 §6). */
export interface RefusedSection {
  readonly taken: false;
  readonly mid: string | null;
  readonly section: SdpSection;
  /** A few words for the log. */
  readonly why: string;
}

/** A section of the plan. */
export type PlannedSection = TakenSection | RefusedSection;

/** An offer that can be answered. */
export interface OfferPlan {
  /** In the order of the offer; at least one is taken. */
  readonly sections: readonly PlannedSection[];
  readonly transport: TransportDescription;
}

/** What is decided about a section that is well-formed: how it is taken, or why not. */
export type SectionDecision =
  | { readonly format: ChosenFormat; readonly direction: Direction }
  | { readonly why: string };

const PROTOCOL = /^(UDP|TCP)\/TLS\/RTP\/SAVPF?$/;
const MAX_SSRCS = 8;

/**
 * Plans the answer to an offer. `decide` is asked for every audio and video section that is open, in
 * order, with its direction as the offerer sees it.
 *
 * @throws {SdpError} when a taken section lacks what WHIP and WHEP require (RFC 9725 §4.4), nothing
 * is taken, or the transport is not described.
 */
export function planOffer(
  offer: SdpSession,
  decide: (section: SdpSection, direction: Direction) => SectionDecision,
): OfferPlan {
  const bundle = bundleOf(offer);
  const sections = offer.sections.map((section) => planSection(section, { offer, decide, bundle }));
  const taken = sections.filter((section) => section.taken);
  if (taken.every((section) => section.direction === "inactive")) {
    const why = sections.map((section) =>
      section.taken ? `${section.kind} has nothing to carry` : section.why
    ).join(", ");
    throw new SdpError(
      "no_media",
      `Cannot use offer: no section for sound or picture can be used (${why || "it has none"}).`,
    );
  }
  const mids = new Set(taken.map((section) => section.mid));
  if (mids.size < taken.length) {
    throw new SdpError("malformed", "Cannot use offer: two sections have the same a=mid.");
  }
  if (taken.length > 1 && taken.some((section) => !bundle.includes(section.mid))) {
    throw new SdpError(
      "no_bundle",
      "Cannot use offer: all sections must stand in one a=group:BUNDLE.",
    );
  }
  const byMid = (mid: string) =>
    offer.sections.find((section) => attributeOf(section, "mid") === mid);
  const first = offer.sections[sections.indexOf(taken[0])];
  const tagged = byMid(bundle[0] ?? "");
  const transport = transportOf(offer, tagged === undefined ? [first] : [first, tagged]);
  return { sections, transport };
}

/** The taken section of a kind that carries media; null when there is none. */
export function takenSection(plan: OfferPlan, kind: "audio" | "video"): TakenSection | null {
  for (const section of plan.sections) {
    if (section.taken && section.kind === kind && section.direction !== "inactive") return section;
  }
  return null;
}

/**
 * A section that is left without media: open when it has a format we know, because refusing the
 * first section of a BUNDLE group would take the group's transport with it (RFC 9143 §7.3.3), which
 * not every client survives; else refused.
 */
export function withoutMedia(section: SdpSection, why: string): SectionDecision {
  const format = chooseIngestFormat(section);
  return format === null ? { why } : { format, direction: "inactive" };
}

/**
 * The offer that the native library is given in place of the real one.
 *
 * Libraries of the libdatachannel kind hand RTP to tracks by the SSRCs of the description, and drop
 * what they cannot assign: simulcast streams, and all streams of clients that announce none. With a
 * single section every packet of the connection goes to its track, whatever its SSRC, and the track
 * may send any. So the library gets one section that stands for the whole connection, and telling
 * the streams apart is our own work (`demultiplexer.ts`). Candidates are left out: the server then
 * never sends the first check, which makes it answer like an ICE-lite agent, and learns the client's
 * address from the client's own checks.
 */
export function carrierOffer(
  { iceUfrag, icePwd, fingerprint, setup }: TransportDescription,
): string {
  const attributes: SdpAttribute[] = [
    { name: "mid", value: CARRIER_MID },
    { name: "sendrecv", value: null },
    { name: "rtcp-mux", value: null },
    { name: "ice-ufrag", value: iceUfrag },
    { name: "ice-pwd", value: icePwd },
    { name: "ice-options", value: "trickle" },
    { name: "fingerprint", value: fingerprint },
    { name: "setup", value: setup },
    { name: "rtpmap", value: "96 VP8/90000" },
  ];
  return writeSdp({
    origin: "- 1 1 IN IP4 0.0.0.0",
    attributes: [{ name: "group", value: `BUNDLE ${CARRIER_MID}` }],
    sections: [{
      kind: "video",
      port: 9,
      protocol: "UDP/TLS/RTP/SAVPF",
      formats: ["96"],
      attributes,
      line: 0,
    }],
  });
}

/** `a=mid` of the one section that the native library knows. */
export const CARRIER_MID = "0";

/** The direction of a section as the offerer sees it; `sendrecv` without an attribute. */
export function directionOf(offer: SdpSession, section: SdpSection): Direction {
  for (const place of [section, offer]) {
    for (const { name } of place.attributes) {
      if (
        name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive"
      ) return name;
    }
  }
  return "sendrecv";
}

/** The `a=mid`s of the first BUNDLE group (RFC 9143 §7.1). */
function bundleOf(offer: SdpSession): string[] {
  for (const value of attributesOf(offer, "group")) {
    const [semantics, ...mids] = value.trim().split(/\s+/);
    if (semantics === "BUNDLE") return mids;
  }
  return [];
}

function planSection(
  section: SdpSection,
  context: {
    readonly offer: SdpSession;
    readonly decide: (section: SdpSection, direction: Direction) => SectionDecision;
    readonly bundle: readonly string[];
  },
): PlannedSection {
  const { offer, bundle } = context;
  const mid = attributeOf(section, "mid")?.trim() || null;
  const refuse = (why: string): RefusedSection => ({ taken: false, mid, section, why });
  const { kind } = section;
  if (kind !== "audio" && kind !== "video") return refuse(`${quoted(kind)} is not carried`);
  // RFC 9143 §6: port 0 with a=bundle-only is open.
  const isBundleOnly = attributeOf(section, "bundle-only") !== null;
  if (section.port === 0 && !isBundleOnly) return refuse(`${kind} is closed`);
  const direction = directionOf(offer, section);
  if (direction === "inactive") return refuse(`${kind} is inactive`);
  if (!PROTOCOL.test(section.protocol)) {
    throw new SdpError(
      "not_secure",
      `Cannot use offer: ${kind} must be sent by UDP/TLS/RTP/SAVPF, not ${
        quoted(section.protocol)
      }.`,
      section.line,
    );
  }
  const decision = context.decide(section, direction);
  if (!("format" in decision)) return refuse(decision.why);
  if (mid !== null && !/^[A-Za-z0-9_.+-]{1,32}$/.test(mid)) {
    throw new SdpError("malformed", `Cannot use offer: a=mid of ${kind} is broken.`, section.line);
  }
  if (mid === null && (bundle.length > 0 || offer.sections.length > 1)) {
    throw new SdpError("no_bundle", `Cannot use offer: ${kind} has no a=mid.`, section.line);
  }
  // With bundle-only it may be left out: it follows from the tagged section (RFC 9143 §9.3).
  if (attributeOf(section, "rtcp-mux") === null && !isBundleOnly) {
    throw new SdpError(
      "no_rtcp_mux",
      `Cannot use offer: ${kind} has no a=rtcp-mux; RTP and RTCP share one port here.`,
      section.line,
    );
  }
  const layers = decision.direction === "recvonly" || decision.direction === "sendrecv"
    ? simulcastLayersOf(section)
    : [];
  const extensions = headerExtensionsOf(section);
  return {
    taken: true,
    mid: mid ?? CARRIER_MID,
    kind,
    format: decision.format,
    direction: decision.direction,
    ssrcs: ssrcsOf(section),
    extensions,
    // Without the header extension the streams cannot be told apart: one layer is asked for.
    layers: extensions.rid === null ? layers.slice(0, 1) : layers,
  };
}

/** SSRCs of `a=ssrc` lines without those of retransmission and FEC (RFC 5576 §4.1, §4.2). */
function ssrcsOf(section: SdpSection): number[] {
  const helpers = new Set<number>();
  for (const value of attributesOf(section, "ssrc-group")) {
    const [semantics, , ...rest] = value.trim().split(/\s+/);
    if (/^(FID|FEC|FEC-FR)$/.test(semantics)) rest.forEach((ssrc) => helpers.add(Number(ssrc)));
  }
  const ssrcs = new Set<number>();
  for (const value of attributesOf(section, "ssrc")) {
    const ssrc = /^\d{1,10}/.test(value) ? parseInt(value) : -1;
    if (ssrc < 0 || ssrc > 0xffffffff) {
      throw new SdpError("malformed", "Cannot use offer: an a=ssrc line is broken.", section.line);
    }
    if (!helpers.has(ssrc)) ssrcs.add(ssrc);
    if (ssrcs.size === MAX_SSRCS) break;
  }
  return [...ssrcs];
}
