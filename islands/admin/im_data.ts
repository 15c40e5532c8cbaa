/**
 * Rates, ages and intervals of messages as the administrators' page edits them.
 *
 * @module
 */
import type { Schemas } from "../../client/mod.ts";
import { KINDS, LANES } from "../../im/protocol/message.ts";
import { adminImText } from "../i18n/admin_im.ts";
import type { Locale } from "../i18n/mod.ts";

/** The setting `im`, as the API has it. Unreadable figures are NaN. */
export type ImValue = Schemas["MessageSettings"];

/** Figures with their bounds (inclusive), as the business has them. */
export const IM_FIGURES = [
  { key: "maxPerSecond", min: 1, max: 200 },
  { key: "batchMs", min: 100, max: 5_000 },
  { key: "chatPerTenSeconds", min: 1, max: 1_000 },
  { key: "roomChatPerSecond", min: 1, max: 100_000 },
  { key: "valuedLevel", min: 0, max: 1_000 },
  { key: "bigGiftCoins", min: 1, max: 1_000_000_000 },
  { key: "bigRoomViewers", min: 1, max: 10_000_000 },
  { key: "hotRoomPerSecond", min: 10, max: 1_000_000 },
] as const;
/** Bounds of ages, seconds. */
export const AGE_S = { min: 0.5, max: 120, step: 0.1 } as const;
/** Bounds of poll intervals, seconds. */
export const POLL_S = { min: 0.25, max: 60, step: 0.05 } as const;
/** Most steps of poll intervals. */
export const MAX_POLL_STEPS = 10;
/** Viewers of the last step: any number. */
const ANY_NUMBER = Number.MAX_SAFE_INTEGER;

/** Name of a form field of this setting. */
export function imField(...parts: readonly (string | number)[]): string {
  return ["im", ...parts].join("-");
}

/** The steps as the form shows them: those with a bound, then how it is above the last one. */
export function pollRows({ poll }: Pick<ImValue, "poll">): {
  readonly rows: readonly { readonly viewers: number; readonly afterMs: number }[];
  readonly aboveMs: number;
} {
  const rows = poll.filter(({ viewers }) => viewers !== ANY_NUMBER);
  return { rows, aboveMs: poll.find(({ viewers }) => viewers === ANY_NUMBER)?.afterMs ?? NaN };
}

/** What the form says; `field` answers the empty text for what is missing. */
export function readIm(field: (name: string) => string): ImValue {
  const figures = Object.fromEntries(
    IM_FIGURES.map(({ key }) => [key, numberOf(field(imField(key)))]),
  ) as Record<(typeof IM_FIGURES)[number]["key"], number>;
  const poll: { viewers: number; afterMs: number }[] = [];
  for (let row = 0; row < MAX_POLL_STEPS; row++) {
    const viewers = field(imField("poll", row, "viewers")).trim();
    const after = field(imField("poll", row, "after")).trim();
    if (viewers === "" && after === "") continue;
    poll.push({ viewers: numberOf(viewers), afterMs: msOf(after) });
  }
  poll.sort((a, b) => a.viewers - b.viewers);
  poll.push({ viewers: ANY_NUMBER, afterMs: msOf(field(imField("poll", "above"))) });
  return {
    ...figures,
    ageMs: Object.fromEntries(LANES.map((lane) => [lane, msOf(field(imField("age", lane)))])),
    poll,
    bigRoomPush: KINDS.filter((kind) => field(imField("push", kind)) !== ""),
  };
}

/** What of two values differs, in words; null: one of them cannot be read. */
export function imDifference(before: unknown, after: unknown, locale: Locale): string | null {
  if (!isIm(before) || !isIm(after)) return null;
  const text = adminImText(locale);
  const changes = [
    ...IM_FIGURES.filter(({ key }) => before[key] !== after[key])
      .map(({ key }) => text.change(text[key], `${before[key]}`, `${after[key]}`)),
    ...LANES.filter((lane) => before.ageMs[lane] !== after.ageMs[lane])
      .map((lane) =>
        text.change(
          text.ageOf(text[lane]),
          `${secondsOf(before.ageMs[lane])} s`,
          `${secondsOf(after.ageMs[lane])} s`,
        )
      ),
    ...JSON.stringify(before.poll) === JSON.stringify(after.poll) ? [] : [text.poll],
    ...before.bigRoomPush.join() === after.bigRoomPush.join() ? [] : [text.push],
  ];
  return changes.join(locale === "zh" ? "；" : "; ");
}

/** Milliseconds as the form shows them; empty: nothing that can be read. */
export function secondsOf(ms: number | null | undefined): string {
  return typeof ms === "number" && Number.isFinite(ms) ? String(ms / 1000) : "";
}

/** A figure as the form shows it. */
export function figureOf(value: number | null | undefined): string {
  return typeof value === "number" && Number.isFinite(value) ? String(value) : "";
}

function isIm(value: unknown): value is ImValue {
  return typeof value === "object" && value !== null && "ageMs" in value && "poll" in value &&
    "bigRoomPush" in value && Array.isArray(value.bigRoomPush);
}

function numberOf(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

function msOf(text: string): number {
  return Math.round(numberOf(text) * 1000);
}
