/**
 * WHIP and WHEP behind their HTTP: who may open a session, what it is answered, which session a
 * request belongs to.
 *
 * @module
 */
import type { Logger } from "../../platform/log.ts";
import { isSeatStream } from "../../platform/stream_pass.ts";
import { type IceConfig, iceServerLinks, iceServersFor } from "../../platform/turn.ts";
import {
  type OfferPlan,
  parseFragment,
  parseSdp,
  planPlay,
  planPublish,
  type PlaySource,
  type SentStream as AnsweredStream,
  takenSection,
  writeAnswer,
} from "../transport/webrtc/sdp/mod.ts";
import type { FeedDescription, FeedTrack } from "./egress/packet.ts";
import type { Hubs } from "./egress/hubs.ts";
import type { AgreedStream, SendCounters } from "./egress/viewer_sender.ts";
import { WhepSession } from "./egress/whep_session.ts";
import type { OfferAnswer, OfferRequest, SessionAddress, Signalling } from "./http_server.ts";
import { type WhipCounters, WhipSession } from "./ingest/whip_session.ts";
import type { OpenUplink } from "./ingest/publish_uplink.ts";
import {
  DEFAULT_LIMITS,
  limitReached,
  OfferRate,
  type OpenCounts,
  type RtcLimits,
  type SessionKind,
} from "./limits.ts";
import type { Peer, PeerEvents, PeerFactory } from "./peer.ts";
import { limited, noPass, notLive, refusal, sessionOver } from "./refusal.ts";
import { type RtcSession, type SessionEnd, SessionRegistry } from "./session.ts";

/** What {@linkcode RtcSignalling} needs. */
export interface SignallingOptions {
  readonly peers: PeerFactory;
  readonly hubs: Hubs;
  readonly openUplink: OpenUplink;
  readonly ice: IceConfig;
  /** Whether somebody who shows this may watch the stream of a seat. */
  readonly opensSeat: (seat: { readonly stream: string; readonly pass: string }) => boolean;
  /** Addresses that stand in answers in place of those of the machine. */
  readonly publicAddresses: readonly string[];
  /** False: bounds of one address do not count. */
  readonly rateLimits: boolean;
  readonly limits?: Partial<RtcLimits>;
  readonly log: Logger;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  readonly onOffer?: (kind: SessionKind, outcome: "answered" | "refused") => void;
  readonly onEnd?: (kind: SessionKind, reason: SessionEnd) => void;
}

const NOTHING_OPEN: OpenCounts = { halfOpen: 0, publishers: 0, viewers: 0 };

/** Answers offers and keeps the sessions. */
export class RtcSignalling implements Signalling {
  readonly sessions = new SessionRegistry();
  readonly sent: SendCounters = {
    packets: 0,
    bytes: 0,
    unsent: 0,
    nacked: 0,
    retransmitted: 0,
    pictureLosses: 0,
    layerSwitches: 0,
  };
  readonly received: WhipCounters = {
    packets: 0,
    bytes: 0,
    foreign: 0,
    malformed: 0,
    requested: 0,
    lost: 0,
    units: 0,
    unusable: 0,
  };
  readonly #options: SignallingOptions;
  readonly #limits: RtcLimits;
  readonly #rate: OfferRate;
  /** Offers that are being answered, by address; they count as half-open sessions. */
  readonly #opening = new Map<string, number>();
  #openingCount = 0;
  /** Rooms that somebody is about to publish into, once for each offer. */
  readonly #publishing: string[] = [];
  #draining = false;

  constructor(options: SignallingOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#rate = new OfferRate(this.#limits.offersPerAddress);
  }

