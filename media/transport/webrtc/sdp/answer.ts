/**
 * Writes answers (RFC 9429 §5.3.1, RFC 3264 §6) from a plan and what the native library says about
 * its end of the transport.
 *
 * @module
 */
import {
  type CandidateView,
  type IceCandidate,
  parseCandidate,
  shownCandidates,
  writeCandidate,
} from "./candidate.ts";
import { type ChosenFormat, formatParameter } from "./formats.ts";
import type { OfferPlan, PlannedSection, TakenSection } from "./plan.ts";
import { EXTENSION_URI } from "./simulcast.ts";
import { attributesOf, parseSdp, type SdpAttribute, type SdpSection, writeSdp } from "./session.ts";
import { type TransportDescription, transportOf } from "./transport.ts";

/** This server's end of the transport. */
export interface LocalTransport extends TransportDescription {
  readonly candidates: readonly IceCandidate[];
}

/** A stream that is sent in a section. */
export interface SentStream {
  readonly ssrc: number;
  /** The same for all streams that are played in step (RFC 3550 §6.5.1). */
  readonly cname: string;
  /** `a=msid` (RFC 8830): the same stream id for sound and picture of one source. */
  readonly streamId: string;
  readonly trackId: string;
}

/** How an answer is written. */
export interface AnswerOptions extends CandidateView {
  /** Numeric session id, less than 2^63; its version begins with 1. */
  readonly sessionId: string;
  /** Rises with every answer of a session. Default: 1. */
  readonly sessionVersion?: number;
  /** What is sent, by `mid`; sections that send need one. */
  readonly streams?: ReadonlyMap<string, SentStream>;
}

/**
 * Reads this server's end of the transport from the local description of the native library (the
 * answer to the carrier offer, gathering complete).
 *
 * @throws {SdpError} when it is no complete description.
 */
export function localTransport(description: string): LocalTransport {
  const session = parseSdp(description);
  const transport = transportOf(session, session.sections.slice(0, 1));
  const candidates: IceCandidate[] = [];
  for (const place of [session, ...session.sections]) {
    for (const value of attributesOf(place, "candidate")) {
      const candidate = parseCandidate(value);
      if (candidate !== null) candidates.push(candidate);
    }
  }
  return { ...transport, candidates };
}

/** The answer to an offer, with all candidates in its first open section. */
export function writeAnswer(
  plan: OfferPlan,
  local: LocalTransport,
  options: AnswerOptions,
): string {
  const taken = plan.sections.filter((section) => section.taken);
  const candidates = shownCandidates(local.candidates, options);
  return writeSdp({
    origin: `- ${options.sessionId} ${options.sessionVersion ?? 1} IN IP4 0.0.0.0`,
    attributes: [
      { name: "group", value: `BUNDLE ${taken.map((section) => section.mid).join(" ")}` },
      { name: "msid-semantic", value: "WMS *" },
    ],
    sections: plan.sections.map((section) =>
      section.taken
        ? openSection(section, {
          local,
          stream: options.streams?.get(section.mid) ?? null,
          candidates: section === taken[0] ? candidates : [],
        })
        : closedSection(section)
    ),
  });
}

function openSection(
  section: TakenSection,
  context: {
    readonly local: LocalTransport;
    readonly stream: SentStream | null;
    readonly candidates: readonly IceCandidate[];
  },
): SdpSection {
  const { local, stream, candidates } = context;
  const { format, extensions, layers } = section;
  const attributes: SdpAttribute[] = [];
  const add = (name: string, value: string | null = null) => void attributes.push({ name, value });
  add("mid", section.mid);
  add(section.direction);
  add("rtcp-mux");
  add("ice-ufrag", local.iceUfrag);
  add("ice-pwd", local.icePwd);
  add("fingerprint", local.fingerprint);
  add("setup", local.setup);
  const channels = format.codec === "opus" ? "/2" : "";
  add("rtpmap", `${format.payloadType} ${format.encoding}/${format.clockRate}${channels}`);
  const parameters = answeredParameters(format, section.direction);
  if (parameters !== null) add("fmtp", `${format.payloadType} ${parameters}`);
  for (const kind of format.feedback) add("rtcp-fb", `${format.payloadType} ${kind}`);
  const receives = section.direction === "recvonly" || section.direction === "sendrecv";
  // Towards viewers no extension is used, so none is promised.
  if (receives) {
    if (extensions.audioLevel !== null) {
      add("extmap", `${extensions.audioLevel} ${EXTENSION_URI.audioLevel}`);
    }
    if (extensions.mid !== null) add("extmap", `${extensions.mid} ${EXTENSION_URI.mid}`);
    if (extensions.rid !== null && layers.length > 0) {
      add("extmap", `${extensions.rid} ${EXTENSION_URI.rid}`);
    }
    // RFC 8853 §5.3.2: what is offered to be sent is answered as received; leaving layers out
    // refuses them, and with one layer left the attribute itself (the browser sends the first).
    if (layers.length > 1 && extensions.rid !== null) {
      for (const layer of layers) add("rid", `${layer.rid} recv`);
      add("simulcast", `recv ${layers.map((layer) => layer.rid).join(";")}`);
    }
  }
  const sends = section.direction === "sendonly" || section.direction === "sendrecv";
  if (stream !== null && sends) {
    add("msid", `${stream.streamId} ${stream.trackId}`);
    add("ssrc", `${stream.ssrc} cname:${stream.cname}`);
    add("ssrc", `${stream.ssrc} msid:${stream.streamId} ${stream.trackId}`);
  }
  for (const candidate of candidates) add("candidate", writeCandidate(candidate));
  if (candidates.length > 0) add("end-of-candidates");
  return {
    kind: section.kind,
    port: 9,
    protocol: "UDP/TLS/RTP/SAVPF",
    formats: [String(format.payloadType)],
    attributes,
    line: 0,
  };
}

/**
 * Format parameters of the answer: as offered (for H.264 that accepts profile and level, RFC 6184
 * §8.2.2). A publisher is asked for stereo and error correction of its sound, a viewer's own wish for
 * stereo is repeated (RFC 7587 §7.1).
 */
function answeredParameters(format: ChosenFormat, direction: TakenSection["direction"]) {
  if (format.codec !== "opus") return format.parameters;
  if (direction === "recvonly") return "minptime=10;useinbandfec=1;stereo=1;sprop-stereo=0";
  const stereo = formatParameter(format, "stereo") === "1" ? ";stereo=1;sprop-stereo=1" : "";
  return `minptime=10;useinbandfec=1${stereo}`;
}

function closedSection({ section, mid }: Extract<PlannedSection, { taken: false }>): SdpSection {
  const attributes: SdpAttribute[] = [{ name: "inactive", value: null }];
  if (mid !== null) attributes.unshift({ name: "mid", value: mid });
  return {
    kind: section.kind,
    port: 0,
    protocol: section.protocol,
    formats: section.formats.slice(0, 1),
    attributes,
    line: 0,
  };
}
