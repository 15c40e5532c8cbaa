/**
 * Sound made anew: Opus, AAC or MP3 in, AAC or Opus out.
 *
 * @module
 */
import type { AccessUnit, AudioTrack, AudioUnit } from "../access_unit.ts";
import { buildOpusHead, opusPacketSamples, opusTrack, parseOpusHead } from "../codec/opus.ts";
import { FlvDemuxer, FlvTagParser } from "../container/flv/mod.ts";
import { MatroskaMuxer } from "../container/matroska/muxer.ts";
import { OggReader } from "../container/ogg/reader.ts";
import { aacArgv, opusArgv, SOUND_RATE } from "../transcode/argv.ts";
import { OpusPauses } from "./opus_pauses.ts";
import type { EncoderRun, RunOutput } from "./run.ts";
import { SampleClock } from "./sample_clock.ts";

/** Samples that ffmpeg's AAC encoder puts before the first one. */
const AAC_PRIMING = 1024;
const OPUS_TAGS = "OpusTags";

/** See the module's docstring. */
export class AudioRun implements EncoderRun {
  readonly args: readonly string[];
  readonly #track: AudioTrack;
  readonly #muxer: MatroskaMuxer;
  readonly #clock: SampleClock;
  readonly #pauses: OpusPauses | null;
  readonly #output: SoundOutput;
  /** Samples at {@linkcode SOUND_RATE} that came out, the priming among them. */
  #samples = 0;

  constructor(options: { readonly track: AudioTrack; readonly to: "aac" | "opus" }) {
    const { track, to } = options;
    const channels = track.channels === 1 ? 1 : 2;
    this.args = to === "aac" ? aacArgv({ channels }) : opusArgv({ channels });
    this.#track = withoutPreSkip(track);
    this.#muxer = new MatroskaMuxer(this.#track);
    this.#clock = new SampleClock(track.sampleRate);
    this.#pauses = track.codec === "opus" && track.channels <= 2 ? new OpusPauses(channels) : null;
    this.#output = to === "aac" ? new AacOutput() : new OpusOutput();
  }

  header(): Uint8Array {
    return this.#muxer.header();
  }

  feed(unit: AccessUnit): readonly Uint8Array[] {
    if (unit.kind === "video") {
      return this.#pauses === null
        ? []
        : this.#pauses.picture(unit.dts).map((one) => this.#block(one));
    }
    const units = this.#pauses === null ? [unit] : this.#pauses.packet(unit);
    return units.map((one) => this.#block(one));
  }

  discontinuity(): void {
    this.#pauses?.discontinuity();
  }

  read(bytes: Uint8Array): readonly RunOutput[] {
    const outputs: RunOutput[] = [];
    for (const one of this.#output.push(bytes)) {
      if ("codec" in one) {
        outputs.push(one);
        continue;
      }
      const sample = (this.#samples - this.#output.priming) * this.#track.sampleRate / SOUND_RATE;
      this.#samples += one.samples;
      const dts = this.#clock.at(sample);
      if (dts === null) continue;
      outputs.push({ kind: "audio", dts, pts: dts, samples: one.samples, data: one.data });
    }
    return outputs;
  }

  /** The time that ffmpeg sees goes on evenly, whatever that of the stream does. */
  #block(unit: AudioUnit): Uint8Array {
    const ptsMs = this.#clock.total * 1000 / this.#track.sampleRate;
    this.#clock.push(unit);
    return this.#muxer.block(unit, ptsMs);
  }
}

/** What an encoder writes, without its times. */
interface SoundOutput {
  /** Samples at {@linkcode SOUND_RATE} before the first one that went in. */
  readonly priming: number;
  push(bytes: Uint8Array): (AudioTrack | { readonly samples: number; readonly data: Uint8Array })[];
}

class AacOutput implements SoundOutput {
  readonly priming = AAC_PRIMING;
  readonly #parser = new FlvTagParser();
  readonly #demuxer = new FlvDemuxer();

  push(bytes: Uint8Array) {
    const outputs: ReturnType<SoundOutput["push"]> = [];
    for (const tag of this.#parser.push(bytes)) {
      for (const item of this.#demuxer.push(tag)) {
        if (item.kind === "audio") outputs.push({ samples: item.samples, data: item.data });
        else if (item.kind === "tracks" && item.tracks.audio) outputs.push(item.tracks.audio);
      }
    }
    return outputs;
  }
}

class OpusOutput implements SoundOutput {
  priming = 0;
  readonly #reader = new OggReader();
  #headers = 0;

  push(bytes: Uint8Array) {
    const outputs: ReturnType<SoundOutput["push"]> = [];
    for (const packet of this.#reader.push(bytes)) {
      if (this.#headers === 0) {
        this.#headers = 1;
        const head = parseOpusHead(packet);
        this.priming = head.preSkip;
        // The times of the units account for it; a player that skips it again would be early.
        outputs.push(opusTrack(buildOpusHead({ ...head, preSkip: 0 })));
      } else if (this.#headers === 1 && beginsWith(packet, OPUS_TAGS)) {
        this.#headers = 2;
      } else {
        outputs.push({ samples: opusPacketSamples(packet), data: packet });
      }
    }
    return outputs;
  }
}

/** A decoder would leave the first samples out, and the count would be wrong by them. */
function withoutPreSkip(track: AudioTrack): AudioTrack {
  if (track.codec !== "opus") return track;
  const head = parseOpusHead(track.description);
  return head.preSkip === 0
    ? track
    : { ...track, description: buildOpusHead({ ...head, preSkip: 0 }) };
}

function beginsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((char, i) => bytes[i] === char.charCodeAt(0));
}
