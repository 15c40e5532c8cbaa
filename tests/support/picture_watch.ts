/**
 * Watches a live address all the time and says in words what is seen where.
 *
 * @module
 */
import { waitFor } from "./wait.ts";

/** Pictures are looked at in this size, so often a second. */
const SIZE = { width: 64, height: 36 } as const;
const PER_SECOND = 10;

/** A point of the picture, parts of its width and height. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
}

/** What {@linkcode PictureWatch.start} is given. */
export interface PictureWatchOptions {
  /** Arguments of ffmpeg up to the address, `-i` included. */
  readonly input: readonly string[];
  readonly points: readonly PicturePoint[];
}

/** An ffmpeg that looks on; `await using` ends it. */
export class PictureWatch implements AsyncDisposable {
  /** What was seen, in its order, without repetitions. */
  readonly seen: { readonly words: string; readonly atMs: number }[] = [];
  /** Pictures that came. */
  pictures = 0;
  readonly #child: Deno.ChildProcess;
  readonly #messages: Promise<string>;
  readonly #reading: Promise<void>;
  readonly #points: readonly PicturePoint[];

  private constructor(options: PictureWatchOptions) {
    this.#points = options.points;
    this.#child = new Deno.Command("ffmpeg", {
      args: [
        ...["-hide_banner", "-nostdin", "-loglevel", "warning"],
        ...["-fflags", "nobuffer", "-analyzeduration", "500000", "-threads", "1"],
        ...options.input,
        ...["-map", "0:v:0", "-vf", `fps=${PER_SECOND},scale=${SIZE.width}:${SIZE.height}`],
        ...["-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#messages = new Response(this.#child.stderr).text();
    this.#reading = this.#read(this.#child.stdout);
  }

  /** Begins to look. */
  static start(options: PictureWatchOptions): PictureWatch {
    return new PictureWatch(options);
  }

  /** What is seen now: a colour, `card` or numbers for each point. */
  get now(): string {
    return this.seen.at(-1)?.words ?? "";
  }

  /** Waits until this is seen; gives the milliseconds that it took. */
  async until(words: string, options: { readonly deadlineMs?: number } = {}): Promise<number> {
    const began = performance.now();
    try {
      await waitFor(`the picture ${words}`, () => this.now === words, {
        deadlineMs: 30_000,
        everyMs: 20,
        ...options,
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}; seen: ${JSON.stringify(this.seen)}`);
    }
    return Math.round(performance.now() - began);
  }

  /** Ends it and gives what ffmpeg wrote to standard error. */
  async stop(): Promise<string> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended already
    }
    await this.#child.status;
    await this.#reading;
    return await this.#messages;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    const picture = new Uint8Array(SIZE.width * SIZE.height * 3);
    let filled = 0;
    for await (const chunk of output) {
      for (let at = 0; at < chunk.length;) {
        const part = chunk.subarray(at, at + picture.length - filled);
        picture.set(part, filled);
        at += part.length;
        filled += part.length;
        if (filled < picture.length) break;
        filled = 0;
        this.#take(picture);
      }
    }
  }

  #take(picture: Uint8Array): void {
    this.pictures++;
    const words = this.#points.map(({ x, y }) => {
      const at = 3 *
        (Math.floor(y * SIZE.height) * SIZE.width + Math.floor(x * SIZE.width));
      return colourName([...picture.subarray(at, at + 3)]);
    }).join();
    if (words !== this.now) this.seen.push({ words, atMs: Math.round(performance.now()) });
  }
}

/** `red`, `green`, `blue`; `card` for what is dark; else the numbers. */
export function colourName([red, green, blue]: readonly number[]): string {
  if (red > 150 && green < 90 && blue < 90) return "red";
  if (blue > 150 && red < 90 && green < 90) return "blue";
  if (green > 90 && red < 90 && blue < 90) return "green";
  return Math.max(red, green, blue) < 90 ? "card" : `${red}/${green}/${blue}`;
}
