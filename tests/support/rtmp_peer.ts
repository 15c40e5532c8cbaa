/**
 * A server session on a connection in memory, for tests: bytes in, decoded answers out.
 *
 * @module
 */
import { decodeAmf0 } from "../../media/container/amf0.ts";
import type { CloseReason } from "../../media/errors.ts";
import { ChunkParser, encodeMessage } from "../../media/transport/rtmp/chunk_stream.ts";
import { encodeCommand } from "../../media/transport/rtmp/commands.ts";
import type {
  MediaMessage,
  PlayOutput,
  RtmpConnection,
  StreamCommand,
} from "../../media/transport/rtmp/contract.ts";
import { HANDSHAKE_PACKET_BYTES } from "../../media/transport/rtmp/handshake.ts";
import { createRtmpMetrics } from "../../media/transport/rtmp/metrics.ts";
import { RtmpServerSession } from "../../media/transport/rtmp/session.ts";
import { createLogger } from "../../platform/log.ts";
import { Metrics } from "../../platform/metrics.ts";

/** One decoded answer of the session. */
export interface PeerAnswer {
  readonly type: number;
  /** Values of commands and data; the raw bytes of everything else. */
  readonly values: readonly unknown[];
}

const HANDSHAKE_ANSWER_BYTES = 1 + 2 * HANDSHAKE_PACKET_BYTES;

/** The other end of a session; everything that happened lies open. */
export class RtmpPeer {
  readonly answers: PeerAnswer[] = [];
  readonly lines: string[] = [];
  readonly messages: MediaMessage[] = [];
  readonly commands: StreamCommand[] = [];
  readonly ends: CloseReason[] = [];
  /** Aborting it stops the publisher. */
  readonly abort = new AbortController();
  readonly session: RtmpServerSession;
  /** What a player's feeder was given. */
  output: PlayOutput | null = null;
  /** Set to make `publish` fail. */
  refusal: Error | null = null;
  /** Set to make the sink throw at the next message. */
  failure: Error | null = null;
  playable = true;
  nowMs = 0;
  ended = false;
  readingPaused = false;
  #greeting = HANDSHAKE_ANSWER_BYTES;

  constructor() {
    const parser = new ChunkParser({
      onMessage: ({ type, payload }) => {
        const decoded = type === 20 || type === 18 ? decodeAmf0(payload) : [...payload];
        this.answers.push({ type, values: decoded });
      },
    });
    const connection: RtmpConnection = {
      remoteAddress: "192.0.2.1",
      secure: false,
      bufferedBytes: 0,
      write: (bytes) => {
        const skipped = Math.min(this.#greeting, bytes.length);
        this.#greeting -= skipped;
        parser.push(bytes.subarray(skipped));
      },
      pauseReading: (paused) => this.readingPaused = paused,
      end: () => this.ended = true,
    };
    this.session = new RtmpServerSession({
      connection,
      handler: {
        publish: (command) => this.#publish(command),
        play: (command, output) => this.#play(command, output),
      },
      log: createLogger({ level: "info", write: (line) => this.lines.push(line) }),
      metrics: createRtmpMetrics(new Metrics("media")),
      now: () => this.nowMs,
    });
  }

  /** Handshake of the simple kind. */
  shakeHands(): void {
    const packet = new Uint8Array(1 + 2 * HANDSHAKE_PACKET_BYTES);
    packet[0] = 3;
    this.session.receive(packet);
  }

  /** Sends a command. */
  call(name: string, ...args: Parameters<typeof encodeCommand>[0]["args"]): void {
    this.#transactionId++;
    this.session.receive(
      encodeSmall(encodeCommand({ name, transactionId: this.#transactionId, args })),
    );
  }
  #transactionId = 0;

  /** Sends a message of any type. */
  send(message: MediaMessage): void {
    this.session.receive(encodeMessage(
      {
        type: message.type,
        timestamp: message.timestampMs,
        streamId: 1,
        payload: message.data,
      },
      { chunkStreamId: 6, chunkSize: 128 },
    ));
  }

  /** Handshake and connect. */
  connect(app = "live"): void {
    this.shakeHands();
    this.call("connect", { app, tcUrl: `rtmp://h/${app}`, flashVer: "test/1" });
  }

  /** Everything up to an admitted publisher. */
  async publish(name = "100001?key=good"): Promise<void> {
    this.connect();
    this.call("createStream", null);
    this.call("publish", null, name, "live");
    await this.settle();
  }

  /** Lets promises run. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }

  /** Codes of all onStatus, `_result` and `_error` so far. */
  get codes(): string[] {
    return this.answers.flatMap(({ values }) => {
      const info = values[3];
      return typeof info === "object" && info !== null && "code" in info ? [String(info.code)] : [];
    });
  }

  #publish(command: StreamCommand) {
    this.commands.push(command);
    if (this.refusal !== null) return Promise.reject(this.refusal);
    return Promise.resolve({
      room: command.address.name,
      signal: this.abort.signal,
      message: (message: MediaMessage) => {
        if (this.failure !== null) throw this.failure;
        this.messages.push(message);
      },
      end: (reason: CloseReason) => void this.ends.push(reason),
    });
  }

  #play(command: StreamCommand, output: PlayOutput) {
    this.commands.push(command);
    if (!this.playable) return null;
    this.output = output;
    return { room: command.address.name, start() {}, pause() {}, select() {}, close() {} };
  }
}

/** Commands are made for the large chunk size of the server; a client begins with 128. */
function encodeSmall(large: Uint8Array): Uint8Array {
  let bytes = new Uint8Array(0);
  const parser = new ChunkParser({
    onMessage: (message) => {
      bytes = encodeMessage(message, { chunkStreamId: 3, chunkSize: 128 }).slice();
    },
  });
  parser.push(
    encodeMessage({ type: 1, timestamp: 0, streamId: 0, payload: Uint8Array.of(0, 1, 0, 0) }, {
      chunkStreamId: 2,
      chunkSize: 128,
    }),
  );
  parser.push(large);
  return bytes;
}
