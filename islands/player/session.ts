/**
 * The player without its looks: keeps one source running on one `<video>`, and brings the picture
 * back after the stream, the network or the server was away. Everything a view shows is a signal.
 *
 * After a failure the room is asked first: when it is not live the player waits for it, when it is,
 * the next attempt follows after a jittered back-off, with the protocol `selection.ts` names.
 *
 * @module
 */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { backoffMs } from "./backoff.ts";
import { isProtocolsFault } from "./blame.ts";
import { EarlySocket, takeSocket } from "./early_socket.ts";
import { type Preferences, recallBlocked, rememberBlocked } from "./memory.ts";
import type { LatencyMode, PlaybackUrls, Protocol, ProtocolChoice } from "./protocol.ts";
import { absolutePlayback, protocolUrl } from "./protocol.ts";
import type { QualityChoice } from "./quality_choice.ts";
import { afterStall, controlRate, INITIAL_RATE_CONTROL, latencyTargetS } from "./rate_control.ts";
import { askRoom, type RoomAnswer } from "./room_poll.ts";
import {
  type Capabilities,
  chooseProtocol,
  type HealthTable,
  offeredProtocols,
  rankProtocols,
  recordFailure,
  recordSuccess,
} from "./selection.ts";
import { loadSource, NO_ROUTE, PlayHead, type Source, type SourceFailure } from "./source.ts";
import { watchFrom, watchProgress } from "./stall.ts";
import { type PlayerEvent, type PlayerState, shouldAdvance, transition } from "./state.ts";
import { type PlayerStatistics, type SessionCounters, StatisticsSampler } from "./statistics.ts";

const TICK_MS = 200;
/** No picture this long after opening a source: it failed. */
const FIRST_FRAME_TIMEOUT_MS = 8_000;
/** Play without a stall for this long forgives the failures before. */
const HEALTHY_AFTER_MS = 6_000;
/** A better protocol whose cool-down is over is taken again after this much quiet play. */
const PROMOTE_AFTER_MS = 60_000;
/** A paused stream is let go after this long; live video is not kept for later. */
const PAUSE_RELEASE_MS = 5_000;
/** A source may jump over what the cache sent it during this time. */
const STARTING_MS = 2_500;
/** A jump is given this long before another one: data may still be on its way. */
const JUMP_PAUSE_MS = 800;
const POLL_VISIBLE_MS = 3_000;
const POLL_HIDDEN_MS = 15_000;
const HISTORY = 40;
/** Behind live by more than the target and this, the live button offers to jump. */
const LIVE_SLACK_S = 1.5;

/** Keeps the last picture on the screen while sources change. */
export interface FrozenPicture {
  capture(): void;
  release(): void;
}

/** What a session stands on. */
export interface SessionOptions {
  readonly video: HTMLVideoElement;
  readonly roomId: string;
  readonly live: boolean;
  readonly playback: PlaybackUrls;
  readonly capabilities: Capabilities;
  readonly preferences: Preferences;
  /** A preview stays muted and forgets everything. */
  readonly preview: boolean;
  /** Begins without being asked to. */
  readonly autoplay: boolean;
  /** Begins without sound, or with it; null: as the preferences say. */
  readonly muted: boolean | null;
  readonly quality: QualityChoice;
  readonly hlsWorkerUrl: string;
  readonly frozen: FrozenPicture;
  readonly savePreferences: (preferences: Preferences) => void;
  readonly saveQuality: (choice: QualityChoice) => void;
}

/** Everything that can be seen of a running session; plain data. */
export interface PlayerInspection {
  readonly state: PlayerState;
  /** The last moves, oldest first, as `from->to`. */
  readonly history: readonly string[];
  readonly protocol: Protocol | null;
  readonly choice: ProtocolChoice;
  readonly latencyMode: LatencyMode;
  readonly qualityChoice: QualityChoice;
  readonly offered: readonly Protocol[];
  readonly positionS: number;
  readonly muted: boolean;
  readonly paused: boolean;
  readonly attempt: number;
  readonly lastFailure: SourceFailure | null;
  readonly health: HealthTable;
  readonly statistics: PlayerStatistics;
}

