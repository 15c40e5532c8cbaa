/**
 * Publishes a picture and a sound by WHIP (RFC 9725), and keeps them published: after the network
 * or the server was away the connection is made anew, with the same tracks.
 *
 * | state          | what is going on                                               |
 * | -------------- | -------------------------------------------------------------- |
 * | `idle`         | nothing                                                        |
 * | `connecting`   | the first connection is being made                             |
 * | `live`         | media is on its way                                            |
 * | `reconnecting` | it was lost; attempts follow each other                        |
 * | `refused`      | the server does not want it: {@linkcode WhipPublisher.refusal} |
 * | `ended`        | it was stopped                                                 |
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { endSession, exchangeOffer } from "./offer_exchange.ts";
import { type OpusWishes, withOpusWishes } from "./opus.ts";
import { askSession, type NamedSession, Silence } from "./session_check.ts";
import { whenTransportEnds } from "./transport_end.ts";
import { type OutboundFigures, type OutboundTotals, readOutbound } from "./outbound_stats.ts";
import {
  followUplink,
  initialUplink,
  limitsOf,
  type UplinkState,
  type VideoGoal,
} from "./uplink.ts";
import {
  isFinal,
  orderCodecs,
  type Refusal,
  refusalOf,
  retryMs,
  sendEncodings,
  SILENCE,
} from "./whip_rules.ts";

export type { Refusal };

const ANSWER_TIMEOUT_MS = 6_000;
/** From the answer to a connection. */
const CONNECT_TIMEOUT_MS = 6_000;
/** Half of what figures are for: silence is noticed the earlier. */
const LOOK_MS = 500;
const FIGURES_MS = 1_000;
/** A connection that says it is disturbed is given this long. */
const DISTURBED_MS = 1_500;
/** Ended by the other side sooner than this after it was made: thrown out. */
const THROWN_OUT_MS = 8_000;
/** So often in a row: somebody else publishes here, and the two shall not go on like this. */
const MAX_THROWN_OUT = 3;

/** Where the publisher is; see the table of the module. */
export type WhipState = "idle" | "connecting" | "live" | "reconnecting" | "refused" | "ended";

/** What is published, and how. */
export interface WhipOptions {
  readonly url: string;
  /** The publish key as it is now: it may have been changed meanwhile. */
  readonly key: () => Promise<string>;
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
  readonly goal: VideoGoal;
  readonly opus: OpusWishes;
  /** A small layer beside the large one, where the server takes two. */
  readonly simulcast: boolean;
  /** Seams for tests. */
  readonly createPeer?: (configuration: RTCConfiguration) => RTCPeerConnection;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
}

/** One broadcast from this browser; see the module. */
export class WhipPublisher {
  readonly #state: Signal<WhipState> = signal("idle");
  readonly #figures: Signal<OutboundFigures | null> = signal(null);
  readonly #refusal: Signal<Refusal | null> = signal(null);
  readonly #reconnects: Signal<number> = signal(0);
  readonly #rung: Signal<number> = signal(0);

