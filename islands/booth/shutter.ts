/**
 * The shutter and what it makes: pictures, recordings, and the shelf that they stand on.
 *
 * @module
 */
import { Recorder, recordingBitrate, type RecordingOutcome } from "../capture/recorder.ts";
import type { SoundMix } from "../capture/sound_mix.ts";
import {
  fileNameOf,
  MAX_TAKES,
  openTakes,
  roomFor,
  type Take,
  type TakeShelf,
  type TakeWriter,
} from "../capture/takes.ts";
import { ScreenAwake } from "../capture/wake_lock.ts";
import { type BoothState, recordingTypeOf, type Trouble } from "./state.ts";

/** What the shutter needs of its booth. */
export interface ShutterHost {
  readonly canvas: HTMLCanvasElement;
  readonly state: BoothState;
  /** Null: nothing was ever to be heard. */
  readonly mix: SoundMix | null;
  set(change: Partial<BoothState>): void;
  /** Draws a frame at once; false when there is none. */
  draw(): boolean;
  /** A recording began or ended: sizes and rates may change now. */
  changed(): void;
}

const PROGRESS_MS = 250;
const JPEG_QUALITY = 0.92;

interface Running {
  readonly recorder: Recorder;
  readonly writer: TakeWriter;
  readonly stream: MediaStream;
  /** What is to be said when it has ended. */
  trouble: Trouble | null;
}

/** The shutter of one booth. */
export class Shutter implements Disposable {
  readonly #host: ShutterHost;
  readonly #awake = new ScreenAwake();
  readonly #end = new AbortController();
  #shelf: TakeShelf | null = null;
  #running: Running | null = null;
  #beginning = false;
  #countdown: ReturnType<typeof setInterval> | undefined;
  /** Ends the wait for the countdown without a picture. */
  #broken: () => void = () => {};

  constructor(host: ShutterHost) {
    this.#host = host;
    const { signal } = this.#end;
    addEventListener("pagehide", () => this.#running?.recorder.flush(), { signal });
    addEventListener("beforeunload", this.#warn, { signal });
  }

  /** Something is being recorded. */
  get recording(): boolean {
    return this.#running !== null;
  }

  /** Looks at what was left here. */
  async open(): Promise<void> {
    const shelf = await openTakes();
    this.#shelf = shelf;
    const add = (found: readonly Take[]) => {
      const { takes, left } = this.#host.state;
      // What was taken meanwhile stays, and nothing stands here twice.
      const more = found.filter((one) => !takes.some(({ id }) => id === one.id));
      this.#host.set({
        takes: [...takes, ...more].sort((one, other) => other.atMs - one.atMs),
        left: left + more.length,
      });
    };
    const { signal } = this.#end;
    const found = await shelf.list({ signal, onLate: (take) => add([take]) }).catch(() => []);
    this.#host.set({ lasting: shelf.lasting });
    add(found);
    await this.#measureRoom();
  }

