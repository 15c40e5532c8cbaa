/**
 * The little of the WebSocket protocol that a one-way stream needs (RFC 6455).
 *
 * @module
 */

/** The client broke the protocol; `code` goes into the close frame (RFC 6455 §7.4.1). */
export class WebSocketProtocolError extends Error {
  override readonly name = "WebSocketProtocolError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a client may want from a stream that it only reads. */
export type ClientEvent =
  | { readonly kind: "ping"; readonly payload: Uint8Array }
  | { readonly kind: "close"; readonly code: number };

const OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;
const FIN = 0x80;
const MASKED = 0x80;
const MAX_CONTROL_BYTES = 125;
/** Players say nothing; this much is passed over before the connection is closed (1009). */
const MAX_MESSAGE_BYTES = 4096;
/** A normal close without a status (RFC 6455 §7.1.5). */
const NO_STATUS = 1005;

/** The answer to a client's key (RFC 6455 §4.2.2). */
export async function acceptKey(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  return btoa(String.fromCharCode(...digest));
}

/** Whether the key is 16 bytes in base64 (RFC 6455 §4.1). */
export function isWebSocketKey(key: unknown): key is string {
  return typeof key === "string" && /^[A-Za-z0-9+/]{22}==$/.test(key);
}

/** A whole message in one frame of a server (RFC 6455 §5.2). */
export function messageFrame(
  payload: Uint8Array,
  { isText }: { readonly isText: boolean },
): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const head = length < 126 ? 2 : length < 0x1_0000 ? 4 : 10;
  const frame = new Uint8Array(head + length);
  frame[0] = FIN | (isText ? OPCODE.TEXT : OPCODE.BINARY);
  const view = new DataView(frame.buffer);
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    view.setUint16(2, length);
  } else {
    frame[1] = 127;
    view.setBigUint64(2, BigInt(length));
  }
  frame.set(payload, head);
  return frame;
}

/** A close frame with a status (RFC 6455 §5.5.1). */
export function closeFrame(code: number): Uint8Array {
  return new Uint8Array([FIN | OPCODE.CLOSE, 2, code >> 8, code & 0xff]);
}

/** The answer to a ping (RFC 6455 §5.5.3). */
export function pongFrame(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(2 + payload.length);
  frame[0] = FIN | OPCODE.PONG;
  frame[1] = payload.length;
  frame.set(payload, 2);
  return frame;
}

/**
 * A push parser for a client's frames. Messages are checked and passed over; pings and closes are
 * given out.
 */
export class ClientFrameParser {
  #held = new Uint8Array(0);
  /** Bytes of a data frame that are still to be passed over. */
  #skip = 0;
  #messageBytes = 0;
  #inMessage = false;

  /**
   * Takes the next bytes of the connection.
   *
   * @throws {WebSocketProtocolError} when they break the protocol or a message is too long.
   */
  push(bytes: Uint8Array): ClientEvent[] {
    const events: ClientEvent[] = [];
    let data = bytes;
    if (this.#held.length > 0) {
      data = new Uint8Array(this.#held.length + bytes.length);
      data.set(this.#held);
      data.set(bytes, this.#held.length);
    }
    let offset = 0;
    while (offset < data.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, data.length - offset);
        this.#skip -= step;
        offset += step;
        continue;
      }
      const used = this.#frame(data.subarray(offset), events);
      if (used === 0) break;
      offset += used;
    }
    this.#held = data.slice(offset);
    return events;
  }

  /** Bytes used by the frame at the start of `data`; 0 when more bytes are needed. */
  #frame(data: Uint8Array, events: ClientEvent[]): number {
    if (data.length < 2) return 0;
    const opcode = data[0] & 0x0f;
    const length = data[1] & 0x7f;
    if ((data[0] & 0x70) !== 0) throw new WebSocketProtocolError(1002, "reserved bits are set");
    if ((data[1] & MASKED) === 0) throw new WebSocketProtocolError(1002, "frame is not masked");
    return opcode >= OPCODE.CLOSE
      ? this.#controlFrame(data, { opcode, length, events })
      : this.#dataFrame(data, { opcode, length });
  }

  #controlFrame(
    data: Uint8Array,
    frame: { readonly opcode: number; readonly length: number; readonly events: ClientEvent[] },
  ): number {
    const { opcode, length, events } = frame;
    if (length > MAX_CONTROL_BYTES || (data[0] & FIN) === 0) {
      throw new WebSocketProtocolError(1002, "control frame is fragmented or too long");
    }
    const end = 6 + length;
    if (data.length < end) return 0;
    const payload = data.slice(6, end);
    for (let i = 0; i < length; i++) payload[i] ^= data[2 + (i & 3)];
    if (opcode === OPCODE.PING) events.push({ kind: "ping", payload });
    else if (opcode === OPCODE.CLOSE) events.push({ kind: "close", code: closeCode(payload) });
    else if (opcode !== OPCODE.PONG) throw new WebSocketProtocolError(1002, "unknown opcode");
    return end;
  }

  #dataFrame(
    data: Uint8Array,
    frame: { readonly opcode: number; readonly length: number },
  ): number {
    const { opcode, length } = frame;
    const continues = opcode === OPCODE.CONTINUATION;
    if (opcode > OPCODE.BINARY || continues !== this.#inMessage) {
      throw new WebSocketProtocolError(1002, "unexpected opcode");
    }
    if (length === 127) throw new WebSocketProtocolError(1009, "message is too long");
    const headBytes = (length === 126 ? 4 : 2) + 4;
    if (data.length < headBytes) return 0;
    const size = length === 126 ? data[2] << 8 | data[3] : length;
    this.#messageBytes = (continues ? this.#messageBytes : 0) + size;
    if (this.#messageBytes > MAX_MESSAGE_BYTES) {
      throw new WebSocketProtocolError(1009, "message is too long");
    }
    this.#inMessage = (data[0] & FIN) === 0;
    this.#skip = size;
    return headBytes;
  }
}

function closeCode(payload: Uint8Array): number {
  if (payload.length === 0) return NO_STATUS;
  const code = payload[0] << 8 | payload[1];
  if (payload.length === 1 || code < 1000 || code === 1004 || code === 1005 || code === 1006) {
    throw new WebSocketProtocolError(1002, "close status is not allowed");
  }
  return code;
}
