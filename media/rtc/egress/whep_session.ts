/**
 * One WHEP viewer: its transport, its place among the viewers of a hub, and its end.
 *
 * @module
 */
import { parseRtcp, writeRtcp } from "../../transport/webrtc/rtcp.ts";
import { isRtcp } from "../../transport/webrtc/rtp.ts";
import type { Peer, PeerEvents } from "../peer.ts";
import { newSessionId, type RtcSession, type SessionEnd, type SessionPhase } from "../session.ts";
import type { Hub, HubViewer } from "./hub.ts";
import {
  type AgreedStream,
  type LowWish,
  type SendCounters,
  ViewerSender,
} from "./viewer_sender.ts";

/** How a viewer's session is made. */
export interface WhepSessionOptions {
  readonly hub: Hub;
  readonly address: string;
  readonly remoteUfrag: string;
  readonly streams: readonly AgreedStream[];
  readonly cname: string;
  readonly low: LowWish;
  /** Milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  readonly random: (below: number) => number;
  readonly counters: SendCounters;
  readonly onClosed: (session: RtcSession, reason: SessionEnd) => void;
}

/** Nothing at all came from a viewer for so long: it is gone (browsers report every second). */
export const VIEWER_SILENCE_MS = 15_000;
/** ICE and DTLS take less, or never end. */
export const CONNECT_WITHIN_MS = 15_000;

/** A viewer. */
export class WhepSession implements RtcSession {
  readonly id = newSessionId();
  readonly kind = "whep";
  readonly etag = `"${newSessionId()}"`;
  readonly room: string;
  readonly address: string;
  readonly remoteUfrag: string;
  readonly openedAtMs: number;
  /** What its transport tells. */
  readonly peerEvents: PeerEvents;
  readonly #options: WhepSessionOptions;
  readonly #sender: ViewerSender;
  readonly #viewer: HubViewer;
  #peer: Peer | null = null;
  #phase: SessionPhase = "connecting";
  #heardAtMs: number;

  constructor(options: WhepSessionOptions) {
    this.#options = options;
    const { hub, streams, cname, low, now, random, counters } = options;
    this.room = hub.room;
    this.address = options.address;
    this.remoteUfrag = options.remoteUfrag;
    this.openedAtMs = now();
    this.#heardAtMs = this.openedAtMs;
    this.#sender = new ViewerSender({
      hub,
      streams,
      cname,
      low,
      now,
      random,
      counters,
      send: (packet) => this.#peer?.send(packet) ?? false,
    });
    this.#viewer = {
      onFeed: (description) => {
        if (!this.#sender.follow(description)) this.close("codec_changed");
      },
      onPacket: (packet) => this.#sender.take(packet),
      onEnd: (reason) => this.close(reason),
    };
    this.peerEvents = {
      onPacket: (packet) => this.#heard(packet),
      onState: (state) => this.#changed(state),
    };
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  /** Gives it its transport, before that connects. */
  start(peer: Peer): void {
    this.#peer = peer;
    if (this.#phase === "closed") peer.close();
    // Counted as a viewer of the hub from here on: it keeps the feed while it connects.
    else this.#options.hub.join(this.#viewer);
  }

  /** Called every second: reports to the viewer, and ends one that is gone. */
  tick(): void {
    const silentMs = this.#options.now() - this.#heardAtMs;
    if (this.#phase === "connecting" && silentMs >= CONNECT_WITHIN_MS) {
      this.close("not_connected");
    } else if (this.#phase === "connected") {
      if (silentMs >= VIEWER_SILENCE_MS) {
        this.close("connection_lost");
        return;
      }
      const report = this.#sender.report();
      if (report !== null) this.#peer?.send(report);
    }
  }

  close(reason: SessionEnd): void {
    if (this.#phase === "closed") return;
    const wasConnected = this.#phase === "connected";
    this.#phase = "closed";
    this.#sender.stop();
    this.#options.hub.leave(this.#viewer);
    if (wasConnected && reason !== "connection_lost") {
      this.#peer?.send(writeRtcp([
        { type: "rr", ssrc: this.#sender.ssrcs[0] ?? 0, reports: [] },
        { type: "bye", ssrcs: [...this.#sender.ssrcs] },
      ]));
    }
    this.#peer?.close();
    this.#options.onClosed(this, reason);
  }

  inspect(): Readonly<Record<string, unknown>> {
    const { id: _id, etag: _etag, kind, room, address, phase } = this;
    return { kind, room, address, phase, ...this.#sender.inspect() };
  }

  #changed(state: "connected" | "closed"): void {
    if (this.#phase === "closed") return;
    if (state === "closed") {
      this.close(this.#phase === "connecting" ? "not_connected" : "connection_lost");
    } else if (this.#phase === "connecting") {
      this.#phase = "connected";
      this.#heardAtMs = this.#options.now();
      this.#sender.start();
      // With the first picture comes when sound belongs to it.
      const report = this.#sender.report();
      if (report !== null) this.#peer?.send(report);
    }
  }

  #heard(packet: Uint8Array): void {
    if (this.#phase === "closed") return;
    this.#heardAtMs = this.#options.now();
    if (!isRtcp(packet)) return;
    const reports = parseRtcp(packet);
    if (reports !== null) this.#sender.heard(reports);
  }
}
