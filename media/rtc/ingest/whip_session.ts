/**
 * One WHIP publisher: its transport, its way into `media`, its feed for viewers here, and its end.
 *
 * @module
 */
import type { StreamItem } from "../../access_unit.ts";
import { FlvMuxer } from "../../container/flv/mod.ts";
import type { Logger } from "../../../platform/log.ts";
import type { OfferPlan } from "../../transport/webrtc/sdp/mod.ts";
import { writeRtcp } from "../../transport/webrtc/rtcp.ts";
import type { HubFeed } from "../egress/hub.ts";
import type { Hubs } from "../egress/hubs.ts";
import type { Peer, PeerEvents } from "../peer.ts";
import { newSessionId, type RtcSession, type SessionEnd, type SessionPhase } from "../session.ts";
import { MediaReceiver, type WhipCounters } from "./media_receiver.ts";
import type { Uplink, UplinkEvents } from "./publish_uplink.ts";

export type { WhipCounters };

/** How a publisher's session is made. */
export interface WhipSessionOptions {
  readonly room: string;
  readonly address: string;
  readonly plan: OfferPlan;
  readonly hubs: Hubs;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  readonly random: (below: number) => number;
  readonly log: Logger;
  readonly counters: WhipCounters;
  /** Whether somebody else publishes into the room from this process, or is about to. */
  readonly hasSuccessor: (session: RtcSession) => boolean;
  readonly onClosed: (session: RtcSession, reason: SessionEnd) => void;
}

/** Nothing came from a publisher for so long: it has dropped. */
export const PUBLISHER_SILENCE_MS = 8_000;
/** ICE and DTLS take less, or never end. */
const CONNECT_WITHIN_MS = 15_000;

/** A publisher. */
export class WhipSession implements RtcSession {
  readonly id = newSessionId();
  readonly kind = "whip";
  readonly etag = `"${newSessionId()}"`;
  readonly room: string;
  readonly address: string;
  readonly remoteUfrag: string;
  readonly openedAtMs: number;
  /** What its transport tells. */
  readonly peerEvents: PeerEvents;
  /** What `media` tells. */
  readonly uplinkEvents: UplinkEvents;
  readonly #options: WhipSessionOptions;
  readonly #receiver: MediaReceiver;
  readonly #ssrc: number;
  #muxer = new FlvMuxer();
  #uplink: Uplink | null = null;
  #peer: Peer | null = null;
  #feed: HubFeed | null = null;
  #phase: SessionPhase = "connecting";
  #heardAtMs: number;
  /** Why `media` closed it. */
  #mediaReason: string | null = null;
  #droppedTags = 0;
  /** `media` does not keep up: nothing is sent until the next second begins anew. */
  #skipping = false;

