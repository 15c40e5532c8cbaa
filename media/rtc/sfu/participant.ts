/**
 * One participant of a call: one transport, its own sound and picture in, those of the others out.
 *
 * @module
 */
import type { AudioLevel } from "../../transport/webrtc/audio_level.ts";
import { parseRtcp } from "../../transport/webrtc/rtcp.ts";
import { isRtcp } from "../../transport/webrtc/rtp.ts";
import {
  attributeOf,
  choosePlayFormat,
  ingestFormat,
  type OfferPlan,
  planOffer,
  type SdpSection,
  type SdpSession,
  type SectionDecision,
  type SentStream as AnsweredStream,
  type TakenSection,
  takenSection,
  withoutMedia,
} from "../../transport/webrtc/sdp/mod.ts";
import { Hub, type HubViewer } from "../egress/hub.ts";
import type { MediaKind } from "../egress/packet.ts";
import { type AgreedStream, type SendCounters, ViewerSender } from "../egress/viewer_sender.ts";
import { MediaReceiver, type WhipCounters } from "../ingest/media_receiver.ts";
import type { Peer, PeerEvents } from "../peer.ts";

/** What a participant is made of. */
export interface ParticipantOptions {
  readonly id: string;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  readonly random: (below: number) => number;
  readonly onLevel: (level: AudioLevel) => void;
  /** It is gone: its transport was lost, or never came up. */
  readonly onGone: () => void;
  readonly received: WhipCounters;
  readonly sent: SendCounters;
}

/** Nothing came for so long: it is gone. */
export const PARTICIPANT_SILENCE_MS = 12_000;
const CONNECT_WITHIN_MS = 15_000;

/** What of another participant stands in a section of the offer. */
interface Assignment {
  readonly of: Participant;
  readonly kind: MediaKind;
  readonly ssrc: number;
}

/** What of another participant is sent. */
interface Subscription {
  readonly sender: ViewerSender;
  readonly viewer: HubViewer;
  /** Which sections it fills, to see when that changed. */
  readonly key: string;
}

/** A participant; see the module. */
export class Participant {
  readonly id: string;
  /** Its own media for the others. */
  readonly hub: Hub;
  readonly peerEvents: PeerEvents;
  readonly #options: ParticipantOptions;
  readonly #cname: string;
  /** By `a=mid`; kept over offers, so that a section stays who it was. */
  readonly #assignments = new Map<string, Assignment>();
  readonly #subscriptions = new Map<Participant, Subscription>();
  #peer: Peer | null = null;
  #plan: OfferPlan | null = null;
  #receiver: MediaReceiver | null = null;
  #receivedKey = "";
  #phase: "connecting" | "connected" | "closed" = "connecting";
  #heardAtMs: number;
  /** Whose pictures it wants large; null: it leaves that to the call. */
  #large: ReadonlySet<string> | null = null;

  constructor(options: ParticipantOptions) {
    this.#options = options;
    this.id = options.id;
    this.#heardAtMs = options.now();
    this.#cname = options.random(2 ** 32).toString(36);
    this.hub = new Hub(options.id, { now: options.now, onChange: () => {} });
    this.peerEvents = {
      onPacket: (packet) => this.#heard(packet),
      onState: (state) => this.#changed(state),
    };
  }

  /** Its transport; null before the first offer was answered. */
  get peer(): Peer | null {
    return this.#peer;
  }

  /** Whether media flow. */
  get isConnected(): boolean {
    return this.#phase === "connected";
  }

  /** What it sends, as the others may get it; null before its first offer. */
  published(kind: MediaKind): TakenSection | null {
    return this.#plan === null ? null : takenSection(receivedPart(this.#plan), kind);
  }

