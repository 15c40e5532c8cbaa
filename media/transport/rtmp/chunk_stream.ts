/**
 * RTMP chunk streams (RTMP 1.0 §5.3): bytes in, messages out, and the other way round.
 *
 * @module
 */
import { MalformedMediaError } from "../../errors.ts";

/** Chunk size of both directions until a Set Chunk Size message (§5.4.1). */
export const INITIAL_CHUNK_SIZE = 128;
/** Chunk size that is announced for what is sent; the largest that every player accepts. */
export const OUTGOING_CHUNK_SIZE = 65_536;
/** Longest message: its length has 24 bits. */
export const MAX_MESSAGE_BYTES = 0xffffff;

const EXTENDED = 0xffffff;
const TYPE_SET_CHUNK_SIZE = 1;
const TYPE_ABORT = 2;
/** Longest chunk header: 3 bytes basic, 11 bytes message header, 4 bytes extended timestamp. */
const MAX_HEADER_BYTES = 18;
/** First allocation for a message that does not fit its first piece; doubled as data arrives. */
const FIRST_ALLOCATION_BYTES = 1024;

/** One message (§6). */
export interface RtmpMessage {
  /** Message type id. */
  readonly type: number;
  /** Milliseconds, 32 bits, wrapping. */
  readonly timestamp: number;
  /** Message stream id; 0 is the connection itself. */
  readonly streamId: number;
  /** Owned by the receiver. */
  readonly payload: Uint8Array;
}

/** How a {@linkcode ChunkParser} is made. */
export interface ChunkParserOptions {
  /** Called for every complete message except those that steer the chunk streams themselves. */
  readonly onMessage: (message: RtmpMessage) => void;
  /** Chunk stream ids that may be used. Default: 64. */
  readonly maxChunkStreams?: number;
  /** Bytes that unfinished messages may hold. Default: 20 MiB. */
  readonly maxBufferedBytes?: number;
}

/** State of one chunk stream: its last header and the message that is being put together. */
interface ChunkStream {
  readonly id: number;
  type: number;
  length: number;
  streamId: number;
  timestamp: number;
  delta: number;
  /** The last header carried an extended timestamp, whose field was {@linkcode extendedField}. */
  extended: boolean;
  extendedField: number;
  /** Null between messages. */
  buffer: Uint8Array | null;
  received: number;
}

/**
 * Push parser of one direction. Messages come out as soon as their last byte arrived, whatever the
 * split of the input. Set Chunk Size and Abort Message are applied at once and not handed out.
 */
export class ChunkParser {
  readonly #onMessage: (message: RtmpMessage) => void;
  readonly #maxChunkStreams: number;
  readonly #streams = new Map<number, ChunkStream>();
  readonly #head = new Uint8Array(MAX_HEADER_BYTES);
  #headBytes = 0;
  #chunkSize = INITIAL_CHUNK_SIZE;
  /** The stream whose chunk is being read, and the bytes of that chunk still to come. */
  #current: ChunkStream | null = null;
  #chunkRemaining = 0;
  #bufferedBytes = 0;
  #offset = 0;
  #paused = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Bytes that unfinished messages may hold; may be changed while running. */
  maxBufferedBytes: number;

  constructor(options: ChunkParserOptions) {
    this.#onMessage = options.onMessage;
    this.#maxChunkStreams = options.maxChunkStreams ?? 64;
    this.maxBufferedBytes = options.maxBufferedBytes ?? 20 * 1024 * 1024;
  }

  /** Bytes allocated for messages that are not complete. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Chunk size that the peer announced, in bytes. */
  get chunkSize(): number {
    return this.#chunkSize;
  }

  /**
   * Takes the next bytes; they are not kept, except while paused.
   *
   * @throws {MalformedMediaError} when they break the format or a limit.
   */
  push(bytes: Uint8Array): void {
    let position = 0;
    while (position < bytes.length) {
      if (this.#paused) {
        this.#hold(bytes.slice(position));
        return;
      }
      position = this.#current === null
        ? this.#readHeader(bytes, position)
        : this.#readPayload(this.#current, { bytes, position });
    }
  }

