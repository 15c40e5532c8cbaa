/**
 * AAC (ISO/IEC 14496-3): AudioSpecificConfig and ADTS headers.
 *
 * @module
 */
import type { AudioTrack } from "../access_unit.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../errors.ts";
import { BitReader, BitWriter } from "./bit_reader.ts";

const SAMPLE_RATES = [
  96_000,
  88_200,
  64_000,
  48_000,
  44_100,
  32_000,
  24_000,
  22_050,
  16_000,
  12_000,
  11_025,
  8_000,
  7_350,
];
/** Channels by `channelConfiguration` (14496-3 table 1.19); 0: in the stream. */
const CHANNELS = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8];

const AOT_MAIN = 1;
const AOT_LC = 2;
const AOT_LTP = 4;
const AOT_SBR = 5;
const AOT_PS = 29;
const AOT_ESCAPE = 31;
const SYNC_EXTENSION_SBR = 0x2b7;
const SYNC_EXTENSION_PS = 0x548;
const MAX_CONFIG_BYTES = 1024;
/** Bytes of an ADTS header without CRC. */
export const ADTS_HEADER_BYTES = 7;

/** AudioSpecificConfig (14496-3 §1.6.2.1). */
export interface AacConfig {
  /** Audio object type of the core: 1 Main, 2 LC, 3 SSR, 4 LTP. */
  readonly objectType: number;
  /** Sampling rate of the core in hertz; SBR doubles it in the output. */
  readonly coreSampleRate: number;
  /** Output sampling rate in hertz. */
  readonly sampleRate: number;
  /** Channels of the output; parametric stereo makes two of one. */
  readonly channels: number;
  /** `channelConfiguration` as it stands in the config and in ADTS. */
  readonly channelConfiguration: number;
  /** Spectral band replication is signalled, explicitly or by a sync extension. */
  readonly sbr: boolean;
  /** Parametric stereo is signalled. */
  readonly ps: boolean;
  /** PCM frames of one access unit at {@linkcode sampleRate}. */
  readonly samplesPerUnit: number;
}

/**
 * Parses an AudioSpecificConfig.
 *
 * @throws {MalformedMediaError} when it is cut short or breaks a limit.
 * @throws {UnsupportedMediaError} for object types other than Main, LC, SSR, LTP, HE and HE v2.
 */
export function parseAacConfig(description: Uint8Array): AacConfig {
  if (description.length < 2 || description.length > MAX_CONFIG_BYTES) {
    throw new MalformedMediaError(
      `Cannot parse AudioSpecificConfig: it has ${description.length} bytes`,
      0,
    );
  }
  const reader = new BitReader(description);
  let objectType = readObjectType(reader);
  const coreSampleRate = readSampleRate(reader);
  const channelConfiguration = reader.bits(4);
  let sampleRate = coreSampleRate;
  let ps = objectType === AOT_PS;
  let sbr = ps || objectType === AOT_SBR;
  if (sbr) {
    sampleRate = readSampleRate(reader);
    objectType = readObjectType(reader);
  }
  if (objectType < AOT_MAIN || objectType > AOT_LTP) {
    throw new UnsupportedMediaError(`Cannot carry AAC: audio object type ${objectType}`);
  }
  // GASpecificConfig, §4.4.1.
  const frameSamples = reader.flag() ? 960 : 1024;
  if (reader.flag()) reader.skip(14);
  reader.skip(1);
  let channels = CHANNELS[channelConfiguration] ?? 0;
  if (channelConfiguration === 0) channels = readProgramChannels(reader);
  if (channels === 0) {
    throw new MalformedMediaError(
      `Cannot parse AudioSpecificConfig: channel configuration ${channelConfiguration}`,
    );
  }
  if (!sbr && reader.remaining >= 16 && reader.bits(11) === SYNC_EXTENSION_SBR) {
    if (readObjectType(reader) === AOT_SBR && reader.flag()) {
      sbr = true;
      sampleRate = readSampleRate(reader);
      if (reader.remaining >= 12 && reader.bits(11) === SYNC_EXTENSION_PS) ps = reader.flag();
    }
  }
  return {
    objectType,
    coreSampleRate,
    sampleRate,
    channels: ps && channels === 1 ? 2 : channels,
    channelConfiguration,
    sbr,
    ps,
    samplesPerUnit: sampleRate === coreSampleRate * 2 ? frameSamples * 2 : frameSamples,
  };
}

