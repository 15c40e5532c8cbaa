/**
 * One RTMP peer as the server sees it (RTMP 1.0 §7): handshake, commands, acknowledgements, pings.
 *
 * State, and where it may go from there (every state may go to `closed`):
 *
 * | state        | next                              |
 * | ------------ | --------------------------------- |
 * | `handshake`  | `connecting`                      |
 * | `connecting` | `connected` (connect was answered) |
 * | `connected`  | `admitting`, `playing`            |
 * | `admitting`  | `publishing`                      |
 * | `publishing` | `connected` (unpublished)         |
 * | `playing`    | `connected` (stream deleted)      |
 *
 * @module
 */
import { type CloseReason, MalformedMediaError, RenditionRefusedError } from "../../errors.ts";
import type { Logger } from "../../../platform/log.ts";
import { parseStreamAddress } from "./address.ts";
import { ChunkParser, type RtmpMessage } from "./chunk_stream.ts";
import {
  argumentBoolean,
  argumentObject,
  argumentString,
  encodeCommand,
  encodeData,
  encodeStatus,
  parseCommand,
  type RtmpCommand,
} from "./commands.ts";
import { connectAnswer, parseConnect, type RtmpConnect, WINDOW_BYTES } from "./connect.ts";
import type {
  MediaMessage,
  PlayOutput,
  PlaySource,
  PublishSink,
  RtmpConnection,
  RtmpHandler,
  SessionCloseReason,
  StreamCommand,
} from "./contract.ts";
import { ServerHandshake } from "./handshake.ts";
import {
  encodeControl,
  encodeUserControl,
  MESSAGE_TYPE,
  parseAggregate,
  parseControl,
  parseUserControl,
  USER_CONTROL,
} from "./messages.ts";
import type { RtmpMetrics } from "./metrics.ts";
import { closeStatus, publishFailure } from "./status.ts";

/** Where a session stands; see the table above. */
export type SessionState =
  | "handshake"
  | "connecting"
  | "connected"
  | "admitting"
  | "publishing"
  | "playing"
  | "closed";

const TRANSITIONS: Readonly<Record<SessionState, readonly SessionState[]>> = {
  handshake: ["connecting", "closed"],
  connecting: ["connected", "closed"],
  connected: ["admitting", "playing", "closed"],
  admitting: ["publishing", "closed"],
  publishing: ["connected", "closed"],
  playing: ["connected", "closed"],
  closed: [],
};

/** The only message stream that is handed out. */
const STREAM_ID = 1;
/** What may wait unfinished before a peer proved to be an RTMP client, and afterwards, in bytes. */
const BUFFER_BEFORE_CONNECT = 64 * 1024;
const BUFFER_CONNECTED = 256 * 1024;
const BUFFER_PUBLISHING = 20 * 1024 * 1024;
/** Acknowledgement window that is used until the peer names one, in bytes. */
const DEFAULT_WINDOW_BYTES = 2_500_000;
const MIN_WINDOW_BYTES = 1024;
/** Commands a peer may send before it publishes or plays. */
const MAX_COMMANDS = 64;

/** Limits in time of one session, in milliseconds. */
export interface SessionTimeouts {
  /** From the first byte of the connection to the end of the handshake. */
  readonly handshakeMs: number;
  /** From then on to `publish` or `play`. */
  readonly commandMs: number;
  /** A publisher that is silent for so long is lost. */
  readonly publisherMs: number;
  /** Time between two pings. */
  readonly pingMs: number;
  /** Any peer that is silent for so long is gone. */
  readonly silenceMs: number;
}

/** Timeouts of a running server. */
export const DEFAULT_TIMEOUTS: SessionTimeouts = {
  handshakeMs: 10_000,
  commandMs: 20_000,
  publisherMs: 15_000,
  pingMs: 20_000,
  silenceMs: 60_000,
};

/** What a session needs. */
export interface SessionOptions {
  readonly connection: RtmpConnection;
  readonly handler: RtmpHandler;
  readonly log: Logger;
  readonly metrics: RtmpMetrics;
  /** Milliseconds of a clock that does not go back. */
  readonly now: () => number;
  readonly timeouts?: SessionTimeouts;
}