  async open(request: OfferRequest): Promise<OfferAnswer> {
    const { kind, address } = request;
    try {
      this.#admit(kind, address);
    } catch (error) {
      this.#options.onOffer?.(kind, "refused");
      throw error;
    }
    this.#openingCount++;
    this.#opening.set(address, (this.#opening.get(address) ?? 0) + 1);
    try {
      const answer = await (kind === "whip" ? this.#publish(request) : this.#play(request));
      this.#options.onOffer?.(kind, "answered");
      return answer;
    } catch (error) {
      this.#options.onOffer?.(kind, "refused");
      throw error;
    } finally {
      this.#openingCount--;
      const left = this.#opening.get(address)! - 1;
      if (left === 0) this.#opening.delete(address);
      else this.#opening.set(address, left);
    }
  }

  trickle(
    address: SessionAddress,
    { text, ifMatch }: { readonly text: string; readonly ifMatch: string | null },
  ): void {
    const session = this.#find(address);
    // RFC 9725 §4.3.1: which ICE session is meant; `*` asks for a restart of it.
    if (ifMatch === null) {
      throw refusal(428, {
        code: "if_match_missing",
        title: "Precondition required",
        detail: "Send the ETag of the answer as If-Match.",
      });
    }
    if (ifMatch !== "*" && !ifMatch.split(",").some((tag) => tag.trim() === session.etag)) {
      throw refusal(412, {
        code: "if_match_wrong",
        title: "Precondition failed",
        detail: "If-Match names another ICE session: send the ETag of the newest answer.",
      });
    }
    const fragment = parseFragment(text);
    if (
      ifMatch === "*" || (fragment.iceUfrag !== null && fragment.iceUfrag !== session.remoteUfrag)
    ) {
      throw refusal(422, {
        code: "ice_restart",
        title: "ICE restart not supported",
        detail: "An ICE session is not restarted here: open a new session by POST; " +
          "viewers go on when a publisher comes back.",
      });
    }
    // Addresses of the client are learned from its own checks (RFC 8445 §7.3.1.3): nothing to add.
  }

  end(address: SessionAddress): void {
    this.#find(address).close("left");
  }

  /** Called every second. */
  tick(): void {
    for (const session of this.sessions.all()) {
      if (session instanceof WhepSession || session instanceof WhipSession) session.tick();
    }
  }

  /** Called between two ticks. */
  beat(): void {
    for (const session of this.sessions.all()) {
      if (session instanceof WhipSession) session.beat();
    }
  }

  /** Refuses what is new and ends what is open. */
  stop(): void {
    this.#draining = true;
    for (const session of this.sessions.all()) session.close("draining");
  }

  #find(address: SessionAddress): RtcSession {
    const session = this.sessions.find(address);
    if (session === null) throw sessionOver();
    return session;
  }