/** One viewer's session with one room; see the module. */
export class PlayerSession {
  readonly #state: Signal<PlayerState> = signal("idle");
  readonly #protocol: Signal<Protocol | null> = signal(null);
  readonly #choice: Signal<ProtocolChoice>;
  readonly #latencyMode: Signal<LatencyMode>;
  readonly #qualityChoice: Signal<QualityChoice>;
  readonly #offered: Signal<readonly Protocol[]>;
  readonly #statistics: Signal<PlayerStatistics>;
  readonly #atLive: Signal<boolean> = signal(true);
  readonly #wantsTap: Signal<boolean> = signal(false);
  readonly #lastFailure: Signal<SourceFailure | null> = signal(null);

  /**
   * Where to play from, as the room said last. Others that are set are played after the next
   * {@linkcode choose}, until the room is asked again.
   */
  playback: PlaybackUrls;
  readonly #options: SessionOptions;
  readonly #video: HTMLVideoElement;
  readonly #playHead: PlayHead;
  readonly #sampler: StatisticsSampler;
  readonly #listeners = new AbortController();
  readonly #counters: SessionCounters = {
    reconnects: 0,
    stalls: 0,
    jumps: 0,
    firstFrameMs: null,
  };
  readonly #history: string[] = [];
  readonly #proved = new Set<Protocol>();

  #preferences: Preferences;
  #health: HealthTable = recallBlocked(Date.now());
  #source: Source | null = null;
  /** Rises whenever what is under way becomes stale. */
  #generation = 0;
  #attempt = 0;
  #control = INITIAL_RATE_CONTROL;
  #watch = watchFrom(0, 0);
  #openedAtMs = 0;
  #startingUntilMs = 0;
  #playingSinceMs = 0;
  #jumpedAtMs = 0;
  #tickedAtMs = 0;
  #sampledAtMs = 0;
  #ticker: ReturnType<typeof setInterval> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #releaseTimer: ReturnType<typeof setTimeout> | undefined;
  #mutedByUs = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#video = options.video;
    this.#playHead = new PlayHead(options.video);
    this.#preferences = options.preferences;
    this.playback = absolutePlayback(options.playback, document.baseURI);
    this.#choice = signal(options.preferences.choice);
    this.#latencyMode = signal(options.preferences.latencyMode);
    this.#qualityChoice = signal(options.quality);
    this.#offered = signal(offeredProtocols(this.playback, options.capabilities));
    this.#sampler = new StatisticsSampler(options.video, this.#playHead);
    this.#statistics = signal(this.#sample(Date.now()));
  }

  get state(): ReadonlySignal<PlayerState> {
    return this.#state;
  }
  /** The protocol in use; null while none is. */
  get protocol(): ReadonlySignal<Protocol | null> {
    return this.#protocol;
  }
  get choice(): ReadonlySignal<ProtocolChoice> {
    return this.#choice;
  }
  get latencyMode(): ReadonlySignal<LatencyMode> {
    return this.#latencyMode;
  }
  get qualityChoice(): ReadonlySignal<QualityChoice> {
    return this.#qualityChoice;
  }
  /** Protocols the viewer can choose from. */
  get offered(): ReadonlySignal<readonly Protocol[]> {
    return this.#offered;
  }
  /** Sampled twice a second. */
  get statistics(): ReadonlySignal<PlayerStatistics> {
    return this.#statistics;
  }
  /** The play head is where live is, as close as this protocol gets. */
  get atLive(): ReadonlySignal<boolean> {
    return this.#atLive;
  }
  /** The sound is off only because the browser or good manners wanted it so. */
  get wantsTap(): ReadonlySignal<boolean> {
    return this.#wantsTap;
  }

  /** Begins to play or to wait for the room. */
  start(): void {
    const { signal: stopped } = this.#listeners;
    const video = this.#video;
    video.volume = this.#preferences.volume;
    const { preview, muted: asked } = this.#options;
    const remembered = this.#preferences.muted;
    this.#setMuted(preview || (asked ?? remembered !== false));
    this.#wantsTap.value = !preview && video.muted && (asked === true || remembered === null);

    video.addEventListener("volumechange", () => this.#onVolumeChange(), { signal: stopped });
    video.addEventListener("ended", () => this.#onFailure({ kind: "network", detail: "end" }), {
      signal: stopped,
    });
    video.addEventListener("pause", () => this.#onVideoPause(), { signal: stopped });
    video.addEventListener("play", () => {
      if (this.#state.value === "paused") this.play();
    }, { signal: stopped });
    globalThis.addEventListener("online", () => this.#onOnline(), { signal: stopped });
    document.addEventListener("visibilitychange", () => this.#onVisibility(), { signal: stopped });

    this.#ticker = setInterval(() => this.#tick(Date.now()), TICK_MS);
    if (this.#options.live) {
      if (this.#options.autoplay) this.#open();
      else this.#dispatch("pause");
    } else {
      this.#dispatch("absent");
      this.#schedulePoll();
    }
  }

  /** Ends the session; it cannot be started again. */
  destroy(): void {
    this.#generation++;
    this.#listeners.abort();
    clearInterval(this.#ticker);
    clearTimeout(this.#timer);
    clearTimeout(this.#releaseTimer);
    this.#source?.destroy();
    this.#source = null;
    this.#dispatch("stop");
  }

  /** Plays, or tries again at once when the player was waiting for something. */
  play(): void {
    switch (this.#state.value) {
      case "paused":
      case "blocked":
        clearTimeout(this.#releaseTimer);
        if (this.#source === null) {
          this.#open();
          return;
        }
        this.#dispatch(this.#state.value === "paused" ? "starve" : "load");
        this.#beginWatch(Date.now());
        this.#playVideo();
        return;
      case "reconnecting":
      case "waiting":
      case "ended":
      case "failed":
        this.#health = {};
        clearTimeout(this.#timer);
        this.#inquire();
        return;
      default:
        return;
    }
  }

  /** Stops the picture at the viewer's wish; after a while the source is let go. */
  pause(): void {
    this.#video.pause();
    if (!this.#dispatch("pause")) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#releaseTimer);
    this.#releaseTimer = setTimeout(() => this.#detach(), PAUSE_RELEASE_MS);
  }

  /** Play when it does not, pause when it does. */
  toggle(): void {
    if (shouldAdvance(this.#state.value)) this.pause();
    else this.play();
  }

  /** Jumps to the live edge and plays. */
  toLive(): void {
    if (this.#state.value === "paused") this.play();
    const source = this.#source;
    if (source === null) return;
    source.jumpTo(latencyTargetS(source.protocol, this.#latencyMode.value), Date.now());
    this.#control = INITIAL_RATE_CONTROL;
    this.#counters.jumps++;
  }

  /** Sound on, after a gesture of the viewer. */
  unmute(): void {
    this.#video.muted = false;
    if (this.#video.volume === 0) this.#video.volume = 0.5;
    if (this.#state.value === "blocked" || this.#state.value === "paused") this.play();
  }

  /** The viewer's choice of protocol, remembered; takes effect at once. */
  choose(choice: ProtocolChoice): void {
    if (choice !== "auto") this.#health = recordSuccess(this.#health, choice);
    this.#choice.value = choice;
    this.#remember({ choice });
    this.#reopenIfRunning();
  }

  /** The viewer's choice of latency, remembered; takes effect at once. */
  setLatencyMode(latencyMode: LatencyMode): void {
    const was = this.#latencyMode.value;
    const before = this.#best();
    this.#latencyMode.value = latencyMode;
    this.#remember({ latencyMode });
    this.#control = INITIAL_RATE_CONTROL;
    // hls.js takes its buffer plan at the start; going back a few seconds needs a new start as well.
    const stable = was !== latencyMode && (was === "stable" || latencyMode === "stable");
    if (stable || this.#best() !== before) this.#reopenIfRunning();
  }

  /** The viewer's choice of quality, remembered for this tab. */
  chooseQuality(choice: QualityChoice): void {
    this.#qualityChoice.value = choice;
    if (!this.#options.preview) this.#options.saveQuality(choice);
    this.#source?.chooseQuality(choice);
  }

  /** Everything there is to see; for the overlay's copy button and for tests. */
  inspect(): PlayerInspection {
    return {
      state: this.#state.value,
      history: [...this.#history],
      protocol: this.#protocol.value,
      choice: this.#choice.value,
      latencyMode: this.#latencyMode.value,
      qualityChoice: this.#qualityChoice.value,
      offered: this.#offered.value,
      positionS: this.#video.currentTime,
      muted: this.#video.muted,
      paused: this.#video.paused,
      attempt: this.#attempt,
      lastFailure: this.#lastFailure.value,
      health: this.#health,
      statistics: this.#sample(Date.now()),
    };
  }

  #dispatch(event: PlayerEvent): boolean {
    const from = this.#state.value;
    const to = transition(from, event);
    if (to === null) return false;
    if (to !== from) {
      this.#history.push(`${from}->${to}`);
      if (this.#history.length > HISTORY) this.#history.shift();
      this.#state.value = to;
    }
    return true;
  }

  #ranked(): readonly Protocol[] {
    return rankProtocols({
      playback: this.playback,
      capabilities: this.#options.capabilities,
      choice: this.#choice.value,
      latencyMode: this.#latencyMode.value,
    });
  }

  /** The protocol to play now; null: none can be. */
  #best(): Protocol | null {
    return chooseProtocol(this.#ranked(), { health: this.#health, nowMs: Date.now() });
  }

  async #open(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#releaseTimer);
    this.#detach();
    const generation = ++this.#generation;
    const protocol = this.#best();
    const url = protocol === null ? null : protocolUrl(this.playback, protocol);
    if (protocol === null || url === null) {
      this.#dispatch("reject");
      this.#schedulePoll();
      return;
    }
    if (!this.#dispatch("load")) return;
    this.#protocol.value = protocol;
    this.#beginWatch(Date.now());
    const fail = (failure: SourceFailure) => {
      if (generation === this.#generation) this.#onFailure(failure);
    };
    // The stream is on its way while the engine is still being made ready.
    const socketUrl = protocol === "ws-flv" ? url : null;
    const left = takeSocket(socketUrl);
    const connection = left ?? (socketUrl === null ? null : new EarlySocket(socketUrl));
    try {
      const openSource = await loadSource(protocol, this.#options.capabilities);
      if (generation !== this.#generation) return connection?.drop();
      this.#source = openSource({
        video: this.#video,
        playHead: this.#playHead,
        url,
        connection,
        protocol,
        mode: this.#latencyMode.value,
        quality: this.#qualityChoice.value,
        hlsWorkerUrl: this.#options.hlsWorkerUrl,
        onFailure: fail,
        onEnd: () => fail({ kind: "network", detail: "closed" }),
      });
    } catch (error) {
      connection?.drop();
      return fail({ kind: "network", detail: error instanceof Error ? error.name : "engine" });
    }
    this.#beginWatch(Date.now());
    await this.#playVideo();
  }

  #beginWatch(nowMs: number): void {
    this.#openedAtMs = nowMs;
    this.#startingUntilMs = nowMs + FIRST_FRAME_TIMEOUT_MS + STARTING_MS;
    this.#watch = watchFrom(this.#positionS(nowMs), nowMs);
    this.#control = { ...this.#control, rate: 1 };
  }

  #positionS(nowMs: number): number {
    return this.#source?.positionS?.(nowMs) ?? this.#video.currentTime;
  }

  /** Lets the source go; the last picture stays on the screen. */
  #detach(): void {
    if (this.#source === null) return;
    this.#options.frozen.capture();
    this.#source.destroy();
    this.#source = null;
    this.#generation++;
  }

  async #playVideo(): Promise<void> {
    const generation = this.#generation;
    try {
      await this.#video.play();
    } catch (error) {
      if (generation !== this.#generation) return;
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      if (!this.#video.muted) {
        // Sound needs a gesture first: begin without it and say so.
        this.#setMuted(true);
        this.#wantsTap.value = !this.#options.preview;
        return await this.#playVideo();
      }
      this.#dispatch("refuse");
    }
  }

  #onFailure(failure: SourceFailure): void {
    const protocol = this.#source?.protocol ?? this.#protocol.value;
    if (this.#state.value === "paused" || this.#state.value === "blocked") {
      // Nobody watches this instant: the next play opens a fresh source.
      this.#detach();
      return;
    }
    this.#detach();
    if (!this.#dispatch("lose")) return;
    this.#lastFailure.value = failure;
    this.#counters.reconnects++;
    this.#inquire(protocol === null ? undefined : { failure, protocol });
  }

  /** Asks the room what is going on and acts on the answer. */
  async #inquire(after?: { failure: SourceFailure; protocol: Protocol }): Promise<void> {
    const generation = ++this.#generation;
    const answer = await askRoom(this.#options.roomId, { signal: this.#listeners.signal });
    if (generation !== this.#generation) return;
    if (answer.kind === "off" || answer.kind === "missing") return this.#standDown();
    this.#adopt(answer);
    const state = this.#state.value;
    if (after === undefined) {
      if (answer.kind === "live") {
        this.#open();
      } else if (state === "reconnecting") {
        this.#retryLater();
      } else {
        this.#schedulePoll();
      }
      return;
    }
    const { failure, protocol } = after;
    const noRoute = failure.detail === NO_ROUTE;
    const fault = isProtocolsFault({
      kind: failure.kind,
      noRoute,
      platform: answer.kind,
      provedItself: this.#proved.has(protocol),
      attempt: this.#attempt,
    });
    if (fault) {
      this.#health = recordFailure(this.#health, {
        protocol,
        unplayable: failure.kind === "unplayable",
        nowMs: Date.now(),
      });
      if (noRoute) rememberBlocked(Date.now());
      const next = this.#best();
      if (next === null || this.#health[next] === undefined) {
        // Another protocol stands ready (or none is left, which #open() says): no need to wait.
        this.#open();
        return;
      }
    }
    this.#retryLater();
  }

  #adopt(answer: RoomAnswer): void {
    if (answer.kind !== "live") return;
    this.playback = absolutePlayback(answer.playback, document.baseURI);
    this.#offered.value = offeredProtocols(this.playback, this.#options.capabilities);
  }

  /** The room is not live: wait for it. */
  #standDown(): void {
    this.#attempt = 0;
    this.#health = recallBlocked(Date.now());
    this.#detach();
    const played = this.#proved.size > 0;
    this.#dispatch(played ? "finish" : "absent");
    this.#schedulePoll();
  }

  #retryLater(): void {
    const attempt = this.#attempt++;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      if (this.#state.value !== "reconnecting") return;
      // A server that is away is asked small questions; every other time the stream itself is
      // tried, since it may be there while the answer to questions is not.
      const generation = ++this.#generation;
      const answer = await askRoom(this.#options.roomId, { signal: this.#listeners.signal });
      if (generation !== this.#generation || this.#state.value !== "reconnecting") return;
      if (answer.kind === "off" || answer.kind === "missing") return this.#standDown();
      this.#adopt(answer);
      if (answer.kind === "live" || attempt % 2 === 1) this.#open();
      else this.#retryLater();
    }, backoffMs(attempt, Math.random()));
  }

  #schedulePoll(): void {
    clearTimeout(this.#timer);
    const everyMs = document.hidden ? POLL_HIDDEN_MS : POLL_VISIBLE_MS;
    this.#timer = setTimeout(
      () => this.#inquire(),
      Math.round(everyMs * (0.85 + Math.random() * 0.3)),
    );
  }

  #tick(nowMs: number): void {
    const source = this.#source;
    const elapsedS = Math.min(2, (nowMs - this.#tickedAtMs) / 1000);
    this.#tickedAtMs = nowMs;
    batch(() => {
      if (source !== null) {
        if (shouldAdvance(this.#state.value)) this.#watchPicture(nowMs);
        if (this.#source === source && this.#state.value === "playing") {
          this.#holdLatency(source, { nowMs, elapsedS });
          this.#afterQuietPlay(source, nowMs);
        }
      }
      if (nowMs - this.#sampledAtMs >= 500) {
        this.#sampledAtMs = nowMs;
        this.#statistics.value = this.#sample(nowMs);
      }
    });
  }

  #watchPicture(nowMs: number): void {
    const video = this.#video;
    const loading = this.#state.value === "loading";
    if (video.seeking || (loading && video.readyState < 3)) {
      if (loading && nowMs - this.#openedAtMs > FIRST_FRAME_TIMEOUT_MS) {
        this.#onFailure({ kind: "network", detail: "no picture" });
      }
      if (loading) return;
    }
    const { watch, action, moved } = watchProgress(this.#watch, {
      positionS: this.#positionS(nowMs),
      bufferS: this.#playHead.aheadS(),
      nowMs,
    });
    this.#watch = watch;
    if (moved) return this.#onMoved(nowMs);
    const beyondHoleS = this.#state.value === "buffering" ? this.#nextRangeStartS() : null;
    if (beyondHoleS !== null) {
      video.currentTime = beyondHoleS + 0.02;
      this.#counters.jumps++;
      return;
    }
    switch (action) {
      case "starve":
        if (!loading && this.#dispatch("starve")) {
          this.#counters.stalls++;
          this.#control = afterStall(this.#control);
          video.playbackRate = 1;
        }
        return;
      case "nudge":
        if (video.paused) this.#playVideo();
        else video.currentTime += 0.1;
        return;
      case "inquire":
        this.#inquireWhileStarving();
        return;
      case "restart":
        this.#onFailure({ kind: "network", detail: "stalled" });
        return;
      case "none":
        return;
    }
  }

  #onMoved(nowMs: number): void {
    if (this.#state.value === "playing") return;
    const first = this.#state.value === "loading";
    if (!this.#dispatch("advance")) return;
    this.#playingSinceMs = nowMs;
    if (this.#source !== null) this.#proved.add(this.#source.protocol);
    this.#options.frozen.release();
    if (first) this.#counters.firstFrameMs = nowMs - this.#openedAtMs;
    // What piled up during the wait is skipped, as it is at the start.
    this.#startingUntilMs = nowMs + STARTING_MS;
  }

  async #inquireWhileStarving(): Promise<void> {
    const generation = this.#generation;
    const answer = await askRoom(this.#options.roomId, { signal: this.#listeners.signal });
    if (generation !== this.#generation || this.#state.value !== "buffering") return;
    if (answer.kind === "live") return;
    this.#onFailure({ kind: "network", detail: "starved" });
  }

  #holdLatency(
    source: Source,
    instant: { readonly nowMs: number; readonly elapsedS: number },
  ): void {
    const { nowMs, elapsedS } = instant;
    const latencyS = source.latencyS(nowMs);
    const decision = controlRate(this.#control, {
      protocol: source.protocol,
      mode: this.#latencyMode.value,
      latencyS,
      bufferS: this.#playHead.aheadS(),
      elapsedS,
      starting: nowMs < this.#startingUntilMs,
    });
    this.#control = decision.control;
    if (decision.jumpToS !== null && nowMs - this.#jumpedAtMs >= JUMP_PAUSE_MS) {
      source.jumpTo(decision.jumpToS, nowMs);
      this.#jumpedAtMs = nowMs;
      this.#counters.jumps++;
    }
    if (this.#video.playbackRate !== decision.rate) this.#video.playbackRate = decision.rate;
    const targetS = latencyTargetS(source.protocol, this.#latencyMode.value);
    this.#atLive.value = latencyS === null ||
      latencyS < targetS + decision.control.raisedS + LIVE_SLACK_S;
  }

  #afterQuietPlay(source: Source, nowMs: number): void {
    const quietMs = nowMs - this.#playingSinceMs;
    if (quietMs < HEALTHY_AFTER_MS) return;
    const { protocol } = source;
    this.#attempt = 0;
    this.#health = recordSuccess(this.#health, protocol);
    if (quietMs < PROMOTE_AFTER_MS || document.hidden) return;
    const best = this.#best();
    if (best !== null && best !== protocol) this.#open();
  }

  #reopenIfRunning(): void {
    if (shouldAdvance(this.#state.value)) this.#open();
    else if (this.#state.value === "paused") this.#detach();
    else if (this.#state.value === "failed") this.play();
  }

  #onVideoPause(): void {
    const state = this.#state.value;
    if (state !== "playing" && state !== "buffering") return;
    if (!this.#video.paused || this.#video.ended || this.#source === null) return;
    this.pause();
  }

  #onVolumeChange(): void {
    if (this.#options.preview) return;
    const { muted, volume } = this.#video;
    if (!muted) {
      this.#mutedByUs = false;
      this.#wantsTap.value = false;
      this.#remember({ muted: false, volume });
    } else if (!this.#mutedByUs) {
      this.#wantsTap.value = false;
      this.#remember({ muted: true, volume });
    }
  }

  #setMuted(muted: boolean): void {
    this.#mutedByUs = muted;
    this.#video.muted = muted;
  }

  #onOnline(): void {
    const state = this.#state.value;
    if (state === "reconnecting" || state === "waiting" || state === "ended") {
      this.#attempt = 0;
      clearTimeout(this.#timer);
      this.#inquire();
    } else if (state === "buffering") {
      // The connection belongs to the network that went away.
      this.#onFailure({ kind: "network", detail: "network changed" });
    }
  }

  #onVisibility(): void {
    if (document.hidden) return;
    const state = this.#state.value;
    const nowMs = Date.now();
    if (state === "waiting" || state === "ended" || state === "reconnecting") {
      clearTimeout(this.#timer);
      this.#inquire();
    } else if (state === "playing" || state === "buffering") {
      this.#watch = watchFrom(this.#positionS(nowMs), nowMs);
      this.#startingUntilMs = nowMs + STARTING_MS;
      if (this.#video.paused) this.#playVideo();
    }
  }

  #remember(change: Partial<Preferences>): void {
    if (this.#options.preview) return;
    this.#preferences = { ...this.#preferences, ...change };
    this.#options.savePreferences(this.#preferences);
  }

  #sample(nowMs: number): PlayerStatistics {
    const source = this.#source;
    return this.#sampler.sample(source, {
      nowMs,
      targetS: source === null
        ? null
        : latencyTargetS(source.protocol, this.#latencyMode.value) + this.#control.raisedS,
      counters: this.#counters,
    });
  }

  /** Where data goes on after a hole at the play head, seconds; null when there is none. */
  #nextRangeStartS(): number | null {
    if (this.#playHead.aheadS() > 0.1) return null;
    const { buffered, currentTime } = this.#video;
    for (let index = 0; index < buffered.length; index++) {
      const startS = buffered.start(index);
      if (startS > currentTime && buffered.end(index) - startS > 0.3) return startS;
    }
    return null;
  }
}
