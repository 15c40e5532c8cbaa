/**
 * Where the RTMP transport meets what stands around it: the socket below, ingest and egress above.
 * The transport knows neither streams nor codecs.
 *
 * @module
 */
import type { CloseReason } from "../../errors.ts";
import type { StreamAddress } from "./address.ts";

/** A duplex byte connection; the session above owns it. */
export interface RtmpConnection {
  /** Address of the peer, without port. */
  readonly remoteAddress: string;
  /** The bytes travel inside TLS. */
  readonly secure: boolean;
  /** Bytes that were written and not yet taken by the kernel. */
  readonly bufferedBytes: number;
  /** Sends bytes; they must not be changed afterwards. Does nothing once closed. */
  write(bytes: Uint8Array): void;
  /** Stops, or goes on, reading. */
  pauseReading(paused: boolean): void;
  /** Sends what was written, then closes. */
  end(): void;
}

/** Why a session ended; stands in its closing log line. */
export type SessionCloseReason =
  | CloseReason
  | "closed_by_peer"
  | "not_live"
  | "slow_reader"
  | "stream_ended"
  | "no_rendition"
  | "no_activity";

/** What a peer that wants to publish or play said about itself. */
export interface StreamCommand {
  readonly address: StreamAddress;
  readonly remoteAddress: string;
  readonly secure: boolean;
  /** `flashVer` of the connect command: the encoder's or player's own name; null when not given. */
  readonly agent: string | null;
  /** Codecs beyond H.264, AAC and MP3 that the peer says it takes (enhanced RTMP); "*": all. */
  readonly fourCcs: readonly string[];
}

/** An audio, video or data (AMF0) message of a publisher. */
export interface MediaMessage {
  /** 8 audio, 9 video, 18 data. */
  readonly type: number;
  /** Milliseconds, 32 bits, wrapping. */
  readonly timestampMs: number;
  /** The body; may be kept. */
  readonly data: Uint8Array;
}

/** Takes what an admitted publisher sends. */
export interface PublishSink {
  /** The room that is published into, for the log. */
  readonly room: string;
  /**
   * @throws {MalformedMediaError} when the message breaks its format.
   * @throws {UnsupportedMediaError} when it holds media that is not carried.
   */
  message(message: MediaMessage): void;
  /** The session is over; called once. */
  end(reason: CloseReason): void;
  /** Aborted, with a {@linkcode CloseReason}, when the session must stop. */
  readonly signal: AbortSignal;
}

/** What a session offers to the one that feeds a player. */
export interface PlayOutput {
  /** Bytes that were sent and not yet taken by the kernel. */
  readonly bufferedBytes: number;
  /** Sends chunks made by `encodeMessage` for stream id 1 and the outgoing chunk size. */
  write(bytes: Uint8Array): void;
  /** The stream is over: says so to the player and closes. */
  ended(): void;
  /** What is played cannot be made any more: says so to the player and closes. */
  broken(): void;
  /** Closes at once; the player did not keep up. */
  tooSlow(): void;
}

/** Feeds one player. */
export interface PlaySource {
  /** The room that is played, for the log. */
  readonly room: string;
  /** Called after the start was answered; media may be written from now on. */
  start(): void;
  /** Stops, or starts again at the live edge. */
  pause(paused: boolean): void;
  /** Leaves audio or video out. */
  select(selection: { readonly audio?: boolean; readonly video?: boolean }): void;
  /** The session is over; called once. */
  close(): void;
}

/** What an RTMP server does with its peers. */
export interface RtmpHandler {
  /** @throws {PublishRefusedError} when the peer may not publish. */
  publish(command: StreamCommand): Promise<PublishSink>;
  /**
   * Null when there is nothing to play under this address.
   *
   * @throws {RenditionRefusedError} when it is there, but not in a form that the peer takes.
   */
  play(command: StreamCommand, output: PlayOutput): PlaySource | null;
}
