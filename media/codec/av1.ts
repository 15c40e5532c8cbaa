/**
 * AV1 (bitstream specification v1.0.0): open bitstream units, sequence header, and the
 * AV1CodecConfigurationRecord (AV1 in ISO Base Media File Format v1.2 §2.3).
 *
 * @module
 */
import type { VideoTrack } from "../access_unit.ts";
import { MalformedMediaError } from "../errors.ts";
import { BitReader, BitWriter } from "./bit_reader.ts";
import { plausibleFrameRate, requireDimensions } from "./nal.ts";

/** `obu_type` values that matter here (§6.2.2). */
export const OBU = {
  SEQUENCE_HEADER: 1,
  TEMPORAL_DELIMITER: 2,
  FRAME_HEADER: 3,
  FRAME: 6,
} as const;

const MAX_OBUS = 4096;
const MAX_CONFIG_BYTES = 4096;
const RECORD_BYTES = 4;
const FRAME_TYPE_KEY = 0;
const SELECT = 2;
const CP_BT709 = 1;
const CP_UNSPECIFIED = 2;
const TC_SRGB = 13;
const MC_IDENTITY = 0;

/** Bounds of one open bitstream unit within its data. */
export interface Obu {
  readonly type: number;
  /** First byte of its header. */
  readonly start: number;
  /** First byte of its payload. */
  readonly payload: number;
  /** Exclusive. */
  readonly end: number;
}

/** What a sequence header says (§5.5). */
export interface Av1Sequence {
  readonly profile: number;
  readonly level: number;
  /** 0 main, 1 high. */
  readonly tier: number;
  readonly reducedStillPicture: boolean;
  readonly width: number;
  readonly height: number;
  /** Frames a second when the pictures are equally spaced and it says so, else null. */
  readonly frameRate: number | null;
  readonly highBitDepth: boolean;
  readonly twelveBit: boolean;
  readonly monochrome: boolean;
  readonly subsamplingX: number;
  readonly subsamplingY: number;
  readonly chromaSamplePosition: number;
  readonly colourPrimaries: number;
  readonly transferCharacteristics: number;
  readonly matrixCoefficients: number;
  readonly fullRange: boolean;
}

/** AV1CodecConfigurationRecord. */
export interface Av1Config {
  readonly profile: number;
  readonly level: number;
  readonly tier: number;
  readonly bitDepth: 8 | 10 | 12;
  readonly monochrome: boolean;
  readonly subsamplingX: number;
  readonly subsamplingY: number;
  readonly chromaSamplePosition: number;
  /** The sequence header in `configOBUs`, or null when the record has none. */
  readonly sequence: Av1Sequence | null;
}

/**
 * Calls `visit` for each OBU of low-overhead data (§5.2). A `visit` that returns false ends the
 * walk. An OBU without size field reaches to the end.
 *
 * @throws {MalformedMediaError} when one leads past the end or sets the forbidden bit.
 */
export function forEachObu(data: Uint8Array, visit: (obu: Obu) => boolean | void): void {
  let position = 0;
  for (let count = 0; position < data.length; count++) {
    if (count === MAX_OBUS) {
      throw new MalformedMediaError(`Cannot read OBUs: more than ${MAX_OBUS}`, position);
    }
    const start = position;
    const header = data[position++];
    if ((header & 0x80) !== 0) {
      throw new MalformedMediaError("Cannot read OBU: its forbidden bit is set", start);
    }
    if ((header & 4) !== 0) position++;
    let end = data.length;
    if ((header & 2) !== 0) {
      // leb128, §4.10.5.
      let size = 0;
      for (let i = 0;; i++) {
        if (position >= data.length || i === 8) {
          throw new MalformedMediaError("Cannot read OBU: its size is cut short", position);
        }
        const byte = data[position++];
        size += (byte & 0x7f) * 2 ** (7 * i);
        if ((byte & 0x80) === 0) break;
      }
      end = position + size;
    }
    if (end > data.length || position > data.length) {
      throw new MalformedMediaError("Cannot read OBU: it leads past the end", start);
    }
    if (visit({ type: header >>> 3 & 0x0f, start, payload: position, end }) === false) return;
    position = end;
  }
}

/**
 * The temporal unit without temporal delimiters. Returns a view when they stand at the start, as
 * they should, otherwise one copy.
 *
 * @throws {MalformedMediaError} {@linkcode forEachObu}
 */
export function stripTemporalDelimiters(data: Uint8Array): Uint8Array {
  let begin = 0;
  let later = 0;
  forEachObu(data, ({ type, start, end }) => {
    if (type !== OBU.TEMPORAL_DELIMITER) return;
    if (start === begin) begin = end;
    else later += end - start;
  });
  if (later === 0) return begin === 0 ? data : data.subarray(begin);
  const out = new Uint8Array(data.length - begin - later);
  let length = 0;
  forEachObu(data, ({ type, start, end }) => {
    if (type === OBU.TEMPORAL_DELIMITER) return;
    out.set(data.subarray(start, end), length);
    length += end - start;
  });
  return out;
}

