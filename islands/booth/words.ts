/**
 * Turns what the booth knows into words.
 *
 * @module
 */
import type { CaptureDevice, DeviceKind } from "../capture/devices.ts";
import type { Take } from "../capture/takes.ts";
import type { BoothText } from "../i18n/booth.ts";
import { formatDuration, formatRelative, groupDigits, type Locale } from "../i18n/mod.ts";
import type { Cover, DeviceFailure } from "./state.ts";

/** Bytes as people read files: `820 KB`, `1.4 MB`, `12 GB`. */
export function sizeText(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = Math.max(0, Number.isFinite(bytes) ? bytes : 0);
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 && unit > 1 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** How long could still be recorded; null when it is more than anybody needs to know. */
export function timeLeftText(seconds: number, text: BoothText): string | null {
  if (!(seconds < 100 * 3600)) return null;
  return seconds < 2 * 3600
    ? text.minutes(Math.floor(seconds / 60))
    : text.hours(Math.floor(seconds / 3600));
}

/** Frames a second without needless zeros. */
export function rateText(frameRate: number): string {
  return groupDigits(Math.round(frameRate * 10) / 10);
}

/** A device's own name, or its number while it has none. */
export function deviceName(device: CaptureDevice, index: number, text: BoothText): string {
  if (device.label !== "") return device.label;
  const named: Record<DeviceKind, (number: number) => string> = {
    camera: text.cameraNumber,
    microphone: text.microphoneNumber,
    speaker: text.speakerNumber,
  };
  return named[device.kind](index + 1);
}

/** What a take is called where it is shown. */
export function takeName(
  take: Take,
  { text, nowMs, locale }: {
    readonly text: BoothText;
    readonly nowMs: number;
    readonly locale: Locale;
  },
): string {
  const at = formatRelative(take.atMs, { nowMs, locale });
  return take.kind === "picture"
    ? text.takenPicture(at)
    : text.takenRecording(at, formatDuration(take.durationMs));
}

/** What stands in the place of the picture, and what to do. */
export function coverWords(
  cover: Cover,
  text: BoothText,
): { readonly title: string; readonly text: string } {
  switch (cover) {
    case "wait":
      return { title: text.waitText, text: "" };
    case "start":
      return { title: text.startTitle, text: text.startText };
    case "opening":
      return { title: text.opening, text: text.openingText };
    default:
      return { title: text[`${cover}Title`], text: text[`${cover}Text`] };
  }
}

/** Why nobody will be heard; null: there is nothing to be said. */
export function microphoneWords(failure: DeviceFailure | null, text: BoothText): string | null {
  switch (failure) {
    case null:
      return null;
    case "refused":
    case "refused_by_system":
    case "dismissed":
    case "insecure":
      return text.microphone_refused;
    case "missing":
    case "unsupported":
      return text.microphone_missing;
    case "busy":
      return text.microphone_busy;
    case "unplugged":
      return text.microphone_unplugged;
    case "unable":
    case "failed":
      return text.microphone_failed;
  }
}
