/**
 * A viewer who comes on stage: asks or is invited, publishes to a seat, and leaves. The only owner
 * of camera, microphone and connection.
 *
 * @module
 */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { LocalMediaOwner, type LocalState, NO_MEDIA } from "../call/local_media.ts";
import { VoiceMeter } from "../call/voice_meter.ts";
import { DeviceList, type DeviceSnapshot, NO_DEVICES } from "../capture/devices.ts";
import { type WhipOptions, WhipPublisher, type WhipState } from "../capture/whip.ts";
import { api, type Schemas } from "../ui/api.ts";
import { hereOf, SeatViews } from "./seat_view.ts";
import { concerns, type ToldStage } from "./told.ts";

/** Somebody with a part looks again so often, milliseconds: places in the queue move. */
const LOOK_EVERY_MS = 2_500;
/** A guest's picture stands beside others: more is not seen. */
const GOAL = { height: 540, fps: 30, kbps: 1_200 };
const OPUS = { stereo: false, dtx: false, maxAverageBitrate: 48_000 };

/** How a part ended that somebody else ended. */
export type Ending = "removed" | "notIn";

/** What a {@linkcode GuestSession} stands on. */
export interface GuestSessionOptions {
  readonly room: string;
  readonly account: string;
  /** The newest that the room was told. */
  readonly told: ReadonlySignal<ToldStage | null>;
  /** Somebody else ended the part. */
  readonly onEnded: (ending: Ending) => void;
  /** The voices come from the stage: the player of the page is silent meanwhile. */
  readonly onStage: (isOn: boolean) => void;
}

/** See the module's docstring. */
export class GuestSession {
  readonly views = new SeatViews();
  readonly meter: VoiceMeter = new VoiceMeter();
  readonly #options: GuestSessionOptions;
  readonly #stage: Signal<Schemas["Stage"] | null> = signal(null);
  readonly #local: Signal<LocalState> = signal(NO_MEDIA);
  readonly #devices: Signal<DeviceSnapshot> = signal(NO_DEVICES);
  readonly #publisher: Signal<WhipPublisher | null> = signal(null);
  /** A key is being fetched. */
  readonly #beginning: Signal<boolean> = signal(false);
  readonly #owner: LocalMediaOwner;
  readonly #end = new AbortController();
  readonly #stops: (() => void)[] = [];
  #list: DeviceList | null = null;
  #looker: ReturnType<typeof setInterval> | undefined;
  /** Asked or accepted on this page: a seat may be taken without another question. */
  #ready = false;
  #hasPicture = false;
  #isOn = false;
  /** The part is being given up here. */
  #leaving = false;

