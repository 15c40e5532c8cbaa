/**
 * The command line of a mix; pure. One ffmpeg reads every track of every input from this process
 * over loopback, draws the pictures over cards with names, adds up the sound and writes FLV.
 *
 * The first two inputs are made by ffmpeg at the pace of the clock: cards and silence. They set the
 * time of the mix, so that it goes on whatever becomes of the others. An input that ends leaves its
 * card visible.
 *
 * @module
 */
import type { MixPlace } from "../mix/layout.ts";
import { type DemoFont, quoteFilterValue } from "./argv.ts";

/** One input of a mix. */
export interface MixArgvInput {
  /** Shown on its card. */
  readonly name: string;
  readonly place: MixPlace;
  /** Loopback address of its pictures as Matroska; null: there are none, the card is seen. */
  readonly videoUrl: string | null;
  /** Loopback address of its sound as Matroska; null: it is not heard. */
  readonly audioUrl: string | null;
}

/** What a mix is made with. */
export interface MixArgvOptions {
  readonly inputs: readonly MixArgvInput[];
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly videoKbps: number;
  /** Null: cards have no names. */
  readonly font: DemoFont | null;
}

/** Time stamps of inputs are this much later than the time of the mix, so that none is negative. */
export const MIX_LEAD_MS = 30_000;
/** Rate of the mixed sound. */
export const MIX_SOUND_RATE = 48_000;
/** Larger pictures are not decoded: 4K. */
const MAX_PIXELS = 4096 * 2304;
/** Seconds between key frames. */
const KEY_FRAME_S = 2;
const BACKGROUND = "0x101216";
const CARD = "0x262a33";
/** Characters of a name on a card. */
const MAX_NAME = 24;

/** The command line; see the module's docstring. */
export function mixArgv(options: MixArgvOptions): string[] {
  const { width, height, frameRate, videoKbps } = options;
  const gop = String(frameRate * KEY_FRAME_S);
  const graph = mixGraph(options);
  return [
    // What each input costs is told in messages of this level.
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "info", "-benchmark_all"],
    "-copyts",
    ...["-re", "-f", "lavfi", "-protocol_whitelist", "pipe", "-i", cards(options)],
    ...["-re", "-f", "lavfi", "-protocol_whitelist", "pipe"],
    ...["-i", `anullsrc=r=${MIX_SOUND_RATE}:cl=stereo:n=960`],
    ...feedsOf(options.inputs).flatMap(feedInput),
    ...["-filter_complex_threads", "1", "-filter_complex", graph],
    ...["-map", "[video]", "-map", "[audio]"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-threads", "2"],
    ...["-profile:v", "main", "-pix_fmt", "yuv420p", "-bf", "0", "-s", `${width}x${height}`],
    ...["-g", gop, "-keyint_min", gop, "-sc_threshold", "0"],
    ...["-b:v", `${videoKbps}k`, "-maxrate", `${videoKbps}k`, "-bufsize", `${videoKbps}k`],
    ...["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", String(MIX_SOUND_RATE)],
    ...["-flush_packets", "1", "-f", "flv", "-flvflags", "no_duration_filesize", "pipe:1"],
  ];
}

interface Feed {
  readonly kind: "video" | "audio";
  /** Index of the input of the mix. */
  readonly input: number;
  readonly url: string;
}

/** The tracks in the order in which ffmpeg opens them, after the two that it makes itself. */
export function feedsOf(
  inputs: readonly Pick<MixArgvInput, "videoUrl" | "audioUrl">[],
): readonly Feed[] {
  return inputs.flatMap(({ videoUrl, audioUrl }, input) => [
    ...(videoUrl === null ? [] : [{ kind: "video" as const, input, url: videoUrl }]),
    ...(audioUrl === null ? [] : [{ kind: "audio" as const, input, url: audioUrl }]),
  ]);
}

function feedInput({ url }: Feed): string[] {
  return [
    ...["-probesize", "4096", "-analyzeduration", "0", "-threads", "1"],
    ...["-max_pixels", String(MAX_PIXELS), "-thread_queue_size", "1024"],
    ...["-itsoffset", String(-MIX_LEAD_MS / 1000)],
    ...["-protocol_whitelist", "http,tcp", "-seekable", "0", "-f", "matroska", "-i", url],
  ];
}

/** One picture with a card for each input, drawn once and repeated. */
function cards({ inputs, width, height, frameRate, font }: MixArgvOptions): string {
  const drawn = inputs.flatMap(({ name, place }, index) => {
    const box = `drawbox=x=${place.x}:y=${place.y}:w=${place.width}:h=${place.height}` +
      `:c=${index === 0 ? "0x1d2129" : CARD}:t=fill`;
    const text = font === null ? null : cardText(name, place, font);
    return text === null ? [box] : [box, text];
  });
  return [
    `color=c=${BACKGROUND}:s=${width}x${height}:r=${frameRate}:d=${(1 / frameRate).toFixed(4)}`,
    "format=yuv420p",
    ...drawn,
    "loop=loop=-1:size=1:start=0",
    `setpts=N/(${frameRate}*TB)`,
  ].join(",");
}

/** The name in the middle of the place; null when nothing of it can be drawn. */
function cardText(name: string, place: MixPlace, font: DemoFont): string | null {
  const letters = [...name.replace(/\p{C}/gu, "").trim()];
  const shown = letters.length > MAX_NAME
    ? `${letters.slice(0, MAX_NAME - 1).join("")}…`
    : letters.join("");
  if (shown === "") return null;
  const face = font.fontFile === null
    ? `font=${quoteFilterValue(font.family)}`
    : `fontfile=${quoteFilterValue(font.fontFile)}`;
  const size = Math.max(14, Math.min(48, Math.floor(place.height / 10)));
  const x = `${place.x}+(${place.width}-tw)/2`;
  const y = `${place.y}+(${place.height}-th)/2`;
  return `drawtext=${face}:expansion=none:fontsize=${size}:fontcolor=white@0.92:x=${x}:y=${y}` +
    `:text=${quoteFilterValue(shown)}`;
}

function mixGraph({ inputs, frameRate }: MixArgvOptions): string {
  const chains: string[] = [];
  const sounds: string[] = ["[1:a]"];
  let base = "[0:v]";
  feedsOf(inputs).forEach(({ kind, input }, index) => {
    const pad = `[${index + 2}:${kind === "video" ? "v" : "a"}]`;
    if (kind === "audio") {
      // The k-th sample of the mix has time k: what an input lacks is filled, what is early goes.
      chains.push(
        `${pad}aresample=${MIX_SOUND_RATE}:async=1:min_hard_comp=0.05:first_pts=0,` +
          `aformat=sample_fmts=fltp:channel_layouts=stereo[a${index}]`,
      );
      sounds.push(`[a${index}]`);
      return;
    }
    const { x, y, width, height } = inputs[input].place;
    chains.push(
      `${pad}trim=start=0,scale=${width}:${height}:force_original_aspect_ratio=increase` +
        `:flags=bilinear,crop=${width}:${height},setsar=1,format=yuv420p[v${index}]`,
      `${base}[v${index}]overlay=x=${x}:y=${y}:eof_action=pass[o${index}]`,
    );
    base = `[o${index}]`;
  });
  chains.push(`${base}fps=${frameRate},format=yuv420p[video]`);
  const mixed = sounds.length === 1
    ? sounds[0]
    : `${sounds.join("")}amix=inputs=${sounds.length}:duration=first:normalize=0,` +
      "alimiter=limit=0.95:level=disabled,";
  chains.push(`${mixed}aformat=sample_fmts=fltp[audio]`);
  return chains.join(";");
}
