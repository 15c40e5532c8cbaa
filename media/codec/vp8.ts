/**
 * VP8 (RFC 6386): the frame tag, and the track that a key frame stands for.
 *
 * @module
 */
import type { VideoTrack } from "../access_unit.ts";
import { MalformedMediaError } from "../errors.ts";
import { requireDimensions } from "./nal.ts";
import { buildVpConfig } from "./vp9.ts";

const FRAME_TAG_BYTES = 3;
const KEY_FRAME_HEADER_BYTES = 10;
/** Largest version (RFC 6386 §9.1); more are reserved. */
const MAX_VERSION = 3;

/** The start of a frame (RFC 6386 §9.1). */
export interface Vp8FrameHeader {
  readonly keyFrame: boolean;
  readonly version: number;
  /** Of a key frame; null for other frames. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/**
 * Reads the frame tag, and of a key frame its start code and size.
 *
 * @throws {MalformedMediaError} when it is none or cut short.
 */
export function parseVp8Frame(data: Uint8Array): Vp8FrameHeader {
  if (data.length < FRAME_TAG_BYTES) {
    throw new MalformedMediaError("Cannot parse VP8 frame: it is cut short", data.length);
  }
  const keyFrame = (data[0] & 1) === 0;
  const version = data[0] >>> 1 & 7;
  if (version > MAX_VERSION) {
    throw new MalformedMediaError(`Cannot parse VP8 frame: version ${version}`, 0);
  }
  if (!keyFrame) return { keyFrame, version, size: null };
  if (
    data.length < KEY_FRAME_HEADER_BYTES || data[3] !== 0x9d || data[4] !== 0x01 || data[5] !== 0x2a
  ) {
    throw new MalformedMediaError("Cannot parse VP8 frame: there is no start code", 3);
  }
  // The two upper bits of each ask the player to scale.
  const size = {
    width: (data[6] | data[7] << 8) & 0x3fff,
    height: (data[8] | data[9] << 8) & 0x3fff,
  };
  requireDimensions(size);
  return { keyFrame, version, size };
}

/**
 * The track of a key frame. Its VPCodecConfigurationRecord says what all VP8 is (8 bits, 4:2:0);
 * what the publisher sent as one is of no use to anybody.
 */
export function vp8Track(
  size: { readonly width: number; readonly height: number },
  version = 0,
): VideoTrack {
  return {
    kind: "video",
    codec: "vp8",
    codecString: "vp8",
    width: size.width,
    height: size.height,
    frameRate: null,
    description: buildVpConfig({
      profile: version,
      level: 0,
      bitDepth: 8,
      chromaSubsampling: 1,
      fullRange: false,
      colourPrimaries: 2,
      transferCharacteristics: 2,
      matrixCoefficients: 2,
    }),
  };
}
