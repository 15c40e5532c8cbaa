/**
 * A publisher of the origin's WebSocket in the place of `rtc`: what ffmpeg encoded as FLV tags, at its
 * own pace, over and over.
 *
 * @module
 */
import { once } from "node:events";
import { WebSocket } from "ws";
import { FLV_TAG, type FlvTag } from "../../media/container/flv/mod.ts";
import { makeTag } from "../../media/container/flv/tag.ts";
import { runFfmpeg } from "./ffmpeg.ts";
import { type FeedMessage, readMp4Messages } from "./rtmp_mp4_samples.ts";

/** What is published. */
export interface WebRtcSource {
  readonly seconds: number;
  readonly video: "h264" | "vp8" | "vp9" | "av1" | "hevc" | null;
  readonly audio: "opus" | "aac" | null;
  /** Of H.264. */
  readonly bFrames?: number;
  readonly size?: string;
  readonly channels?: 1 | 2;
}

const ENCODERS = {
  h264: ["libx264", "-preset", "veryfast", "-sc_threshold", "0"],
  hevc: ["libx265", "-tag:v", "hvc1", "-preset", "ultrafast", "-x265-params", "log-level=none"],
  vp8: ["libvpx", "-deadline", "realtime", "-cpu-used", "8", "-auto-alt-ref", "0"],
  vp9: ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
  av1: ["libsvtav1", "-preset", "12"],
} as const;

/**
 * Encodes a white flash and a beep of 100 ms that come together every 2 s, key frames at the same
 * times, as messages of enhanced FLV.
 */
