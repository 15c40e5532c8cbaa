/**
 * One run of an encoder: units of a track go in as bytes, what it writes becomes units again, on the
 * same clock.
 *
 * @module
 */
import type { AccessUnit, AudioTrack, AudioUnit, VideoTrack, VideoUnit } from "../access_unit.ts";

/** What comes out of a run. */
export type RunOutput = VideoTrack | AudioTrack | VideoUnit | AudioUnit;

/** See the module's docstring. Pure: it knows neither processes nor clocks. */
export interface EncoderRun {
  /** The command line. */
  readonly args: readonly string[];
  /** What it reads first. */
  header(): Uint8Array;
  /** What it reads for a unit of the stream, of any track; nothing for most of another track. */
  feed(unit: AccessUnit): readonly Uint8Array[];
  /** The time of the stream jumped, on purpose. */
  discontinuity(): void;
  /**
   * Takes what it wrote and gives what that is: tracks before their units.
   *
   * @throws {MalformedMediaError} when it is not what was expected.
   */
  read(bytes: Uint8Array): readonly RunOutput[];
}

/** Whether an output is a decoder configuration. */
export function isTrack(output: RunOutput): output is VideoTrack | AudioTrack {
  return "codec" in output;
}
