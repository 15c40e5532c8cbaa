/**
 * What a mix is asked for, and how it is refused.
 *
 * @module
 */
import { problem, type ProblemAnswer } from "../../platform/problem.ts";
import { MIX_LAYOUTS, type MixLayout } from "./layout.ts";

/** Bounds of one mix. */
export const MIX_INPUTS = { least: 1, most: 9 } as const;
const MAX_NAME = 64;
const STREAM = /^[1-9][0-9]{0,15}$/;
const SIZES: Readonly<Record<string, { readonly width: number; readonly height: number }>> = {
  "360p": { width: 640, height: 360 },
  "540p": { width: 960, height: 540 },
  "720p": { width: 1280, height: 720 },
  "1080p": { width: 1920, height: 1080 },
};

/** One input of a mix. */
export interface MixInput {
  /** The live stream; while it is missing its card is seen. */
  readonly stream: string;
  /** Stands on its card. */
  readonly name: string;
  /** It is seen and not heard. */
  readonly muted: boolean;
}

/** What is mixed; the first input is the speaker. */
export interface MixSpec {
  readonly layout: MixLayout;
  readonly width: number;
  readonly height: number;
  /** Pictures a second. */
  readonly frameRate: number;
  readonly videoKbps: number;
  readonly inputs: readonly MixInput[];
  /**
   * The input that whoever publishes to the room becomes while it is mixed; when that one ends, the
   * mix ends. Null: nobody else publishes to the room.
   */
  readonly publisher: string | null;
  /** Whether it is begun only where every input is live in this process. */
  readonly ifLive: boolean;
}

/** Why there is no mix. */
export type MixRefusal =
  | "ffmpeg_missing"
  | "too_many_mixes"
  | "too_many_inputs"
  | "room_busy"
  | "not_live"
  | "unavailable";

/** A mix cannot be made now. */
export class MixRefusedError extends Error {
  override readonly name = "MixRefusedError";
  readonly reason: MixRefusal;

  constructor(reason: MixRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

const REFUSALS: Readonly<Record<MixRefusal, { readonly status: number; readonly title: string }>> =
  {
    ffmpeg_missing: { status: 503, title: "ffmpeg is missing on this machine" },
    too_many_mixes: { status: 503, title: "Too many mixes are running" },
    too_many_inputs: { status: 503, title: "Too many streams are being mixed" },
    room_busy: { status: 409, title: "Somebody publishes to this room" },
    not_live: { status: 409, title: "A stream is not live here" },
    unavailable: { status: 503, title: "The server is stopping" },
  };

/** A problem whose `code` is the reason. */
export function mixRefusalProblem({ reason, message }: MixRefusedError): ProblemAnswer {
  return problem({ ...REFUSALS[reason], detail: message, members: { code: reason } });
}

/**
 * Reads `{layout?, size?, frameRate?, videoKbps?, inputs:[{stream,name?,muted?}], publisher?,
 * ifLive?}` of a room.
 *
 * @throws {RangeError} naming the field that cannot be used.
 */
export function parseMixSpec(value: unknown, room: string): MixSpec {
  const body = fields(value, "the mix");
  const layout = MIX_LAYOUTS.find((known) => known === (body.layout ?? "grid"));
  if (layout === undefined) throw bad("layout", `is one of ${MIX_LAYOUTS.join(", ")}`);
  const name = body.size ?? "720p";
  const size = typeof name === "string" && Object.hasOwn(SIZES, name) ? SIZES[name] : undefined;
  if (size === undefined) throw bad("size", `is one of ${Object.keys(SIZES).join(", ")}`);
  const frameRate = whole(body.frameRate ?? 30, "frameRate", { least: 5, most: 30 });
  const deserved = Math.round(size.width * size.height * frameRate * 0.09 / 1000);
  const videoKbps = whole(body.videoKbps ?? deserved, "videoKbps", { least: 200, most: 8000 });
  if (!Array.isArray(body.inputs)) throw bad("inputs", "is a list");
  const { least, most } = MIX_INPUTS;
  if (body.inputs.length < least || body.inputs.length > most) {
    throw bad("inputs", `has ${least} to ${most} entries`);
  }
  const inputs = body.inputs.map((input) => parseInput(input, room));
  if (new Set(inputs.map(({ stream }) => stream)).size < inputs.length) {
    throw bad("inputs", "names each stream once");
  }
  const publisher = body.publisher ?? null;
  if (publisher !== null && !inputs.some(({ stream }) => stream === publisher)) {
    throw bad("publisher", "is the stream of an input");
  }
  const ifLive = body.ifLive ?? false;
  if (typeof ifLive !== "boolean") throw bad("ifLive", "is true or false");
  return {
    ...{ layout, ...size, frameRate, videoKbps, inputs, ifLive },
    publisher: publisher as string | null,
  };
}

function parseInput(value: unknown, room: string): MixInput {
  const { stream, name = "", muted = false } = fields(value, "an input");
  if (typeof stream !== "string" || !STREAM.test(stream)) {
    throw bad("stream", "is a stream's number");
  }
  if (stream === room) throw bad("stream", "is not the room of the mix itself");
  if (typeof name !== "string" || name.length > MAX_NAME) {
    throw bad("name", `is a text of at most ${MAX_NAME} characters`);
  }
  if (typeof muted !== "boolean") throw bad("muted", "is true or false");
  return { stream, name, muted };
}

function fields(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new RangeError(`Cannot read a mix: ${what} is no object`);
}

function whole(
  value: unknown,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw bad(field, `is a whole number from ${least} to ${most}`);
}

function bad(field: string, rule: string): RangeError {
  return new RangeError(`Cannot read a mix: ${field} ${rule}`);
}