  constructor(options: WhipSessionOptions) {
    this.#options = options;
    const { plan, now, random, counters } = options;
    this.room = options.room;
    this.address = options.address;
    this.remoteUfrag = plan.transport.iceUfrag;
    this.openedAtMs = now();
    this.#heardAtMs = this.openedAtMs;
    this.#ssrc = 1 + random(0xfffffffe);
    this.#receiver = new MediaReceiver({
      plan,
      ssrc: this.#ssrc,
      now,
      send: (packet) => void this.#peer?.send(packet),
      openFeed: () => this.#openFeed(),
      onItem: (item) => this.#send(item),
      counters,
    });
    this.peerEvents = {
      onPacket: (packet) => this.#heard(packet),
      onState: (state) => this.#changed(state),
    };
    this.uplinkEvents = {
      onKeyFrameWanted: () => this.#receiver.requestKeyFrame(),
      onOpen: () => this.#beginAnew(),
      onClosed: (reason) => {
        this.#mediaReason = reason;
        this.close("closed_by_media");
      },
    };
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  /** Gives it its way into `media`. */
  use(uplink: Uplink): void {
    this.#uplink = uplink;
    if (this.#phase === "closed") uplink.end("dropped");
  }

  /** Gives it its transport, before that connects. */
  start(peer: Peer): void {
    this.#peer = peer;
    if (this.#phase === "closed") peer.close();
  }

  /** Called every second: reports to the publisher, and ends one that is gone. */
  tick(): void {
    const silentMs = this.#options.now() - this.#heardAtMs;
    if (this.#phase === "connecting" && silentMs >= CONNECT_WITHIN_MS) {
      this.close("not_connected");
    } else if (this.#phase === "connected") {
      if (silentMs >= PUBLISHER_SILENCE_MS) {
        this.close("connection_lost");
        return;
      }
      this.#receiver.tick();
      if (this.#skipping) this.#beginAnew();
    }
  }

  /** Called between two ticks: a browser that hears nothing for long takes the server for gone. */
  beat(): void {
    if (this.#phase !== "connected") return;
    this.#peer?.send(writeRtcp([{ type: "rr", ssrc: this.#ssrc, reports: [] }]));
  }

  close(reason: SessionEnd): void {
    if (this.#phase === "closed") return;
    const wasConnected = this.#phase === "connected";
    this.#phase = "closed";
    this.#receiver.stop();
    if (wasConnected && reason !== "connection_lost") {
      this.#peer?.send(writeRtcp([
        { type: "rr", ssrc: this.#ssrc, reports: [] },
        { type: "bye", ssrcs: [this.#ssrc] },
      ]));
    }
    this.#peer?.close();
    this.#uplink?.end(reason === "left" ? "unpublished" : "dropped");
    if (this.#feed !== null) {
      const how = this.#howItLeft(reason);
      this.#options.hubs.publisherLeft(this.room, { feed: this.#feed, how });
    }
    this.#options.onClosed(this, reason);
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { kind, room, address, phase } = this;
    return {
      kind,
      room,
      address,
      phase,
      ...(this.#mediaReason !== null && { mediaReason: this.#mediaReason }),
      droppedTags: this.#droppedTags,
      ...this.#receiver.inspect(),
    };
  }

  #howItLeft(reason: SessionEnd): "unpublished" | "dropped" | "elsewhere" {
    if (reason === "left") return "unpublished";
    switch (this.#mediaReason) {
      case "taken_over":
        // Viewers wait for the packets of the next one rather than look at what `media` has.
        return this.#options.hasSuccessor(this) ? "dropped" : "elsewhere";
      case "key_rotated":
      case "cut_off":
      case "ended":
      case "suspended":
      case "unpublished":
        return "unpublished";
      default:
        return "dropped";
    }
  }

  #changed(state: "connected" | "closed"): void {
    if (this.#phase === "closed") return;
    if (state === "closed") {
      this.close(this.#phase === "connecting" ? "not_connected" : "connection_lost");
    } else if (this.#phase === "connecting") {
      this.#phase = "connected";
      this.#heardAtMs = this.#options.now();
      this.#options.log.info("publisher_connected", { stream: this.room });
    }
  }

  #heard(packet: Uint8Array): void {
    if (this.#phase === "closed") return;
    this.#heardAtMs = this.#options.now();
    this.#receiver.receive(packet);
  }

  #openFeed(): HubFeed | null {
    const hub = this.#options.hubs.publish(this.room);
    this.#feed = hub?.attach({
      origin: "whip",
      requestKeyFrame: (level) => this.#receiver.requestKeyFrame(level),
      onDetached: () => {},
    }) ?? null;
    return this.#feed;
  }

  #send(item: StreamItem): void {
    const uplink = this.#uplink;
    if (uplink === null || !uplink.isOpen || this.#skipping) return;
    for (const tag of this.#muxer.tagsOf(item)) {
      if (uplink.send(tag.bytes)) continue;
      this.#droppedTags++;
      this.#skipping = true;
      return;
    }
  }

  /** The tracks first, then a key frame: a `media` that was restarted knows nothing of either. */
  #beginAnew(): void {
    this.#muxer = new FlvMuxer();
    this.#skipping = false;
    this.#receiver.restartItems();
  }
}
