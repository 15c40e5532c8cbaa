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
const BINARY_FRAME = 0x82;

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

  /** The bytes as one unmasked binary WebSocket message (RFC 6455 §5). */
  get frame(): Uint8Array {
    return this.#frame ??= binaryFrame(this.payload);
  }
}

function binaryFrame(payload: Uint8Array): Uint8Array {
  const size = payload.byteLength;
  const headSize = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = new Uint8Array(headSize + size);
  const view = new DataView(frame.buffer);
  frame[0] = BINARY_FRAME;
  if (headSize === 2) {
    frame[1] = size;
  } else if (headSize === 4) {
    frame[1] = 126;
    view.setUint16(2, size);
  } else {
    frame[1] = 127;
    view.setUint32(2, Math.floor(size / 2 ** 32));
    view.setUint32(6, size >>> 0);
  }
  frame.set(payload, headSize);
  return frame;
}
