/**
 * What we send: microphone, camera and screen, which come and go while the call runs.
 *
 * @module
 */
import {
  audioConstraints,
  DEFAULT_CAMERA,
  DEFAULT_MICROPHONE,
  videoConstraints,
} from "../capture/constraints.ts";
import { type CaptureFailure, captureFailure, captureSupport } from "../capture/failures.ts";
import { openDevices } from "../capture/open_devices.ts";
import type { LocalMedia } from "./peer.ts";

/** Everything about our own devices at one moment. */
export interface LocalState {
  /** Not muted. */
  readonly audio: boolean;
  readonly video: boolean;
  readonly microphone: string | null;
  readonly camera: string | null;
  readonly audioTrack: MediaStreamTrack | null;
  readonly videoTrack: MediaStreamTrack | null;
  readonly screen: MediaStream | null;
  readonly microphoneFailure: CaptureFailure | null;
  readonly cameraFailure: CaptureFailure | null;
  readonly screenFailure: CaptureFailure | null;
  /** The question was asked and answered at least once. */
  readonly asked: boolean;
  readonly busy: boolean;
}

/** Nothing was asked for yet. */
export const NO_MEDIA: LocalState = {
  audio: true,
  video: true,
  microphone: null,
  camera: null,
  audioTrack: null,
  videoTrack: null,
  screen: null,
  microphoneFailure: null,
  cameraFailure: null,
  screenFailure: null,
  asked: false,
  busy: false,
};