  #admit(kind: SessionKind, address: string): void {
    const { rateLimits, now } = this.#options;
    if (this.#draining) {
      throw refusal(503, {
        code: "draining",
        title: "Restarting",
        detail: "WebRTC is restarting: try again in a moment.",
        headers: { "retry-after": "1" },
      });
    }
    if (rateLimits && !this.#rate.take(address, now())) throw limited(kind, "rate");
    const all = this.sessions.counts();
    const own = rateLimits ? this.sessions.counts(address) : NOTHING_OPEN;
    const reached = limitReached(kind, {
      all: { ...all, halfOpen: all.halfOpen + this.#openingCount },
      address: { ...own, halfOpen: own.halfOpen + (this.#opening.get(address) ?? 0) },
      limits: this.#limits,
      perAddress: rateLimits,
    });
    if (reached !== null) throw limited(kind, reached);
  }

  async #publish(request: OfferRequest): Promise<OfferAnswer> {
    const plan = planPublish(parseSdp(request.offer));
    this.#publishing.push(request.room);
    try {
      return await this.#publishPlan(request, plan);
    } finally {
      this.#publishing.splice(this.#publishing.indexOf(request.room), 1);
    }
  }

  async #publishPlan(request: OfferRequest, plan: OfferPlan): Promise<OfferAnswer> {
    const { openUplink, hubs, now, log } = this.#options;
    const session = new WhipSession({
      room: request.room,
      address: request.address,
      plan,
      hubs,
      now,
      random: randomBelow,
      log,
      counters: this.received,
      hasSuccessor: (session) => this.#hasSuccessor(session),
      onClosed: (session, reason) => this.#closed(session, reason),
    });
    const uplink = await openUplink({
      room: request.room,
      key: request.bearer ?? "",
      remoteAddress: request.address,
      encoder: request.userAgent,
    }, session.uplinkEvents);
    session.use(uplink);
    const peer = await this.#transport(session, plan);
    return this.#answer(session, {
      answer: writeAnswer(plan, peer.local, {
        publicAddresses: this.#options.publicAddresses,
        sessionId: numericId(),
      }),
    });
  }

  async #play(request: OfferRequest): Promise<OfferAnswer> {
    const { hubs, now, publicAddresses } = this.#options;
    // What cannot be read needs no stream to be refused.
    const offer = parseSdp(request.offer);
    const { room: stream, bearer } = request;
    if (isSeatStream(stream) && !this.#options.opensSeat({ stream, pass: bearer ?? "" })) {
      throw noPass();
    }
    const hub = await hubs.watch(request.room);
    if (hub === "busy") throw limited("whep", "viewers");
    if (hub?.description == null) throw notLive();
    const plan = planPlay(offer, playSource(hub.description));
    const { streams, answered, cname } = sentStreams(plan);
    const session = new WhepSession({
      hub,
      address: request.address,
      remoteUfrag: plan.transport.iceUfrag,
      streams,
      cname,
      low: request.low,
      now,
      random: randomBelow,
      counters: this.sent,
      onClosed: (session, reason) => this.#closed(session, reason),
    });
    const peer = await this.#transport(session, plan);
    return this.#answer(session, {
      answer: writeAnswer(plan, peer.local, {
        publicAddresses,
        sessionId: numericId(),
        streams: answered,
      }),
    });
  }

  /** Opens the transport of a session that was made for it; a failure ends the session. */
  async #transport(
    session: RtcSession & { readonly peerEvents: PeerEvents; start(peer: Peer): void },
    plan: OfferPlan,
  ): Promise<Peer> {
    try {
      const peer = await this.#options.peers.open(plan.transport, session.peerEvents);
      session.start(peer);
      this.sessions.add(session);
      this.#log(session, "session_opened", {});
      if (this.#draining) session.close("draining");
      return peer;
    } catch (error) {
      session.close("failed");
      throw error;
    }
  }

  #answer(session: RtcSession, { answer }: { readonly answer: string }): OfferAnswer {
    if (session.phase === "closed") throw sessionOver();
    const servers = iceServersFor(this.#options.ice, {
      user: session.id.slice(0, 8),
      nowMs: Date.now(),
    });
    return { id: session.id, answer, etag: session.etag, links: iceServerLinks(servers) };
  }

  #closed(session: RtcSession, reason: SessionEnd): void {
    this.sessions.remove(session);
    this.#options.onEnd?.(session.kind, reason);
    const durationMs = Math.round(this.#options.now() - session.openedAtMs);
    this.#log(session, "session_closed", { reason, duration_ms: durationMs });
  }

  /** Viewers come and go by the hundred: their lines are for who looks for them. */
  #log(session: RtcSession, event: string, fields: Readonly<Record<string, unknown>>): void {
    const { log } = this.#options;
    const { id, kind, room } = session;
    const line = { session: id.slice(0, 8), kind, stream: room, ...fields };
    if (kind === "whip") log.info(event, line);
    else log.debug(event, line);
  }

  /** Whether somebody else publishes into the room of a session, or is about to. */
  #hasSuccessor(session: RtcSession): boolean {
    return this.#publishing.includes(session.room) ||
      this.sessions.all().some((other) =>
        other !== session && other.kind === "whip" && other.room === session.room
      );
  }
}

/** What a hub's stream can be sent as. */
export function playSource(description: FeedDescription): PlaySource {
  const wish = (track: FeedTrack | null) =>
    track === null
      ? []
      : [{ codec: track.codec, ...(track.profile !== undefined && { profile: track.profile }) }];
  return { video: wish(description.video), audio: wish(description.audio) };
}

/** The streams of a viewer with SSRCs of their own, and how the answer says so. */
function sentStreams(plan: OfferPlan): {
  readonly streams: readonly AgreedStream[];
  readonly answered: ReadonlyMap<string, AnsweredStream>;
  readonly cname: string;
} {
  const cname = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const streams: AgreedStream[] = [];
  const answered = new Map<string, AnsweredStream>();
  for (const kind of ["video", "audio"] as const) {
    const section = takenSection(plan, kind);
    if (section === null) continue;
    const ssrc = 1 + randomBelow(0xfffffffe);
    streams.push({ kind, ssrc, format: section.format });
    answered.set(section.mid, { ssrc, cname, streamId: "live", trackId: kind });
  }
  return { streams, answered, cname };
}

/** A whole number from 0 to below a limit, of the system's randomness. */
export function randomBelow(limit: number): number {
  return Math.floor(crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32 * limit);
}

/** A session id for SDP: numeric, below 2^63 (RFC 9429 §5.2.1). */
function numericId(): string {
  return String(crypto.getRandomValues(new BigUint64Array(1))[0]! >> 1n);
}