  /** What will be said when the recording that runs has ended. */
  say(trouble: Trouble): void {
    if (this.#running !== null) this.#running.trouble = trouble;
  }

  /** The shutter: a picture or a recording, after the timer; again: not after all, or its end. */
  async press(mode = this.#host.state.preferences.mode): Promise<void> {
    if (this.#countdown !== undefined) return this.#stopCountdown();
    if (mode === "recording" && this.#running !== null) return await this.stop();
    if (this.#host.state.picture === null) return;
    // During a recording a picture is taken at once: nobody wants a number in it.
    const { timer } = this.#host.state.preferences;
    if (timer > 0 && this.#running === null && !await this.#count(timer)) return;
    if (mode === "picture") return await this.#takePicture();
    // Two presses while the first one is still asking for a place make one recording.
    if (this.#beginning) return;
    this.#beginning = true;
    await this.#record();
    this.#beginning = false;
  }

  /** Holds the recording, or goes on. */
  togglePause(): void {
    const recorder = this.#running?.recorder;
    if (recorder === undefined) return;
    if (recorder.paused) recorder.resume();
    else recorder.pause();
    this.#showProgress();
  }

  /** Ends the recording and puts it on the shelf. */
  async stop(): Promise<void> {
    await this.#running?.recorder.stop();
  }

  /** A take as a file. */
  async take(take: Take): Promise<File | null> {
    try {
      const blob = await this.#shelf!.open(take);
      return new File([blob], fileNameOf(take), { type: take.type });
    } catch {
      this.#host.set({
        takes: this.#host.state.takes.filter(({ id }) => id !== take.id),
        trouble: "take_gone",
      });
      return null;
    }
  }

  /** The reader has it elsewhere now. */
  async markSaved(take: Take): Promise<void> {
    this.#host.set({
      takes: this.#host.state.takes.map((one) =>
        one.id === take.id ? { ...one, saved: true } : one
      ),
    });
    await this.#shelf?.markSaved(take).catch(() => {});
  }

  /** Away with it. */
  async discard(take: Take): Promise<void> {
    this.#host.set({ takes: this.#host.state.takes.filter(({ id }) => id !== take.id) });
    await this.#shelf?.discard(take).catch(() => {});
    await this.#measureRoom();
  }

  /** A recording that runs is kept. */
  [Symbol.dispose](): void {
    this.#stopCountdown();
    void this.stop();
    this.#awake[Symbol.dispose]();
    this.#end.abort();
  }

  /** False: it was broken off. */
  #count(seconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#host.set({ countdown: seconds });
      let left = seconds;
      this.#countdown = setInterval(() => {
        left--;
        if (left > 0) return this.#host.set({ countdown: left });
        // First the yes: what stops the countdown says no.
        resolve(true);
        this.#stopCountdown();
      }, 1000);
      this.#broken = () => resolve(false);
    });
  }

  #stopCountdown(): void {
    if (this.#countdown === undefined) return;
    clearInterval(this.#countdown);
    this.#countdown = undefined;
    this.#host.set({ countdown: null });
    this.#broken();
  }

  async #takePicture(): Promise<void> {
    if (this.#isFull() || this.#shelf === null) return;
    const { canvas } = this.#host;
    const { pictureType: type } = this.#host.state.preferences;
    // What is drawn can be read only until the browser has shown it.
    if (!this.#host.draw()) return;
    const taken = new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, JPEG_QUALITY));
    const { width, height } = canvas;
    this.#host.set({ flashes: this.#host.state.flashes + 1, trouble: null });
    const blob = await taken;
    if (blob === null) return this.#host.set({ trouble: "picture_failed" });
    try {
      const writer = await this.#shelf.begin({
        kind: "picture",
        type: blob.type,
        atMs: Date.now(),
        width,
        height,
      });
      await writer.write(blob, 0).catch(async (error) => {
        await writer.finish(0);
        throw error;
      });
      this.#addTake(await writer.finish(0));
    } catch (error) {
      const full = error instanceof Error && error.name === "QuotaExceededError";
      this.#host.set({ trouble: full ? "disk_full" : "disk_failed" });
    }
    await this.#measureRoom();
  }

  async #record(): Promise<void> {
    const type = recordingTypeOf(this.#host.state);
    const { picture, preferences } = this.#host.state;
    if (type === null) return this.#host.set({ trouble: "no_recorder" });
    if (this.#isFull() || this.#shelf === null || picture === null || this.#running !== null) {
      return;
    }
    const videoBitrate = recordingBitrate(picture, preferences.camera.frameRate);
    const room = await this.#measureRoom();
    if (!roomFor(room, videoBitrate).enough) return this.#host.set({ trouble: "disk_full" });
    const { canvas } = this.#host;
    let writer: TakeWriter;
    try {
      writer = await this.#shelf.begin({
        kind: "recording",
        type: type.type.split(";")[0]!,
        atMs: Date.now(),
        width: canvas.width,
        height: canvas.height,
      });
    } catch (error) {
      const full = error instanceof Error && error.name === "QuotaExceededError";
      return this.#host.set({ trouble: full ? "disk_full" : "disk_failed" });
    }
    void this.#host.mix?.wake();
    const stream = new MediaStream(canvas.captureStream().getVideoTracks());
    const { mix } = this.#host;
    if (mix?.hasInput === true) stream.addTrack(mix.track);
    try {
      const recorder = new Recorder({ stream, type: type.type, videoBitrate, sink: writer });
      this.#running = { recorder, writer, stream, trouble: null };
    } catch {
      stream.getVideoTracks().forEach((track) => track.stop());
      await writer.finish(0);
      return this.#host.set({ trouble: "encoder_failed" });
    }
    this.#awake.hold();
    this.#host.changed();
    this.#host.set({ trouble: null });
    this.#showProgress();
    const timer = setInterval(() => this.#showProgress(), PROGRESS_MS);
    void this.#running.recorder.outcome.then((outcome) => {
      clearInterval(timer);
      return this.#recorded(outcome);
    });
  }

  async #recorded(outcome: RecordingOutcome): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#host.set({
      recording: {
        phase: "finishing",
        elapsedMs: outcome.durationMs,
        bytes: outcome.bytes,
      },
    });
    for (const track of running.stream.getVideoTracks()) track.stop();
    this.#awake.release();
    const take = await running.writer.finish(outcome.durationMs).catch(() => null);
    this.#running = null;
    this.#addTake(take);
    this.#host.set({
      recording: null,
      trouble: running.trouble ?? troubleOf(outcome, take !== null),
    });
    this.#host.changed();
    await this.#measureRoom();
  }

  #showProgress(): void {
    const recorder = this.#running?.recorder;
    if (recorder === undefined || this.#host.state.recording?.phase === "finishing") return;
    const phase = recorder.paused ? "paused" : "running";
    this.#host.set({ recording: { phase, ...recorder.progress } });
  }

  #addTake(take: Take | null): void {
    if (take !== null) this.#host.set({ takes: [take, ...this.#host.state.takes] });
  }

  #isFull(): boolean {
    if (this.#host.state.takes.length < MAX_TAKES) return false;
    this.#host.set({ trouble: "too_many_takes" });
    return true;
  }

  async #measureRoom() {
    const room = await this.#shelf?.room() ?? null;
    this.#host.set({ room });
    return room;
  }

  readonly #warn = (event: BeforeUnloadEvent) => {
    const passing = !this.#host.state.lasting && this.#host.state.takes.some(({ saved }) => !saved);
    if (this.#running !== null || passing) event.preventDefault();
  };
}

function troubleOf({ end }: RecordingOutcome, kept: boolean): Trouble | null {
  switch (end) {
    case "stopped":
      return kept ? null : "encoder_failed";
    case "full":
      return kept ? "disk_full_kept" : "disk_full";
    case "unwritable":
      return "disk_failed";
    case "encoder":
      return "encoder_failed";
  }
}