  /**
   * Plans the answer to an offer: what it sends is taken, sections that receive are filled with those
   * of `others` that have something to show.
   *
   * @throws {SdpError} when the offer cannot be answered.
   */
  plan(offer: SdpSession, others: readonly Participant[]): OfferPlan {
    for (const [mid, { of }] of this.#assignments) {
      if (!others.includes(of)) this.#assignments.delete(mid);
    }
    const kinds = new Set<string>();
    return planOffer(offer, (section, direction) => {
      if (direction !== "recvonly") {
        if (kinds.has(section.kind)) return withoutMedia(section, "one of each kind is taken");
        kinds.add(section.kind);
        return { format: ingestFormat(section), direction: "recvonly" };
      }
      return this.#fill(section, others);
    });
  }

  /** Takes a plan that was answered, and the transport with the first one. */
  accept(plan: OfferPlan, peer: Peer): void {
    this.#plan = plan;
    this.#peer = peer;
    if (this.#phase === "closed") {
      peer.close();
      return;
    }
    this.#receive(plan);
    this.#subscribe();
  }

  /** How its answer names what is sent, by `a=mid`. */
  streams(): ReadonlyMap<string, AnsweredStream> {
    return new Map(
      [...this.#assignments].map(([mid, { of, kind, ssrc }]) => [mid, {
        ssrc,
        cname: `${this.#cname}${of.id}`,
        streamId: of.id,
        trackId: `${of.id}-${kind}`,
      }]),
    );
  }

  /** Whose pictures are wanted large from now on; null: the call decides. */
  want(large: ReadonlySet<string> | null): void {
    this.#large = large;
    if (large === null) return;
    for (const [of, { sender }] of this.#subscriptions) sender.limit(large.has(of.id) ? null : 0);
  }

  /** Called every second; `featured` is who gets the large picture, null: everybody. */
  tick(featured: Participant | null): void {
    const silentMs = this.#options.now() - this.#heardAtMs;
    const most = this.#phase === "connecting" ? CONNECT_WITHIN_MS : PARTICIPANT_SILENCE_MS;
    if (silentMs >= most) {
      this.#options.onGone();
      return;
    }
    if (this.#phase !== "connected") return;
    this.#receiver?.tick();
    for (const [of, { sender }] of this.#subscriptions) {
      const isLarge = this.#large?.has(of.id) ?? (featured === null || featured === of);
      sender.limit(isLarge ? null : 0);
      const report = sender.report();
      if (report !== null) this.#peer?.send(report);
    }
  }

  /** Ends it; again does nothing. */
  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#receiver?.stop();
    for (const of of [...this.#subscriptions.keys()]) this.#unsubscribe(of);
    this.hub.close();
    this.hub.end("left");
    this.#peer?.close();
  }

  /** Another participant left: nothing of it is sent any more. */
  forget(other: Participant): void {
    this.#unsubscribe(other);
    for (const [mid, { of }] of this.#assignments) {
      if (of === other) this.#assignments.delete(mid);
    }
  }

  /** For `/debug`. */
  inspect(): Readonly<Record<string, unknown>> {
    return {
      id: this.id,
      phase: this.#phase,
      receives: [...this.#assignments.values()].map(({ of, kind }) => `${of.id} ${kind}`),
      ...this.#receiver?.inspect(),
    };
  }

  /** Somebody else for a section that receives: who was there, or the first that is not seen yet. */
  #fill(section: SdpSection, others: readonly Participant[]): SectionDecision {
    const kind = section.kind as MediaKind;
    const mid = attributeOf(section, "mid")?.trim() ?? "";
    const taken = [...this.#assignments.values()];
    const known = this.#assignments.get(mid);
    const of = known?.of ??
      others.find((other) =>
        other.published(kind) !== null &&
        !taken.some((assignment) => assignment.of === other && assignment.kind === kind)
      );
    const source = of?.published(kind) ?? null;
    if (of === undefined || source === null) {
      this.#assignments.delete(mid);
      return withoutMedia(section, `nobody is left to fill ${kind}`);
    }
    const format = choosePlayFormat(section, [{ codec: source.format.codec }]);
    if (format === null) return withoutMedia(section, `${source.format.codec} is not received`);
    const ssrc = known?.ssrc ?? 1 + this.#options.random(0xfffffffe);
    this.#assignments.set(mid, { of, kind, ssrc });
    return { format, direction: "sendonly" };
  }

  #receive(plan: OfferPlan): void {
    const { now, random, onLevel, received } = this.#options;
    const part = receivedPart(plan);
    const key = part.sections.map((section) =>
      section.taken ? `${section.mid} ${section.format.payloadType}` : ""
    ).join();
    if (key === this.#receivedKey) return;
    this.#receivedKey = key;
    this.#receiver?.stop();
    this.#receiver = null;
    if (part.sections.length === 0) return;
    const receiver: MediaReceiver = new MediaReceiver({
      plan: part,
      ssrc: 1 + random(0xfffffffe),
      now,
      send: (packet) => void this.#peer?.send(packet),
      openFeed: () =>
        this.hub.attach({
          origin: "sfu",
          requestKeyFrame: (layer) => receiver.requestKeyFrame(layer),
          onDetached: () => {},
        }),
      onItem: null,
      onLevel,
      counters: received,
    });
    this.#receiver = receiver;
  }

  #subscribe(): void {
    const { now, random, sent } = this.#options;
    const wanted = new Map<Participant, AgreedStream[]>();
    for (const section of this.#plan?.sections ?? []) {
      const assignment = section.taken && section.direction === "sendonly"
        ? this.#assignments.get(section.mid)
        : undefined;
      if (!section.taken || assignment === undefined) continue;
      const { of, kind, ssrc } = assignment;
      const streams = wanted.get(of) ?? [];
      if (streams.length === 0) wanted.set(of, streams);
      streams.push({ kind, ssrc, format: section.format });
    }
    for (const of of [...this.#subscriptions.keys()]) if (!wanted.has(of)) this.#unsubscribe(of);
    for (const [of, streams] of wanted) {
      const key = streams.map(({ ssrc, format }) => `${ssrc} ${format.payloadType}`).join();
      if (this.#subscriptions.get(of)?.key === key) continue;
      this.#unsubscribe(of);
      const sender = new ViewerSender({
        hub: of.hub,
        streams,
        cname: `${this.#cname}${of.id}`,
        low: "no",
        send: (packet) => this.#peer?.send(packet) ?? false,
        now,
        random,
        counters: sent,
      });
      const viewer: HubViewer = {
        // Another codec is a matter of the next offer; until then its picture stands still.
        onFeed: (description) => void sender.follow(description),
        onPacket: (packet) => sender.take(packet),
        onEnd: () => sender.stop(),
      };
      this.#subscriptions.set(of, { sender, viewer, key });
      of.hub.join(viewer);
      if (this.#phase === "connected") sender.start();
    }
  }

  #unsubscribe(of: Participant): void {
    const subscription = this.#subscriptions.get(of);
    if (subscription === undefined) return;
    this.#subscriptions.delete(of);
    subscription.sender.stop();
    of.hub.leave(subscription.viewer);
  }

  #changed(state: "connected" | "closed"): void {
    if (this.#phase === "closed") return;
    if (state === "closed") {
      this.#options.onGone();
    } else if (this.#phase === "connecting") {
      this.#phase = "connected";
      this.#heardAtMs = this.#options.now();
      for (const { sender } of this.#subscriptions.values()) sender.start();
    }
  }

  #heard(packet: Uint8Array): void {
    if (this.#phase === "closed") return;
    this.#heardAtMs = this.#options.now();
    this.#receiver?.receive(packet);
    if (!isRtcp(packet)) return;
    const reports = parseRtcp(packet);
    if (reports === null) return;
    for (const { sender } of this.#subscriptions.values()) sender.heard(reports);
  }
}

/** The sections of a plan in which the server receives. */
function receivedPart(plan: OfferPlan): OfferPlan {
  const sections = plan.sections.filter((section) =>
    section.taken && section.direction === "recvonly"
  );
  return { ...plan, sections };
}
