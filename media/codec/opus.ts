/**
 * Opus: identification header (RFC 7845 §5.1), the `dOps` box contents, packet duration
 * (RFC 6716 §3.1).
 *
 * @module
 */
import type { AudioTrack } from "../access_unit.ts";
import { MalformedMediaError } from "../errors.ts";

/** Opus always decodes to 48 kHz. */
export const OPUS_SAMPLE_RATE = 48_000;

const MAGIC = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64];
const HEAD_BYTES = 19;
const DOPS_BYTES = 11;
/** §3.2.5: a packet holds at most 120 ms. */
const MAX_PACKET_SAMPLES = 5760;
const DEFAULT_PACKET_SAMPLES = 960;

/** OpusHead. */
export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz to throw away at the start. */
  readonly preSkip: number;
  /** Rate of the original in hertz, for information. */
  readonly inputSampleRate: number;
  /** Output gain in 1/256 dB, signed. */
  readonly outputGain: number;
  readonly mappingFamily: number;
  /** Stream count, coupled count and mapping of families other than 0; else empty. */
  readonly mappingTable: Uint8Array;
}

/**
 * Parses an OpusHead with its magic.
 *
 * @throws {MalformedMediaError} when it is cut short, of another major version, or has no channels.
 */
export function parseOpusHead(description: Uint8Array): OpusHead {
  if (description.length < HEAD_BYTES || MAGIC.some((byte, i) => description[i] !== byte)) {
    throw new MalformedMediaError("Cannot parse OpusHead: it is none or cut short", 0);
  }
  if (description[8] >>> 4 !== 0) {
    throw new MalformedMediaError(`Cannot parse OpusHead: version ${description[8]}`, 8);
  }
  const view = new DataView(description.buffer, description.byteOffset, description.byteLength);
  return checkHead({
    channels: description[9],
    preSkip: view.getUint16(10, true),
    inputSampleRate: view.getUint32(12, true),
    outputGain: view.getInt16(16, true),
    mappingFamily: description[18],
  }, description.subarray(HEAD_BYTES));
}

/** Builds an OpusHead with its magic. */
export function buildOpusHead(head: OpusHead): Uint8Array {
  const out = new Uint8Array(HEAD_BYTES + head.mappingTable.length);
  const view = new DataView(out.buffer);
  out.set(MAGIC);
  out[8] = 1;
  out[9] = head.channels;
  view.setUint16(10, head.preSkip, true);
  view.setUint32(12, head.inputSampleRate, true);
  view.setInt16(16, head.outputGain, true);
  out[18] = head.mappingFamily;
  out.set(head.mappingTable, HEAD_BYTES);
  return out;
}

/** Contents of the `dOps` box (Opus in ISOBMFF §4.3.2), without the box header. */
export function buildDops(head: OpusHead): Uint8Array {
  const out = new Uint8Array(DOPS_BYTES + head.mappingTable.length);
  const view = new DataView(out.buffer);
  out[1] = head.channels;
  view.setUint16(2, head.preSkip);
  view.setUint32(4, head.inputSampleRate);
  view.setInt16(8, head.outputGain);
  out[10] = head.mappingFamily;
  out.set(head.mappingTable, DOPS_BYTES);
  return out;
}

/**
 * Parses the contents of a `dOps` box.
 *
 * @throws {MalformedMediaError} when it is cut short, of another version, or has no channels.
 */
export function parseDops(contents: Uint8Array): OpusHead {
  if (contents.length < DOPS_BYTES || contents[0] !== 0) {
    throw new MalformedMediaError("Cannot parse dOps: it is cut short or of another version", 0);
  }
  const view = new DataView(contents.buffer, contents.byteOffset, contents.byteLength);
  return checkHead({
    channels: contents[1],
    preSkip: view.getUint16(2),
    inputSampleRate: view.getUint32(4),
    outputGain: view.getInt16(8),
    mappingFamily: contents[10],
  }, contents.subarray(DOPS_BYTES));
}

/**
 * The track of an OpusHead; units are taken to hold 20 ms.
 *
 * @throws {MalformedMediaError} {@linkcode parseOpusHead}
 */
export function opusTrack(description: Uint8Array): AudioTrack {
  const head = parseOpusHead(description);
  return {
    kind: "audio",
    codec: "opus",
    codecString: "opus",
    sampleRate: OPUS_SAMPLE_RATE,
    channels: head.channels,
    samplesPerUnit: DEFAULT_PACKET_SAMPLES,
    description,
  };
}

/**
 * Samples at 48 kHz that an Opus packet decodes to, from its TOC byte (RFC 6716 §3.1).
 *
 * @throws {MalformedMediaError} when the packet is empty or would hold more than 120 ms.
 */
export function opusPacketSamples(packet: Uint8Array): number {
  if (packet.length === 0) throw new MalformedMediaError("Cannot read Opus packet: it is empty", 0);
  const config = packet[0] >>> 3;
  // SILK has 10–60 ms, hybrid 10 and 20 ms, CELT 2.5–20 ms.
  const frame = config < 12
    ? [480, 960, 1920, 2880][config & 3]
    : config < 16
    ? [480, 960][config & 1]
    : [120, 240, 480, 960][config & 3];
  const code = packet[0] & 3;
  if (code < 3) return code === 0 ? frame : frame * 2;
  const count = packet.length > 1 ? packet[1] & 0x3f : 0;
  if (count === 0 || count * frame > MAX_PACKET_SAMPLES) {
    throw new MalformedMediaError(`Cannot read Opus packet: ${count} frames of ${frame}`, 1);
  }
  return count * frame;
}

function checkHead(fields: Omit<OpusHead, "mappingTable">, table: Uint8Array): OpusHead {
  const { channels, mappingFamily } = fields;
  if (channels === 0 || (mappingFamily === 0 && channels > 2)) {
    throw new MalformedMediaError(
      `Cannot use Opus header: ${channels} channels in mapping family ${mappingFamily}`,
    );
  }
  const tableBytes = mappingFamily === 0 ? 0 : 2 + channels;
  if (table.length < tableBytes) {
    throw new MalformedMediaError("Cannot use Opus header: the channel mapping is cut short");
  }
  return { ...fields, mappingTable: table.subarray(0, tableBytes) };
}
