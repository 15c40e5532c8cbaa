/**
 * WebRTC by WHEP: the lowest latency there is. The browser's own jitter buffer holds the distance
 * to live; nothing is skipped or hurried.
 *
 * Where UDP does not get through, this says so within {@linkcode CONNECT_TIMEOUT_MS} after the
 * server's answer, so that another protocol can take its place.
 *
 * @module
 */
import { endSession, ExchangeError, exchangeOffer } from "../capture/offer_exchange.ts";
import { askSession, type NamedSession, Silence } from "../capture/session_check.ts";
import { whenTransportEnds } from "../capture/transport_end.ts";
import { type InboundFigures, type InboundTotals, readInbound } from "./inbound_stats.ts";
import { Pulse } from "./pulse.ts";
import { NO_ROUTE, type Source, type SourceFacts, type SourceOptions } from "./source.ts";

/** From the answer to a connection, milliseconds; a route that is there takes a fraction of it. */
export const CONNECT_TIMEOUT_MS = 2_000;
/** For the answer itself: the server may have to start an encoder first. */
const ANSWER_TIMEOUT_MS = 4_000;
/** From the connection to the first picture. */
const PICTURE_TIMEOUT_MS = 5_000;
/** A connection that says it is disturbed is given this long. */
const DISTURBED_MS = 2_500;
/** Packets arrive and nothing can be decoded for this long: a fault. */
const UNDECODED_MS = 4_000;
/** Nothing came at all for so long, while the server reports every second, milliseconds. */
const SILENCE = { askAfterMs: 1_500, goneAfterMs: 4_000 };
const LOOK_MS = 500;

/** Opens a WebRTC source; see {@linkcode Source}. */
export function openWhepSource(options: SourceOptions): Source {
  return new WhepSource(options);
}

class WhepSource implements Source {
  readonly protocol;
  readonly #options: SourceOptions;
  readonly #video: HTMLVideoElement;
  readonly #stream = new MediaStream();
  readonly #end = new AbortController();
  readonly #pulse = new Pulse();
  readonly #peer: RTCPeerConnection;
  #session: NamedSession | null = null;
  /** Null before the connection. */
  #silence: Silence | null = null;
  #totals: InboundTotals | null = null;
  #figures: InboundFigures | null = null;
  #decodedAtMs = 0;
  #looker: ReturnType<typeof setInterval> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frameHandle = 0;
  #done = false;