/** The owner of our tracks. */
export class LocalMediaOwner {
  /** What camera and microphone belong to for all others; it has no tracks of its own. */
  readonly stream: MediaStream = new MediaStream();
  #state: LocalState = NO_MEDIA;
  readonly #onChange: () => void;
  #closed = false;
  /** One change of devices after the other. */
  #work: Promise<void> = Promise.resolve();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get state(): LocalState {
    return this.#state;
  }

  /** What everybody gets. A microphone that is muted goes on as silence: it comes back at once. */
  get media(): LocalMedia {
    const { audioTrack, videoTrack, screen } = this.#state;
    return { audio: audioTrack, video: videoTrack, screen };
  }

  /** Opens what is switched on and not open yet. */
  open(): Promise<void> {
    return this.#queue(async () => {
      const { audio, video, audioTrack, videoTrack, microphone, camera } = this.#state;
      const support = captureSupport(globalThis);
      if (support !== "ok") {
        this.#set({ microphoneFailure: support, cameraFailure: support, asked: true });
        return;
      }
      this.#set({ busy: true });
      const wantsAudio = audio && audioTrack === null;
      const wantsVideo = video && videoTrack === null;
      const opened = await openDevices({
        camera: wantsVideo ? { ...DEFAULT_CAMERA, deviceId: camera } : null,
        microphone: wantsAudio ? { ...DEFAULT_MICROPHONE, deviceId: microphone } : null,
      });
      this.#adopt(opened.audio);
      this.#adopt(opened.video);
      this.#set({
        busy: false,
        asked: true,
        ...(wantsAudio && { microphoneFailure: opened.microphoneFailure }),
        ...(wantsVideo && { cameraFailure: opened.cameraFailure }),
      });
    });
  }

  /** Mutes or unmutes; opens the microphone where it is not open yet. */
  async setAudio(on: boolean): Promise<void> {
    this.#set({ audio: on });
    const { audioTrack } = this.#state;
    if (audioTrack !== null) audioTrack.enabled = on;
    else if (on) await this.open();
    this.#onChange();
  }

  /** Switches the camera on or off; off means that its light goes out. */
  async setVideo(on: boolean): Promise<void> {
    this.#set({ video: on });
    const { videoTrack } = this.#state;
    if (on) await this.open();
    else if (videoTrack !== null) {
      videoTrack.stop();
      this.#set({ videoTrack: null });
    }
  }

  /** Takes another microphone; the one before goes on where this one cannot be had. */
  chooseMicrophone(id: string): Promise<void> {
    return this.#queue(async () => {
      const audio = audioConstraints({ ...DEFAULT_MICROPHONE, deviceId: id });
      const track = await this.#ask({ audio }, "microphoneFailure");
      if (track === null) return;
      this.#adopt(track);
      this.#set({ microphone: id, microphoneFailure: null });
    });
  }

  /** Takes another camera. */
  chooseCamera(id: string): Promise<void> {
    return this.#queue(async () => {
      if (!this.#state.video) {
        this.#set({ camera: id });
        return;
      }
      const video = videoConstraints({ ...DEFAULT_CAMERA, deviceId: id });
      const track = await this.#ask({ video }, "cameraFailure");
      if (track === null) return;
      this.#adopt(track);
      this.#set({ camera: id, cameraFailure: null });
    });
  }

  /** Asks for a screen, a window or a tab; false when none was given. */
  async shareScreen(): Promise<boolean> {
    try {
      const screen = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 30, max: 30 } },
        audio: true,
      });
      if (this.#closed) {
        for (const track of screen.getTracks()) track.stop();
        return false;
      }
      const [picture] = screen.getVideoTracks();
      if (picture !== undefined) {
        picture.contentHint = "detail";
        picture.onended = () => this.endScreen();
      }
      this.endScreen();
      this.#set({ screen, screenFailure: null });
      return true;
    } catch (error) {
      const failure = captureFailure(error);
      // Whoever closes the question has decided.
      const isDecision = failure === "dismissed" || failure === "refused";
      this.#set({ screenFailure: isDecision ? null : failure });
      return false;
    }
  }

  /** Ends the sharing. */
  endScreen(): void {
    const { screen } = this.#state;
    if (screen === null) return;
    for (const track of screen.getTracks()) {
      track.onended = null;
      track.stop();
    }
    this.#set({ screen: null });
  }

  /** Gives the devices back until {@linkcode open}; what is switched on stays so. */
  release(): void {
    this.#stop();
    this.#onChange();
  }

  /** Lets go of everything. */
  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    const { audioTrack, videoTrack, screen } = this.#state;
    for (const track of [audioTrack, videoTrack, ...screen?.getTracks() ?? []]) {
      if (track === null) continue;
      track.onended = null;
      track.stop();
    }
    this.#state = { ...this.#state, audioTrack: null, videoTrack: null, screen: null };
  }

  async #ask(
    constraints: MediaStreamConstraints,
    failure: "microphoneFailure" | "cameraFailure",
  ): Promise<MediaStreamTrack | null> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      return stream.getTracks()[0] ?? null;
    } catch (error) {
      this.#set({ [failure]: captureFailure(error) });
      return null;
    }
  }

  #adopt(track: MediaStreamTrack | null): void {
    if (track === null) return;
    if (this.#closed) {
      track.stop();
      return;
    }
    const isAudio = track.kind === "audio";
    const before = isAudio ? this.#state.audioTrack : this.#state.videoTrack;
    if (before !== null) {
      before.onended = null;
      before.stop();
    }
    if (isAudio) track.enabled = this.#state.audio;
    const deviceId = track.getSettings().deviceId ?? null;
    // Unplugged, or taken by another program.
    track.onended = () => {
      if (isAudio) this.#set({ audioTrack: null, microphoneFailure: "missing" });
      else this.#set({ videoTrack: null, video: false, cameraFailure: "missing" });
    };
    this.#set(
      isAudio
        ? { audioTrack: track, microphone: deviceId }
        : { videoTrack: track, camera: deviceId },
    );
    // Switched off while the question was open.
    if (!isAudio && !this.#state.video) {
      track.stop();
      this.#set({ videoTrack: null });
    }
  }

  #queue(work: () => Promise<void>): Promise<void> {
    return this.#work = this.#work.then(work, work);
  }

  #set(change: Partial<LocalState>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#closed) this.#onChange();
  }
}