  /** From now on bytes are only kept; the caller stops reading soon, which bounds them. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on with the bytes that were kept. @throws {MalformedMediaError} as `push`. */
  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const bytes of held) this.push(bytes);
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.maxBufferedBytes) {
      this.#fail(`Cannot keep bytes: more than ${this.maxBufferedBytes} came while paused`);
    }
  }

  #fail(message: string): never {
    throw new MalformedMediaError(message, this.#offset);
  }

  /** Completes the header with bytes from `position` on; returns the new position. */
  #readHeader(bytes: Uint8Array, position: number): number {
    if (this.#headBytes === 0) {
      const length = this.#parseHeader(bytes.subarray(position));
      if (length > 0) return position + length;
    }
    const before = this.#headBytes;
    const added = Math.min(MAX_HEADER_BYTES - before, bytes.length - position);
    this.#head.set(bytes.subarray(position, position + added), before);
    const length = this.#parseHeader(this.#head.subarray(0, before + added));
    if (length === 0) {
      this.#headBytes = before + added;
      return position + added;
    }
    this.#headBytes = 0;
    if (length >= before) return position + length - before;
    // What looked like the start of a repeated extended timestamp was payload.
    this.push(this.#head.slice(length, before));
    return position;
  }

  /** Applies the chunk header at the start of `head`; returns its length, 0 if it is cut short. */
  #parseHeader(head: Uint8Array): number {
    const first = head[0];
    const format = first >> 6;
    let id = first & 0x3f;
    let length = 1;
    if (id === 0) {
      if (head.length < 2) return 0;
      id = 64 + head[1];
      length = 2;
    } else if (id === 1) {
      if (head.length < 3) return 0;
      id = 64 + head[1] + head[2] * 256;
      length = 3;
    }
    const fields = length;
    length += format === 0 ? 11 : format === 1 ? 7 : format === 2 ? 3 : 0;
    if (head.length < length) return 0;
    const known = this.#streams.get(id);
    if (format === 3) return this.#parseContinuation(head, { length, id });
    if (known === undefined && format === 2) {
      this.#fail(`Cannot read chunk: type 2 header on the new chunk stream ${id}`);
    }
    if (known !== undefined && known.buffer !== null) {
      this.#fail(
        `Cannot read chunk: new message on chunk stream ${id} before the last was complete`,
      );
    }
    let field = read24(head, fields);
    const extended = field === EXTENDED;
    if (extended) {
      if (head.length < length + 4) return 0;
      field = read32(head, length);
      length += 4;
    }
    const stream = known ?? this.#open(id);
    stream.extended = extended;
    stream.extendedField = field;
    stream.delta = field;
    stream.timestamp = format === 0 ? field : (stream.timestamp + field) >>> 0;
    if (format <= 1) {
      stream.length = read24(head, fields + 3);
      stream.type = head[fields + 6];
    }
    if (format === 0) {
      stream.streamId = (head[fields + 7] | head[fields + 8] << 8 | head[fields + 9] << 16 |
        head[fields + 10] << 24) >>> 0;
    }
    this.#begin(stream);
    this.#offset += length;
    return length;
  }

  /** A type 3 header goes on with a message or begins one like the last (§5.3.1.2.4). */
  #parseContinuation(head: Uint8Array, at: { length: number; id: number }): number {
    const stream = this.#streams.get(at.id);
    if (stream === undefined) {
      this.#fail(`Cannot read chunk: type 3 header on the new chunk stream ${at.id}`);
    }
    let length = at.length;
    const continues = stream.buffer !== null;
    if (stream.extended) {
      if (head.length < length + 4) return 0;
      const field = read32(head, length);
      // The field is repeated here by most senders, but not by all. Inside a message it is taken
      // for one only when it says what the message's header said.
      if (!continues || field === stream.extendedField || field === stream.timestamp) length += 4;
      if (!continues) {
        stream.extendedField = field;
        stream.delta = field;
      }
    }
    if (!continues) stream.timestamp = (stream.timestamp + stream.delta) >>> 0;
    this.#begin(stream);
    this.#offset += length;
    return length;
  }

  #open(id: number): ChunkStream {
    if (this.#streams.size >= this.#maxChunkStreams) {
      this.#fail(`Cannot read chunk: more than ${this.#maxChunkStreams} chunk streams`);
    }
    const stream: ChunkStream = {
      id,
      type: 0,
      length: 0,
      streamId: 0,
      timestamp: 0,
      delta: 0,
      extended: false,
      extendedField: 0,
      buffer: null,
      received: 0,
    };
    this.#streams.set(id, stream);
    return stream;
  }

  #begin(stream: ChunkStream): void {
    this.#chunkRemaining = Math.min(this.#chunkSize, stream.length - stream.received);
    if (this.#chunkRemaining > 0) this.#current = stream;
    else this.#complete(stream, new Uint8Array(0));
  }

  #readPayload(stream: ChunkStream, input: { bytes: Uint8Array; position: number }): number {
    const { bytes, position } = input;
    const count = Math.min(this.#chunkRemaining, bytes.length - position);
    const end = position + count;
    this.#offset += count;
    this.#chunkRemaining -= count;
    if (this.#chunkRemaining === 0) this.#current = null;
    if (stream.received === 0 && count === stream.length) {
      // Copied: a payload may be kept for seconds and must not keep a whole socket read with it.
      this.#complete(stream, bytes.slice(position, end));
      return end;
    }
    const buffer = this.#reserve(stream, stream.received + count);
    buffer.set(bytes.subarray(position, end), stream.received);
    stream.received += count;
    if (stream.received === stream.length) this.#complete(stream, buffer);
    return end;
  }

  /** Room for `needed` bytes; never more than twice what arrived, whatever length was declared. */
  #reserve(stream: ChunkStream, needed: number): Uint8Array {
    const old = stream.buffer;
    const capacity = old === null ? 0 : old.length;
    if (old !== null && needed <= capacity) return old;
    const grown = Math.min(stream.length, Math.max(needed, capacity * 2, FIRST_ALLOCATION_BYTES));
    this.#bufferedBytes += grown - capacity;
    if (this.#bufferedBytes > this.maxBufferedBytes) {
      this.#fail(
        `Cannot read chunk: unfinished messages hold more than ${this.maxBufferedBytes} bytes`,
      );
    }
    const buffer = new Uint8Array(grown);
    if (old !== null) buffer.set(old.subarray(0, stream.received));
    stream.buffer = buffer;
    return buffer;
  }

  #complete(stream: ChunkStream, payload: Uint8Array): void {
    this.#release(stream);
    if (stream.type === TYPE_SET_CHUNK_SIZE) {
      this.#setChunkSize(payload);
    } else if (stream.type === TYPE_ABORT) {
      if (payload.length < 4) this.#fail("Cannot abort message: its chunk stream id is cut short");
      const aborted = this.#streams.get(read32(payload, 0));
      if (aborted !== undefined) this.#release(aborted);
    } else {
      this.#onMessage({
        type: stream.type,
        timestamp: stream.timestamp,
        streamId: stream.streamId,
        payload,
      });
    }
  }

  #release(stream: ChunkStream): void {
    if (stream.buffer !== null) this.#bufferedBytes -= stream.buffer.length;
    stream.buffer = null;
    stream.received = 0;
  }

  #setChunkSize(payload: Uint8Array): void {
    const size = payload.length < 4 ? 0 : read32(payload, 0);
    if (size < 1 || size > 0x7fffffff) {
      this.#fail(`Cannot set chunk size: ${size} is not between 1 and 2147483647`);
    }
    this.#chunkSize = size;
  }
}