  constructor(options: GuestSessionOptions) {
    this.#options = options;
    this.#owner = new LocalMediaOwner(() => this.#onLocal());
    this.#stops.push(effect(() => {
      const told = options.told.value;
      if (told === null || told.version <= (this.#stage.peek()?.version ?? 0)) return;
      if (this.#stage.peek()?.me != null || concerns(told, options.account)) void this.refresh();
    }));
    this.#looker = setInterval(() => {
      if (this.#stage.value?.me != null) void this.refresh();
    }, LOOK_EVERY_MS);
    // The page may have been loaded anew in the middle of it.
    void this.refresh();
  }

  /** The stage as this account sees it; null: nothing is known yet. */
  get stage(): ReadonlySignal<Schemas["Stage"] | null> {
    return this.#stage;
  }
  get local(): ReadonlySignal<LocalState> {
    return this.#local;
  }
  get devices(): ReadonlySignal<DeviceSnapshot> {
    return this.#devices;
  }
  /** Asked or accepted on this page. */
  get isReady(): boolean {
    return this.#ready;
  }
  /** Null: nothing is being published. */
  get connection(): WhipState | null {
    const publisher = this.#publisher.value;
    return publisher?.state.value ?? (this.#beginning.value ? "connecting" : null);
  }

  /** Opens camera and microphone, for the preview. */
  async prepare(): Promise<void> {
    this.#list ??= navigator.mediaDevices === undefined
      ? null
      : DeviceList.open((devices) => this.#devices.value = devices);
    await this.#owner.open();
    await this.#list?.refresh();
  }

  /** Puts the devices away, unless they are needed. */
  putAway(): void {
    if (!this.#ready) this.#owner.release();
  }

  choose(kind: "camera" | "microphone", id: string): void {
    void (kind === "camera" ? this.#owner.chooseCamera(id) : this.#owner.chooseMicrophone(id));
  }

  setSound(on: boolean): void {
    void this.#owner.setAudio(on);
  }

  setPicture(on: boolean): void {
    void this.#owner.setVideo(on);
  }

  /** @throws {ApiError} when the server does not want it. */
  async ask(): Promise<void> {
    this.#ready = true;
    await this.#do(() =>
      api.post("/api/rooms/{room}/stage/wishes", { path: { room: this.#options.room } })
    );
  }

  /** @throws {ApiError} when the server does not want it. */
  async accept(): Promise<void> {
    this.#ready = true;
    if (this.#stage.value?.me?.phase === "seated") return await this.#publish();
    await this.#do(() => this.#act("accept"));
  }

  /** @throws {ApiError} when the server does not want it. */
  async decline(): Promise<void> {
    await this.#give(() => this.#act("decline"));
  }

  /** @throws {ApiError} when the server does not want it. */
  async leave(): Promise<void> {
    this.#ready = false;
    this.#unpublish();
    await this.#give(() => this.#act("leave"));
  }

  /** Tries again after a refusal. */
  retry(): void {
    this.#publisher.value?.retry();
  }

  /** Asks how the stage is; one that cannot be had is asked for with the next turn. */
  async refresh(): Promise<void> {
    const { room } = this.#options;
    const { signal } = this.#end;
    try {
      const { stage } = await api.get("/api/rooms/{room}/stage", { path: { room }, signal });
      this.#adopt(stage);
    } catch {
      // Away for a moment.
    }
  }

  /** The page goes away; the seat waits for a minute. */
  close(): void {
    this.#end.abort();
    clearInterval(this.#looker);
    for (const stop of this.#stops) stop();
    this.#unpublish();
    this.views.close();
    this.#owner.close();
    this.meter.close();
    this.#list?.[Symbol.dispose]();
  }

  #act(action: "accept" | "decline" | "leave") {
    const { room, account } = this.#options;
    return api.patch("/api/rooms/{room}/stage/guests/{account}", {
      path: { room, account },
      body: { action },
    });
  }

  async #do(
    call: () => Promise<{ readonly stage: Schemas["Stage"] }>,
  ): Promise<void> {
    try {
      this.#adopt((await call()).stage);
    } catch (error) {
      this.#ready = false;
      this.#owner.release();
      void this.refresh();
      throw error;
    }
  }

  async #give(call: () => Promise<{ readonly stage: Schemas["Stage"] }>): Promise<void> {
    this.#leaving = true;
    try {
      this.#adopt((await call()).stage);
    } finally {
      this.#leaving = false;
    }
  }

  #adopt(stage: Schemas["Stage"]): void {
    const before = this.#stage.value;
    if (this.#end.signal.aborted || (before !== null && stage.version < before.version)) return;
    this.#stage.value = stage;
    const isSeated = stage.me?.phase === "seated";
    const isOn = isSeated && this.#ready;
    this.views.follow(isOn ? stage.streams : []);
    if (isOn !== this.#isOn) {
      this.#isOn = isOn;
      this.#options.onStage(isOn);
    }
    if (isSeated) {
      // What does not work is tried again with the next look.
      if (this.#ready) void this.#publish().catch(() => {});
      return;
    }
    this.#unpublish();
    if (stage.me !== null || before?.me == null) return;
    this.#ready = false;
    this.#owner.release();
    if (this.#leaving) return;
    if (before.me.phase === "seated") this.#options.onEnded("removed");
    else if (before.me.phase === "asking") this.#options.onEnded("notIn");
  }

  async #publish(): Promise<void> {
    if (this.#publisher.value !== null || this.#beginning.value) return;
    this.#beginning.value = true;
    try {
      await this.prepare();
      let seat: Schemas["SeatKey"] | null = await this.#seat();
      if (this.#end.signal.aborted || this.#stage.value?.me?.phase !== "seated") return;
      const { audioTrack, videoTrack } = this.#local.value;
      this.#hasPicture = videoTrack !== null;
      const publisher = new WhipPublisher(
        {
          url: hereOf(seat.whip),
          key: async () => {
            const taken = seat ?? await this.#seat();
            seat = null;
            return taken.key;
          },
          video: videoTrack,
          audio: audioTrack,
          goal: GOAL,
          opus: OPUS,
          simulcast: false,
        } satisfies WhipOptions,
      );
      this.#publisher.value = publisher;
      publisher.start();
    } finally {
      this.#beginning.value = false;
    }
    const me = this.#stage.value?.me;
    if (!this.#isOn && me?.phase === "seated") this.#adopt(this.#stage.value!);
  }

  async #seat(): Promise<Schemas["SeatKey"]> {
    const { room } = this.#options;
    return (await api.post("/api/rooms/{room}/stage/key", { path: { room } })).seat;
  }

  #unpublish(): void {
    this.#publisher.value?.stop();
    this.#publisher.value = null;
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#options.onStage(false);
  }

  #onLocal(): void {
    const before = this.#local.value;
    const now = this.#owner.state;
    this.#local.value = now;
    this.meter.listen(now.audioTrack);
    const publisher = this.#publisher.value;
    if (publisher === null) return;
    if (now.audioTrack !== before.audioTrack) {
      void publisher.replaceTrack("audio", now.audioTrack);
    }
    if (now.videoTrack === before.videoTrack) return;
    if (now.videoTrack !== null && !this.#hasPicture) {
      // It was begun without a picture: it needs another connection.
      publisher.stop();
      this.#publisher.value = null;
      void this.#publish().catch(() => {});
    } else void publisher.replaceTrack("video", now.videoTrack);
  }
}
