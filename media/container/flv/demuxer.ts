/**
 * Turns FLV tags, or the audio, video and data messages of RTMP, into stream items.
 *
 * @module
 */
import type {
  AudioCodec,
  AudioTrack,
  StreamItem,
  Tracks,
  VideoCodec,
  VideoTrack,
} from "../../access_unit.ts";
import { aacTrack } from "../../codec/aac.ts";
import { mp3Track, parseMp3Header } from "../../codec/mp3.ts";
import { opusPacketSamples, opusTrack } from "../../codec/opus.ts";
import { plausibleFrameRate } from "../../codec/nal.ts";
import { MalformedMediaError, UnsupportedMediaError } from "../../errors.ts";
import { readAudioTagHeader } from "./audio_tag.ts";
import { type MetadataValues, parseMetadata } from "./metadata.ts";
import { FLV_TAG, type FlvMessage } from "./tag.ts";
import { TimestampUnwrapper } from "./timestamps.ts";
import { readVideoTagHeader, type VideoTagHeader } from "./video_tag.ts";
import { openVideoFormat, sameBytes, type VideoFormat } from "./video_format.ts";

const TICKS_PER_MS = 90;
const NANOSECONDS_PER_TICK = 1_000_000 / TICKS_PER_MS;
/** Largest decoder configuration in bytes; it is kept as long as the stream. */
const MAX_CONFIGURATION_BYTES = 64 * 1024;
const NO_ITEMS: readonly StreamItem[] = Object.freeze([]);

/**
 * Demuxes one publisher. Accepts classic FLV (H.264, AAC, MP3; H.265 by its unofficial number 12)
 * and enhanced RTMP v2 (`avc1`, `hvc1`, `av01`, `vp09`, `vp08`, `mp4a`, `Opus`, `.mp3`; of a multitrack tag
 * track 0). Payloads are views of the pushed data, except where an access unit must be rewritten
 * (short NAL length fields, empty NAL units, scattered temporal delimiters).
 *
 * `dts` and `pts` are 90 kHz ticks on the publisher's clock, unwrapped from 32-bit milliseconds;
 * a clock that jumps back stays jumped back.
 *
 * A `tracks` item with all known tracks comes when a configuration arrives or changed; its
 * `discontinuity` is false until the first unit was given. The same configuration again gives
 * nothing. VP9 and VP8, and AV1 whose record lacks the sequence header, get theirs with the first key frame.
 */
export class FlvDemuxer {
  readonly #clock = new TimestampUnwrapper();
  #format: VideoFormat | null = null;
  #video: VideoTrack | null = null;
  #audio: AudioTrack | null = null;
  #metadata: MetadataValues = {};
  #unitsGiven = false;
  #droppedUnits = 0;

  /** The tracks known so far, or null. */
  get tracks(): Tracks | null {
    return this.#video === null && this.#audio === null
      ? null
      : { video: this.#video, audio: this.#audio };
  }

  /** Frames that came before their configuration, or without a picture in them. */
  get droppedUnits(): number {
    return this.#droppedUnits;
  }

  /**
   * Takes one message and gives what it holds.
   *
   * @throws {MalformedMediaError} when it breaks its format; the publisher's connection ends.
   * @throws {UnsupportedMediaError} when its codec is not carried; the message names it.
   */
  push(message: FlvMessage): readonly StreamItem[] {
    if (message.data.length === 0) return NO_ITEMS;
    switch (message.type) {
      case FLV_TAG.VIDEO:
        return this.#pushVideo(message);
      case FLV_TAG.AUDIO:
        return this.#pushAudio(message);
      case FLV_TAG.SCRIPT:
        return this.#pushScript(message);
      default:
        return NO_ITEMS;
    }
  }

  #pushVideo(message: FlvMessage): readonly StreamItem[] {
    const header = readVideoTagHeader(message.data);
    if (
      header === null || (header.packet !== "sequence_start" && header.packet !== "coded_frames")
    ) {
      return NO_ITEMS;
    }
    const { codec } = header;
    if (codec === null) {
      throw new UnsupportedMediaError(`Cannot carry video: codec ${header.codecName}`);
    }
    const body = message.data.subarray(header.start, header.end);
    if (body.length === 0) return NO_ITEMS;
    const dts = this.#ticks(message, header.nanoOffset);
    if (header.packet === "sequence_start") {
      this.#openVideo(codec, body);
      return this.#tracksIfChanged(dts);
    }
    return this.#pictureItems(body, { header, dts });
  }

