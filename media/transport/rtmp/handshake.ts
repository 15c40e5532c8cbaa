/**
 * RTMP handshake, both sides, as pure push machines (RTMP 1.0 §5.2).
 *
 * Two kinds are spoken. The simple one of the specification echoes random bytes. The digest one
 * (used by Flash Player 9 and later, ffmpeg and most encoders) hides an HMAC-SHA256 of the packet
 * at a place computed from four of its bytes; where those four bytes stand is the "scheme".
 *
 * @module
 */
import { createHmac, randomFillSync, timingSafeEqual } from "node:crypto";
import { MalformedMediaError } from "../../errors.ts";

/** Length of C1, C2, S1 and S2 in bytes. */
export const HANDSHAKE_PACKET_BYTES = 1536;
/** The only version of the protocol, the byte C0 and S0. */
export const RTMP_VERSION = 3;

const DIGEST_BYTES = 32;
const encoder = new TextEncoder();
/** Published constant that ends both keys of the digest handshake. */
const KEY_TAIL = Uint8Array.from(
  "f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae".match(/../g)!,
  (byte) => parseInt(byte, 16),
);
const PLAYER_NAME = encoder.encode("Genuine Adobe Flash Player 001");
const SERVER_NAME = encoder.encode("Genuine Adobe Flash Media Server 001");
const PLAYER_KEY = concatenate([PLAYER_NAME, KEY_TAIL]);
const SERVER_KEY = concatenate([SERVER_NAME, KEY_TAIL]);

/** Where the four offset bytes of a digest stand: 0 behind the key block, 1 before it. */
type DigestScheme = 0 | 1;

/** What one push into a handshake gave. */
export interface HandshakeStep {
  /** To be sent to the peer now, or null. */
  readonly reply: Uint8Array | null;
  readonly done: boolean;
  /** Bytes behind the handshake; empty until {@linkcode done}. */
  readonly rest: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** The server's side: takes C0, C1 and C2, gives S0, S1 and S2. */
export class ServerHandshake {
  readonly #input = new Collector();
  #answered = false;
  /** How the client introduced itself; null until C1 arrived. */
  kind: "simple" | "digest" | null = null;

  /** @throws {MalformedMediaError} when C0 names another version than 3. */
  push(bytes: Uint8Array): HandshakeStep {
    this.#input.push(bytes);
    let reply: Uint8Array | null = null;
    if (!this.#answered) {
      const version = this.#input.peek();
      if (version !== undefined && version !== RTMP_VERSION) {
        throw new MalformedMediaError(
          `Cannot shake hands: the first byte is ${version}, not RTMP version ${RTMP_VERSION}`,
        );
      }
      const packet = this.#input.take(1 + HANDSHAKE_PACKET_BYTES);
      if (packet === null) return { reply, done: false, rest: NOTHING };
      reply = this.#answer(packet.subarray(1));
      this.#answered = true;
    }
    // What C2 holds proves nothing and several encoders fill it wrongly: only its length counts.
    if (this.#input.take(HANDSHAKE_PACKET_BYTES) === null) {
      return { reply, done: false, rest: NOTHING };
    }
    return { reply, done: true, rest: this.#input.takeAll() };
  }

  #answer(c1: Uint8Array): Uint8Array {
    const reply = new Uint8Array(1 + 2 * HANDSHAKE_PACKET_BYTES);
    reply[0] = RTMP_VERSION;
    const s1 = reply.subarray(1, 1 + HANDSHAKE_PACKET_BYTES);
    const s2 = reply.subarray(1 + HANDSHAKE_PACKET_BYTES);
    const found = findDigest(c1, PLAYER_NAME);
    randomFillSync(s1.subarray(8));
    if (found === null) {
      this.kind = "simple";
      s2.set(c1);
      return reply;
    }
    this.kind = "digest";
    s1.set([0, 0, 0, 0, 4, 5, 0, 1]);
    sign(s1, { scheme: found.scheme, key: SERVER_NAME });
    randomFillSync(s2);
    signAnswer(s2, { digest: found.digest, key: SERVER_KEY });
    return reply;
  }
}

/** The client's side: send {@linkcode start}, then push what the server sends. */
export class ClientHandshake {
  readonly #input = new Collector();

