/**
 * The desk of a broadcaster without an encoder: sources, their scene, their sound, and the
 * broadcast that is made of them. No looks; everything a view shows is a signal.
 *
 * @module
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  type CameraWish,
  DEFAULT_CAMERA,
  DEFAULT_MICROPHONE,
  givenPicture,
} from "../../capture/constraints.ts";
import { DeviceList, type DeviceSnapshot, NO_DEVICES } from "../../capture/devices.ts";
import { type CaptureFailure, captureFailure } from "../../capture/failures.ts";
import { openCamera, openDevices, openMicrophone } from "../../capture/open_devices.ts";
import { type Compositor, openCompositor } from "../../capture/scene/compositor.ts";
import { Mixer } from "../../capture/scene/mixer.ts";
import {
  addLayer,
  changeLayer,
  type ImageLayer,
  type LayerChange,
  MAX_LAYERS,
  parseScene,
  removeLayer,
  type Scene,
  storedScene,
  type TextLayer,
} from "../../capture/scene/model.ts";
import { ScreenAwake } from "../../capture/wake_lock.ts";
import { type Refusal, WhipPublisher, type WhipState } from "../../capture/whip.ts";
import { api } from "../../ui/api.ts";
import { checkNetwork, type NetworkCheck } from "./network_check.ts";
import { formatOf, goalOf, type LiveQuality, opusOf, parseQuality } from "./quality.ts";
import { noteOnAir, type OnAir } from "./resume.ts";

const SCENE_KEY = "wanren.scene";
const QUALITY_KEY = "wanren.live-quality";
/** How often the note for a reload is renewed, milliseconds. */
const NOTE_MS = 2_000;
/** Above it a microphone is heard, on the scale of the meter. */
const HEARD = 0.25;
const LISTEN_MS = 200;

/** What a source is. `remote`: somebody else's picture and sound. */
export type SourceKind = "camera" | "screen" | "microphone" | "remote";

/** One source. Its id is that of its layer and of its channel. */
export interface Source {
  readonly id: string;
  readonly kind: SourceKind;
  /** As the device calls itself. */
  readonly name: string;
  readonly video: MediaStreamTrack | null;
  readonly audio: MediaStreamTrack | null;
}

/** What could not be had, and why. */
export interface SourceFailure {
  readonly kind: SourceKind | "image";
  readonly failure: CaptureFailure | "full" | "notImage" | "tooLarge";
}

/** Where the broadcast is: as the publisher says, `idle` without one. */
export type DeskPhase = WhipState;

/** What the desk needs of its page. */
export interface DeskOptions {
  readonly roomId: string;
  /** Address of `scene.worker.js`. */
  readonly workerUrl: string;
  /** Names of sources that have none of their own. */
  readonly names: { readonly [Kind in SourceKind]: string };
}

/** The desk; see the module. */
export class Desk implements Disposable {
  readonly compositor: Compositor;
  readonly mixer = new Mixer();
  readonly preview: MediaStream;
  readonly #options: DeskOptions;
  readonly #sources: Signal<readonly Source[]> = signal([]);
  readonly #scene: Signal<Scene>;
  readonly #devices: Signal<DeviceSnapshot> = signal(NO_DEVICES);
  readonly #failure: Signal<SourceFailure | null> = signal(null);
  readonly #quality: Signal<LiveQuality>;
  readonly #publisher: Signal<WhipPublisher | null> = signal(null);
  readonly #network: Signal<NetworkCheck> = signal({ state: "unknown" });
  readonly #heard: Signal<boolean> = signal(false);
  readonly #soundBlocked: Signal<boolean> = signal(false);
  readonly #busy: Signal<boolean> = signal(false);
  readonly #list: DeviceList;
  readonly #awake = new ScreenAwake();
  readonly #end = new AbortController();
  readonly #stops: (() => void)[] = [];
  readonly #windows = new BroadcastChannel("wanren.live");
  #listener: ReturnType<typeof setInterval> | undefined;
  #noter: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  /** Picture in a row of the layer that is taken hold of; null: none. */
  readonly selected: Signal<string | null> = signal(null);
  /** Where the broadcast is. */
  readonly phase: ReadonlySignal<DeskPhase> = computed(() =>
    this.#publisher.value?.state.value ?? "idle"
  );
  /** Why it is not on the air, while it should be. */
  readonly refusal: ReadonlySignal<Refusal | null> = computed(() =>
    this.#publisher.value?.refusal.value ?? null
  );

