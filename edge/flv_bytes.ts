/**
 * Bytes that are made once and written to many viewers.
 *
 * @module
 */

/** Room before the payload for an HTTP chunk head: eight hex digits and the line end. */
const HEADROOM = 10;
const CR = 0x0d;
const LF = 0x0a;
/** FIN and opcode 2, a whole binary message (RFC 6455 §5.2). */
const BINARY_MESSAGE = 0x82;
/** Largest message; about a key frame of a small picture. Below 64 KiB its length is two bytes. */
const MESSAGE_BYTES = 32 * 1024;
const LONGEST_HEAD_BYTES = 4;

/**
 * One piece of an FLV stream in every shape that a connection may need; each shape is made at most
 * once, and all viewers share it.
 */
export class FlvBytes {
  /** The bytes as they are: HTTP/2, HTTP/1.0, fetch streams. */
  readonly payload: Uint8Array;
  /** The bytes as one chunk of `Transfer-Encoding: chunked` (RFC 9112 §7.1). */
  readonly chunk: Uint8Array;
  #frame: Uint8Array | null = null;

  /** Copies `parts` one after the other. */
  constructor(parts: readonly Uint8Array[]) {
    let size = 0;
    for (const part of parts) size += part.byteLength;
    const buffer = new Uint8Array(HEADROOM + size + 2);
    let offset = HEADROOM;
    for (const part of parts) {
      buffer.set(part, offset);
      offset += part.byteLength;
    }
    buffer[offset] = CR;
    buffer[offset + 1] = LF;
    this.payload = buffer.subarray(HEADROOM, offset);
    let start = HEADROOM;
    buffer[--start] = LF;
    buffer[--start] = CR;
    const digits = size.toString(16);
    for (let i = digits.length - 1; i >= 0; i--) buffer[--start] = digits.charCodeAt(i);
    // A chunk of length 0 would end the body.
    this.chunk = size === 0 ? this.payload : buffer.subarray(start);
  }

  /**
   * The bytes as unmasked binary WebSocket messages (RFC 6455 §5). Browsers give a message out when
   * all of it is there: the beginning of a stream, which is far more than a batch, comes in pieces
   * so that the first picture need not wait for the last.
   */
  get frame(): Uint8Array {
    return this.#frame ??= binaryMessages(this.payload);
  }
}

function binaryMessages(payload: Uint8Array): Uint8Array {
  const size = payload.byteLength;
  const whole = Math.ceil(size / MESSAGE_BYTES);
  const messages = new Uint8Array(size + whole * LONGEST_HEAD_BYTES);
  let end = 0;
  for (let offset = 0; offset < size; offset += MESSAGE_BYTES) {
    const piece = payload.subarray(offset, offset + MESSAGE_BYTES);
    messages[end++] = BINARY_MESSAGE;
    if (piece.byteLength < 126) {
      messages[end++] = piece.byteLength;
    } else {
      messages[end++] = 126;
      messages[end++] = piece.byteLength >> 8;
      messages[end++] = piece.byteLength & 0xff;
    }
    messages.set(piece, end);
    end += piece.byteLength;
  }
  return messages.subarray(0, end);
}