  /** C0 and C1; C1 carries a digest, which servers of the simple kind take for random bytes. */
  start(): Uint8Array {
    const packet = new Uint8Array(1 + HANDSHAKE_PACKET_BYTES);
    packet[0] = RTMP_VERSION;
    const c1 = packet.subarray(1);
    randomFillSync(c1.subarray(8));
    c1.set([0, 0, 0, 0, 10, 0, 45, 2]);
    sign(c1, { scheme: 0, key: PLAYER_NAME });
    return packet;
  }

  /** @throws {MalformedMediaError} when S0 names another version than 3. */
  push(bytes: Uint8Array): HandshakeStep {
    this.#input.push(bytes);
    const version = this.#input.peek();
    if (version !== undefined && version !== RTMP_VERSION) {
      throw new MalformedMediaError(
        `Cannot shake hands: the server speaks version ${version}, not ${RTMP_VERSION}`,
      );
    }
    const packet = this.#input.take(1 + 2 * HANDSHAKE_PACKET_BYTES);
    if (packet === null) return { reply: null, done: false, rest: NOTHING };
    const s1 = packet.subarray(1, 1 + HANDSHAKE_PACKET_BYTES);
    const found = findDigest(s1, SERVER_NAME);
    const c2 = s1.slice();
    if (found !== null) {
      randomFillSync(c2);
      signAnswer(c2, { digest: found.digest, key: PLAYER_KEY });
    }
    return { reply: c2, done: true, rest: this.#input.takeAll() };
  }
}

/** Offset of the digest inside a C1 or S1 of one scheme. */
function digestOffset(packet: Uint8Array, scheme: DigestScheme): number {
  const base = scheme === 0 ? 772 : 8;
  const sum = packet[base] + packet[base + 1] + packet[base + 2] + packet[base + 3];
  return (sum % 728) + base + 4;
}

function digestOf(packet: Uint8Array, options: { offset: number; key: Uint8Array }): Uint8Array {
  return createHmac("sha256", options.key)
    .update(packet.subarray(0, options.offset))
    .update(packet.subarray(options.offset + DIGEST_BYTES))
    .digest();
}

function findDigest(
  packet: Uint8Array,
  key: Uint8Array,
): { scheme: DigestScheme; digest: Uint8Array } | null {
  for (const scheme of [0, 1] as const) {
    const offset = digestOffset(packet, scheme);
    const digest = packet.subarray(offset, offset + DIGEST_BYTES);
    if (timingSafeEqual(digestOf(packet, { offset, key }), digest)) return { scheme, digest };
  }
  return null;
}

function sign(packet: Uint8Array, options: { scheme: DigestScheme; key: Uint8Array }): void {
  const offset = digestOffset(packet, options.scheme);
  packet.set(digestOf(packet, { offset, key: options.key }), offset);
}

/** Ends a C2 or S2 with the proof that the peer's digest was read. */
function signAnswer(packet: Uint8Array, options: { digest: Uint8Array; key: Uint8Array }): void {
  const secret = createHmac("sha256", options.key).update(options.digest).digest();
  const end = packet.length - DIGEST_BYTES;
  packet.set(createHmac("sha256", secret).update(packet.subarray(0, end)).digest(), end);
}

/** Gathers bytes; never holds more than the pushes since the last complete packet. */
class Collector {
  #bytes: Uint8Array = NOTHING;

  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.length === 0 ? bytes.slice() : concatenate([this.#bytes, bytes]);
  }

  peek(): number | undefined {
    return this.#bytes[0];
  }

  take(length: number): Uint8Array | null {
    if (this.#bytes.length < length) return null;
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }

  takeAll(): Uint8Array {
    const taken = this.#bytes;
    this.#bytes = NOTHING;
    return taken;
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
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