  readonly #options: WhipOptions;
  readonly #end = new AbortController();
  #video: MediaStreamTrack | null;
  #audio: MediaStreamTrack | null;
  #goal: VideoGoal;
  #peer: RTCPeerConnection | null = null;
  /** The session at the server; null: there is none, or it is not ours to end. */
  #session: NamedSession | null = null;
  /** Media went through the connection that is, or was. */
  #connected = false;
  #key: string | null = null;
  /** Rises whenever what is under way becomes stale. */
  #generation = 0;
  #attempt = 0;
  #connectedAtMs = 0;
  /** Connections in a row that the other side ended right after they were made. */
  #thrownOut = 0;
  #askedForNewKey = false;
  #totals: OutboundTotals | null = null;
  #uplink: UplinkState = initialUplink(0);
  #silence = new Silence(0, SILENCE);
  #looker: ReturnType<typeof setInterval> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connectTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WhipOptions) {
    this.#options = options;
    this.#video = options.video;
    this.#audio = options.audio;
    this.#goal = options.goal;
  }

  get state(): ReadonlySignal<WhipState> {
    return this.#state;
  }
  /** Once a second while it is live. */
  get figures(): ReadonlySignal<OutboundFigures | null> {
    return this.#figures;
  }
  /** Why it is not live, in one word of a closed list; null while nothing is wrong. */
  get refusal(): ReadonlySignal<Refusal | null> {
    return this.#refusal;
  }
  /** Connections that were made anew. */
  get reconnects(): ReadonlySignal<number> {
    return this.#reconnects;
  }
  /** How far the picture was made smaller for the uplink; 0: not at all. */
  get rung(): ReadonlySignal<number> {
    return this.#rung;
  }

  /** Begins. */
  start(): void {
    if (this.#state.value !== "idle") return;
    this.#state.value = "connecting";
    const { signal } = this.#end;
    globalThis.addEventListener?.("online", () => this.#onOnline(), { signal });
    // The page goes away, perhaps to come back in a moment: the connection is closed, so that the
    // server need not find out by itself, and the stream waits for the next one.
    globalThis.addEventListener?.("pagehide", () => {
      this.#generation++;
      this.#session = null;
      clearTimeout(this.#timer);
      this.#drop();
    }, { signal });
    globalThis.addEventListener?.("pageshow", (event) => {
      if ((event as PageTransitionEvent).persisted && this.#state.value !== "refused") {
        void this.#connect();
      }
    }, { signal });
    this.#looker = setInterval(() => void this.#look(), LOOK_MS);
    void this.#connect();
  }

  /** Ends the broadcast; it cannot be started again. */
  stop(): void {
    if (this.#state.value === "ended") return;
    this.#generation++;
    this.#end.abort();
    clearInterval(this.#looker);
    clearTimeout(this.#timer);
    this.#drop();
    this.#figures.value = null;
    this.#state.value = "ended";
  }

  /** Tries again after a refusal. */
  retry(): void {
    if (this.#state.value !== "refused") return;
    this.#askedForNewKey = false;
    this.#key = null;
    this.#attempt = 0;
    this.#thrownOut = 0;
    this.#state.value = "connecting";
    void this.#connect();
  }

  /** Stops trying, and says why; {@linkcode WhipPublisher.retry} begins again. */
  giveUp(refusal: Refusal): void {
    if (this.#state.value === "ended") return;
    this.#generation++;
    clearTimeout(this.#timer);
    // Somebody else's stream it is then.
    if (refusal.kind === "taken") this.#session = null;
    this.#drop();
    this.#figures.value = null;
    this.#refusal.value = refusal;
    this.#state.value = "refused";
  }

  /** Sends another picture or sound from now on, without a new connection. */
  async replaceTrack(kind: "video" | "audio", track: MediaStreamTrack | null): Promise<void> {
    if (kind === "video") this.#video = track;
    else this.#audio = track;
    await this.#sender(kind)?.replaceTrack(track);
  }

  /** Another size, rate or quality. */
  async setGoal(goal: VideoGoal): Promise<void> {
    this.#goal = goal;
    this.#uplink = initialUplink(Date.now());
    this.#rung.value = 0;
    await this.#limit();
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#drop();
    this.#connected = false;
    const generation = ++this.#generation;
    const { url, fetch, createPeer } = this.#options;
    const peer = createPeer === undefined
      ? new RTCPeerConnection({ bundlePolicy: "max-bundle" })
      : createPeer({ bundlePolicy: "max-bundle" });
    this.#peer = peer;
    this.#addTransceivers(peer);
    peer.addEventListener("connectionstatechange", () => {
      if (generation === this.#generation) this.#onConnectionState(peer);
    });
    try {
      this.#key ??= await this.#options.key();
      const key = this.#key;
      if (generation !== this.#generation) return;
      const session = await exchangeOffer(peer, {
        url,
        key,
        signal: this.#end.signal,
        timeoutMs: ANSWER_TIMEOUT_MS,
        reviseAnswer: (sdp) => withOpusWishes(sdp, this.#options.opus),
        ...(fetch !== undefined && { fetch }),
      });
      if (generation !== this.#generation) {
        return endSession(session.resource, { key, ...fetch && { fetch } });
      }
      this.#session = session;
      whenTransportEnds(peer, () => {
        if (generation === this.#generation) this.#onThrownOut();
      });
      await this.#limit();
      this.#connectTimer = setTimeout(() => {
        if (generation === this.#generation && peer.connectionState !== "connected") {
          this.#lose({ kind: "noRoute", retryAfterMs: null });
        }
      }, CONNECT_TIMEOUT_MS);
    } catch (error) {
      if (generation === this.#generation) this.#onRefusal(error);
    }
  }

  #addTransceivers(peer: RTCPeerConnection): void {
    const { simulcast } = this.#options;
    if (this.#video !== null) {
      const transceiver = peer.addTransceiver(this.#video, {
        direction: "sendonly",
        sendEncodings: sendEncodings(this.#goal, { simulcast }),
      });
      const codecs = globalThis.RTCRtpSender?.getCapabilities?.("video")?.codecs;
      if (codecs !== undefined) transceiver.setCodecPreferences?.(orderCodecs(codecs));
    }
    if (this.#audio !== null) peer.addTransceiver(this.#audio, { direction: "sendonly" });
  }

  #onConnectionState(peer: RTCPeerConnection): void {
    switch (peer.connectionState) {
      case "connected":
        clearTimeout(this.#connectTimer);
        this.#connected = true;
        this.#connectedAtMs = Date.now();
        this.#attempt = 0;
        this.#askedForNewKey = false;
        this.#totals = null;
        this.#silence = new Silence(Date.now(), SILENCE);
        this.#uplink = { ...initialUplink(Date.now()), rung: this.#uplink.rung };
        this.#refusal.value = null;
        this.#state.value = "live";
        return;
      case "failed":
      case "closed":
        this.#lose({ kind: "lost", retryAfterMs: null });
        return;
      case "disconnected": {
        const generation = this.#generation;
        this.#connectTimer = setTimeout(() => {
          if (generation !== this.#generation || peer.connectionState === "connected") return;
          this.#lose({ kind: "lost", retryAfterMs: null });
        }, DISTURBED_MS);
        return;
      }
    }
  }

  /** The other side ended the connection: a restart, or somebody else publishes here. */
  #onThrownOut(): void {
    const quickly = Date.now() - this.#connectedAtMs < THROWN_OUT_MS;
    this.#thrownOut = quickly ? this.#thrownOut + 1 : 0;
    if (this.#thrownOut >= MAX_THROWN_OUT) {
      return this.giveUp({ kind: "taken", retryAfterMs: null });
    }
    this.#lose({ kind: "lost", retryAfterMs: null });
  }

  #onRefusal(error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal.kind === "wrongKey" && !this.#askedForNewKey) {
      // Perhaps it was changed in another window.
      this.#askedForNewKey = true;
      this.#key = null;
      this.#lose(refusal, 0);
      return;
    }
    if (isFinal(refusal)) this.giveUp(refusal);
    else this.#lose(refusal);
  }

  /** The connection is gone, or was not made: another one follows. */
  #lose(refusal: Refusal, waitMs?: number): void {
    this.#generation++;
    // The stream shall wait for the next connection, which takes its place: it is not ended.
    if (this.#connected) this.#session = null;
    this.#drop();
    this.#figures.value = null;
    this.#refusal.value = refusal;
    if (this.#state.value === "live") this.#reconnects.value++;
    if (this.#state.value !== "connecting") this.#state.value = "reconnecting";
    const random = this.#options.random ?? Math.random;
    const delayMs = waitMs ?? retryMs(refusal, { attempt: this.#attempt++, random: random() });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), delayMs);
  }

  /** Lets the connection and its session go. */
  #drop(): void {
    clearTimeout(this.#connectTimer);
    const { fetch } = this.#options;
    endSession(this.#session?.resource ?? null, {
      key: this.#key,
      ...(fetch !== undefined && { fetch }),
    });
    this.#session = null;
    this.#peer?.close();
    this.#peer = null;
  }

  #onOnline(): void {
    if (this.#state.value === "reconnecting" || this.#state.value === "connecting") {
      this.#attempt = 0;
      void this.#connect();
    }
  }

  async #look(): Promise<void> {
    const peer = this.#peer;
    if (peer === null || this.#state.value !== "live") return;
    const report = await peer.getStats().catch(() => null);
    if (report === null || peer !== this.#peer || this.#state.value !== "live") return;
    const nowMs = Date.now();
    const { figures, totals } = readOutbound(report.values(), { before: this.#totals, nowMs });
    // The other side reports every half second.
    switch (this.#silence.hear(figures.bytesReceived, nowMs)) {
      case "gone":
        return this.#lose({ kind: "lost", retryAfterMs: null });
      case "ask":
        void this.#ask();
    }
    if (this.#totals !== null && nowMs - this.#totals.atMs < FIGURES_MS - LOOK_MS / 2) return;
    this.#totals = totals;
    this.#figures.value = figures;
    const before = this.#uplink.rung;
    this.#uplink = followUplink(this.#uplink, { sample: figures, goal: this.#goal, nowMs });
    if (this.#uplink.rung !== before) {
      this.#rung.value = this.#uplink.rung;
      await this.#limit();
    }
  }

  /** Asks the server whether it still has the session that nothing is heard of. */
  async #ask(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const generation = this.#generation;
    const { fetch } = this.#options;
    const word = await askSession(session, {
      key: this.#key,
      ...(fetch !== undefined && { fetch }),
    });
    if (generation !== this.#generation || this.#state.value !== "live") return;
    if (word === "over") this.#onThrownOut();
    else if (word === "away") this.#lose({ kind: "lost", retryAfterMs: null });
  }

  /** Tells the encoder what the uplink carries. */
  async #limit(): Promise<void> {
    const sender = this.#sender("video");
    if (sender === null) return;
    const limits = limitsOf(this.#goal, this.#uplink.rung);
    const parameters = sender.getParameters();
    const [main] = parameters.encodings ?? [];
    if (main === undefined) return;
    main.maxBitrate = limits.maxBitrateKbps * 1000;
    main.maxFramerate = limits.maxFps;
    main.scaleResolutionDownBy = limits.scaleDownBy;
    // Refused while a new description is under way: the next step says it again.
    await sender.setParameters(parameters).catch(() => {});
  }

  #sender(kind: "video" | "audio"): RTCRtpSender | null {
    const transceiver = this.#peer?.getTransceivers?.().find(({ receiver }) =>
      receiver.track.kind === kind
    );
    return transceiver?.sender ?? null;
  }
}
