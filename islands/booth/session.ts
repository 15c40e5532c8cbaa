/**
 * The booth at work: devices, mirror, shutter, recorder and takes of one page. It owns everything
 * that has to be let go, and says what changed to whoever listens.
 *
 * @module
 */
import {
  type CameraWish,
  cropTo,
  givenPicture,
  type MicrophoneWish,
  reachableResolutions,
  type Size,
  videoConstraints,
} from "../capture/constraints.ts";
import { DeviceList } from "../capture/devices.ts";
import { captureSupport } from "../capture/failures.ts";
import { clockMode, FrameClock } from "../capture/frame_clock.ts";
import type { Composition, PictureDrawer, ThumbnailSheet } from "../capture/filters/look.ts";
import { openDrawer } from "../capture/filters/mod.ts";
import { presetOf, PRESETS } from "../capture/filters/presets.ts";
import type { LevelMeter } from "../capture/level_meter.ts";
import { openCamera, openDevices, openMicrophone } from "../capture/open_devices.ts";
import { recordingTypes } from "../capture/recorder.ts";
import { openScreen, sharesScreens } from "../capture/screen.ts";
import { SoundMix } from "../capture/sound_mix.ts";
import { type BoothPreferences, loadPreferences, savePreferences } from "./preferences.ts";
import { Shutter } from "./shutter.ts";
import { type BoothState, initialState, isMirrored } from "./state.ts";

/** What the page brings. */
export interface BoothParts {
  readonly canvas: HTMLCanvasElement;
  /** Plays the camera, seen by nobody. */
  readonly cameraVideo: HTMLVideoElement;
  /** Plays the screen, seen by nobody. */
  readonly screenVideo: HTMLVideoElement;
}

/** Side of a small picture of a filter, pixels. */
export const THUMBNAIL_PX = 96;
/** Time between two rounds of small pictures, milliseconds; longer while something is recorded. */
const THUMBNAILS_MS = 250;
const THUMBNAILS_RECORDING_MS = 1_000;
/** Larger screens are recorded smaller, pixels. */
const MAX_SCREEN: Size = { width: 2560, height: 1440 };

