/**
 * Message types of RTMP (RTMP 1.0 §5.4, §7.1) and the control messages as chunk bytes.
 *
 * @module
 */
import { MalformedMediaError } from "../../errors.ts";
import type { MediaMessage } from "./contract.ts";
import { encodeMessage, INITIAL_CHUNK_SIZE } from "./chunk_stream.ts";

/** Message type ids. */
export const MESSAGE_TYPE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAcknowledgementSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  sharedObjectAmf3: 16,
  commandAmf3: 17,
  dataAmf0: 18,
  sharedObjectAmf0: 19,
  commandAmf0: 20,
  aggregate: 22,
} as const;

/** User control event types (§7.1.7). */
export const USER_CONTROL = {
  streamBegin: 0,
  streamEof: 1,
  streamDry: 2,
  setBufferLength: 3,
  streamIsRecorded: 4,
  pingRequest: 6,
  pingResponse: 7,
} as const;

/** Chunk stream ids that this side sends on; players expect 2 for control and 3 for commands. */
export const CHUNK_STREAM = { control: 2, command: 3, audio: 4, status: 5, video: 6 } as const;

/** One user control event. */
export interface UserControlEvent {
  readonly event: number;
  /** Stream id, or the time stamp of a ping. */
  readonly value: number;
}

/** Control message with one 32-bit number: Set Chunk Size, Acknowledgement, Window Ack. Size. */
export function encodeControl(type: number, value: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, value);
  return encodeOnControlStream(type, payload);
}

/** Set Peer Bandwidth (§5.4.5) with limit type "dynamic". */
export function encodeSetPeerBandwidth(bytes: number): Uint8Array {
  const payload = new Uint8Array(5);
  new DataView(payload.buffer).setUint32(0, bytes);
  payload[4] = 2;
  return encodeOnControlStream(MESSAGE_TYPE.setPeerBandwidth, payload);
}

/** A user control message (§7.1.7) with one 32-bit value. */
export function encodeUserControl(event: number, value: number): Uint8Array {
  const payload = new Uint8Array(6);
  const view = new DataView(payload.buffer);
  view.setUint16(0, event);
  view.setUint32(2, value);
  return encodeOnControlStream(MESSAGE_TYPE.userControl, payload);
}

/** @throws {MalformedMediaError} when the event is cut short. */
export function parseUserControl(payload: Uint8Array): UserControlEvent {
  if (payload.length < 6) {
    throw new MalformedMediaError(
      `Cannot read user control message: ${payload.length} bytes instead of 6`,
    );
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return { event: view.getUint16(0), value: view.getUint32(2) };
}

/** The 32-bit number of a control message. @throws {MalformedMediaError} when it is cut short. */
export function parseControl(payload: Uint8Array): number {
  if (payload.length < 4) {
    throw new MalformedMediaError(
      `Cannot read control message: ${payload.length} bytes instead of 4`,
    );
  }
  return new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(0);
}

/**
 * The parts of an aggregate message (§7.1.6): FLV tags whose time stamps are moved so that the
 * first one has the time stamp of the message. Data point into `payload`.
 *
 * @throws {MalformedMediaError} when a part is cut short.
 */
export function parseAggregate(payload: Uint8Array, timestamp: number): MediaMessage[] {
  const parts: MediaMessage[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  let shift: number | null = null;
  for (let position = 0; position < payload.length;) {
    if (payload.length - position < 11) {
      throw new MalformedMediaError(
        "Cannot read aggregate message: part header cut short",
        position,
      );
    }
    const length = view.getUint32(position) & 0xffffff;
    const own = (view.getUint32(position + 4) >>> 8) | (payload[position + 7] << 24);
    shift ??= timestamp - own;
    const start = position + 11;
    if (payload.length - start < length) {
      throw new MalformedMediaError("Cannot read aggregate message: part cut short", position);
    }
    parts.push({
      type: payload[position],
      timestampMs: (own + shift) >>> 0,
      data: payload.subarray(start, start + length),
    });
    // The length behind each part is of no use; the last one is left out by some senders.
    position = start + length + 4;
  }
  return parts;
}

function encodeOnControlStream(type: number, payload: Uint8Array): Uint8Array {
  return encodeMessage(
    { type, timestamp: 0, streamId: 0, payload },
    { chunkStreamId: CHUNK_STREAM.control, chunkSize: INITIAL_CHUNK_SIZE },
  );
}
