/**
 * A profile of OBS Studio that is ready to broadcast into a room: what OBS itself keeps in
 * `basic/profiles/<name>/`, as a folder that Profile → Import takes. Keys and values are those of
 * OBS 29 and later; what is left out has OBS's own default.
 *
 * @module
 */
import { strToU8, zipSync } from "fflate";
import type { PublishAddress } from "../rooms/model.ts";

/** Name of the profile and of the folder in the archive. */
const PROFILE = "Wanren";
/** What arrives well on a phone and costs a usual upload little, kbit/s. */
const VIDEO_KBPS = 2_500;
const AUDIO_KBPS = 128;
const KEY_FRAMES_S = 2;

/** `service.json`: the custom server with its key. */
export function obsService({ rtmp }: Pick<PublishAddress, "rtmp">): string {
  return pretty({
    settings: {
      bwtest: false,
      key: rtmp.streamKey,
      server: rtmp.server,
      use_auth: false,
    },
    type: "rtmp_custom",
  });
}

/**
 * The archive with `basic.ini`, `service.json` and `streamEncoder.json`.
 *
 * @param nowMs date of the files, milliseconds since the epoch
 */
export function obsProfile(
  publish: Pick<PublishAddress, "rtmp">,
  { nowMs }: { readonly nowMs: number },
): Uint8Array<ArrayBuffer> {
  const files = {
    "basic.ini": ini(BASIC),
    "service.json": obsService(publish),
    "streamEncoder.json": pretty(ENCODER),
  };
  const folder = Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, strToU8(text)]),
  );
  return zipSync({ [PROFILE]: folder }, { mtime: nowMs }) as Uint8Array<ArrayBuffer>;
}

type Sections = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

const BASIC: Sections = {
  General: { Name: PROFILE },
  Output: { Mode: "Advanced", Reconnect: true, RetryDelay: 2, MaxRetries: 25 },
  AdvOut: {
    ApplyServiceSettings: false,
    Encoder: "obs_x264",
    AudioEncoder: "ffmpeg_aac",
    TrackIndex: 1,
    Track1Bitrate: AUDIO_KBPS,
    RecType: "Standard",
    RecEncoder: "none",
    RecTracks: 1,
  },
  Video: {
    BaseCX: 1920,
    BaseCY: 1080,
    OutputCX: 1280,
    OutputCY: 720,
    FPSType: 0,
    FPSCommon: 30,
    ScaleType: "bicubic",
    ColorFormat: "NV12",
    ColorSpace: "709",
    ColorRange: "Partial",
  },
  Audio: { SampleRate: 48_000, ChannelSetup: "Stereo" },
};

/** Settings of obs-x264: a key frame every 2 s, no B-frames, no look-ahead. */
const ENCODER = {
  bf: 0,
  bitrate: VIDEO_KBPS,
  buffer_size: VIDEO_KBPS,
  keyint_sec: KEY_FRAMES_S,
  preset: "veryfast",
  profile: "high",
  rate_control: "CBR",
  tune: "zerolatency",
  use_bufsize: true,
  x264opts: "bframes=0",
} as const;

/** Sections as libobs reads them: `key=value`, one a line. */
function ini(sections: Sections): string {
  return Object.entries(sections)
    .map(([name, values]) =>
      [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key}=${value}`), ""]
        .join("\n")
    )
    .join("\n");
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 4)}\n`;
}
