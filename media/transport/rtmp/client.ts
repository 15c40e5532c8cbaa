/**
 * An RTMP client that publishes: for restreaming, and for encoders of our own.
 *
 * @module
 */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { AmfValue } from "../../container/amf0.ts";
import {
  ChunkParser,
  encodeMessage,
  OUTGOING_CHUNK_SIZE,
  type RtmpMessage,
} from "./chunk_stream.ts";
import { argumentObject, encodeCommand, parseCommand, type RtmpCommand } from "./commands.ts";
import { ClientHandshake } from "./handshake.ts";
import {
  CHUNK_STREAM,
  encodeControl,
  encodeUserControl,
  MESSAGE_TYPE,
  parseControl,
  parseUserControl,
  USER_CONTROL,
} from "./messages.ts";

/** The server said no, or went away; `code` is its status code when it gave one. */
export class RtmpClientError extends Error {
  override readonly name = "RtmpClientError";
  /** Such as `NetStream.Publish.Denied`; null when the connection was lost. */
  readonly code: string | null;

  constructor(message: string, code: string | null = null) {
    super(message);
    this.code = code;
  }
}

/** How {@linkcode RtmpClient.publish} reaches a server. */
export interface RtmpPublishOptions {
  /** `rtmp://` or `rtmps://HOST[:PORT]/<app>/<stream name>`, the name with its query. */
  readonly url: string;
  /** `flashVer`, the client's own name. */
  readonly agent?: string;
  /** Time for handshake and commands together. Default: 10 s. */
  readonly timeoutMs?: number;
  /** False accepts any certificate (tests). Default: true. */
  readonly verifyTls?: boolean;
  /** FourCCs of enhanced RTMP that will be sent. */
  readonly fourCcList?: readonly string[];
}

/** One message of a publisher. */
export interface OutgoingMessage {
  /** 8 audio, 9 video, 18 data (AMF0). */
  readonly type: number;
  /** Milliseconds; taken modulo 2^32. */
  readonly timestampMs: number;
  readonly data: Uint8Array;
}

const MAX_ANSWER_BYTES = 1024 * 1024;
const WINDOW_BYTES = 2_500_000;
const END_MS = 2_000;