  constructor(options: SourceOptions) {
    this.protocol = options.protocol;
    this.#options = options;
    this.#video = options.video;
    const peer = this.#peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    for (const kind of ["video", "audio"]) peer.addTransceiver(kind, { direction: "recvonly" });
    peer.addEventListener("track", ({ track }) => this.#stream.addTrack(track));
    peer.addEventListener("connectionstatechange", () => this.#onConnectionState());
    this.#video.srcObject = this.#stream;
    this.#watchFrames();
    this.#looker = setInterval(() => void this.#look(), LOOK_MS);
    void this.#connect();
  }

  /** The browser holds the distance by itself. */
  latencyS(_nowMs: number): number | null {
    return null;
  }

  /** Half a round trip, and what the jitter buffer holds back; the encoder's part is not seen. */
  shownLatencyS(_nowMs: number): number | null {
    const { roundTripMs = null, holdMs = null } = this.#figures ?? {};
    return roundTripMs === null || holdMs === null ? null : (roundTripMs / 2 + holdMs) / 1000;
  }

  positionS(nowMs: number): number {
    return this.#pulse.positionMs(nowMs) / 1000;
  }

  /** There is nothing to jump over. */
  jumpTo(): void {}

  facts(): SourceFacts {
    const figures = this.#figures;
    return {
      codecs: figures?.codecs ?? [],
      bitrateKbps: figures?.kbps ?? null,
      latencyBasis: this.shownLatencyS(0) === null ? "unknown" : "round-trip",
      qualities: [],
      quality: null,
      ...(figures !== null && { network: figures }),
    };
  }

  /** The server chooses among the layers by what gets through. */
  chooseQuality(): void {}

  destroy(): void {
    this.#done = true;
    this.#end.abort();
    clearInterval(this.#looker);
    clearTimeout(this.#timer);
    this.#video.cancelVideoFrameCallback?.(this.#frameHandle);
    endSession(this.#session?.resource ?? null, { key: null });
    this.#peer.close();
    if (this.#video.srcObject === this.#stream) this.#video.srcObject = null;
  }

  async #connect(): Promise<void> {
    try {
      const session = await exchangeOffer(this.#peer, {
        url: startingLow(this.#options.url),
        key: null,
        signal: this.#end.signal,
        timeoutMs: ANSWER_TIMEOUT_MS,
      });
      if (this.#done) return endSession(session.resource, { key: null });
      this.#session = session;
      whenTransportEnds(this.#peer, () => this.#fail("network", "closed"));
      this.#expect(CONNECT_TIMEOUT_MS, NO_ROUTE);
      // It may have connected while the answer was still being applied.
      this.#onConnectionState();
    } catch (error) {
      if (this.#done) return;
      if (!(error instanceof ExchangeError)) {
        // The browser and the server have no codec in common.
        return this.#fail("unplayable", error instanceof Error ? error.name : "answer");
      }
      const { status, code } = error;
      this.#fail(status === 406 || status === 415 ? "unplayable" : "network", code ?? `${status}`);
    }
  }

  #onConnectionState(): void {
    if (this.#done) return;
    switch (this.#peer.connectionState) {
      case "connected":
        clearTimeout(this.#timer);
        this.#decodedAtMs = Date.now();
        this.#silence ??= new Silence(Date.now(), SILENCE);
        if (!this.#pulse.begun) this.#expect(PICTURE_TIMEOUT_MS, "no picture");
        return;
      case "failed":
        return this.#fail("network", this.#pulse.begun ? "failed" : NO_ROUTE);
      case "closed":
        return this.#fail("network", "closed");
      case "disconnected":
        return this.#expect(DISTURBED_MS, "disconnected");
    }
  }

  /** Fails unless something clears the timer in time. */
  #expect(ms: number, detail: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail("network", detail), ms);
  }

  #fail(kind: "network" | "media" | "unplayable", detail: string): void {
    if (this.#done) return;
    this.#done = true;
    this.#options.onFailure({ kind, detail });
  }

  #watchFrames(): void {
    // Not in every browser: then the figures alone tell that the picture moves.
    this.#frameHandle = this.#video.requestVideoFrameCallback?.(() => {
      this.#beat();
      this.#watchFrames();
    }) ?? 0;
  }

  #beat(): void {
    if (!this.#pulse.begun && this.#peer.connectionState === "connected") clearTimeout(this.#timer);
    this.#pulse.beat(Date.now());
  }

  async #look(): Promise<void> {
    const report = await this.#peer.getStats().catch(() => null);
    if (report === null || this.#done) return;
    const nowMs = Date.now();
    const before = this.#totals;
    const { figures, totals } = readInbound(report.values(), { before, nowMs });
    this.#totals = totals;
    switch (this.#silence?.hear(totals.heardBytes, nowMs)) {
      case "gone":
        return this.#fail("network", "silent");
      case "ask":
        void this.#ask();
    }
    const kept = this.#figures;
    this.#figures = { ...figures, holdMs: figures.holdMs ?? kept?.holdMs ?? null };
    const picture = this.#stream.getVideoTracks().some(({ muted }) => !muted);
    const decoded = totals.framesDecoded > (before?.framesDecoded ?? 0);
    const arrived = totals.packets > (before?.packets ?? 0);
    if (decoded || !picture) this.#decodedAtMs = nowMs;
    if ((picture ? decoded : arrived) && !this.#video.paused) this.#beat();
    const stuck = arrived && this.#decodedAtMs > 0 && nowMs - this.#decodedAtMs > UNDECODED_MS;
    if (stuck) this.#fail("media", "undecoded");
  }

  /** A server that has forgotten the session, or is away, will not send anything any more. */
  async #ask(): Promise<void> {
    const word = await askSession(this.#session!, { key: null });
    if (word === "over" || word === "away") this.#fail("network", word);
  }
}

/** The address with the wish for a small picture at first, where the browser knows its network to be slow. */
function startingLow(url: string): string {
  const { connection } = navigator as Navigator & {
    readonly connection?: { readonly effectiveType?: string; readonly saveData?: boolean };
  };
  if (!connection?.saveData && !/[23]g/.test(connection?.effectiveType ?? "")) return url;
  return `${url}${url.includes("?") ? "&" : "?"}start=low`;
}
