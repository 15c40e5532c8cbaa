/**
 * Reads the samples of a plain (not fragmented) MP4 file, as ffmpeg writes it, and gives them as
 * messages of (enhanced) RTMP. Written apart from the containers of the platform, so that a test
 * does not check a mistake against itself.
 *
 * @module
 */

/** What a publisher sends at one time. */
export interface FeedMessage {
  /** 8 audio, 9 video. */
  readonly type: 8 | 9;
  /** Decode time from the start of the file. */
  readonly timestampMs: number;
  readonly data: Uint8Array;
  /** A decoder configuration. */
  readonly header: boolean;
}

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

interface Sample {
  readonly offset: number;
  readonly size: number;
  readonly dts: number;
  readonly compositionOffset: number;
  readonly sync: boolean;
}

/** Messages of all tracks in the order of their decode times, configurations first. */
export function readMp4Messages(file: Uint8Array): FeedMessage[] {
  return new Mp4(file).messages();
}

class Mp4 {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  messages(): FeedMessage[] {
    const moov = this.#child({ type: "", start: -8, end: this.#bytes.length }, "moov");
    const messages: FeedMessage[] = [];
    for (const trak of this.#children(moov)) {
      if (trak.type === "trak") messages.push(...this.#track(trak));
    }
    // Edit lists put the first decode times before 0; the messages begin there.
    const frames = messages.filter((message) => !message.header);
    const firstMs = Math.min(...frames.map((message) => message.timestampMs));
    return messages.map((message) =>
      message.header ? message : { ...message, timestampMs: message.timestampMs - firstMs }
    ).sort((a, b) => Number(b.header) - Number(a.header) || a.timestampMs - b.timestampMs);
  }

  *#children(box: Box, skip = 8): Generator<Box> {
    for (let at = box.start + skip; at + 8 <= box.end;) {
      let size = this.#view.getUint32(at);
      if (size === 1) size = Number(this.#view.getBigUint64(at + 8));
      if (size === 0) size = box.end - at;
      const type = String.fromCharCode(...this.#bytes.subarray(at + 4, at + 8));
      yield { type, start: at, end: at + size };
      at += size;
    }
  }

  #find(box: Box, type: string, skip = 8): Box | null {
    for (const child of this.#children(box, skip)) if (child.type === type) return child;
    return null;
  }

  #child(box: Box, ...path: string[]): Box {
    let found = box;
    for (const type of path) {
      const next = this.#find(found, type);
      if (next === null) throw new Error(`Cannot read MP4: no ${type} in ${found.type}`);
      found = next;
    }
    return found;
  }

  #content(box: Box): Uint8Array {
    return this.#bytes.slice(box.start + 8, box.end);
  }

