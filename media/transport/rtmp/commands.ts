/**
 * RTMP commands and data messages in AMF0 (RTMP 1.0 §7.1.1, §7.2).
 *
 * @module
 */
import { type AmfValue, decodeAmf0, encodeAmf0 } from "../../container/amf0.ts";
import { MalformedMediaError } from "../../errors.ts";
import { encodeMessage, OUTGOING_CHUNK_SIZE } from "./chunk_stream.ts";
import { CHUNK_STREAM, MESSAGE_TYPE } from "./messages.ts";
import type { StatusInfo } from "./status.ts";

/** A decoded command. */
export interface RtmpCommand {
  readonly name: string;
  /** 0: no answer is expected. */
  readonly transactionId: number;
  /** What follows; the first one is the command object (often null). */
  readonly args: readonly AmfValue[];
}

/** @throws {MalformedMediaError} when it is no AMF0 or does not begin with a name. */
export function parseCommand(payload: Uint8Array): RtmpCommand {
  const [name, transactionId, ...args] = decodeAmf0(payload);
  if (typeof name !== "string") {
    throw new MalformedMediaError("Cannot read command: it does not begin with a name");
  }
  return { name, transactionId: typeof transactionId === "number" ? transactionId : 0, args };
}

/** Argument `index` (0 is the command object) as text, or null. */
export function argumentString(command: RtmpCommand, index: number): string | null {
  const value = command.args[index];
  return typeof value === "string" ? value : null;
}

/** Argument `index` as truth value, or null. */
export function argumentBoolean(command: RtmpCommand, index: number): boolean | null {
  const value = command.args[index];
  return typeof value === "boolean" ? value : null;
}

/** Argument `index` as object; empty when it is none. */
export function argumentObject(
  command: RtmpCommand,
  index: number,
): Readonly<Record<string, AmfValue>> {
  const value = command.args[index];
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
      !(value instanceof Date)
    ? value as Readonly<Record<string, AmfValue>>
    : {};
}

/** The chunks of a command, for the connection (stream 0) unless told otherwise. */
export function encodeCommand(command: RtmpCommand, streamId = 0): Uint8Array {
  return encodeMessage({
    type: MESSAGE_TYPE.commandAmf0,
    timestamp: 0,
    streamId,
    payload: encodeAmf0([command.name, command.transactionId, ...command.args]),
  }, {
    chunkStreamId: streamId === 0 ? CHUNK_STREAM.command : CHUNK_STREAM.status,
    chunkSize: OUTGOING_CHUNK_SIZE,
  });
}

/** The chunks of `onStatus` (§7.2.2). */
export function encodeStatus(status: StatusInfo, streamId: number): Uint8Array {
  const { level, code, description } = status;
  return encodeCommand({
    name: "onStatus",
    transactionId: 0,
    args: [null, { level, code, description }],
  }, streamId);
}

/** The chunks of a data message: its name and values. */
export function encodeData(
  name: string,
  values: readonly AmfValue[],
  streamId: number,
): Uint8Array {
  return encodeMessage({
    type: MESSAGE_TYPE.dataAmf0,
    timestamp: 0,
    streamId,
    payload: encodeAmf0([name, ...values]),
  }, { chunkStreamId: CHUNK_STREAM.status, chunkSize: OUTGOING_CHUNK_SIZE });
}