/** A publishing connection. Make one with {@linkcode RtmpClient.publish}. */
export class RtmpClient {
  readonly #socket: Socket;
  readonly #closed = Promise.withResolvers<RtmpClientError | null>();
  readonly #answers = new Map<number, PromiseWithResolvers<RtmpCommand>>();
  readonly #published = Promise.withResolvers<void>();
  readonly #parser = new ChunkParser({
    onMessage: (message) => this.#receiveMessage(message),
    maxBufferedBytes: MAX_ANSWER_BYTES,
  });
  #transactionId = 0;
  #streamId = 1;
  #bytesIn = 0;
  #acknowledged = 0;
  #windowBytes = WINDOW_BYTES;
  #failure: RtmpClientError | null = null;
  #ending = false;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // Awaited by whoever needs them; a failure is told by `closed` in any case.
    this.#published.promise.catch(() => {});
  }

  /**
   * Connects and publishes; resolves when the server said that publishing may start.
   *
   * @throws {RtmpClientError} when the server refuses or cannot be reached.
   * @throws {TypeError} when the address is no RTMP address.
   */
  static async publish(options: RtmpPublishOptions): Promise<RtmpClient> {
    const target = parseUrl(options.url);
    const client = new RtmpClient(openSocket(target, options.verifyTls ?? true));
    const timer = setTimeout(
      () => client.#fail(new RtmpClientError("Cannot publish: the server does not answer")),
      options.timeoutMs ?? 10_000,
    );
    try {
      await client.#run(target, options);
      return client;
    } catch (error) {
      client.#socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Settled once the connection is gone: null when this side ended it, else what went wrong. */
  get closed(): Promise<RtmpClientError | null> {
    return this.#closed.promise;
  }

  /** Bytes that the kernel has not taken yet; who sends faster than the network checks it. */
  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  /** Sends one message; does nothing once closed. */
  write(message: OutgoingMessage): void {
    if (this.#isClosed) return;
    const { type, timestampMs, data } = message;
    const chunkStreamId = type === MESSAGE_TYPE.audio
      ? CHUNK_STREAM.audio
      : type === MESSAGE_TYPE.video
      ? CHUNK_STREAM.video
      : CHUNK_STREAM.status;
    this.#socket.write(encodeMessage(
      { type, timestamp: timestampMs, streamId: this.#streamId, payload: data },
      { chunkStreamId, chunkSize: OUTGOING_CHUNK_SIZE },
    ));
  }

  /** Unpublishes and closes in order. */
  async close(): Promise<void> {
    if (!this.#isClosed && !this.#ending) {
      this.#ending = true;
      this.#command("deleteStream", [null, this.#streamId]);
      this.#socket.end();
      const timer = setTimeout(() => this.#socket.destroy(), END_MS);
      await this.#closed.promise;
      clearTimeout(timer);
    }
    await this.#closed.promise;
  }

  /** Breaks the connection, as a crash or a lost network does. */
  destroy(): void {
    this.#ending = true;
    this.#socket.destroy();
  }

  async #run(target: Target, options: RtmpPublishOptions): Promise<void> {
    await this.#shakeHands();
    this.#socket.write(encodeControl(MESSAGE_TYPE.setChunkSize, OUTGOING_CHUNK_SIZE));
    await this.#call("connect", [{
      app: target.app,
      type: "nonprivate",
      flashVer: options.agent ?? "FMLE/3.0 (compatible; Wanren)",
      tcUrl: target.tcUrl,
      ...(options.fourCcList && { fourCcList: [...options.fourCcList] }),
    }]);
    this.#command("releaseStream", [null, target.streamName]);
    this.#command("FCPublish", [null, target.streamName]);
    const created = await this.#call("createStream", [null]);
    const streamId = created.args[1];
    if (typeof streamId === "number") this.#streamId = streamId;
    const args = [null, target.streamName, "live"];
    this.#command("publish", args, this.#streamId);
    await this.#published.promise;
  }

  #shakeHands(): Promise<void> {
    const handshake = new ClientHandshake();
    const socket = this.#socket;
    const done = Promise.withResolvers<void>();
    let shaking = true;
    socket.on("data", (bytes: Uint8Array) => {
      try {
        if (!shaking) return this.#receive(bytes);
        const step = handshake.push(bytes);
        if (step.reply !== null) socket.write(step.reply);
        if (!step.done) return;
        shaking = false;
        done.resolve();
        this.#receive(step.rest);
      } catch (error) {
        this.#fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => {
      const lost = this.#ending ? null : this.#failure ??
        new RtmpClientError("Cannot go on: the server closed the connection");
      this.#isClosed = true;
      const failure = lost ?? new RtmpClientError("Cannot go on: the client was closed");
      done.reject(failure);
      this.#published.reject(failure);
      for (const answer of this.#answers.values()) answer.reject(failure);
      this.#closed.resolve(lost);
    });
    socket.write(handshake.start());
    return done.promise;
  }

  #fail(error: Error): void {
    this.#failure ??= error instanceof RtmpClientError
      ? error
      : new RtmpClientError(`Cannot go on: ${error.message}`);
    this.#socket.destroy();
  }

  #command(name: string, args: readonly AmfValue[], streamId = 0): number {
    const transactionId = ++this.#transactionId;
    this.#socket.write(encodeCommand({ name, transactionId, args }, streamId));
    return transactionId;
  }

  #call(name: string, args: readonly AmfValue[]): Promise<RtmpCommand> {
    const answer = Promise.withResolvers<RtmpCommand>();
    this.#answers.set(this.#command(name, args), answer);
    return answer.promise;
  }

  #receive(bytes: Uint8Array): void {
    this.#bytesIn += bytes.length;
    this.#parser.push(bytes);
    if (this.#bytesIn - this.#acknowledged >= this.#windowBytes) {
      this.#acknowledged = this.#bytesIn;
      this.#socket.write(encodeControl(MESSAGE_TYPE.acknowledgement, this.#bytesIn >>> 0));
    }
  }

  #receiveMessage(message: RtmpMessage): void {
    if (message.type === MESSAGE_TYPE.commandAmf0) {
      this.#receiveCommand(parseCommand(message.payload));
    } else if (message.type === MESSAGE_TYPE.windowAcknowledgementSize) {
      this.#windowBytes = Math.max(1024, parseControl(message.payload));
    } else if (message.type === MESSAGE_TYPE.userControl) {
      const { event, value } = parseUserControl(message.payload);
      if (event === USER_CONTROL.pingRequest) {
        this.#socket.write(encodeUserControl(USER_CONTROL.pingResponse, value));
      }
    }
  }

  #receiveCommand(command: RtmpCommand): void {
    const { name, transactionId } = command;
    if (name === "_result" || name === "_error") {
      const answer = this.#answers.get(transactionId);
      this.#answers.delete(transactionId);
      if (name === "_result") answer?.resolve(command);
      else if (answer !== undefined) this.#fail(statusError(command));
    } else if (name === "onStatus") {
      const status = argumentObject(command, 1);
      if (status.level === "error") this.#fail(statusError(command));
      else if (status.code === "NetStream.Publish.Start") this.#published.resolve();
    }
  }
}

interface Target {
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly app: string;
  readonly streamName: string;
  readonly tcUrl: string;
}

function parseUrl(text: string): Target {
  const match = /^(rtmps?):\/\/(\[[0-9a-f:.]+\]|[^/:?#]+)(?::(\d+))?\/([^/?]+)\/(.+)$/i.exec(text);
  if (match === null) {
    throw new TypeError("Cannot publish: the address is not rtmp(s)://HOST[:PORT]/<app>/<stream>");
  }
  const [, scheme, host, port, app, streamName] = match;
  const secure = scheme.toLowerCase() === "rtmps";
  return {
    secure,
    host: host.replace(/^\[|\]$/g, ""),
    port: port === undefined ? (secure ? 443 : 1935) : Number(port),
    app,
    streamName,
    tcUrl: `${scheme}://${host}${port === undefined ? "" : `:${port}`}/${app}`,
  };
}

function openSocket(target: Target, verifyTls: boolean): Socket {
  const { host, port } = target;
  if (!target.secure) return connectTcp({ host, port, noDelay: true });
  return connectTls({
    host,
    port,
    rejectUnauthorized: verifyTls,
    ...(isIP(host) === 0 && { servername: host }),
  });
}

function statusError(command: RtmpCommand): RtmpClientError {
  const { code, description } = argumentObject(command, 1);
  return new RtmpClientError(
    typeof description === "string" ? description : "Cannot go on: the server refused",
    typeof code === "string" ? code : null,
  );
}
