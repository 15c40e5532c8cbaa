/**
 * Puts pictures together from RTP packets in order: one timestamp is one picture, the marker ends it
 * (RFC 6184 §5.1, RFC 7741 §4.1, RFC 9628 §4.1, AV1 RTP §4.1). Payload formats differ in what stands
 * in the packets; they are given as {@linkcode PayloadFormat}.
 *
 * @module
 */
import type { RtpPacket } from "../rtp.ts";

/** One whole coded picture. */
export interface CodedFrame {
  /** 32 bits, wrapping, as the packets had it. */
  readonly timestamp: number;
  readonly keyFrame: boolean;
  /**
   * As `VideoUnit.data` wants it; owned by whoever takes the frame. Empty when there were only
   * parameter sets.
   */
  readonly data: Uint8Array;
  /** h264: parameter sets that stood in the picture, with their NAL unit header; else empty. */
  readonly parameterSets: readonly Uint8Array[];
}

/** A frame without its timestamp. */
export type FrameContents = Omit<CodedFrame, "timestamp">;

/** How the packets of one picture become its bytes. Payloads are views that stay unchanged. */
export interface PayloadFormat {
  /** Whether a payload is certainly the first of a key frame that is whole; asked after a loss. */
  startsFrame(payload: Uint8Array): boolean;
  /** Takes the next payload of the picture; false when it is broken or does not fit. */
  add(payload: Uint8Array): boolean;
  /** The picture; null when it is not complete. Empties the format. */
  finish(): FrameContents | null;
  /** Forgets the picture. */
  reset(): void;
}

/** Largest coded picture, in bytes. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;
/** Most packets of one picture. */
export const MAX_FRAME_PACKETS = 8192;

/** Where whole pictures go. */
export interface FrameSink {
  frame(frame: CodedFrame): void;
  /** A picture is missing: what follows cannot be decoded until the next key frame. */
  loss(): void;
}

/** What happened so far. */
export interface AssemblerCounts {
  readonly frames: number;
  readonly keyFrames: number;
  /** Pictures that were cut by loss or broken. */
  readonly damaged: number;
  /** Whole pictures that were left out because a picture before them is missing. */
  readonly undecodable: number;
}

/**
 * The assembler of one video stream. Takes packets as a jitter buffer gives them. After a loss
 * nothing comes out until a key frame, so what comes out can always be decoded.
 */
export class FrameAssembler {
  readonly #format: PayloadFormat;
  readonly #sink: FrameSink;
  #timestamp: number | null = null;
  #packets = 0;
  #bytes = 0;
  #damaged = false;
  /** Packets are missing before what comes next. */
  #lostBefore = false;
  #needsKeyFrame = true;
  readonly #counts = { frames: 0, keyFrames: 0, damaged: 0, undecodable: 0 };

  constructor(format: PayloadFormat, sink: FrameSink) {
    this.#format = format;
    this.#sink = sink;
  }

  get counts(): AssemblerCounts {
    return this.#counts;
  }

  /** Whether a key frame is waited for. */
  get needsKeyFrame(): boolean {
    return this.#needsKeyFrame;
  }

  /** Takes the next packet; `lost` packets are missing between the one before and it. */
  push(packet: RtpPacket, lost: number): void {
    if (lost > 0) {
      this.#lostBefore = true;
      if (this.#timestamp !== null && this.#timestamp === packet.timestamp) this.#damaged = true;
    }
    // Only probes the path; what may be missing before it was noted.
    if (packet.payloadBytes === 0) return;
    const { payload } = packet;
    if (this.#timestamp !== packet.timestamp) {
      // Without the marker that should have ended it, the picture is whole only if nothing is missing.
      if (this.#timestamp !== null) this.#end(this.#lostBefore);
      this.#begin(packet.timestamp, payload);
    }
    if (!this.#damaged) {
      this.#packets++;
      this.#bytes += payload.length;
      this.#damaged = this.#packets > MAX_FRAME_PACKETS || this.#bytes > MAX_FRAME_BYTES ||
        !this.#format.add(payload);
      if (this.#damaged) this.#format.reset();
    }
    if (packet.marker) this.#end(false);
  }

  #begin(timestamp: number, payload: Uint8Array): void {
    this.#timestamp = timestamp;
    this.#packets = 0;
    this.#bytes = 0;
    this.#damaged = false;
    if (!this.#lostBefore) return;
    this.#lostBefore = false;
    this.#damaged = !this.#format.startsFrame(payload);
    // Whole pictures may be missing before this one.
    this.#miss();
  }

  #end(isCut: boolean): void {
    const timestamp = this.#timestamp!;
    this.#timestamp = null;
    if (this.#damaged || isCut) {
      this.#damage();
      return;
    }
    const frame = this.#format.finish();
    if (frame === null) {
      this.#damage();
      return;
    }
    // Parameter sets alone; the picture that they are for comes next.
    if (frame.data.length === 0) {
      this.#sink.frame({ timestamp, ...frame });
      return;
    }
    if (frame.keyFrame) this.#needsKeyFrame = false;
    else if (this.#needsKeyFrame) {
      this.#counts.undecodable++;
      return;
    }
    this.#counts.frames++;
    if (frame.keyFrame) this.#counts.keyFrames++;
    this.#sink.frame({ timestamp, ...frame });
  }

  #damage(): void {
    this.#counts.damaged++;
    this.#format.reset();
    this.#miss();
  }

  #miss(): void {
    this.#needsKeyFrame = true;
    this.#sink.loss();
  }
}

/** The bytes of chunks after each other, in one allocation. */
export function joinChunks(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let position = 0;
  for (const chunk of chunks) {
    out.set(chunk, position);
    position += chunk.length;
  }
  return out;
}