export async function encodeForWebRtc(source: WebRtcSource): Promise<FeedMessage[]> {
  const { seconds, video, audio, bFrames = 0, size = "320x180", channels = 2 } = source;
  const picture = `testsrc2=s=${size}:r=30:d=${seconds},` +
    "drawbox=t=fill:c=black:enable='gte(mod(t\\,2)\\,0.1)':w=iw:h=ih*0.6," +
    "drawbox=t=fill:c=white:enable='lt(mod(t\\,2)\\,0.1)':w=iw:h=ih";
  const beep = "if(lt(mod(t\\,2)\\,0.1)\\,0.5*sin(2*PI*1000*t)\\,0)";
  const sound = `aevalsrc='${Array(channels).fill(beep).join("|")}':s=48000:d=${seconds}`;
  const folder = await Deno.makeTempDir();
  try {
    const pictures = video === null ? [] : [
      ...["-c:v", ...ENCODERS[video], "-pix_fmt", "yuv420p", "-g", "60"],
      // At this rate SVT-AV1 leaves a flash out.
      ...(video === "av1" ? [] : ["-b:v", "400k"]),
      ...(video === "h264" ? ["-bf", `${bFrames}`] : []),
    ];
    const sounds = audio === null
      ? []
      : ["-c:a", audio === "opus" ? "libopus" : "aac", "-b:a", "64k"];
    const read = async (name: string, args: readonly string[]) => {
      await runFfmpeg([...args, "-y", `${folder}/${name}`]);
      return await Deno.readFile(`${folder}/${name}`);
    };
    const messages: FeedMessage[] = [];
    if (video === "vp8") {
      // There is no VP8 in MP4 for ffmpeg.
      messages.push(...readIvf(await read("v.ivf", ["-f", "lavfi", "-i", picture, ...pictures])));
    }
    if (video !== "vp8" || audio !== null) {
      const withPicture = video !== null && video !== "vp8";
      messages.push(
        ...readMp4Messages(
          await read("a.mp4", [
            ...(withPicture ? ["-f", "lavfi", "-i", picture] : []),
            ...(audio === null ? [] : ["-f", "lavfi", "-i", sound]),
            ...(withPicture ? pictures : []),
            ...sounds,
          ]),
        ),
      );
    }
    // What lies beyond the turn would overlap with the next one.
    const endMs = seconds * 1000 - 10;
    return messages.filter((one) => one.timestampMs < endMs).sort((a, b) =>
      Number(b.header) - Number(a.header) || a.timestampMs - b.timestampMs
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** VP8 out of IVF, as enhanced FLV. */
function readIvf(file: Uint8Array): FeedMessage[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const fourCc = [...new TextEncoder().encode("vp08")];
  const record = [1, 0, 0, 0, 0, 0, 0x82, 2, 2, 2, 0, 0];
  const messages: FeedMessage[] = [{
    type: 9,
    timestampMs: 0,
    data: Uint8Array.from([0x90, ...fourCc, ...record]),
    header: true,
  }];
  const [rate, scale] = [view.getUint32(16, true), view.getUint32(20, true)];
  for (let at = view.getUint16(6, true); at + 12 <= file.length;) {
    const size = view.getUint32(at, true);
    const time = view.getUint32(at + 4, true);
    const frame = file.subarray(at + 12, at + 12 + size);
    messages.push({
      type: 9,
      timestampMs: Math.round(time * scale * 1000 / rate),
      data: Uint8Array.from([(frame[0] & 1) === 0 ? 0x91 : 0xa1, ...fourCc, ...frame]),
      header: false,
    });
    at += 12 + size;
  }
  return messages;
}

/** How a {@linkcode WhipFeeder} publishes. */
export interface FeederOptions {
  /** `http://host:port` of the origin. */
  readonly origin: string;
  readonly secret: string;
  readonly room: string;
  readonly key: string;
  readonly messages: readonly FeedMessage[];
  /** Length of one turn. */
  readonly seconds: number;
  /** Whether a message is left out, by its time since the start. */
  readonly omit?: (message: FeedMessage, timeMs: number) => boolean;
}

/** Publishes until it is disposed. */
export class WhipFeeder implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly received: { readonly type: string; readonly reason?: string }[] = [];
  readonly #options: FeederOptions;
  readonly #done: Promise<void>;
  #messages: readonly FeedMessage[];
  #open = true;

  private constructor(options: FeederOptions, socket: WebSocket) {
    this.#options = options;
    this.#messages = options.messages;
    this.socket = socket;
    socket.on("message", (data) => this.received.push(JSON.parse(String(data))));
    socket.on("close", () => this.#open = false);
    this.#done = this.#feed();
  }

  /** Connects, and begins to publish. */
  static async start(options: FeederOptions): Promise<WhipFeeder> {
    const socket = new WebSocket(
      `${options.origin.replace("http", "ws")}/publish/${options.room}`,
      {
        perMessageDeflate: false,
        headers: {
          authorization: `Bearer ${options.secret}`,
          "x-publish-key": options.key,
          "x-remote-address": "192.0.2.9",
          "x-encoder": "Test/1",
        },
      },
    );
    await once(socket, "open");
    return new WhipFeeder(options, socket);
  }

  /** From the next turn on other messages are published. */
  change(messages: readonly FeedMessage[]): void {
    this.#messages = messages;
  }

  /** Ends the stream. */
  async end(): Promise<void> {
    this.#open = false;
    await this.#done;
    this.socket.send('{"type":"end","reason":"unpublished"}');
    if (this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, "close");
  }

  async #feed(): Promise<void> {
    const startedMs = performance.now();
    for (let turn = 0; this.#open; turn++) {
      const offsetMs = turn * this.#options.seconds * 1000;
      for (const message of this.#messages) {
        const timeMs = offsetMs + message.timestampMs;
        const waitMs = startedMs + timeMs - performance.now();
        if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
        if (!this.#open) return;
        if (this.#options.omit?.(message, timeMs)) continue;
        this.socket.send(tagOf(message, timeMs).bytes);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    await this.#done;
    this.socket.terminate();
  }
}

function tagOf(message: FeedMessage, timestampMs: number): FlvTag {
  return makeTag({
    type: message.type === 9 ? FLV_TAG.VIDEO : FLV_TAG.AUDIO,
    timestampMs,
    dataBytes: message.data.length,
    fill: (bytes, offset) => bytes.set(message.data, offset),
  });
}
