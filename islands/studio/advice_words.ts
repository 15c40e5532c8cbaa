/**
 * Advice as sentences, with the figures that were measured.
 *
 * @module
 */
import type { healthText } from "../i18n/health.ts";
import { groupDigits } from "../i18n/mod.ts";
import type { Advice } from "../ui/advice.ts";

/** The sentence for one piece of advice. */
export function adviceWords(advice: Advice, text: ReturnType<typeof healthText>): string {
  switch (advice.kind) {
    case "notLive":
      return text.notLive;
    case "waiting":
      return text.waiting;
    case "noVideo":
      return text.adviceNoVideo;
    case "noAudio":
      return text.adviceNoAudio;
    case "outputs":
      return text.adviceOutputs;
    case "upload":
      return advice.kbps === null
        ? text.adviceUpload(milliseconds(advice.lagMs, 50))
        : text.adviceUploadTo(milliseconds(advice.lagMs, 50), groupDigits(advice.kbps));
    case "dropped":
      return text.adviceDropped(advice.frames, groupDigits(advice.frames));
    case "frameRate":
      return text.adviceFrameRate(advice.fps.toFixed(1));
    case "reconnects":
      return text.adviceReconnects(advice.count);
    case "keyFrames":
      return text.adviceKeyFrames(decimal(advice.seconds));
    case "bFrames":
      return text.adviceBFrames(milliseconds(advice.delayMs, 1));
    case "bitrate":
      return text.adviceBitrate(groupDigits(Math.round(advice.kbps)));
  }
}

/** In steps of so many milliseconds; from a second on `1.2 s`. */
function milliseconds(ms: number, step: number): string {
  const rounded = Math.round(ms / step) * step;
  return rounded < 1_000 ? `${rounded} ms` : `${decimal(rounded / 1000)} s`;
}

/** One decimal, and none when it is zero: `8`, `8.3`. */
function decimal(value: number): string {
  return String(Math.round(value * 10) / 10);
}