  #track(trak: Box): FeedMessage[] {
    const mdhd = this.#child(trak, "mdia", "mdhd");
    const version = this.#bytes[mdhd.start + 8];
    const timescale = this.#view.getUint32(mdhd.start + (version === 1 ? 28 : 20));
    const stbl = this.#child(trak, "mdia", "minf", "stbl");
    const [entry] = this.#children(this.#child(stbl, "stsd"), 16);
    const format = this.#format(entry);
    const mediaTime = this.#mediaTime(trak);
    const toMs = (ticks: number) => Math.round((ticks - mediaTime) * 1000 / timescale);
    const messages: FeedMessage[] = format.header === null
      ? []
      : [{ type: format.type, timestampMs: 0, data: format.header, header: true }];
    for (const sample of this.#samples(stbl)) {
      const payload = this.#bytes.subarray(sample.offset, sample.offset + sample.size);
      const timestampMs = toMs(sample.dts);
      const compositionMs = toMs(sample.dts + sample.compositionOffset) - timestampMs;
      messages.push({
        type: format.type,
        timestampMs,
        data: join(format.frame(sample.sync, compositionMs), payload),
        header: false,
      });
    }
    return messages;
  }

  /** Composition time that is shown at instant 0 (ISO/IEC 14496-12 §8.6.6), in media ticks. */
  #mediaTime(trak: Box): number {
    const edts = this.#find(trak, "edts");
    const elst = edts && this.#find(edts, "elst");
    if (elst === null) return 0;
    const wide = this.#bytes[elst.start + 8] === 1;
    const mediaTime = wide
      ? Number(this.#view.getBigInt64(elst.start + 24))
      : this.#view.getInt32(elst.start + 20);
    if (this.#view.getUint32(elst.start + 12) !== 1 || mediaTime < 0) {
      throw new Error("Cannot read MP4: only an edit list of one edit is understood");
    }
    return mediaTime;
  }

  /** Tag headers by sample entry (E-RTMP v2, "Enhanced Video/Audio", FLV 10.1 §E.4). */
  #format(entry: Box) {
    const inside = (type: string) => {
      const box = this.#find(entry, type, entry.type === "Opus" || entry.type === "mp4a" ? 36 : 86);
      if (box === null) throw new Error(`Cannot read MP4: no ${type} in ${entry.type}`);
      return this.#content(box);
    };
    const video = (fourCc: string, config: Uint8Array) => ({
      type: 9 as const,
      header: join([0x90], text(fourCc), config),
      frame: (sync: boolean, compositionMs: number) => {
        const withTime = fourCc === "hvc1" && compositionMs !== 0;
        const packet = withTime ? 1 : fourCc === "hvc1" ? 3 : 1;
        return join(
          [0x80 | (sync ? 1 : 2) << 4 | packet],
          text(fourCc),
          withTime ? int24(compositionMs) : [],
        );
      },
    });
    switch (entry.type) {
      case "avc1":
        return {
          type: 9 as const,
          header: join([0x17, 0, 0, 0, 0], inside("avcC")),
          frame: (sync: boolean, compositionMs: number) =>
            join([sync ? 0x17 : 0x27, 1], int24(compositionMs)),
        };
      case "hvc1":
      case "hev1":
        return video("hvc1", inside("hvcC"));
      case "av01":
        return video("av01", inside("av1C"));
      case "vp09":
        return video("vp09", inside("vpcC"));
      case "mp4a": {
        const config = audioSpecificConfig(inside("esds"));
        return config === null
          ? { type: 8 as const, header: null, frame: () => join([0x91], text(".mp3")) }
          : {
            type: 8 as const,
            header: join([0xaf, 0], config),
            frame: () => Uint8Array.of(0xaf, 1),
          };
      }
      case "Opus":
        return {
          type: 8 as const,
          header: join([0x90], text("Opus"), opusHead(inside("dOps"))),
          frame: () => join([0x91], text("Opus")),
        };
      default:
        throw new Error(`Cannot feed MP4: no RTMP message for ${entry.type}`);
    }
  }

  #table(stbl: Box, type: string, wordsPerEntry: number): number[][] {
    const box = this.#find(stbl, type);
    if (box === null) return [];
    const count = this.#view.getUint32(box.start + 12);
    return Array.from({ length: count }, (_, entry) =>
      Array.from(
        { length: wordsPerEntry },
        (_, word) => this.#view.getInt32(box.start + 16 + (entry * wordsPerEntry + word) * 4),
      ));
  }

  #samples(stbl: Box): Sample[] {
    const stsz = this.#child(stbl, "stsz");
    const fixed = this.#view.getUint32(stsz.start + 12);
    const count = this.#view.getUint32(stsz.start + 16);
    const sizes = Array.from(
      { length: count },
      (_, i) => fixed || this.#view.getUint32(stsz.start + 20 + i * 4),
    );
    const durations = this.#table(stbl, "stts", 2).flatMap(([n, d]) => Array(n).fill(d));
    const offsets = this.#table(stbl, "ctts", 2).flatMap(([n, o]) => Array(n).fill(o));
    const stss = this.#find(stbl, "stss") && new Set(this.#table(stbl, "stss", 1).flat());
    const chunks = this.#table(stbl, "stco", 1).flat();
    const runs = this.#table(stbl, "stsc", 3);
    const samples: Sample[] = [];
    let dts = 0;
    for (let chunk = 0, run = 0; chunk < chunks.length; chunk++) {
      while (run + 1 < runs.length && runs[run + 1][0] <= chunk + 1) run++;
      let offset = chunks[chunk] >>> 0;
      for (let i = 0; i < runs[run][1]; i++) {
        const index = samples.length;
        samples.push({
          offset,
          size: sizes[index],
          dts,
          compositionOffset: offsets[index] ?? 0,
          sync: stss === null || stss.has(index + 1),
        });
        offset += sizes[index];
        dts += durations[index];
      }
    }
    return samples;
  }
}

/** The decoder specific info (descriptor tag 5) inside an esds box; null for MP3, which has none. */
function audioSpecificConfig(esds: Uint8Array): Uint8Array | null {
  let at = 4;
  const descriptor = () => {
    const tag = esds[at++];
    let length = 0;
    for (let more = true; more;) {
      more = (esds[at] & 0x80) !== 0;
      length = length << 7 | esds[at++] & 0x7f;
    }
    return { tag, length };
  };
  descriptor();
  at += 3;
  descriptor();
  // ISO/IEC 14496-1 §7.2.6.6: MPEG-1 and MPEG-2 audio.
  if (esds[at] === 0x6b || esds[at] === 0x69) return null;
  at += 13;
  const { tag, length } = descriptor();
  if (tag !== 5) throw new Error("Cannot read esds: no decoder specific info");
  return esds.slice(at, at + length);
}

/** dOps is big-endian and has no magic, the header that travels is little-endian (RFC 7845 §5.1). */
function opusHead(dOps: Uint8Array): Uint8Array {
  const view = new DataView(dOps.buffer, dOps.byteOffset, dOps.length);
  const head = new Uint8Array(8 + dOps.length);
  const out = new DataView(head.buffer);
  head.set(text("OpusHead"));
  head[8] = 1;
  head[9] = dOps[1];
  out.setUint16(10, view.getUint16(2), true);
  out.setUint32(12, view.getUint32(4), true);
  out.setInt16(16, view.getInt16(8), true);
  head.set(dOps.subarray(10), 18);
  return head;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function int24(value: number): number[] {
  return [value >> 16 & 0xff, value >> 8 & 0xff, value & 0xff];
}

function join(...parts: readonly ArrayLike<number>[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
