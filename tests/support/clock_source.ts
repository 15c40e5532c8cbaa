/**
 * A live picture that carries its own time: each frame shows the wall clock (ms, 32 bits) as a row
 * of black and white blocks at the instant it was made, so that a player's picture tells how old it
 * is. ffmpeg encodes and publishes it.
 *
 * @module
 */

const WIDTH = 320;
const HEIGHT = 180;
const BLOCK = 10;
const BARS = 32;
const BAR_HEIGHT = 24;

/** How the clock is published. */
export interface ClockOptions {
  readonly url: string;
  readonly fps?: number;
  readonly gopFrames?: number;
  readonly videoKbps?: number;
}

/** Publishes until it is disposed. */
export class ClockSource {
  readonly #process: Deno.ChildProcess;
  readonly #feeding: Promise<void>;
  #open = true;

  constructor(options: ClockOptions) {
    const { fps = 30, gopFrames = 60, videoKbps = 800 } = options;
    this.#process = new Deno.Command("ffmpeg", {
      args: [
        ...["-hide_banner", "-loglevel", "error", "-fflags", "nobuffer"],
        ...["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${WIDTH}x${HEIGHT}`, "-r", `${fps}`],
        ...["-i", "pipe:0", "-f", "lavfi", "-i", "sine=f=440:r=44100"],
        ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-profile:v"],
        ...["baseline", "-b:v", `${videoKbps}k`, "-g", `${gopFrames}`, "-sc_threshold", "0"],
        ...["-c:a", "aac", "-b:a", "64k", "-flush_packets", "1", "-f", "flv", options.url],
      ],
      stdin: "piped",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    this.#feeding = this.#feed(fps);
  }

  async #feed(fps: number): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    const startedMs = Date.now();
    try {
      for (let index = 0; this.#open; index++) {
        const dueMs = startedMs + index * 1_000 / fps;
        const waitMs = dueMs - Date.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        await writer.write(clockFrame(Date.now(), index));
      }
      await writer.close();
    } catch (error) {
      // ffmpeg ended first: the server cut it off, or the test killed it.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await Promise.all([this.#process.status, this.#feeding]);
  }
}

/** One yuv420p picture: the clock above, a slowly moving ramp below. */
function clockFrame(nowMs: number, index: number): Uint8Array {
  const frame = new Uint8Array(WIDTH * HEIGHT * 3 / 2).fill(128, WIDTH * HEIGHT);
  for (let y = BAR_HEIGHT; y < HEIGHT; y++) {
    const row = y * WIDTH;
    for (let x = 0; x < WIDTH; x++) frame[row + x] = 40 + ((x + y + index * 2) & 127);
  }
  for (let bit = 0; bit < BARS; bit++) {
    const luma = Math.floor(nowMs / 2 ** (BARS - 1 - bit)) % 2 === 1 ? 235 : 16;
    for (let y = 0; y < BAR_HEIGHT; y++) {
      frame.fill(luma, y * WIDTH + bit * BLOCK, y * WIDTH + (bit + 1) * BLOCK);
    }
  }
  return frame;
}

/**
 * Runs in the page: the age in ms of the picture that the first video element shows, or null while
 * it shows none.
 */
export function pictureAgeMs(): number | null {
  const video = document.querySelector("video");
  if (video === null || video.readyState < 2 || video.videoWidth === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.height = 24;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const scale = video.videoHeight / 180;
  context.drawImage(video, 0, 0, video.videoWidth, 24 * scale, 0, 0, 320, 24);
  const { data } = context.getImageData(0, 12, 320, 1);
  let shown = 0;
  for (let bit = 0; bit < 32; bit++) shown = shown * 2 + (data[(bit * 10 + 5) * 4]! > 127 ? 1 : 0);
  return ((Date.now() % 2 ** 32) - shown + 2 ** 32) % 2 ** 32;
}
