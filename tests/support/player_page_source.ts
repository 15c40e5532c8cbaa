/**
 * A small live origin for testing the player by itself: ffmpeg makes one stream, which is given out
 * as FLV (HTTP and WebSocket) and as HLS with MPEG-TS and with fMP4 segments.
 *
 * @module
 */
import { join } from "node:path";

const MAX_TAG_BYTES = 4 * 1024 * 1024;
/** A reader that has this much waiting is too slow for a test and is let go. */
const MAX_WAITING_CHUNKS = 2_000;

interface FlvReader {
  send(bytes: Uint8Array): void;
  close(): void;
}

/** Runs ffmpeg until it is disposed. */
export class PlayerPageSource {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #readers = new Set<FlvReader>();
  /** Directory with `ts.m3u8` and `cmaf.m3u8`. */
  readonly hlsDir: string;
  #head: Uint8Array[] = [];
  #gop: Uint8Array[] = [];

  private constructor(hlsDir: string) {
    this.hlsDir = hlsDir;
    const hls = (name: string, type: "mpegts" | "fmp4") => {
      const segment = join(hlsDir, `${name}-%05d.${type === "fmp4" ? "m4s" : "ts"}`);
      const options = [
        "f=hls:hls_time=1:hls_list_size=8:hls_flags=delete_segments+program_date_time",
        `hls_segment_type=${type}:hls_fmp4_init_filename=${name}-init.mp4`,
        `hls_segment_filename=${segment}`,
      ];
      return `[${options.join(":")}]${join(hlsDir, `${name}.m3u8`)}`;
    };
    // Encoded once, written in three shapes.
    const outputs = ["[f=flv:flush_packets=1]pipe:1", hls("ts", "mpegts"), hls("cmaf", "fmp4")];
    this.#process = new Deno.Command("ffmpeg", {
      args: [...ENCODER, "-flags", "+global_header", "-f", "tee", outputs.join("|")],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reading = this.#read();
  }

  /** Starts ffmpeg with a directory of its own. */
  static async start(): Promise<PlayerPageSource> {
    return new PlayerPageSource(await Deno.makeTempDir({ prefix: "player-page-" }));
  }

  /** The FLV from the last key frame on, as a response body. */
  flvBody(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let reader: FlvReader | null = null;
    return new ReadableStream({
      start: (controller) => {
        reader = {
          send: (bytes) => {
            if ((controller.desiredSize ?? 0) < -MAX_WAITING_CHUNKS) reader?.close();
            else controller.enqueue(bytes.slice());
          },
          close: () => {
            if (reader !== null && this.#readers.delete(reader)) controller.close();
          },
        };
        this.#join(reader);
      },
      cancel: () => {
        if (reader !== null) this.#readers.delete(reader);
      },
    });
  }

  /** The same over a WebSocket. */
  flvSocket(socket: WebSocket): void {
    const reader: FlvReader = {
      send: (bytes) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes.slice());
      },
      close: () => socket.close(),
    };
    socket.onopen = () => this.#join(reader);
    socket.onclose = () => this.#readers.delete(reader);
  }

  /** Ends every FLV connection, as a server does that goes away. */
  cutReaders(): void {
    for (const reader of [...this.#readers]) {
      reader.close();
      this.#readers.delete(reader);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutReaders();
    this.#process.kill("SIGTERM");
    await this.#reading;
    await this.#process.status;
    await Deno.remove(this.hlsDir, { recursive: true });
  }

  #join(reader: FlvReader): void {
    for (const bytes of [...this.#head, ...this.#gop]) reader.send(bytes);
    this.#readers.add(reader);
  }

  async #read(): Promise<void> {
    let pending = new Uint8Array(0);
    let begun = false;
    for await (const chunk of this.#process.stdout) {
      const joined = new Uint8Array(pending.length + chunk.length);
      joined.set(pending);
      joined.set(chunk, pending.length);
      let offset = 0;
      if (!begun && joined.length >= 13) {
        this.#head.push(joined.slice(0, 13));
        offset = 13;
        begun = true;
      }
      while (begun && joined.length - offset >= 11) {
        const size = (joined[offset + 1]! << 16) | (joined[offset + 2]! << 8) | joined[offset + 3]!;
        if (size > MAX_TAG_BYTES) throw new RangeError("Cannot read test FLV: tag is too long");
        const end = offset + 11 + size + 4;
        if (joined.length < end) break;
        this.#take(joined.slice(offset, end));
        offset = end;
      }
      pending = joined.slice(offset);
    }
  }

  #take(tag: Uint8Array): void {
    const type = tag[0];
    const video = type === 9;
    const header = type === 18 || tag[12] === 0 && (video || (tag[11]! >> 4) === 10);
    if (header) {
      this.#head.push(tag);
    } else {
      if (video && (tag[11]! >> 4) === 1) this.#gop = [];
      this.#gop.push(tag);
    }
    for (const reader of [...this.#readers]) reader.send(tag);
  }
}

const ENCODER = [
  ...["-hide_banner", "-loglevel", "error", "-nostdin", "-re"],
  ...["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30", "-f", "lavfi", "-i", "sine=f=330:r=44100"],
  ...["-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast"],
  ...["-tune", "zerolatency", "-pix_fmt", "yuv420p", "-b:v", "600k", "-g", "30"],
  ...["-c:a", "aac", "-b:a", "64k"],
];
