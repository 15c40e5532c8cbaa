/**
 * An origin on node:http for tests and benches of the edge: a live FLV stream made of numbered
 * frames, and answers that a test writes down. It counts what it was asked.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { FLV_TAG, type FlvTag, makeTag } from "../../media/container/flv/tag.ts";

/** How the live stream of an {@linkcode EdgeOrigin} looks. */
export interface LiveFlvOptions {
  /** Between two pictures. Default: 20. */
  readonly frameMs?: number;
  /** Pictures from one key frame to the next. Default: 10. */
  readonly gopFrames?: number;
  /** Bytes of a picture. Default: 500. */
  readonly frameBytes?: number;
  /** Tags are sent together every so many milliseconds. Default: at once. */
  readonly batchMs?: number;
}

const FILE_HEADER = new Uint8Array([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
const AVC_KEY_FRAME = 0x17;
const AVC_INTER_FRAME = 0x27;
const AAC_44_STEREO = 0xaf;

function tagOf(
  type: FlvTag["type"],
  with_: { readonly timestampMs: number; readonly head: readonly number[]; readonly size: number },
): FlvTag {
  const { timestampMs, head, size } = with_;
  return makeTag({
    type,
    timestampMs,
    dataBytes: Math.max(size, head.length),
    fill: (bytes, offset) => bytes.set(head, offset),
  });
}

/** A sequence header: codec, packet type 0, and bytes that stand for the configuration. */
export function videoSequenceHeader(): FlvTag {
  const head = [AVC_KEY_FRAME, 0, 0, 0, 0, 1, 0x64, 0, 0x1f];
  return tagOf(FLV_TAG.VIDEO, { timestampMs: 0, head, size: 20 });
}

/** AudioSpecificConfig of AAC-LC, 44.1 kHz, stereo. */
export function audioSequenceHeader(): FlvTag {
  return tagOf(FLV_TAG.AUDIO, { timestampMs: 0, head: [AAC_44_STEREO, 0, 0x12, 0x10], size: 4 });
}

/** Picture `number`; the number stands behind the five bytes of the AVC packet header. */
export function videoFrame(
  number: number,
  options: { readonly timestampMs: number; readonly keyFrame: boolean; readonly size?: number },
): FlvTag {
  const { timestampMs, keyFrame, size = 500 } = options;
  const first = keyFrame ? AVC_KEY_FRAME : AVC_INTER_FRAME;
  const head = [first, 1, 0, 0, 0, number >>> 24, number >>> 16, number >>> 8, number];
  return tagOf(FLV_TAG.VIDEO, { timestampMs, head, size });
}

/** One AAC frame. */
export function audioFrame(timestampMs: number, size = 100): FlvTag {
  return tagOf(FLV_TAG.AUDIO, { timestampMs, head: [AAC_44_STEREO, 1], size });
}

/** The number of a {@linkcode videoFrame}. */
export function frameNumber(tag: FlvTag): number {
  const { data } = tag;
  return (data[5]! << 24 | data[6]! << 16 | data[7]! << 8 | data[8]!) >>> 0;
}

/** Answers one request; `null` leaves it open. */
export type OriginHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>;

/** A listening origin. */
export class EdgeOrigin {
  /** Requests by target. */
  readonly requests = new Map<string, number>();
  /** Requests whose client left before the answer was complete. */
  aborted = 0;
  /** `Authorization` of the last request. */
  authorization: string | undefined;
  /** Answers for everything but FLV. */
  handler: OriginHandler = (_request, response) => void response.writeHead(404).end();
  /** Addresses of FLV that the handler answers. */
  refuses: (target: string) => boolean = () => false;
  /** False: rooms are answered 404. */
  live = true;
  readonly #server: Server;
  readonly #options: Required<LiveFlvOptions>;
  readonly #viewers = new Set<ServerResponse>();
  #gop: Uint8Array[] = [];
  #pending: Uint8Array[] = [];
  #frame = 0;
  #openedAtMs = performance.now();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(options: LiveFlvOptions = {}) {
    this.#options = { frameMs: 20, gopFrames: 10, frameBytes: 500, batchMs: 0, ...options };
    this.#server = createServer((request, response) => {
      const target = request.url ?? "/";
      this.requests.set(target, (this.requests.get(target) ?? 0) + 1);
      this.authorization = request.headers.authorization;
      response.once("close", () => {
        if (!response.writableFinished) this.aborted++;
      });
      if (/\.flv(?:\?|$)/.test(target) && !this.refuses(target)) this.#serveFlv(response);
      else void this.handler(request, response);
    });
  }

  /** Base URL. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** FLV connections that are open. */
  get flvConnections(): number {
    return this.#viewers.size;
  }

  /** All requests together. */
  get total(): number {
    return [...this.requests.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Listens and begins the stream; `port` 0: any. */
  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#openedAtMs = performance.now();
    const { frameMs } = this.#options;
    this.#timer = setInterval(() => this.#tick(), Math.max(frameMs, this.#options.batchMs));
  }

  /** Breaks every connection off and closes the port, as a killed process does. */
  async kill(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  /** Ends the FLV answers properly: the stream is over. */
  endStream(): void {
    this.live = false;
    for (const viewer of this.#viewers) viewer.end();
  }

  /** Breaks the FLV connections off while the stream goes on. */
  breakConnections(): void {
    for (const viewer of this.#viewers) viewer.destroy();
  }

  #serveFlv(response: ServerResponse): void {
    if (!this.live) {
      response.writeHead(404, { "content-type": "application/problem+json" }).end("{}");
      return;
    }
    response.writeHead(200, { "content-type": "video/x-flv" });
    for (
      const bytes of [
        FILE_HEADER,
        videoSequenceHeader().bytes,
        audioSequenceHeader().bytes,
        ...this.#gop,
      ]
    ) response.write(bytes);
    this.#viewers.add(response);
    response.once("close", () => this.#viewers.delete(response));
  }

  #tick(): void {
    const { frameMs, gopFrames, frameBytes } = this.#options;
    const nowMs = performance.now() - this.#openedAtMs;
    while (this.#frame * frameMs <= nowMs) {
      const keyFrame = this.#frame % gopFrames === 0;
      const timestampMs = Math.round(this.#frame * frameMs);
      if (keyFrame) this.#gop = [];
      for (
        const tag of [
          videoFrame(this.#frame, { timestampMs, keyFrame, size: frameBytes }),
          audioFrame(timestampMs),
        ]
      ) {
        this.#gop.push(tag.bytes);
        this.#pending.push(tag.bytes);
      }
      this.#frame++;
    }
    const size = this.#pending.reduce((sum, bytes) => sum + bytes.length, 0);
    const batch = new Uint8Array(size);
    let offset = 0;
    for (const bytes of this.#pending) {
      batch.set(bytes, offset);
      offset += bytes.length;
    }
    this.#pending = [];
    if (size > 0) { for (const viewer of this.#viewers) viewer.write(batch); }
  }
}
