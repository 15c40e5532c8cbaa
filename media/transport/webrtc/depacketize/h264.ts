/**
 * H.264 payloads (RFC 6184 §5): single NAL unit packets, STAP-A, FU-A.
 *
 * @module
 */
import { H264_NAL } from "../../../codec/h264.ts";
import { MAX_NAL_UNITS, MAX_PARAMETER_SET_BYTES } from "../../../codec/nal.ts";
import { writeUint32 } from "../rtp.ts";
import type { FrameContents, PayloadFormat } from "./assembler.ts";

/** Packet types (RFC 6184 table 1). */
export const H264_PACKET = { STAP_A: 24, FU_A: 28 } as const;

const LAST_SINGLE_TYPE = 23;
const MAX_PARAMETER_SETS = 64;

/** A NAL unit in pieces. */
interface PendingNal {
  /** NAL unit header, which fragments do not repeat. */
  readonly header: number;
  /** What stands behind the header. */
  readonly pieces: Uint8Array[];
  size: number;
}

/**
 * The H.264 payload format. Parameter sets go into the frame's `parameterSets` and delimiters are
 * dropped, as `avc1` samples have it; everything else becomes length-prefixed NAL units.
 */
export class H264Format implements PayloadFormat {
  #nals: PendingNal[] = [];
  #sets: Uint8Array[] = [];
  #fragmented: PendingNal | null = null;

  /**
   * A picture after a loss is of use when it is a key frame, and that is whole only with its parameter
   * sets: they, or a delimiter, stand first (H.264 §7.4.1.2.3).
   */
  startsFrame(payload: Uint8Array): boolean {
    const isAggregate = (payload[0] & 0x1f) === H264_PACKET.STAP_A;
    const type = payload[isAggregate ? 3 : 0] & 0x1f;
    return type === H264_NAL.SPS || type === H264_NAL.AUD;
  }

  add(payload: Uint8Array): boolean {
    const type = payload[0] & 0x1f;
    if (type === H264_PACKET.FU_A) return this.#addFragment(payload);
    // A unit that was begun by fragments must be ended by one (§5.8).
    if (this.#fragmented !== null) return false;
    if (type === H264_PACKET.STAP_A) return this.#addAggregate(payload);
    // 25–27 and 29 need packetization-mode 2; 0, 30, 31 are undefined.
    return type >= 1 && type <= LAST_SINGLE_TYPE && this.#addNal(payload);
  }

  finish(): FrameContents | null {
    if (this.#fragmented !== null) {
      this.reset();
      return null;
    }
    const nals = this.#nals;
    const parameterSets = this.#sets;
    this.reset();
    let size = 0;
    let keyFrame = false;
    let hasPicture = false;
    for (const nal of nals) {
      const type = nal.header & 0x1f;
      size += 5 + nal.size;
      if (type >= H264_NAL.SLICE && type <= H264_NAL.IDR) hasPicture = true;
      if (type === H264_NAL.IDR) keyFrame = true;
    }
    if (!hasPicture) {
      return parameterSets.length === 0 ? null : { keyFrame: false, data: EMPTY, parameterSets };
    }
    const data = new Uint8Array(size);
    let position = 0;
    for (const nal of nals) {
      writeUint32(data, position, 1 + nal.size);
      data[position + 4] = nal.header;
      position += 5;
      for (const piece of nal.pieces) {
        data.set(piece, position);
        position += piece.length;
      }
    }
    return { keyFrame, data, parameterSets };
  }

  reset(): void {
    this.#nals = [];
    this.#sets = [];
    this.#fragmented = null;
  }

  /** §5.7.1. */
  #addAggregate(payload: Uint8Array): boolean {
    let position = 1;
    while (position < payload.length) {
      if (position + 2 > payload.length) return false;
      const length = payload[position] << 8 | payload[position + 1];
      const start = position + 2;
      position = start + length;
      if (position > payload.length) return false;
      if (length > 0 && !this.#addNal(payload.subarray(start, position))) return false;
    }
    return payload.length > 1;
  }

  /** §5.8: indicator, header (S, E, R, type), fragment. */
  #addFragment(payload: Uint8Array): boolean {
    if (payload.length < 3) return false;
    const isStart = (payload[1] & 0x80) !== 0;
    const isEnd = (payload[1] & 0x40) !== 0;
    const header = payload[0] & 0xe0 | payload[1] & 0x1f;
    const piece = payload.subarray(2);
    if (isStart) {
      if (isEnd || this.#fragmented !== null) return false;
      this.#fragmented = { header, pieces: [piece], size: piece.length };
      return true;
    }
    const nal = this.#fragmented;
    if (nal === null || nal.header !== header) return false;
    nal.pieces.push(piece);
    nal.size += piece.length;
    if (!isEnd) return true;
    this.#fragmented = null;
    return this.#take(nal);
  }

  #addNal(nal: Uint8Array): boolean {
    return this.#take({ header: nal[0], pieces: [nal.subarray(1)], size: nal.length - 1 });
  }

  #take(nal: PendingNal): boolean {
    const type = nal.header & 0x1f;
    if (type === H264_NAL.AUD) return true;
    if (type === H264_NAL.SPS || type === H264_NAL.PPS) {
      if (nal.size >= MAX_PARAMETER_SET_BYTES || this.#sets.length === MAX_PARAMETER_SETS) {
        return false;
      }
      const set = new Uint8Array(1 + nal.size);
      set[0] = nal.header;
      let position = 1;
      for (const piece of nal.pieces) {
        set.set(piece, position);
        position += piece.length;
      }
      this.#sets.push(set);
      return true;
    }
    if (this.#nals.length === MAX_NAL_UNITS) return false;
    this.#nals.push(nal);
    return true;
  }
}

const EMPTY = new Uint8Array(0);