  constructor(options: DeskOptions) {
    this.#options = options;
    this.#quality = signal(parseQuality(stored(QUALITY_KEY)));
    this.#scene = signal(parseScene(stored(SCENE_KEY)));
    this.compositor = openCompositor({
      format: formatOf(this.#quality.value),
      workerUrl: options.workerUrl,
    });
    this.preview = new MediaStream([this.compositor.track]);
    this.#list = DeviceList.open((snapshot) => this.#devices.value = snapshot);
    this.#stops.push(this.#scene.subscribe((scene) => {
      this.compositor.setScene(scene);
      store(SCENE_KEY, storedScene(scene));
    }));
    for (const layer of this.#scene.value.layers) {
      if (layer.kind === "image") void this.#drawImage(layer);
    }
    this.#stops.push(this.phase.subscribe((phase) => this.#onPhase(phase)));
    this.#listener = setInterval(() => this.#listen(), LISTEN_MS);
    // Two windows of one room would throw each other out for ever.
    this.#windows.onmessage = ({ data }) => {
      if (data !== options.roomId || !this.onAir) return;
      this.#publisher.value?.giveUp({ kind: "taken", retryAfterMs: null });
    };
    // A browser that wants a gesture before it lets sound run gets the next one.
    for (const kind of ["pointerdown", "keydown"] as const) {
      document.addEventListener(kind, () => void this.#resumeSound(), {
        signal: this.#end.signal,
      });
    }
    void this.#resumeSound();
  }

  get sources(): ReadonlySignal<readonly Source[]> {
    return this.#sources;
  }
  get scene(): ReadonlySignal<Scene> {
    return this.#scene;
  }
  get devices(): ReadonlySignal<DeviceSnapshot> {
    return this.#devices;
  }
  /** What could not be had last; null: nothing, or it was put away. */
  get failure(): ReadonlySignal<SourceFailure | null> {
    return this.#failure;
  }
  get quality(): ReadonlySignal<LiveQuality> {
    return this.#quality;
  }
  get publisher(): ReadonlySignal<WhipPublisher | null> {
    return this.#publisher;
  }
  get network(): ReadonlySignal<NetworkCheck> {
    return this.#network;
  }
  /** Something was heard since the desk is open. */
  get heard(): ReadonlySignal<boolean> {
    return this.#heard;
  }
  /** The browser lets no sound run before somebody presses something. */
  get soundBlocked(): ReadonlySignal<boolean> {
    return this.#soundBlocked;
  }
  /** A device is being opened. */
  get busy(): ReadonlySignal<boolean> {
    return this.#busy;
  }

  /** Whether something is on its way to viewers, or tries to be. */
  get onAir(): boolean {
    const phase = this.phase.value;
    return phase === "connecting" || phase === "live" || phase === "reconnecting";
  }

  /** Opens a camera and a microphone with one question, and looks at the network. */
  async setUp(
    wish: { readonly cameraId?: string | null; readonly microphoneId?: string | null } = {},
  ): Promise<void> {
    await this.#opening(async () => {
      const opened = await openDevices({
        camera: this.#cameraWish({ deviceId: wish.cameraId ?? null }),
        microphone: { ...DEFAULT_MICROPHONE, deviceId: wish.microphoneId ?? null },
      });
      await this.#list.refresh();
      if (opened.video !== null) this.#add("camera", { video: opened.video });
      if (opened.audio !== null) this.#add("microphone", { audio: opened.audio });
      const failed = opened.cameraFailure !== null
        ? { kind: "camera", failure: opened.cameraFailure } as const
        : opened.microphoneFailure !== null
        ? { kind: "microphone", failure: opened.microphoneFailure } as const
        : null;
      this.#failure.value = failed;
    });
    void this.checkNetwork();
  }

  /** Adds a camera; of a phone the one that looks this way. */
  async addCamera(wish: Partial<Pick<CameraWish, "deviceId" | "facing">> = {}): Promise<void> {
    await this.#opening(async () => {
      const { track, failure } = await openCamera(this.#cameraWish(wish));
      if (track !== null) this.#add("camera", { video: track });
      this.#failure.value = failure === null ? null : { kind: "camera", failure };
      await this.#list.refresh();
    });
  }

  /** Adds a microphone. */
  async addMicrophone(deviceId: string | null = null): Promise<void> {
    await this.#opening(async () => {
      const { track, failure } = await openMicrophone({ ...DEFAULT_MICROPHONE, deviceId });
      if (track !== null) this.#add("microphone", { audio: track });
      this.#failure.value = failure === null ? null : { kind: "microphone", failure };
      await this.#list.refresh();
    });
  }

  /** Asks for a screen, a window or a tab, with its sound where there is one. */
  async addScreen(): Promise<void> {
    if (navigator.mediaDevices?.getDisplayMedia === undefined) {
      this.#failure.value = { kind: "screen", failure: "unsupported" };
      return;
    }
    await this.#opening(async () => {
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({
          video: { frameRate: { ideal: this.#quality.value.frameRate } },
          // A screen's sound is not a voice: nothing is to be taken out of it.
          audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        });
        this.#add("screen", {
          video: stream.getVideoTracks()[0] ?? null,
          audio: stream.getAudioTracks()[0] ?? null,
        });
        this.#failure.value = null;
      } catch (error) {
        const failure = captureFailure(error);
        // Who closes the browser's question has changed their mind.
        this.#failure.value = failure === "refused" || failure === "dismissed"
          ? null
          : { kind: "screen", failure };
      }
    });
  }

  /** Adds somebody else's picture and sound; answers the id of the source. */
  addRemote(
    tracks: {
      readonly name: string;
      readonly video?: MediaStreamTrack | null;
      readonly audio?: MediaStreamTrack | null;
    },
  ): string {
    return this.#add("remote", tracks);
  }

  /** Turns a camera to another device or the other side, where it stands. */
  async switchCamera(
    id: string,
    wish: Pick<Partial<CameraWish>, "deviceId" | "facing">,
  ): Promise<void> {
    const before = this.#sources.value.find((source) => source.id === id);
    if (before === undefined) return;
    await this.#opening(async () => {
      // A phone gives one camera at a time.
      before.video?.stop();
      const { track, failure } = await openCamera(this.#cameraWish(wish));
      this.#failure.value = failure === null ? null : { kind: "camera", failure };
      if (track === null) return this.removeSource(id);
      this.#replace(id, { video: track, name: track.label || before.name });
      this.compositor.setSource(id, track);
      this.#watch(id, track);
      this.change(id, { mirror: givenPicture(track).facing === "user" });
    });
  }

  /** Takes another microphone for this channel. */
  async switchMicrophone(id: string, deviceId: string): Promise<void> {
    await this.#opening(async () => {
      const { track, failure } = await openMicrophone({ ...DEFAULT_MICROPHONE, deviceId });
      this.#failure.value = failure === null ? null : { kind: "microphone", failure };
      if (track === null) return;
      this.#sources.value.find((source) => source.id === id)?.audio?.stop();
      this.#replace(id, { audio: track, name: track.label || this.#options.names.microphone });
      this.mixer.add(id, track);
      this.#watch(id, track);
    });
  }

  /** Takes a source away, with its layer and its channel. */
  removeSource(id: string): void {
    const source = this.#sources.value.find((one) => one.id === id);
    if (source !== undefined) {
      // Somebody else's tracks are theirs to stop.
      if (source.kind !== "remote") {
        source.video?.stop();
        source.audio?.stop();
      }
      this.#sources.value = this.#sources.value.filter((one) => one.id !== id);
      this.mixer.remove(id);
    }
    this.compositor.remove(id);
    if (this.selected.value === id) this.selected.value = null;
    this.#scene.value = removeLayer(this.#scene.value, id);
  }

  /** Changes the scene. */
  arrange(change: (scene: Scene) => Scene): void {
    this.#scene.value = change(this.#scene.value);
  }

  /** Changes one layer. */
  change(id: string, change: LayerChange): void {
    this.arrange((scene) => changeLayer(scene, id, change));
  }

  /** Adds a line of words. */
  addText(text: string): void {
    const layer: TextLayer = {
      id: this.#newId("text"),
      kind: "text",
      text,
      color: "#ffffff",
      visible: true,
      box: { x: 0.05, y: 0.8, width: 0.9, height: 0.1 },
    };
    if (this.#addLayer(layer)) this.selected.value = layer.id;
  }

  /** Adds a picture that was made small enough to be kept. */
  addImage(image: { readonly name: string; readonly data: string; readonly ratio: number }): void {
    const width = 0.25;
    const layer: ImageLayer = {
      id: this.#newId("image"),
      kind: "image",
      name: image.name,
      data: image.data,
      visible: true,
      // The shape of the image in a picture of 16:9.
      box: { x: 0.05, y: 0.06, width, height: Math.min(0.9, width / image.ratio * 16 / 9) },
    };
    if (!this.#addLayer(layer)) return;
    this.selected.value = layer.id;
    void this.#drawImage(layer);
  }

  /** Says what could not be had; null puts it away. */
  say(failure: SourceFailure | null): void {
    this.#failure.value = failure;
  }

  /** Another quality; while it is live the picture follows, what belongs to the sound comes next time. */
  setQuality(quality: LiveQuality): void {
    this.#quality.value = quality;
    store(QUALITY_KEY, JSON.stringify(quality));
    this.compositor.setFormat(formatOf(quality));
    void this.#publisher.value?.setGoal(goalOf(quality));
  }

  /** Looks at the line and the server. */
  async checkNetwork(): Promise<void> {
    if (this.#network.value.state === "checking" || this.onAir) return;
    this.#network.value = { state: "checking" };
    this.#network.value = await checkNetwork({
      roomId: this.#options.roomId,
      signal: this.#end.signal,
    });
  }

  /** On the air from now on. */
  goLive(): void {
    if (this.onAir) return;
    const { roomId } = this.#options;
    const quality = this.#quality.value;
    void this.#resumeSound();
    const publisher = new WhipPublisher({
      url: new URL(`/whip/${roomId}`, document.baseURI).href,
      key: async () => {
        const { publish } = await api.get("/api/rooms/{room}/publish-key", {
          path: { room: roomId },
        });
        return publish.key;
      },
      video: this.compositor.track,
      audio: this.mixer.track,
      goal: goalOf(quality),
      opus: opusOf(quality),
      simulcast: quality.simulcast,
    });
    this.#publisher.value?.stop();
    this.#publisher.value = publisher;
    this.#windows.postMessage(roomId);
    publisher.start();
  }

  /** Off the air; the sources stay. */
  end(): void {
    this.#publisher.value?.stop();
    this.#publisher.value = null;
  }

  [Symbol.dispose](): void {
    this.end();
    this.#end.abort();
    clearInterval(this.#listener);
    clearInterval(this.#noter);
    for (const stop of this.#stops) stop();
    for (const { id } of this.#sources.value) {
      const source = this.#sources.value.find((one) => one.id === id);
      source?.video?.stop();
      source?.audio?.stop();
    }
    this.#windows.close();
    this.#list[Symbol.dispose]();
    this.#awake[Symbol.dispose]();
    this.compositor[Symbol.dispose]();
    this.mixer[Symbol.dispose]();
  }

  #cameraWish(wish: Partial<Pick<CameraWish, "deviceId" | "facing">>): CameraWish {
    const { resolution, frameRate } = this.#quality.value;
    return { ...DEFAULT_CAMERA, resolution, frameRate, ...wish };
  }

  async #opening(open: () => Promise<void>): Promise<void> {
    if (this.#busy.value) return;
    this.#busy.value = true;
    try {
      await open();
    } finally {
      this.#busy.value = false;
    }
  }

  #add(
    kind: SourceKind,
    { video = null, audio = null, name }: {
      readonly video?: MediaStreamTrack | null;
      readonly audio?: MediaStreamTrack | null;
      readonly name?: string;
    },
  ): string {
    const id = this.#newId(kind);
    const label = name ?? (kind === "screen" ? "" : (video ?? audio)?.label ?? "");
    const source = { id, kind, name: label || this.#options.names[kind], video, audio };
    if (video !== null) {
      const added = this.#addLayer({
        id,
        kind: "video",
        name: source.name,
        fit: kind === "screen" ? "contain" : "cover",
        mirror: kind === "camera" && givenPicture(video).facing === "user",
        beauty: 0,
        visible: true,
        box: { x: 0.1, y: 0.1, width: 0.5, height: 0.5 },
      });
      if (!added) {
        video.stop();
        audio?.stop();
        return id;
      }
      this.compositor.setSource(id, video);
      this.#watch(id, video);
      this.#arrangeSecond(kind);
    }
    if (audio !== null) {
      this.mixer.add(id, audio, { remote: kind === "remote" });
      this.#watch(id, audio);
    }
    this.#sources.value = [...this.#sources.value, source];
    return id;
  }

  /** A second picture is of no use where only the first one is seen. */
  #arrangeSecond(kind: SourceKind): void {
    const scene = this.#scene.value;
    const moving = scene.layers.filter((layer) => layer.kind === "video");
    if (scene.layout !== "single" || moving.length < 2) return;
    const added = moving.at(-1)!;
    // A screen is what is talked about: the face goes into the corner.
    const layers = kind === "screen"
      ? [added, ...scene.layers.filter((layer) => layer !== added)]
      : scene.layers;
    this.#scene.value = { ...scene, layout: "pip", layers };
  }

  #addLayer(layer: Parameters<typeof addLayer>[1]): boolean {
    if (this.#scene.value.layers.length >= MAX_LAYERS) {
      this.#failure.value = { kind: "image", failure: "full" };
      return false;
    }
    this.#scene.value = addLayer(this.#scene.value, layer);
    return true;
  }

  #replace(id: string, change: Partial<Source>): void {
    this.#sources.value = this.#sources.value.map((source) =>
      source.id === id ? { ...source, ...change } : source
    );
  }

  /** A device that was pulled out, or a screen that is not shared any more, is gone. */
  #watch(id: string, track: MediaStreamTrack): void {
    track.addEventListener("ended", () => {
      const source = this.#sources.value.find((one) => one.id === id);
      if (source?.video === track || source?.audio === track && source.video === null) {
        this.removeSource(id);
      }
    }, { signal: this.#end.signal });
  }

  async #drawImage({ id, data }: ImageLayer): Promise<void> {
    // The policy of the page lets no `data:` be fetched; an element may show it.
    const image = new Image();
    image.src = data;
    try {
      await image.decode();
      const bitmap = await createImageBitmap(image);
      if (this.#scene.value.layers.some((layer) => layer.id === id)) {
        this.compositor.setImage(id, bitmap);
      } else bitmap.close();
    } catch {
      this.removeSource(id);
      this.#failure.value = { kind: "image", failure: "notImage" };
    }
  }

  #listen(): void {
    this.#soundBlocked.value = !this.mixer.running;
    if (this.#heard.value) return;
    for (const { id, audio } of this.#sources.value) {
      const level = audio === null ? null : this.mixer.level(id, performance.now());
      if (level !== null && level.level > HEARD) this.#heard.value = true;
    }
  }

  async #resumeSound(): Promise<void> {
    if (!this.mixer.running) await this.mixer.resume();
  }

  #onPhase(phase: DeskPhase): void {
    clearInterval(this.#noter);
    const onAir = phase === "connecting" || phase === "live" || phase === "reconnecting";
    if (!onAir) {
      this.#awake.release();
      noteOnAir(null);
      return;
    }
    this.#awake.hold();
    const note = () => noteOnAir(this.#note());
    note();
    this.#noter = setInterval(note, NOTE_MS);
  }

  #note(): OnAir {
    const id = (kind: SourceKind) => {
      const source = this.#sources.value.find((one) => one.kind === kind);
      return (source?.video ?? source?.audio)?.getSettings().deviceId ?? null;
    };
    return {
      roomId: this.#options.roomId,
      atMs: Date.now(),
      cameraId: id("camera"),
      microphoneId: id("microphone"),
    };
  }

  #newId(kind: string): string {
    const taken = new Set(this.#scene.value.layers.map(({ id }) => id));
    let id;
    do id = `${kind}-${++this.#count}`; while (taken.has(id));
    return id;
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Forbidden, or full: the scene lasts as long as the page.
  }
}
