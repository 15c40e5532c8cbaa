/**
 * Publishers of whole FLV messages whose clock and picture change as a test says, and viewers who
 * look at every time stamp.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import * as hlsParser from "hls-parser";
import {
  FLV_TAG,
  FlvDemuxer,
  type FlvMessage,
  FlvTagParser,
} from "../../media/container/flv/mod.ts";
import { RtmpClient } from "../../media/transport/rtmp/client.ts";
import { makeSource } from "./ffmpeg.ts";
import { waitFor } from "./wait.ts";

const SOURCE_SECONDS = 4;
const SOURCE_MS = SOURCE_SECONDS * 1_000;
/** A gap between two frames of a viewer that is longer than this is a hole. */
const MAX_GAP_TICKS = 3 * 90_000;

/** The audio and video messages of a generated file; it begins with the sequence headers. */
export async function messagesOf(folder: string, size: string): Promise<FlvMessage[]> {
  const path = `${folder}/${size}.flv`;
  // Every encoder option but the size is the same, as when somebody changes a scene.
  await makeSource(path, { seconds: SOURCE_SECONDS, gopFrames: 30, size });
  return new FlvTagParser().push(await readFile(path))
    .filter(({ type }) => type !== FLV_TAG.SCRIPT);
}

function isHeader({ type, data }: FlvMessage): boolean {
  return type === FLV_TAG.VIDEO ? data[1] === 0 && (data[0]! & 0x80) === 0 : data[1] === 0;
}

/**
 * Publishes messages at their own pace, over and over. {@linkcode Sender.clock} and
 * {@linkcode Sender.messages} may be changed while it runs.
 */
export class Sender {
  /** From the time since the start to the time stamp that is sent. */
  clock: (ms: number) => number = (ms) => ms;
  readonly client: RtmpClient;
  #messages: readonly FlvMessage[];
  #next: readonly FlvMessage[] | null = null;
  #open = true;
  #sentMs = 0;
  readonly #done: Promise<void>;

  private constructor(client: RtmpClient, messages: readonly FlvMessage[]) {
    this.client = client;
    this.#messages = messages;
    this.#done = this.#run();
    // Told when the sender is disposed.
    this.#done.catch(() => {});
  }

  static async start(
    url: string,
    messages: readonly FlvMessage[],
    clock: (ms: number) => number = (ms) => ms,
  ): Promise<Sender> {
    const sender = new Sender(
      await RtmpClient.publish({ url, agent: "FMLE/3.0 (compatible; FMSc/1.0)" }),
      messages,
    );
    sender.clock = clock;
    return sender;
  }

  /** Media time sent so far. */
  get sentMs(): number {
    return this.#sentMs;
  }

  /** From the next round on, with its sequence headers, these messages are sent. */
  change(messages: readonly FlvMessage[]): void {
    this.#next = messages;
  }

  async #run(): Promise<void> {
    // The clock is set by the time of the first turn.
    await Promise.resolve();
    const startedAt = performance.now();
    let failure: Error | null = null;
    this.client.closed.then((error) => failure = error);
    for (let round = 0; this.#open; round++) {
      const changed = this.#next !== null;
      this.#messages = this.#next ?? this.#messages;
      this.#next = null;
      for (const message of this.#messages) {
        if (isHeader(message) && round > 0 && !changed) continue;
        const ms = round * SOURCE_MS + message.timestampMs;
        const early = ms - (performance.now() - startedAt);
        if (early > 5) await new Promise((resolve) => setTimeout(resolve, early));
        if (!this.#open) return;
        if (failure !== null) throw failure;
        this.#sentMs = ms;
        this.client.write({ ...message, timestampMs: this.clock(ms) });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    await this.#done;
    await this.client.close();
  }
}

/** A viewer of an FLV address who looks at every time stamp. */
export class FlvWatcher {
  /** Latest decode time by track, 90 kHz. */
  readonly last = { video: -1, audio: -1 };
  readonly faults: string[] = [];
  readonly widths: number[] = [];
  frames = 0;
  metadata = 0;
  readonly #done: Promise<void>;
  /** Kept: the runtime forgets to abort the body of an answer that nobody holds. */
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #left = false;

  constructor(url: string) {
    this.#done = this.#watch(url);
  }

  async #watch(url: string): Promise<void> {
    const parser = new FlvTagParser();
    const demuxer = new FlvDemuxer();
    try {
      const reader = this.#reader = (await fetch(url)).body!.getReader();
      while (!this.#left) {
        const { value, done } = await reader.read();
        if (done) break;
        for (const tag of parser.push(value)) {
          for (const item of demuxer.push(tag)) {
            if (item.kind === "tracks") this.widths.push(item.tracks.video?.width ?? 0);
            else if (item.kind === "metadata") this.metadata++;
            else this.#look(item.kind, item.dts);
          }
        }
      }
      if (!this.#left) this.faults.push("the stream ended");
    } catch (error) {
      this.faults.push(String(error));
    }
  }

  #look(kind: "video" | "audio", dts: number): void {
    const before = this.last[kind];
    if (dts < before) this.faults.push(`${kind} went back: ${before} -> ${dts}`);
    if (before >= 0 && dts - before > MAX_GAP_TICKS) {
      this.faults.push(`${kind} has a hole: ${before} -> ${dts}`);
    }
    this.last[kind] = dts;
    if (kind === "video") this.frames++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left = true;
    await this.#reader?.cancel();
    await this.#done;
  }
}

/** A media playlist, read strictly. */
export async function mediaPlaylist(url: string): Promise<hlsParser.types.MediaPlaylist> {
  return await waitFor(url, async () => {
    const response = await fetch(url);
    const text = await response.text();
    if (!response.ok) return null;
    hlsParser.setOptions({ strictMode: true });
    return hlsParser.parse(text) as hlsParser.types.MediaPlaylist;
  });
}

/** A list of whole segments shows a discontinuity only when the segment behind it is complete. */
export async function checkDiscontinuities(url: string, expected: number): Promise<void> {
  const count = async () =>
    (await mediaPlaylist(url)).segments.filter((segment) => segment.discontinuity).length;
  await waitFor(`${expected} discontinuities in ${url}`, async () => await count() >= expected);
  assert.equal(await count(), expected, url);
}