/** Builds the AudioSpecificConfig of plain AAC (no SBR), `objectType` 1–4. */
export function buildAacConfig(
  config: {
    readonly sampleRate: number;
    readonly channels: number;
    readonly objectType?: number;
  },
): Uint8Array {
  const channelConfiguration = CHANNELS.indexOf(config.channels);
  if (channelConfiguration < 1) {
    throw new RangeError(`Cannot build AudioSpecificConfig: ${config.channels} channels`);
  }
  const writer = new BitWriter();
  writer.bits(config.objectType ?? AOT_LC, 5);
  const index = SAMPLE_RATES.indexOf(config.sampleRate);
  writer.bits(index < 0 ? 15 : index, 4);
  if (index < 0) writer.bits(config.sampleRate, 24);
  writer.bits(channelConfiguration, 4);
  writer.bits(0, 3);
  return writer.toBytes();
}

/**
 * The track of an AudioSpecificConfig.
 *
 * @throws {MalformedMediaError} {@linkcode parseAacConfig}
 * @throws {UnsupportedMediaError} {@linkcode parseAacConfig}
 */
export function aacTrack(description: Uint8Array): AudioTrack {
  const config = parseAacConfig(description);
  return {
    kind: "audio",
    codec: "aac",
    codecString: `mp4a.40.${config.ps ? AOT_PS : config.sbr ? AOT_SBR : config.objectType}`,
    sampleRate: config.sampleRate,
    channels: config.channels,
    samplesPerUnit: config.samplesPerUnit,
    description,
  };
}

/**
 * Writes an ADTS header without CRC (14496-3 §1.A.2.2) at `offset` of `target`, 7 bytes.
 *
 * @throws {RangeError} when the frame is longer than 8191 bytes with its header.
 * @throws {UnsupportedMediaError} when ADTS cannot say the sampling rate or the channels.
 */
export function writeAdtsHeader(
  target: Uint8Array,
  options: {
    readonly offset: number;
    readonly config: AacConfig;
    /** Bytes of the raw AAC frame that follows. */
    readonly payloadBytes: number;
  },
): void {
  const { offset, config, payloadBytes } = options;
  const length = payloadBytes + ADTS_HEADER_BYTES;
  if (length > 8191) throw new RangeError(`Cannot write ADTS header: frame of ${length} bytes`);
  const rate = SAMPLE_RATES.indexOf(config.coreSampleRate);
  const channels = config.channelConfiguration;
  if (rate < 0 || channels < 1 || channels > 7) {
    throw new UnsupportedMediaError(
      `Cannot write ADTS header: ${config.coreSampleRate} Hz, channel configuration ${channels}`,
    );
  }
  target[offset] = 0xff;
  target[offset + 1] = 0xf1;
  target[offset + 2] = (config.objectType - 1) << 6 | rate << 2 | channels >> 2;
  target[offset + 3] = (channels & 3) << 6 | length >> 11;
  target[offset + 4] = length >> 3;
  target[offset + 5] = (length & 7) << 5 | 0x1f;
  target[offset + 6] = 0xfc;
}

function readObjectType(reader: BitReader): number {
  const type = reader.bits(5);
  return type === AOT_ESCAPE ? 32 + reader.bits(6) : type;
}

function readSampleRate(reader: BitReader): number {
  const index = reader.bits(4);
  const rate = index === 15 ? reader.bits(24) : SAMPLE_RATES[index] ?? 0;
  if (rate < 4_000 || rate > 192_000) {
    throw new MalformedMediaError(
      `Cannot parse AudioSpecificConfig: sampling rate index ${index}, ${rate} Hz`,
      reader.position >>> 3,
    );
  }
  return rate;
}

/** Channels of a program_config_element (§4.4.1.1), which stands where no configuration fits. */
function readProgramChannels(reader: BitReader): number {
  reader.skip(10);
  const front = reader.bits(4);
  const side = reader.bits(4);
  const back = reader.bits(4);
  const lfe = reader.bits(2);
  const associated = reader.bits(3);
  const coupling = reader.bits(4);
  if (reader.flag()) reader.skip(4);
  if (reader.flag()) reader.skip(4);
  if (reader.flag()) reader.skip(3);
  let channels = lfe;
  for (let i = 0; i < front + side + back; i++) {
    channels += reader.flag() ? 2 : 1;
    reader.skip(4);
  }
  reader.skip(4 * lfe + 4 * associated + 5 * coupling);
  reader.align();
  reader.skip(8 * reader.bits(8));
  return channels;
}