/** What {@linkcode inspectAv1} sees. */
export interface Av1UnitInfo {
  /** The first frame is a key frame that is shown, so decoding can start here. */
  readonly keyFrame: boolean;
  readonly hasPicture: boolean;
  /** Payload of the sequence header, if one is there. */
  readonly sequenceHeader: Uint8Array | null;
}

/**
 * Walks the OBUs of a temporal unit and checks their bounds.
 *
 * @throws {MalformedMediaError} {@linkcode forEachObu}
 */
export function inspectAv1(data: Uint8Array): Av1UnitInfo {
  let hasPicture = false;
  let keyFrame = false;
  let sequenceHeader: Uint8Array | null = null;
  forEachObu(data, ({ type, payload, end }) => {
    if (type === OBU.SEQUENCE_HEADER) sequenceHeader ??= data.subarray(payload, end);
    if ((type !== OBU.FRAME && type !== OBU.FRAME_HEADER) || hasPicture || payload >= end) return;
    hasPicture = true;
    // show_existing_frame, frame_type, show_frame (§5.9.2); still pictures are no live video.
    const first = data[payload];
    keyFrame = (first & 0x80) === 0 && (first >>> 5 & 3) === FRAME_TYPE_KEY && (first & 0x10) !== 0;
  });
  return { keyFrame, hasPicture, sequenceHeader };
}

/**
 * Parses the payload of a sequence header OBU (§5.5.1).
 *
 * @throws {MalformedMediaError} when it is cut short or breaks a limit.
 */
export function parseAv1Sequence(payload: Uint8Array): Av1Sequence {
  const reader = new BitReader(payload);
  const profile = reader.bits(3);
  if (profile > 2) throw new MalformedMediaError(`Cannot parse AV1 sequence: profile ${profile}`);
  reader.skip(1);
  const reducedStillPicture = reader.flag();
  let level = 0;
  let tier = 0;
  let frameRate: number | null = null;
  if (reducedStillPicture) level = reader.bits(5);
  else ({ level, tier, frameRate } = readOperatingPoints(reader));
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  requireDimensions({ width, height });
  if (!reducedStillPicture && reader.flag()) reader.skip(7);
  reader.skip(3);
  if (!reducedStillPicture) skipTools(reader);
  reader.skip(3);
  const colour = readColour(reader, profile);
  return { profile, level, tier, reducedStillPicture, width, height, frameRate, ...colour };
}

/**
 * Parses an AV1CodecConfigurationRecord.
 *
 * @throws {MalformedMediaError} when it is cut short, of another version, or breaks a limit.
 */
export function parseAv1Config(description: Uint8Array): Av1Config {
  if (description.length < RECORD_BYTES || description.length > MAX_CONFIG_BYTES) {
    throw new MalformedMediaError(`Cannot parse av1C: it has ${description.length} bytes`, 0);
  }
  if (description[0] !== 0x81) {
    throw new MalformedMediaError("Cannot parse av1C: no record of version 1", 0);
  }
  const flags = description[2];
  const { sequenceHeader } = inspectAv1(description.subarray(RECORD_BYTES));
  return {
    profile: description[1] >>> 5,
    level: description[1] & 0x1f,
    tier: flags >>> 7,
    bitDepth: (flags & 0x40) === 0 ? 8 : (flags & 0x20) === 0 ? 10 : 12,
    monochrome: (flags & 0x10) !== 0,
    subsamplingX: flags >>> 3 & 1,
    subsamplingY: flags >>> 2 & 1,
    chromaSamplePosition: flags & 3,
    sequence: sequenceHeader === null ? null : parseAv1Sequence(sequenceHeader),
  };
}

/**
 * Builds an AV1CodecConfigurationRecord from the payload of a sequence header OBU.
 *
 * @throws {MalformedMediaError} {@linkcode parseAv1Sequence}
 */
export function buildAv1Config(sequenceHeader: Uint8Array): Uint8Array {
  const sequence = parseAv1Sequence(sequenceHeader);
  const writer = new BitWriter();
  writer.bits(0x81, 8);
  writer.bits(sequence.profile, 3);
  writer.bits(sequence.level, 5);
  writer.bits(sequence.tier, 1);
  writer.bits(sequence.highBitDepth ? 1 : 0, 1);
  writer.bits(sequence.twelveBit ? 1 : 0, 1);
  writer.bits(sequence.monochrome ? 1 : 0, 1);
  writer.bits(sequence.subsamplingX, 1);
  writer.bits(sequence.subsamplingY, 1);
  writer.bits(sequence.chromaSamplePosition, 2);
  writer.bits(0, 8);
  writer.bits(OBU.SEQUENCE_HEADER << 3 | 2, 8);
  for (let size = sequenceHeader.length;; size >>>= 7) {
    writer.bits(size > 0x7f ? size & 0x7f | 0x80 : size, 8);
    if (size <= 0x7f) break;
  }
  for (const byte of sequenceHeader) writer.bits(byte, 8);
  return writer.toBytes();
}