/** What {@linkcode encodeMessage} puts around a message. */
export interface ChunkOptions {
  /** Chunk stream id, 2 to 65599. */
  readonly chunkStreamId: number;
  /** Chunk size in bytes that was announced to the receiver. */
  readonly chunkSize: number;
}

/** One message and the chunk stream it goes on. */
export interface ChunkedMessage {
  readonly message: RtmpMessage;
  readonly chunkStreamId: number;
}

/**
 * The chunks of one message, the first with a full (type 0) header, so that the bytes depend on
 * nothing sent before and may be shared by all receivers.
 *
 * @throws {RangeError} when the payload is longer than {@linkcode MAX_MESSAGE_BYTES}.
 */
export function encodeMessage(message: RtmpMessage, options: ChunkOptions): Uint8Array {
  const { chunkStreamId, chunkSize } = options;
  return encodeMessages([{ message, chunkStreamId }], chunkSize);
}

/**
 * The chunks of many messages in one buffer, each as {@linkcode encodeMessage} makes it; every
 * payload is copied once.
 *
 * @throws {RangeError} when a payload is longer than {@linkcode MAX_MESSAGE_BYTES}.
 */
export function encodeMessages(
  messages: readonly ChunkedMessage[],
  chunkSize: number,
): Uint8Array {
  let total = 0;
  for (const { message, chunkStreamId } of messages) {
    total += chunkedBytes(message, { chunkStreamId, chunkSize });
  }
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  let position = 0;
  for (const { message, chunkStreamId } of messages) {
    position = writeMessage(message, { out, view, position, chunkStreamId, chunkSize });
  }
  return out;
}