/** The server's end of one connection. Push bytes in, call `tick` about once a second. */
export class RtmpServerSession {
  readonly #connection: RtmpConnection;
  readonly #handler: RtmpHandler;
  readonly #log: Logger;
  readonly #metrics: RtmpMetrics;
  readonly #now: () => number;
  readonly #timeouts: SessionTimeouts;
  readonly #parser: ChunkParser;
  readonly #openedAt: number;
  #handshake: ServerHandshake | null = new ServerHandshake();
  #state: SessionState = "handshake";
  #stateSince: number;
  #connect: RtmpConnect | null = null;
  #sink: PublishSink | null = null;
  #source: PlaySource | null = null;
  #unsubscribe: () => void = () => {};
  #room: string | null = null;
  #role: "publisher" | "player" | null = null;
  #commands = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #windowBytes = DEFAULT_WINDOW_BYTES;
  #announcedWindowBytes = 0;
  #acknowledgedIn = 0;
  #peerAcknowledged = 0;
  #lastReceivedAt: number;
  #lastPingAt: number;

  constructor(options: SessionOptions) {
    this.#connection = options.connection;
    this.#handler = options.handler;
    this.#log = options.log;
    this.#metrics = options.metrics;
    this.#now = options.now;
    this.#timeouts = options.timeouts ?? DEFAULT_TIMEOUTS;
    this.#parser = new ChunkParser({
      onMessage: (message) => this.#receiveMessage(message),
      maxBufferedBytes: BUFFER_BEFORE_CONNECT,
    });
    this.#openedAt =
      this.#stateSince =
      this.#lastReceivedAt =
      this.#lastPingAt =
        this.#now();
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.#state;
  }

  /** The peer was admitted as publisher or player. */
  get admitted(): boolean {
    return this.#state === "publishing" || this.#state === "playing";
  }

  /** Age of the connection in milliseconds. */
  get openForMs(): number {
    return this.#now() - this.#openedAt;
  }

  /** What is to be seen of a running session. */
  inspect() {
    return {
      state: this.#state,
      room: this.#room,
      remoteAddress: this.#connection.remoteAddress,
      agent: this.#connect?.agent ?? null,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      bufferedBytes: this.#connection.bufferedBytes,
      peerAcknowledgedBytes: this.#peerAcknowledged,
      openForMs: Math.round(this.openForMs),
    };
  }

  /** Takes bytes of the peer. Never throws: what is wrong with them ends the session. */
  receive(bytes: Uint8Array): void {
    if (this.#state === "closed") return;
    this.#bytesIn += bytes.length;
    this.#metrics.bytesIn.inc(bytes.length);
    this.#lastReceivedAt = this.#now();
    try {
      let rest = bytes;
      if (this.#handshake !== null) {
        const step = this.#handshake.push(bytes);
        if (step.reply !== null) this.#send(step.reply);
        if (!step.done) return;
        this.#handshake = null;
        this.#transition("connecting");
        rest = step.rest;
      }
      this.#parser.push(rest);
      this.#acknowledge();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Time passes: timeouts and pings. */
  tick(): void {
    const now = this.#now();
    const inState = now - this.#stateSince;
    const silent = now - this.#lastReceivedAt;
    const { handshakeMs, commandMs, publisherMs, pingMs, silenceMs } = this.#timeouts;
    if (this.#state === "handshake" && now - this.#openedAt >= handshakeMs) {
      return this.#close("timeout", { detail: "handshake" });
    }
    if ((this.#state === "connecting" || this.#state === "connected") && inState >= commandMs) {
      return this.#close("timeout", { detail: "no publish or play command" });
    }
    if (this.#state === "publishing" && silent >= publisherMs) {
      return this.#close("connection_lost", { detail: "silent publisher" });
    }
    if (silent >= silenceMs && this.#state !== "closed") return this.#close("no_activity");
    if (this.admitted && now - this.#lastPingAt >= pingMs) {
      this.#lastPingAt = now;
      const timestamp = Math.floor(now - this.#openedAt) >>> 0;
      this.#send(encodeUserControl(USER_CONTROL.pingRequest, timestamp));
    }
  }

  /** The socket is gone; `cause` is its error, if it had one. */
  disconnected(cause?: Error): void {
    const lost = this.#state === "publishing" || this.#state === "admitting";
    const unpublished = this.#state === "connected" && this.#role === "publisher";
    const reason = lost ? "connection_lost" : unpublished ? "unpublished" : "closed_by_peer";
    this.#close(reason, { ...(cause && { detail: cause.message }) });
  }

  /** Ends the session from this side and tells the peer why. */
  close(reason: CloseReason): void {
    this.#close(reason);
  }

  /** Ends a session that was not admitted yet, because others wait for its place. */
  evict(): void {
    this.#metrics.refused.inc({ reason: "unadmitted" });
    this.#close("refused", { detail: "too many connections that ask for nothing" });
  }

  #transition(next: SessionState): void {
    if (!TRANSITIONS[this.#state].includes(next)) {
      throw new Error(`Cannot go to ${next}: the session is ${this.#state}`);
    }
    this.#log.debug("state", { from: this.#state, to: next, room: this.#room });
    this.#state = next;
    this.#stateSince = this.#now();
    this.#parser.maxBufferedBytes = next === "publishing" || next === "admitting"
      ? BUFFER_PUBLISHING
      : next === "connecting"
      ? BUFFER_BEFORE_CONNECT
      : BUFFER_CONNECTED;
  }

  #send(...parts: readonly Uint8Array[]): void {
    if (this.#state === "closed") return;
    const bytes = parts.length === 1 ? parts[0] : joinBytes(parts);
    this.#bytesOut += bytes.length;
    this.#metrics.bytesOut.inc(bytes.length);
    this.#connection.write(bytes);
  }

  #fail(cause: unknown): void {
    const failure = publishFailure(cause);
    if (failure.unexpected) {
      this.#log.error("session_failed", { stream: this.#room, error: failure.detail });
    }
    this.#metrics.refused.inc({ reason: failure.reason });
    // Before connect a peer that breaks the format is no RTMP client: nothing is said to it.
    if (this.#connect !== null) this.#send(encodeStatus(failure.status, STREAM_ID));
    this.#close(failure.reason, { detail: failure.detail, told: true });
  }

  /** The one way out of every state; writes the closing log line. */
  #close(
    reason: SessionCloseReason,
    options: { readonly detail?: string; readonly told?: boolean } = {},
  ): void {
    if (this.#state === "closed") return;
    const before = this.#state;
    const status = options.told ? null : closeStatus(reason);
    if (status !== null && this.#connect !== null) this.#send(encodeStatus(status, STREAM_ID));
    this.#leaveStream(reason);
    this.#parser.pause();
    this.#transition("closed");
    this.#metrics.closed.inc({ reason });
    this.#log.info("closed", {
      stream: this.#room,
      role: this.#role,
      reason,
      detail: options.detail,
      state: before,
      remote: this.#connection.remoteAddress,
      duration_ms: Math.round(this.openForMs),
      bytes_in: this.#bytesIn,
      bytes_out: this.#bytesOut,
    });
    this.#connection.end();
  }

  /** Lets go of publisher or player, whichever there is. */
  #leaveStream(reason: SessionCloseReason): void {
    const sink = this.#sink;
    const source = this.#source;
    this.#sink = null;
    this.#source = null;
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    if (sink !== null) {
      this.#metrics.publishers.dec();
      sink.end(publisherReason(reason));
    }
    if (source !== null) {
      this.#metrics.players.dec();
      source.close();
    }
  }

  /** Tells the peer how much arrived, each time a window is full (§5.4.3). */
  #acknowledge(): void {
    if (this.#bytesIn - this.#acknowledgedIn < this.#windowBytes) return;
    this.#acknowledgedIn = this.#bytesIn;
    this.#send(encodeControl(MESSAGE_TYPE.acknowledgement, this.#bytesIn >>> 0));
  }

  #receiveMessage(message: RtmpMessage): void {
    if (this.#state === "closed") return;
    const { type, payload, timestamp } = message;
    switch (type) {
      case MESSAGE_TYPE.audio:
      case MESSAGE_TYPE.video:
      case MESSAGE_TYPE.dataAmf0:
        return this.#receiveMedia({ type, timestampMs: timestamp, data: payload });
      case MESSAGE_TYPE.dataAmf3:
        // AMF3 data begins with a byte 0 and goes on in AMF0.
        return this.#receiveMedia({
          type: MESSAGE_TYPE.dataAmf0,
          timestampMs: timestamp,
          data: payload[0] === 0 ? payload.subarray(1) : payload,
        });
      case MESSAGE_TYPE.aggregate:
        for (const part of parseAggregate(payload, timestamp)) this.#receiveMedia(part);
        return;
      case MESSAGE_TYPE.commandAmf0:
        return this.#receiveCommand(parseCommand(payload));
      case MESSAGE_TYPE.commandAmf3:
        return this.#receiveCommand(
          parseCommand(payload[0] === 0 ? payload.subarray(1) : payload),
        );
      case MESSAGE_TYPE.acknowledgement:
        this.#peerAcknowledged = parseControl(payload);
        return;
      case MESSAGE_TYPE.windowAcknowledgementSize:
        this.#windowBytes = Math.max(MIN_WINDOW_BYTES, parseControl(payload));
        return;
      case MESSAGE_TYPE.setPeerBandwidth:
        return this.#receivePeerBandwidth(parseControl(payload));
      case MESSAGE_TYPE.userControl:
        return this.#receiveUserControl(payload);
      default:
        // Shared objects and types from the future: legal, and of no use here.
        return;
    }
  }

  #receiveMedia(message: MediaMessage): void {
    // Messages behind an unpublish are late, not wrong.
    if (this.#sink === null || message.data.length === 0) return;
    this.#sink.message(message);
  }

  #receivePeerBandwidth(bytes: number): void {
    if (bytes === this.#announcedWindowBytes) return;
    this.#announcedWindowBytes = bytes;
    this.#send(encodeControl(MESSAGE_TYPE.windowAcknowledgementSize, bytes));
  }

  #receiveUserControl(payload: Uint8Array): void {
    const { event, value } = parseUserControl(payload);
    if (event === USER_CONTROL.pingRequest) {
      this.#send(encodeUserControl(USER_CONTROL.pingResponse, value));
    }
  }

  #receiveCommand(command: RtmpCommand): void {
    if (!this.admitted && ++this.#commands > MAX_COMMANDS) {
      throw new MalformedMediaError("Cannot go on: too many commands without publish or play");
    }
    if (command.name === "connect") return this.#receiveConnect(command);
    if (this.#connect === null) {
      throw new MalformedMediaError(`Cannot call ${command.name}: the first command is connect`);
    }
    switch (command.name) {
      case "createStream":
        return this.#answer(command, STREAM_ID);
      case "releaseStream":
      case "_checkbw":
        return this.#answer(command, undefined);
      case "FCPublish":
        this.#send(encodeCommand({
          name: "onFCPublish",
          transactionId: 0,
          args: [null, { code: "NetStream.Publish.Start", description: "Publish when ready" }],
        }));
        return this.#answer(command, undefined);
      case "FCSubscribe":
        return this.#send(encodeCommand({
          name: "onFCSubscribe",
          transactionId: 0,
          args: [null, { code: "NetStream.Play.Start", description: "Play when ready" }],
        }));
      case "publish":
        return this.#receivePublish(command);
      case "play":
        return this.#receivePlay(command);
      case "FCUnpublish":
        if (this.#state === "publishing") this.#unpublish();
        return this.#send(encodeCommand({
          name: "onFCUnpublish",
          transactionId: 0,
          args: [null, { code: "NetStream.Unpublish.Success", description: "Unpublished" }],
        }));
      case "deleteStream":
      case "closeStream":
        return this.#receiveCloseStream();
      case "getStreamLength":
        return this.#answer(command, 0);
      case "pause":
      case "pauseRaw":
        return this.#receivePause(command);
      case "seek":
        return this.#send(encodeStatus({
          level: "status",
          code: "NetStream.Seek.Notify",
          description: "The stream is live: playing goes on where it is",
        }, STREAM_ID));
      case "receiveAudio":
        return this.#source?.select({ audio: argumentBoolean(command, 1) ?? true });
      case "receiveVideo":
        return this.#source?.select({ video: argumentBoolean(command, 1) ?? true });
      case "close":
        return this.#close(this.#state === "publishing" ? "unpublished" : "closed_by_peer");
      case "_result":
      case "_error":
      case "onStatus":
        return;
      default:
        return this.#answerUnknown(command);
    }
  }

  #answer(command: RtmpCommand, value: number | undefined): void {
    this.#send(encodeCommand({
      name: "_result",
      transactionId: command.transactionId,
      args: [null, value ?? null],
    }));
  }

  #answerUnknown(command: RtmpCommand): void {
    if (command.transactionId === 0) return;
    this.#send(encodeCommand({
      name: "_error",
      transactionId: command.transactionId,
      args: [null, {
        level: "error",
        code: "NetConnection.Call.Failed",
        description: `Cannot call ${command.name.slice(0, 64)}: unknown command`,
      }],
    }));
  }

  #receiveConnect(command: RtmpCommand): void {
    if (this.#connect !== null) throw new MalformedMediaError("Cannot connect: already connected");
    const connect = parseConnect(argumentObject(command, 0));
    const answer = connectAnswer(connect, command.transactionId);
    this.#send(...answer.bytes);
    if (answer.rejected !== null) {
      this.#metrics.refused.inc({ reason: "unknown_app" });
      return this.#close("refused", { detail: answer.rejected });
    }
    this.#announcedWindowBytes = WINDOW_BYTES;
    this.#connect = connect;
    this.#transition("connected");
  }

  #streamCommand(command: RtmpCommand, connect: RtmpConnect): StreamCommand {
    return {
      address: parseStreamAddress({
        app: connect.app,
        tcUrl: connect.tcUrl,
        streamName: argumentString(command, 1) ?? "",
      }),
      remoteAddress: this.#connection.remoteAddress,
      secure: this.#connection.secure,
      agent: connect.agent,
      fourCcs: connect.fourCcs,
    };
  }

  #receivePublish(command: RtmpCommand): void {
    if (this.#state !== "connected") {
      throw new MalformedMediaError(`Cannot publish: the session is ${this.#state}`);
    }
    const request = this.#streamCommand(command, this.#connect!);
    this.#room = request.address.name;
    this.#role = "publisher";
    this.#transition("admitting");
    // Nothing is read while the key is checked: what arrives stays in the kernel.
    this.#parser.pause();
    this.#connection.pauseReading(true);
    this.#handler.publish(request).then(
      (sink) => this.#admit(sink),
      (error) => {
        if (this.#state !== "closed") this.#fail(error);
      },
    );
  }

  #admit(sink: PublishSink): void {
    if (this.#state !== "admitting") {
      sink.end("connection_lost");
      return;
    }
    this.#room = sink.room;
    this.#sink = sink;
    this.#commands = 0;
    this.#metrics.publishers.inc();
    this.#transition("publishing");
    const onAbort = () => this.#close(sink.signal.reason as CloseReason);
    sink.signal.addEventListener("abort", onAbort, { once: true });
    this.#unsubscribe = () => sink.signal.removeEventListener("abort", onAbort);
    if (sink.signal.aborted) return onAbort();
    this.#log.info("publishing", {
      stream: sink.room,
      remote: this.#connection.remoteAddress,
      encoder: this.#connect?.agent,
    });
    this.#send(
      encodeUserControl(USER_CONTROL.streamBegin, STREAM_ID),
      encodeStatus({
        level: "status",
        code: "NetStream.Publish.Start",
        description: `Publishing ${sink.room}`,
      }, STREAM_ID),
    );
    this.#lastReceivedAt = this.#now();
    this.#connection.pauseReading(false);
    try {
      this.#parser.resume();
    } catch (error) {
      this.#fail(error);
    }
  }

  #unpublish(): void {
    const room = this.#room ?? "";
    this.#leaveStream("unpublished");
    this.#transition("connected");
    this.#send(encodeStatus({
      level: "status",
      code: "NetStream.Unpublish.Success",
      description: `Unpublished ${room}`,
    }, STREAM_ID));
  }

  #receiveCloseStream(): void {
    if (this.#state === "publishing") return this.#unpublish();
    if (this.#state === "playing") {
      this.#leaveStream("closed_by_peer");
      this.#transition("connected");
    }
  }

  #receivePlay(command: RtmpCommand): void {
    // A second play on the stream replaces the first one (§7.2.2.1, reset).
    if (this.#state === "playing") this.#receiveCloseStream();
    if (this.#state !== "connected") {
      throw new MalformedMediaError(`Cannot play: the session is ${this.#state}`);
    }
    const request = this.#streamCommand(command, this.#connect!);
    this.#room = request.address.name;
    this.#role = "player";
    const connection = this.#connection;
    const refuse = (reason: "not_live" | "no_rendition", code: string, description: string) => {
      this.#metrics.refused.inc({ reason });
      this.#send(encodeStatus({ level: "error", code, description }, STREAM_ID));
      this.#close(reason);
    };
    const output: PlayOutput = {
      write: (bytes) => this.#send(bytes),
      ended: () => this.#endPlaying(),
      broken: () =>
        refuse("no_rendition", "NetStream.Play.Failed", `Cannot go on playing ${this.#room}`),
      tooSlow: () => this.#close("slow_reader"),
      get bufferedBytes() {
        return connection.bufferedBytes;
      },
    };
    let source: PlaySource | null;
    try {
      source = this.#handler.play(request, output);
    } catch (error) {
      if (!(error instanceof RenditionRefusedError)) throw error;
      return refuse("no_rendition", "NetStream.Play.Failed", error.message);
    }
    if (source === null) {
      return refuse(
        "not_live",
        "NetStream.Play.StreamNotFound",
        `Cannot play ${this.#room}: it is not live`,
      );
    }
    this.#source = source;
    this.#commands = 0;
    this.#room = source.room;
    this.#metrics.players.inc();
    this.#transition("playing");
    const status = (code: string, description: string) =>
      encodeStatus({ level: "status", code, description }, STREAM_ID);
    this.#send(
      encodeUserControl(USER_CONTROL.streamBegin, STREAM_ID),
      status("NetStream.Play.Reset", `Playing and resetting ${source.room}`),
      status("NetStream.Play.Start", `Started playing ${source.room}`),
      encodeData("|RtmpSampleAccess", [true, true], STREAM_ID),
    );
    source.start();
  }

  #receivePause(command: RtmpCommand): void {
    if (this.#source === null) return;
    const paused = argumentBoolean(command, 1) ?? true;
    this.#send(encodeStatus({
      level: "status",
      code: paused ? "NetStream.Pause.Notify" : "NetStream.Unpause.Notify",
      description: paused ? "Paused" : "Playing at the live edge",
    }, STREAM_ID));
    this.#source.pause(paused);
  }

  /** The stream that is played is over: EOF, and the two codes that players wait for. */
  #endPlaying(): void {
    const status = (code: string, description: string) =>
      encodeStatus({ level: "status", code, description }, STREAM_ID);
    this.#send(
      encodeUserControl(USER_CONTROL.streamEof, STREAM_ID),
      status("NetStream.Play.UnpublishNotify", `${this.#room} is no longer published`),
      status("NetStream.Play.Stop", `Stopped playing ${this.#room}`),
    );
    this.#close("stream_ended");
  }
}

/** Reasons of the transport in the words of the publishing contract. */
function publisherReason(reason: SessionCloseReason): CloseReason {
  switch (reason) {
    case "closed_by_peer":
    case "no_activity":
    case "not_live":
    case "slow_reader":
    case "stream_ended":
    case "no_rendition":
      return "connection_lost";
    default:
      return reason;
  }
}

function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