/** RFC 6381 string in its short form, `av01.0.04M.08`. */
export function av1CodecString(
  config: Pick<Av1Config, "profile" | "level" | "tier" | "bitDepth">,
): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const tier = config.tier === 0 ? "M" : "H";
  return `av01.${config.profile}.${two(config.level)}${tier}.${two(config.bitDepth)}`;
}

/**
 * The track of a configuration record. A record without sequence header takes it from `sequence`
 * (of the first key frame).
 *
 * @returns null when neither has one, so that the size is unknown yet.
 * @throws {MalformedMediaError} {@linkcode parseAv1Config}
 */
export function av1Track(
  description: Uint8Array,
  sequence: Av1Sequence | null = null,
): VideoTrack | null {
  const config = parseAv1Config(description);
  const known = config.sequence ?? sequence;
  if (known === null) return null;
  return {
    kind: "video",
    codec: "av1",
    codecString: av1CodecString(config),
    width: known.width,
    height: known.height,
    frameRate: known.frameRate,
    description,
  };
}

function readOperatingPoints(reader: BitReader) {
  let frameRate: number | null = null;
  let decoderModel = false;
  let delayBits = 0;
  if (reader.flag()) {
    const unitsInTick = reader.bits(32);
    const timeScale = reader.bits(32);
    if (reader.flag()) {
      const ticksPerPicture = readUvlc(reader) + 1;
      if (unitsInTick > 0) {
        frameRate = plausibleFrameRate(timeScale / unitsInTick / ticksPerPicture);
      }
    }
    decoderModel = reader.flag();
    if (decoderModel) {
      delayBits = reader.bits(5) + 1;
      reader.skip(42);
    }
  }
  const displayDelay = reader.flag();
  const count = reader.bits(5) + 1;
  let level = 0;
  let tier = 0;
  for (let i = 0; i < count; i++) {
    reader.skip(12);
    const pointLevel = reader.bits(5);
    const pointTier = pointLevel > 7 ? reader.bits(1) : 0;
    if (i === 0) [level, tier] = [pointLevel, pointTier];
    if (decoderModel && reader.flag()) reader.skip(2 * delayBits + 1);
    if (displayDelay && reader.flag()) reader.skip(4);
  }
  return { level, tier, frameRate };
}

/** The coding tools of §5.5.1, of which nothing is needed. */
function skipTools(reader: BitReader): void {
  reader.skip(4);
  const orderHint = reader.flag();
  if (orderHint) reader.skip(2);
  const screenContent = reader.flag() ? SELECT : reader.bits(1);
  if (screenContent > 0 && !reader.flag()) reader.skip(1);
  if (orderHint) reader.skip(3);
}

/** color_config, §5.5.2. */
function readColour(reader: BitReader, profile: number) {
  const highBitDepth = reader.flag();
  const twelveBit = profile === 2 && highBitDepth ? reader.flag() : false;
  const monochrome = profile === 1 ? false : reader.flag();
  let colourPrimaries = CP_UNSPECIFIED;
  let transferCharacteristics = CP_UNSPECIFIED;
  let matrixCoefficients = CP_UNSPECIFIED;
  if (reader.flag()) {
    colourPrimaries = reader.bits(8);
    transferCharacteristics = reader.bits(8);
    matrixCoefficients = reader.bits(8);
  }
  let fullRange = true;
  let subsamplingX = 0;
  let subsamplingY = 0;
  let chromaSamplePosition = 0;
  const isSrgb = colourPrimaries === CP_BT709 && transferCharacteristics === TC_SRGB &&
    matrixCoefficients === MC_IDENTITY;
  if (monochrome) {
    fullRange = reader.flag();
    subsamplingX = subsamplingY = 1;
  } else if (!isSrgb) {
    fullRange = reader.flag();
    if (profile === 0) subsamplingX = subsamplingY = 1;
    else if (profile === 2) {
      subsamplingX = twelveBit ? reader.bits(1) : 1;
      subsamplingY = twelveBit && subsamplingX === 1 ? reader.bits(1) : 0;
    }
    if (subsamplingX === 1 && subsamplingY === 1) chromaSamplePosition = reader.bits(2);
  }
  return {
    highBitDepth,
    twelveBit,
    monochrome,
    subsamplingX,
    subsamplingY,
    chromaSamplePosition,
    colourPrimaries,
    transferCharacteristics,
    matrixCoefficients,
    fullRange,
  };
}

/** uvlc(), §4.10.3. */
function readUvlc(reader: BitReader): number {
  let zeros = 0;
  while (!reader.flag()) {
    if (++zeros === 32) return 2 ** 32 - 1;
  }
  return reader.bits(zeros) + 2 ** zeros - 1;
}