function chunkedBytes(message: RtmpMessage, options: ChunkOptions): number {
  const { length } = message.payload;
  if (length > MAX_MESSAGE_BYTES) {
    throw new RangeError(`Cannot encode message: ${length} bytes do not fit 24 bits`);
  }
  const { chunkStreamId, chunkSize } = options;
  const perChunk = (chunkStreamId < 64 ? 1 : chunkStreamId < 320 ? 2 : 3) +
    (message.timestamp >>> 0 >= EXTENDED ? 4 : 0);
  return 11 + length + Math.max(1, Math.ceil(length / chunkSize)) * perChunk;
}

function writeMessage(
  message: RtmpMessage,
  to: ChunkOptions & {
    readonly out: Uint8Array;
    readonly view: DataView;
    readonly position: number;
  },
): number {
  const { out, view, chunkStreamId, chunkSize } = to;
  const { payload } = message;
  const timestamp = message.timestamp >>> 0;
  let position = writeBasicHeader(out, { position: to.position, format: 0, chunkStreamId });
  write24(out, { position, value: Math.min(timestamp, EXTENDED) });
  write24(out, { position: position + 3, value: payload.length });
  out[position + 6] = message.type;
  view.setUint32(position + 7, message.streamId, true);
  position += 11;
  for (let offset = 0;;) {
    if (timestamp >= EXTENDED) {
      view.setUint32(position, timestamp);
      position += 4;
    }
    const end = Math.min(offset + chunkSize, payload.length);
    out.set(payload.subarray(offset, end), position);
    position += end - offset;
    offset = end;
    if (offset >= payload.length) return position;
    position = writeBasicHeader(out, { position, format: 3, chunkStreamId });
  }
}

function writeBasicHeader(
  out: Uint8Array,
  at: { position: number; format: number; chunkStreamId: number },
): number {
  const { position, chunkStreamId } = at;
  const format = at.format << 6;
  if (chunkStreamId < 64) {
    out[position] = format | chunkStreamId;
    return position + 1;
  }
  const rest = chunkStreamId - 64;
  if (rest < 256) {
    out[position] = format;
    out[position + 1] = rest;
    return position + 2;
  }
  out[position] = format | 1;
  out[position + 1] = rest & 0xff;
  out[position + 2] = rest >> 8;
  return position + 3;
}

function read24(bytes: Uint8Array, position: number): number {
  return bytes[position] << 16 | bytes[position + 1] << 8 | bytes[position + 2];
}

function read32(bytes: Uint8Array, position: number): number {
  return bytes[position] * 0x1000000 + read24(bytes, position + 1);
}

function write24(out: Uint8Array, at: { position: number; value: number }): void {
  out[at.position] = at.value >> 16;
  out[at.position + 1] = at.value >> 8 & 0xff;
  out[at.position + 2] = at.value & 0xff;
}
