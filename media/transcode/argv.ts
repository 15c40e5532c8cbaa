/**
 * Command lines for ffmpeg; pure. Every input is opened with a list of allowed protocols, so that
 * a playlist or a header can never make ffmpeg open something else.
 *
 * @module
 */

/** How text is drawn; `fontFile` wins over the family name. */
export interface DemoFont {
  /** Path of a font file, or null: `family` is looked up by fontconfig. */
  readonly fontFile: string | null;
  readonly family: string;
  /** Whether the font has the characters 万人. */
  readonly cjk: boolean;
}

/** What the demo picture is made with. */
export interface DemoArgvOptions {
  /** RTMP address with the publish key. */
  readonly url: string;
  /** Null: no text is drawn. */
  readonly font: DemoFont | null;
}

const DEMO_WIDTH = 1280;
const DEMO_HEIGHT = 720;
const DEMO_FRAME_RATE = 30;
const DEMO_VIDEO_KBPS = 1500;

/** Options that every command begins with. */
const COMMON: readonly string[] = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "warning"];

/** Publishes the demo channel at real-time pace until it is stopped. */
export function demoArgv(options: DemoArgvOptions): string[] {
  const gop = String(DEMO_FRAME_RATE * 2);
  return [
    ...COMMON,
    ...lavfiInput(demoPicture()),
    ...lavfiInput(`color=c=white:s=14x14:r=${DEMO_FRAME_RATE}`),
    ...lavfiInput(demoSound()),
    "-filter_complex",
    demoFilter(options.font),
    "-map",
    "[out]",
    "-map",
    "2:a",
    ...["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "1"],
    // The fastest preset leaves the loop filter out; soft colours need it.
    ...["-x264-params", "no-deblock=0:deblock=0,0"],
    ...["-profile:v", "main", "-pix_fmt", "yuv420p", "-bf", "0"],
    ...["-g", gop, "-keyint_min", gop, "-sc_threshold", "0"],
    ...["-b:v", `${DEMO_VIDEO_KBPS}k`, "-maxrate", `${DEMO_VIDEO_KBPS}k`],
    ...["-bufsize", `${DEMO_VIDEO_KBPS}k`],
    ...["-c:a", "aac", "-b:a", "96k", "-ac", "2", "-ar", "44100"],
    ...["-f", "flv", "-flvflags", "no_duration_filesize", options.url],
  ];
}

/** Draws one small picture with `font`; succeeds when this ffmpeg can draw text with it. */
export function textProbeArgv(font: DemoFont): string[] {
  return [
    ...COMMON,
    ...["-f", "lavfi", "-i", "color=c=black:s=128x64:r=1:d=1"],
    ...["-vf", drawText({ font, text: "Wanren", size: 20, y: "10" })],
    ...["-frames:v", "1", "-f", "null", "-"],
  ];
}

/** Bounds of a still in pixels; it never becomes larger than the picture. */
const STILL_MAX_WIDTH = 640;
const STILL_MAX_HEIGHT = 720;
/** Larger pictures are not decoded: 8K. */
const STILL_MAX_PIXELS = 7680 * 4320;
/** Of mjpeg, 2 (best) to 31. */
const STILL_QUALITY = 5;

/**
 * Reads one picture as fragmented MP4 from standard input and writes it as a JPEG to standard output:
 * square pixels, scaled down to at most 640 × 720 with its aspect kept.
 */
export function stillArgv(): string[] {
  const factor = `min(1,min(${STILL_MAX_WIDTH}/(iw*sar),${STILL_MAX_HEIGHT}/ih))`;
  const side = (length: string) => `'max(2,2*round(${length}*${factor}/2))'`;
  return [
    ...COMMON.slice(0, -1),
    "error",
    ...["-threads", "1", "-max_pixels", String(STILL_MAX_PIXELS)],
    ...["-protocol_whitelist", "pipe", "-f", "mp4", "-i", "pipe:0"],
    ...["-map", "0:v:0", "-frames:v", "1", "-filter_threads", "1", "-threads", "1"],
    ...["-vf", `scale=w=${side("iw*sar")}:h=${side("ih")}:flags=area,setsar=1`],
    ...["-c:v", "mjpeg", "-q:v", String(STILL_QUALITY), "-pix_fmt", "yuvj420p"],
    ...["-f", "image2pipe", "pipe:1"],
  ];
}

/** One track as live Matroska on standard input, whose time stamps are kept as they are. */
const LIVE_INPUT: readonly string[] = [
  // Enough to see what the header says already; what comes is decoded at once and by one thread,
  // because each further one would hold a picture back.
  ...["-probesize", "4096", "-analyzeduration", "0", "-threads", "1"],
  ...["-max_pixels", String(STILL_MAX_PIXELS)],
  ...["-protocol_whitelist", "pipe", "-f", "matroska", "-copyts", "-i", "pipe:0"],
];
const LIVE_FLV: readonly string[] = [
  ...["-flush_packets", "1", "-f", "flv", "-flvflags", "no_duration_filesize", "pipe:1"],
];

/** Output rate of {@linkcode aacArgv} and {@linkcode opusArgv}. */
export const SOUND_RATE = 48_000;

/** Reads sound as Matroska and writes AAC-LC in FLV: 48 kHz, one or two channels. */
export function aacArgv(options: { readonly channels: 1 | 2 }): string[] {
  return [
    ...COMMON,
    ...LIVE_INPUT,
    ...["-map", "0:a:0", "-c:a", "aac", "-b:a", options.channels === 1 ? "80k" : "128k"],
    ...["-ac", String(options.channels), "-ar", String(SOUND_RATE)],
    ...LIVE_FLV,
  ];
}

/** Reads sound as Matroska and writes Opus in Ogg: packets of 20 ms, one or two channels. */
export function opusArgv(options: { readonly channels: 1 | 2 }): string[] {
  return [
    ...COMMON,
    ...LIVE_INPUT,
    ...["-map", "0:a:0", "-c:a", "libopus", "-b:a", options.channels === 1 ? "64k" : "112k"],
    ...["-frame_duration", "20", "-application", "audio"],
    ...["-ac", String(options.channels), "-ar", String(SOUND_RATE)],
    // Each packet is a page of its own, or a second of them would be gathered.
    ...["-page_duration", "1", "-flush_packets", "1", "-f", "ogg", "pipe:1"],
  ];
}

/** What {@linkcode h264Argv} encodes with. */
export interface H264ArgvOptions {
  /** Bits a second at most. */
  readonly maxKbps: number;
  /** A key frame is made of the first picture from this time on, milliseconds; null: only the first. */
  readonly keyFrameAtMs: number | null;
}

/** Seconds between key frames of {@linkcode h264Argv}. */
const KEY_FRAME_S = 2;

/**
 * Reads pictures as Matroska and writes H.264 in FLV that every decoder takes: constrained baseline,
 * thus without B-frames, each picture as soon as it was read, at its own time.
 */
export function h264Argv(options: H264ArgvOptions): string[] {
  const { maxKbps, keyFrameAtMs } = options;
  const due = `gte(t,prev_forced_t+${KEY_FRAME_S})`;
  const at = keyFrameAtMs === null ? null : (keyFrameAtMs / 1000).toFixed(3);
  const next = at === null ? due : `if(lt(prev_forced_t,${at})*gte(t,${at}),1,${due})`;
  return [
    ...COMMON,
    ...LIVE_INPUT,
    ...["-map", "0:v:0", "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency"],
    ...["-profile:v", "baseline", "-pix_fmt", "yuv420p", "-threads", "2"],
    ...["-fps_mode", "passthrough", "-enc_time_base", "1:1000"],
    ...["-g", "600", "-sc_threshold", "0"],
    ...["-force_key_frames", `expr:if(isnan(prev_forced_t),1,${next})`],
    ...["-crf", "22", "-maxrate", `${maxKbps}k`, "-bufsize", `${maxKbps}k`],
    ...LIVE_FLV,
  ];
}

/** Prints what ffmpeg is; succeeds when there is one. */
export function versionArgv(): string[] {
  return ["-hide_banner", "-version"];
}

/** Quotes a value for a filter description: option level first, then filter-graph level. */
export function quoteFilterValue(value: string): string {
  const option = value.replace(/[\\':]/g, "\\$&");
  return option.replace(/[\\'[\],;]/g, "\\$&");
}

function lavfiInput(description: string): string[] {
  return ["-re", "-f", "lavfi", "-protocol_whitelist", "pipe", "-i", description];
}

/** Slow waves of colour, computed small and scaled up: a calm picture for little CPU. */
function demoPicture(): string {
  const planes = [
    "lum='62+20*sin(X/21+T*0.43)+17*sin(Y/13-T*0.31)+12*sin((X+Y)/17+T*0.23)'",
    "cb='140+20*sin(X/15-T*0.21)+10*sin(Y/9+T*0.17)'",
    "cr='124+22*sin((X-Y)/19+T*0.19)+9*sin(X/11+T*0.27)'",
  ].join(":");
  return `color=c=black:s=128x72:r=${DEMO_FRAME_RATE},format=yuv420p,geq=${planes},` +
    `scale=${DEMO_WIDTH}:${DEMO_HEIGHT}:flags=bicubic`;
}

/** A soft struck note each second over a quiet fifth. */
function demoSound(): string {
  const channel = "0.16*sin(2*PI*523.25*t)*exp(-7*mod(t,1))+0.02*sin(2*PI*130.81*t)" +
    "+0.015*sin(2*PI*196*t)";
  return `aevalsrc=exprs='${channel}|${channel}':s=44100:c=stereo`;
}

/** A pendulum that passes the middle when the note sounds, and the text. */
function demoFilter(font: DemoFont | null): string {
  const middle = DEMO_WIDTH / 2 - 7;
  const pendulum = `[0:v][1:v]overlay=x='${middle}+320*sin(PI*t)':y=560:eval=frame:format=yuv420`;
  if (font === null) return `${pendulum}[out]`;
  const title = font.cjk ? "Wanren 万人 demo" : "Wanren demo";
  return [
    pendulum,
    drawText({ font, text: title, size: 44, y: "210" }),
    // Wall clock of the machine with milliseconds, expanded for each frame.
    drawText({
      font,
      text: "%{localtime\\:%H\\\\\\:%M\\\\\\:%S.%3N}",
      size: 104,
      y: "310",
      raw: true,
    }),
  ].join(",") + "[out]";
}

function drawText(
  options: {
    readonly font: DemoFont;
    readonly text: string;
    readonly size: number;
    readonly y: string;
    /** The text is quoted already. */
    readonly raw?: boolean;
  },
): string {
  const { font, text, size, y, raw } = options;
  const face = font.fontFile === null
    ? `font=${quoteFilterValue(font.family)}`
    : `fontfile=${quoteFilterValue(font.fontFile)}`;
  const value = raw ? `'${text}'` : quoteFilterValue(text);
  return `drawtext=${face}:fontsize=${size}:fontcolor=white@0.92:x=(w-tw)/2:y=${y}:text=${value}`;
}
