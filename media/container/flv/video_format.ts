/**
 * What each video codec needs between the body of a tag and an access unit.
 *
 * @module
 */
import type { VideoCodec, VideoTrack } from "../../access_unit.ts";
import {
  type Av1Sequence,
  av1Track,
  buildAv1Config,
  inspectAv1,
  parseAv1Sequence,
  stripTemporalDelimiters,
} from "../../codec/av1.ts";
import { avcTrack, inspectH264, parseAvcConfig } from "../../codec/h264.ts";
import { hevcTrack, inspectH265, parseHevcConfig } from "../../codec/h265.ts";
import { type NalLengthSize, normalizeNalLengths } from "../../codec/nal.ts";
import { parseVp8Frame, vp8Track } from "../../codec/vp8.ts";
import { parseVp9Frame, parseVpConfig, vp9Track } from "../../codec/vp9.ts";

/** A coded picture, ready to become an access unit. */
export interface CodedPicture {
  readonly keyFrame: boolean;
  readonly data: Uint8Array;
}

/** One decoder configuration and how its frames are read. */
export interface VideoFormat {
  readonly codec: VideoCodec;
  /** The configuration as it came. */
  readonly configuration: Uint8Array;
  /** null until a key frame said what the configuration does not; may change at a key frame. */
  readonly track: VideoTrack | null;
  /**
   * Reads the body of a tag; null when there is no picture in it.
   *
   * @throws {MalformedMediaError} when its framing is broken.
   */
  read(body: Uint8Array): CodedPicture | null;
}

/**
 * Opens a decoder configuration record. Keeps the bytes.
 *
 * @throws {MalformedMediaError} when the record is broken.
 */
export function openVideoFormat(codec: VideoCodec, configuration: Uint8Array): VideoFormat {
  switch (codec) {
    case "h264":
      return new NalFormat({
        codec,
        configuration,
        lengthSize: parseAvcConfig(configuration).nalLengthSize,
        track: avcTrack(configuration),
        inspect: inspectH264,
      });
    case "h265":
      return new NalFormat({
        codec,
        configuration,
        lengthSize: parseHevcConfig(configuration).nalLengthSize,
        track: hevcTrack(configuration),
        inspect: inspectH265,
      });
    case "av1":
      return new Av1Format(configuration);
    case "vp9":
      return new Vp9Format(configuration);
    case "vp8":
      return new Vp8Format(configuration);
  }
}

interface NalFormatOptions {
  readonly codec: VideoCodec;
  readonly configuration: Uint8Array;
  readonly lengthSize: NalLengthSize;
  readonly track: VideoTrack;
  readonly inspect: typeof inspectH264;
}

class NalFormat implements VideoFormat {
  readonly codec: VideoCodec;
  readonly configuration: Uint8Array;
  readonly track: VideoTrack;
  readonly #lengthSize: NalLengthSize;
  readonly #inspect: typeof inspectH264;

  constructor(options: NalFormatOptions) {
    this.codec = options.codec;
    this.configuration = options.configuration;
    this.track = options.track;
    this.#lengthSize = options.lengthSize;
    this.#inspect = options.inspect;
  }

  read(body: Uint8Array): CodedPicture | null {
    const { keyFrame, hasPicture, emptyNals } = this.#inspect(body, this.#lengthSize);
    if (!hasPicture) return null;
    const isUniform = this.#lengthSize === 4 && emptyNals === 0;
    return { keyFrame, data: isUniform ? body : normalizeNalLengths(body, this.#lengthSize) };
  }
}

class Av1Format implements VideoFormat {
  readonly codec = "av1";
  readonly configuration: Uint8Array;
  #track: VideoTrack | null;
  /** The in-band header that the track was last brought up to date with. */
  #sequenceHeader: Uint8Array | null = null;

  constructor(configuration: Uint8Array) {
    this.configuration = configuration;
    this.#track = av1Track(configuration);
  }

  get track(): VideoTrack | null {
    return this.#track;
  }

  read(body: Uint8Array): CodedPicture | null {
    const data = stripTemporalDelimiters(body);
    const { keyFrame, hasPicture, sequenceHeader } = inspectAv1(data);
    if (!hasPicture) return null;
    if (keyFrame && sequenceHeader !== null && !sameBytes(sequenceHeader, this.#sequenceHeader)) {
      this.#sequenceHeader = sequenceHeader.slice();
      this.#follow(parseAv1Sequence(sequenceHeader), this.#sequenceHeader);
    }
    return { keyFrame, data };
  }

  #follow(sequence: Av1Sequence, header: Uint8Array): void {
    const track = this.#track;
    if (track?.width === sequence.width && track.height === sequence.height) return;
    this.#track = av1Track(buildAv1Config(header), sequence);
  }
}

class Vp9Format implements VideoFormat {
  readonly codec = "vp9";
  readonly configuration: Uint8Array;
  #track: VideoTrack | null = null;

  constructor(configuration: Uint8Array) {
    parseVpConfig(configuration);
    this.configuration = configuration;
  }

  get track(): VideoTrack | null {
    return this.#track;
  }

  read(body: Uint8Array): CodedPicture | null {
    const { keyFrame, key } = parseVp9Frame(body);
    if (key !== null && (this.#track?.width !== key.width || this.#track.height !== key.height)) {
      this.#track = vp9Track(this.configuration, key);
    }
    return { keyFrame, data: body };
  }
}

/** Of VP8 a frame says everything; the configuration is not looked at. */
class Vp8Format implements VideoFormat {
  readonly codec = "vp8";
  readonly configuration: Uint8Array;
  #track: VideoTrack | null = null;

  constructor(configuration: Uint8Array) {
    this.configuration = configuration;
  }

  get track(): VideoTrack | null {
    return this.#track;
  }

  read(body: Uint8Array): CodedPicture | null {
    const { keyFrame, size, version } = parseVp8Frame(body);
    if (
      size !== null && (this.#track?.width !== size.width || this.#track.height !== size.height)
    ) {
      this.#track = vp8Track(size, version);
    }
    return { keyFrame, data: body };
  }
}

/** Whether two byte arrays hold the same; nothing equals null. */
export function sameBytes(a: Uint8Array, b: Uint8Array | null): boolean {
  if (b === null || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}