  #openVideo(codec: VideoCodec, configuration: Uint8Array): void {
    if (this.#format?.codec === codec && sameBytes(configuration, this.#format.configuration)) {
      return;
    }
    this.#format = openVideoFormat(codec, ownedConfiguration(configuration));
  }

  #pictureItems(
    body: Uint8Array,
    { header, dts }: { readonly header: VideoTagHeader; readonly dts: number },
  ): readonly StreamItem[] {
    const format = this.#format;
    const picture = format?.codec === header.codec ? format!.read(body) : null;
    if (picture === null || format!.track === null) {
      this.#droppedUnits++;
      return NO_ITEMS;
    }
    const before = this.#tracksIfChanged(dts);
    this.#unitsGiven = true;
    const unit: StreamItem = {
      kind: "video",
      dts,
      pts: dts + header.compositionTimeMs * TICKS_PER_MS,
      keyFrame: picture.keyFrame,
      data: picture.data,
    };
    return before.length === 0 ? [unit] : [...before, unit];
  }

  #pushAudio(message: FlvMessage): readonly StreamItem[] {
    const header = readAudioTagHeader(message.data);
    if (
      header === null || (header.packet !== "sequence_start" && header.packet !== "coded_frames")
    ) {
      return NO_ITEMS;
    }
    const { codec } = header;
    if (codec === null) {
      throw new UnsupportedMediaError(`Cannot carry audio: codec ${header.codecName}`);
    }
    const body = message.data.subarray(header.start, header.end);
    if (body.length === 0) return NO_ITEMS;
    const dts = this.#ticks(message, header.nanoOffset);
    if (header.packet === "sequence_start") return this.#audioConfiguration(codec, { body, dts });
    if (codec === "mp3") return this.#mp3Items(body, dts);
    const track = this.#audio;
    if (track?.codec !== codec) {
      this.#droppedUnits++;
      return NO_ITEMS;
    }
    this.#unitsGiven = true;
    const samples = codec === "opus" ? opusPacketSamples(body) : track.samplesPerUnit;
    return [{ kind: "audio", dts, pts: dts, samples, data: body }];
  }

  #audioConfiguration(
    codec: AudioCodec,
    { body, dts }: { readonly body: Uint8Array; readonly dts: number },
  ): readonly StreamItem[] {
    // MP3 describes itself in every frame.
    if (codec === "mp3") return NO_ITEMS;
    if (this.#audio?.codec === codec && sameBytes(body, this.#audio.description)) return NO_ITEMS;
    const description = ownedConfiguration(body);
    this.#audio = codec === "aac" ? aacTrack(description) : opusTrack(description);
    return [this.#tracksItem(dts)];
  }

  /** A tag holds one MP3 frame, with some encoders several. */
  #mp3Items(body: Uint8Array, dts: number): readonly StreamItem[] {
    const items: StreamItem[] = [];
    let time = dts;
    for (let position = 0; position < body.length;) {
      const rest = body.subarray(position);
      // What follows the last frame without a sync word is padding.
      if (position > 0 && (rest.length < 4 || rest[0] !== 0xff)) break;
      const header = parseMp3Header(rest);
      if (header.frameBytes > rest.length) {
        throw new MalformedMediaError("Cannot read MP3 frame: it is cut short", position);
      }
      const track = mp3Track(header);
      if (!sameAudio(track, this.#audio)) {
        this.#audio = track;
        items.push(this.#tracksItem(time));
      }
      this.#unitsGiven = true;
      const { samples, frameBytes } = header;
      const data = rest.subarray(0, frameBytes);
      items.push({ kind: "audio", dts: time, pts: time, samples, data });
      time += samples * 90_000 / header.sampleRate;
      position += frameBytes;
    }
    return items;
  }

  #pushScript(message: FlvMessage): readonly StreamItem[] {
    const values = parseMetadata(message.data);
    if (values === null) return NO_ITEMS;
    this.#metadata = values;
    return [{ kind: "metadata", dts: this.#ticks(message, 0), values }];
  }

  /** A `tracks` item when the video format has another track than was last told. */
  #tracksIfChanged(dts: number): readonly StreamItem[] {
    const track = this.#format?.track ?? null;
    if (track === null || sameVideo(track, this.#video)) return NO_ITEMS;
    const { framerate, videoframerate } = this.#metadata;
    const declared = plausibleFrameRate(Number(framerate ?? videoframerate));
    this.#video = track.frameRate === null ? { ...track, frameRate: declared } : track;
    return [this.#tracksItem(dts)];
  }

  #tracksItem(dts: number): StreamItem {
    return {
      kind: "tracks",
      tracks: { video: this.#video, audio: this.#audio },
      dts,
      discontinuity: this.#unitsGiven,
    };
  }

  #ticks(message: FlvMessage, nanoOffset: number): number {
    const ticks = this.#clock.unwrap(message.timestampMs) * TICKS_PER_MS;
    return nanoOffset === 0 ? ticks : ticks + nanoOffset / NANOSECONDS_PER_TICK;
  }
}

/** A copy that does not hold on to the piece of the network that it came in. */
function ownedConfiguration(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_CONFIGURATION_BYTES) {
    throw new MalformedMediaError(`Cannot use decoder configuration: ${bytes.length} bytes`, 0);
  }
  return bytes.slice();
}

function sameVideo(a: VideoTrack, b: VideoTrack | null): boolean {
  return a.codec === b?.codec && a.width === b.width && a.height === b.height &&
    sameBytes(a.description, b.description);
}

function sameAudio(a: AudioTrack, b: AudioTrack | null): boolean {
  return a.codec === b?.codec && a.codecString === b.codecString &&
    a.sampleRate === b.sampleRate && a.channels === b.channels;
}