/** One booth; disposing it turns everything off. */
export class BoothSession implements Disposable {
  readonly #parts: BoothParts;
  readonly #drawer: PictureDrawer | null;
  /** Pictures, recordings and takes. */
  readonly shutter: Shutter;
  readonly #clock = new FrameClock((nowMs) => this.#draw(nowMs));
  readonly #listeners = new Set<() => void>();
  readonly #end = new AbortController();
  readonly #composition: { -readonly [Key in keyof Composition]: Composition[Key] } = {
    camera: null,
    screen: null,
    corner: "bottom-right",
  };
  #state: BoothState;
  #devices: DeviceList | null = null;
  #mix: SoundMix | null = null;
  #cameraTrack: MediaStreamTrack | null = null;
  #microphoneTrack: MediaStreamTrack | null = null;
  #screenTracks: MediaStreamTrack[] = [];
  #thumbnails: readonly CanvasRenderingContext2D[] = [];
  #sheet: ThumbnailSheet | null = null;
  #thumbnailsAtMs = 0;
  /** The opening of devices that counts. */
  #opening = 0;

  constructor(parts: BoothParts) {
    this.#parts = parts;
    this.#state = { ...initialState(), preferences: loadPreferences() };
    const support = captureSupport(globalThis);
    this.#drawer = support === "ok" ? openDrawer(parts.canvas) : null;
    const records = typeof MediaRecorder === "function" && "captureStream" in parts.canvas;
    this.#set({
      support,
      drawing: this.#drawer === null ? "none" : this.#drawer.full ? "full" : "plain",
      sharesScreens: sharesScreens(navigator.mediaDevices),
      recordingTypes: records ? recordingTypes((type) => MediaRecorder.isTypeSupported(type)) : [],
    });
    const { signal } = this.#end;
    document.addEventListener("visibilitychange", this.#pace, { signal });
    addEventListener("pointerdown", () => void this.#mix?.wake(), { signal });
    for (const video of [parts.cameraVideo, parts.screenVideo]) {
      video.addEventListener("resize", this.#fit, { signal });
      video.addEventListener("loadeddata", this.#fit, { signal });
    }
    this.shutter = new Shutter(this.#hostOf());
    void this.#begin(support === "ok");
  }

  /** What is to be shown now. */
  get state(): BoothState {
    return this.#state;
  }

  /** Loudness of the microphone, for a bar that reads it by itself. */
  get meter(): LevelMeter | null {
    return this.#mix?.meter ?? null;
  }

  /** Calls `listener` on each change; answers how to stop that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Where the small pictures of the filters go, in the order of the filters. */
  showThumbnails(contexts: readonly CanvasRenderingContext2D[]): void {
    this.#thumbnails = contexts;
  }

  /** Turns camera and microphone on; the browser may ask the reader. */
  async start(): Promise<void> {
    const opening = ++this.#opening;
    const { preferences } = this.#state;
    this.#mix ??= new SoundMix();
    void this.#mix.wake();
    this.#set({
      camera: { ...this.#state.camera, phase: "opening", failure: null },
      microphone: {
        phase: preferences.sound ? "opening" : "off",
        failure: null,
      },
    });
    const opened = await openDevices({
      camera: preferences.camera,
      microphone: preferences.sound ? preferences.microphone : null,
    });
    if (this.#isOver(opening)) {
      opened.video?.stop();
      opened.audio?.stop();
      return;
    }
    this.#takeMicrophone(opened.audio, opened.microphoneFailure);
    this.#takeCamera(opened.video, opened.cameraFailure);
    await this.#devices?.refresh();
  }

  /** Turns the camera off and its light with it. */
  stopCamera(): void {
    this.#opening++;
    this.#takeCamera(null, null);
    if (this.#state.screen.phase !== "on") void this.shutter.stop();
  }

  /** Another camera, size, rate or shape; at once where the camera can. */
  async wishCamera(change: Partial<CameraWish>): Promise<void> {
    const camera = { ...this.#state.preferences.camera, ...change };
    this.#prefer({ camera });
    const track = this.#cameraTrack;
    const same = change.deviceId === undefined && change.facing === undefined;
    if (track === null) {
      if (this.#state.camera.phase === "off" && !same) await this.#reopenCamera(camera);
      return;
    }
    if (same) {
      const { deviceId: _, facingMode: __, ...constraints } = videoConstraints(camera);
      const took = await track.applyConstraints(constraints).then(() => true, () => false);
      if (track !== this.#cameraTrack) return;
      if (took) return this.#readCamera(track);
    }
    await this.#reopenCamera(camera);
  }

  /** From the front to the back, or to the next camera. */
  async nextCamera(): Promise<void> {
    const cameras = this.#state.devices.devices.filter(({ kind }) => kind === "camera");
    const { given } = this.#state.camera;
    const index = cameras.findIndex(({ id }) => id === given?.deviceId);
    const facing = given?.facing === "environment" ? "user" : "environment";
    const other = given?.facing === null || given === null
      ? cameras[(index + 1) % Math.max(1, cameras.length)]
      : cameras.find((camera) => camera.facing === facing) ??
        cameras[(index + 1) % Math.max(1, cameras.length)];
    await this.wishCamera({ deviceId: other?.id || null, facing });
  }

  /** Another microphone, or other switches. */
  async wishMicrophone(change: Partial<MicrophoneWish>): Promise<void> {
    const microphone = { ...this.#state.preferences.microphone, ...change };
    this.#prefer({ microphone });
    if (this.#state.preferences.sound && this.#state.microphone.phase !== "off") {
      await this.#reopenMicrophone(microphone);
    }
  }

  /** Sound on or off; during a recording, too. */
  async setSound(sound: boolean): Promise<void> {
    this.#prefer({ sound });
    if (!sound) this.#takeMicrophone(null, null);
    else if (this.#state.support === "ok") {
      await this.#reopenMicrophone(this.#state.preferences.microphone);
    }
  }

  /** Whatever else is chosen: it takes effect with the next frame. */
  prefer(change: Partial<Omit<BoothPreferences, "camera" | "microphone" | "sound">>): void {
    this.#prefer(change);
    if (change.corner !== undefined) this.#composition.corner = change.corner;
    this.#dress();
  }

  /** A screen instead of the camera, which stands small over it; or no longer. */
  async toggleScreen(): Promise<void> {
    const { phase } = this.#state.screen;
    if (phase === "opening") return;
    if (phase === "on") return this.#endScreen();
    this.#mix ??= new SoundMix();
    void this.#mix.wake();
    this.#set({ screen: { phase: "opening", surface: null, sound: false }, trouble: null });
    const opened = await openScreen({ frameRate: this.#state.preferences.camera.frameRate });
    if (this.#end.signal.aborted || opened.video === null) {
      opened.audio?.stop();
      this.#set({ screen: { phase: "off", surface: null, sound: false } });
      if (opened.failure !== null && opened.failure !== "dismissed") {
        this.#set({ trouble: "screen_failed" });
      }
      return;
    }
    this.#screenTracks = [opened.video, ...(opened.audio === null ? [] : [opened.audio])];
    opened.video.addEventListener("ended", () => this.#screenGone(opened.video!));
    this.#mix.set("screen", opened.audio);
    await play(this.#parts.screenVideo, opened.video);
    this.#composition.screen = this.#parts.screenVideo;
    this.#set({
      screen: { phase: "on", surface: opened.surface, sound: opened.audio !== null },
    });
    this.#fit();
    this.#pace();
  }

  /** The reader has read it. */
  dismissTrouble(): void {
    this.#set({ trouble: null });
  }

  /** Turns everything off; a recording that runs is kept. */
  [Symbol.dispose](): void {
    this.#opening++;
    this.shutter[Symbol.dispose]();
    this.#takeCamera(null, null);
    this.#takeMicrophone(null, null);
    this.#endScreen();
    this.#end.abort();
    this.#devices?.[Symbol.dispose]();
    this.#clock[Symbol.dispose]();
    this.#mix?.[Symbol.dispose]();
    this.#drawer?.[Symbol.dispose]();
    this.#listeners.clear();
  }

  async #begin(capable: boolean): Promise<void> {
    await this.shutter.open();
    if (!capable || this.#end.signal.aborted) return;
    let asked = false;
    this.#devices = DeviceList.open((devices) => {
      this.#set({ devices });
      // Who allowed it before is not asked to press a button for it.
      if (!asked && devices.camera === "granted") void this.start();
      asked = true;
      this.#heal();
    });
  }

  /** A device that was refused or gone may be there now. */
  #heal(): void {
    const { camera, devices } = this.#state;
    if (camera.phase !== "off") return;
    const back = camera.failure === "unplugged" &&
      devices.devices.some(({ kind, id }) => kind === "camera" && id !== "");
    const allowed = camera.failure === "refused" && devices.camera === "granted";
    if (back || allowed) void this.start();
  }

  async #reopenCamera(wish: CameraWish): Promise<void> {
    const opening = ++this.#opening;
    // Phones have one camera at a time: the one before goes first.
    this.#takeCamera(null, null, { soon: true });
    this.#set({ camera: { ...this.#state.camera, phase: "opening", failure: null } });
    const { track, failure } = await openCamera(wish);
    if (this.#isOver(opening)) return track?.stop();
    this.#takeCamera(track, failure);
    await this.#devices?.refresh();
  }

  async #reopenMicrophone(wish: MicrophoneWish): Promise<void> {
    this.#mix ??= new SoundMix();
    this.#set({ microphone: { phase: "opening", failure: null } });
    const { track, failure } = await openMicrophone(wish);
    const unwanted = this.#end.signal.aborted || !this.#state.preferences.sound;
    if (unwanted) return track?.stop();
    this.#takeMicrophone(track, failure);
    await this.#devices?.refresh();
  }

  #takeCamera(
    track: MediaStreamTrack | null,
    failure: BoothState["camera"]["failure"],
    { soon = false } = {},
  ): void {
    this.#cameraTrack?.stop();
    this.#cameraTrack = track;
    this.#composition.camera = track === null ? null : this.#parts.cameraVideo;
    if (track === null) {
      this.#parts.cameraVideo.srcObject = null;
      this.#set({ camera: { ...this.#state.camera, phase: "off", failure } });
      if (!soon) this.#fit();
    } else {
      track.addEventListener("ended", () => this.#cameraGone(track));
      void play(this.#parts.cameraVideo, track);
      this.#set({
        camera: {
          phase: "on",
          failure: null,
          given: givenPicture(track),
          reach: reachableResolutions(track.getCapabilities?.()),
        },
      });
      this.#dress();
    }
    this.#pace();
  }

  #readCamera(track: MediaStreamTrack): void {
    this.#set({ camera: { ...this.#state.camera, given: givenPicture(track) } });
    this.#fit();
    this.#pace();
  }

  #takeMicrophone(
    track: MediaStreamTrack | null,
    failure: BoothState["microphone"]["failure"],
  ): void {
    this.#microphoneTrack?.stop();
    this.#microphoneTrack = track;
    this.#mix?.set("microphone", track);
    track?.addEventListener("ended", () => this.#microphoneGone(track));
    this.#set({ microphone: { phase: track === null ? "off" : "on", failure } });
  }

  #cameraGone(track: MediaStreamTrack): void {
    if (track !== this.#cameraTrack) return;
    this.#takeCamera(null, "unplugged");
    if (this.shutter.recording && this.#state.screen.phase !== "on") {
      this.shutter.say("camera_unplugged_kept");
      void this.shutter.stop();
    } else this.#set({ trouble: "camera_unplugged" });
  }

  #microphoneGone(track: MediaStreamTrack): void {
    if (track !== this.#microphoneTrack) return;
    this.#takeMicrophone(null, "unplugged");
    this.#set({
      trouble: !this.shutter.recording ? "microphone_unplugged" : "microphone_unplugged_recording",
    });
  }

  #screenGone(track: MediaStreamTrack): void {
    if (track !== this.#screenTracks[0]) return;
    const last = this.shutter.recording && this.#state.camera.phase !== "on";
    if (last) this.shutter.say("screen_ended_kept");
    this.#endScreen();
    if (!last) this.#set({ trouble: "screen_ended" });
  }

  #endScreen(): void {
    for (const track of this.#screenTracks) track.stop();
    this.#screenTracks = [];
    this.#mix?.set("screen", null);
    this.#composition.screen = null;
    this.#parts.screenVideo.srcObject = null;
    this.#set({ screen: { phase: "off", surface: null, sound: false } });
    if (this.shutter.recording && this.#state.camera.phase !== "on") void this.shutter.stop();
    this.#fit();
    this.#pace();
  }

  /** The size of what is drawn; a recording keeps the one that it began with. */
  readonly #fit = () => {
    if (this.shutter.recording) return;
    const { cameraVideo, screenVideo } = this.#parts;
    const { camera, screen, preferences } = this.#state;
    let picture: Size | null = null;
    if (screen.phase === "on" && screenVideo.videoWidth > 0) picture = evenWithin(screenVideo);
    else if (camera.phase === "on" && cameraVideo.videoWidth > 0) {
      const size = { width: cameraVideo.videoWidth, height: cameraVideo.videoHeight };
      picture = cropTo(size, preferences.camera.aspect);
    }
    if (picture !== null) this.#drawer?.resize(picture);
    const before = this.#state.picture;
    if (before?.width !== picture?.width || before?.height !== picture?.height) {
      this.#set({ picture });
    }
    if (this.#cameraTrack !== null && camera.phase === "on") {
      const given = givenPicture(this.#cameraTrack);
      if (given.width !== camera.given?.width || given.height !== camera.given?.height) {
        this.#set({ camera: { ...this.#state.camera, given } });
      }
    }
  };

  /** How often is drawn, by what there is and who sees it. */
  readonly #pace = () => {
    const { camera, screen, preferences } = this.#state;
    this.#clock.set({
      mode: clockMode({
        hidden: document.visibilityState === "hidden",
        recording: this.shutter.recording,
        camera: camera.phase === "on",
        screen: screen.phase === "on",
      }),
      video: this.#parts.cameraVideo,
      frameRate: preferences.camera.frameRate,
    });
  };

  #draw(nowMs: number): void {
    const drawer = this.#drawer;
    if (drawer === null || !drawer.draw(this.#composition, nowMs)) return;
    const { camera } = this.#composition;
    const every = !this.shutter.recording ? THUMBNAILS_MS : THUMBNAILS_RECORDING_MS;
    if (camera === null || this.#thumbnails.length === 0) return;
    if (nowMs - this.#thumbnailsAtMs < every) return;
    const size = { width: THUMBNAIL_PX, height: THUMBNAIL_PX };
    const sheet = this.#sheet ??= {
      presets: PRESETS,
      size,
      pixels: new ImageData(size.width * PRESETS.length, size.height),
    };
    if (!drawer.drawThumbnails(camera, sheet)) return;
    this.#thumbnailsAtMs = nowMs;
    for (let index = 0; index < this.#thumbnails.length; index++) {
      const x = index * THUMBNAIL_PX;
      this.#thumbnails[index]!.putImageData(
        sheet.pixels,
        -x,
        0,
        x,
        0,
        THUMBNAIL_PX,
        THUMBNAIL_PX,
      );
    }
  }

  #dress(): void {
    const { preset, smoothing, brightness, warmth, watermark, watermarked } =
      this.#state.preferences;
    this.#composition.corner = this.#state.preferences.corner;
    this.#drawer?.setLook({
      preset: presetOf(preset),
      smoothing,
      brightness,
      warmth,
      mirror: isMirrored(this.#state),
    });
    this.#drawer?.setWatermark(watermarked ? watermark.trim() : "");
  }

  #hostOf() {
    const read = () => this.#state;
    const readMix = () => this.#mix;
    return {
      canvas: this.#parts.canvas,
      get state() {
        return read();
      },
      get mix() {
        return readMix();
      },
      set: (change: Partial<BoothState>) => this.#set(change),
      draw: () => this.#drawer?.draw(this.#composition, performance.now()) === true,
      changed: () => {
        this.#fit();
        this.#pace();
      },
    };
  }

  #isOver(opening: number): boolean {
    return opening !== this.#opening || this.#end.signal.aborted;
  }

  #prefer(change: Partial<BoothPreferences>): void {
    const preferences = { ...this.#state.preferences, ...change };
    this.#set({ preferences });
    savePreferences(preferences);
  }

  #set(change: Partial<BoothState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** A screen's size as encoders want it. */
function evenWithin({ videoWidth, videoHeight }: HTMLVideoElement): Size {
  const scale = Math.min(1, MAX_SCREEN.width / videoWidth, MAX_SCREEN.height / videoHeight);
  const even = (value: number) => Math.max(2, Math.round(value * scale / 2) * 2);
  return { width: even(videoWidth), height: even(videoHeight) };
}

async function play(video: HTMLVideoElement, track: MediaStreamTrack): Promise<void> {
  video.srcObject = new MediaStream([track]);
  // Another source came in between, or the browser saves power: the next frame tells.
  await video.play().catch(() => {});
}
