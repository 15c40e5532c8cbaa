/**
 * The figures of a stream and of a broadcast with their units.
 *
 * @module
 */
import type { broadcastsText } from "../i18n/broadcasts.ts";
import type { healthText } from "../i18n/health.ts";
import { formatCount, formatDuration, groupDigits, type Locale } from "../i18n/mod.ts";
import type { StreamFigures } from "../ui/room_data.ts";
import type { BroadcastFigures } from "./snapshot.ts";

/** Stands for what was not measured. */
export const UNKNOWN = "–";

/** A label and its value. */
export type Figure = readonly [label: string, value: string];

/** Whole kilobits a second without the unit. */
export function kbps(value: number): string {
  return groupDigits(Math.round(value));
}

/** What is said of a running stream beside its lines. */
export function figuresOf(
  stream: StreamFigures | null,
  text: ReturnType<typeof healthText>,
): readonly Figure[] {
  const video = stream?.video ?? null;
  const audio = stream?.audio ?? null;
  const interval = video?.keyFrameIntervalMs ?? null;
  const sound = audio === null ? text.noAudio : `${audio.codec} ${audio.sampleRate / 1000} kHz`;
  const of = (value: (known: StreamFigures) => string) => stream === null ? UNKNOWN : value(stream);
  return [
    [text.resolution, video === null ? UNKNOWN : `${video.width} × ${video.height}`],
    [text.codecs, of(() => `${video?.codec ?? text.noVideo} · ${sound}`)],
    [text.keyFrames, interval === null ? UNKNOWN : `${(interval / 1000).toFixed(1)} s`],
    [
      text.bFrames,
      video === null
        ? UNKNOWN
        : video.bFrameDelayMs === 0
        ? text.none
        : `${Math.round(video.bFrameDelayMs)} ms`,
    ],
    [text.uploadLag, of(({ uploadLagMs }) => `${groupDigits(Math.round(uploadLagMs))} ms`)],
    [
      text.dropped,
      of(({ droppedFrames: total, droppedFramesRecently: recent }) =>
        recent === 0 ? groupDigits(total) : text.recently(groupDigits(total), groupDigits(recent))
      ),
    ],
    [text.reconnects, of(({ reconnects }) => groupDigits(reconnects))],
  ];
}

/** What is said of a broadcast that is over; the first is how long it was. */
export function broadcastFigures(
  broadcast: BroadcastFigures,
  { text, locale }: {
    readonly text: ReturnType<typeof broadcastsText>;
    readonly locale: Locale;
  },
): readonly Figure[] {
  return [
    [text.duration, formatDuration(broadcast.durationMs)],
    [text.peakViewers, formatCount(broadcast.peakViewers, locale)],
    [text.averageViewers, averageText(broadcast.averageViewers, locale)],
    [text.averageKbps, `${kbps(broadcast.averageKbps)} kbps`],
    [text.droppedFrames, groupDigits(broadcast.droppedFrames)],
    [text.reconnects, groupDigits(broadcast.reconnects)],
  ];
}

/** A mean of people: with one decimal while there are few. */
export function averageText(value: number, locale: Locale): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : formatCount(Math.round(value), locale);
}
