/**
 * What belongs to a good broadcast, told from the room and from what arrives: it checks itself.
 *
 * @module
 */
import { checklistText } from "../i18n/checklist.ts";
import { LOCALES } from "../i18n/mod.ts";
import type { StreamFigures } from "../ui/room_data.ts";
import type { RoomDetails } from "./snapshot.ts";

/** What is checked, in the order of doing it. */
export type CheckName =
  | "title"
  | "category"
  | "description"
  | "cover"
  | "encoder"
  | "sound"
  | "keyFrames";

/**
 * `open`: there is something to do. `later`: it cannot be told before the stream arrives.
 * `wrong`: the stream arrives, and this is not well with it.
 */
export type CheckState = "done" | "open" | "later" | "wrong";

/** One line of the list. */
export interface Check {
  readonly name: CheckName;
  readonly state: CheckState;
  /** The broadcast is whole without it. */
  readonly optional: boolean;
}

/** Longest interval that is fine, milliseconds; the advice of the running stream agrees. */
const LONGEST_KEY_FRAME_INTERVAL_MS = 4_500;

/** The list for a room and what arrives in it. */
export function checklistOf(
  { room, ownerName, stream }: {
    readonly room: RoomDetails;
    readonly ownerName: string;
    readonly stream: StreamFigures | null;
  },
): readonly Check[] {
  const filled = (is: boolean): CheckState => is ? "done" : "open";
  const live = stream?.state === "live" ? stream : null;
  return [
    { name: "title", state: filled(!isDefaultTitle(room.title, ownerName)), optional: false },
    { name: "category", state: filled(room.category !== null), optional: false },
    { name: "description", state: filled(room.description !== ""), optional: true },
    { name: "cover", state: filled(room.cover !== null), optional: true },
    { name: "encoder", state: filled(live !== null), optional: false },
    { name: "sound", state: measured(live, (of) => of.audio !== null), optional: false },
    {
      name: "keyFrames",
      state: measured(live, ({ video }) => {
        if (video === null) return false;
        const intervalMs = video.keyFrameIntervalMs;
        return intervalMs === null ? null : intervalMs < LONGEST_KEY_FRAME_INTERVAL_MS;
      }),
      optional: false,
    },
  ];
}

/** The one thing to do next; null when all that counts is done or comes by itself. */
export function nextStep(checks: readonly Check[]): CheckName | null {
  const open = checks.filter(({ optional }) => !optional);
  return (open.find(({ state }) => state === "open") ??
    open.find(({ state }) => state === "wrong"))?.name ?? null;
}

/** How many of those that count are done. */
export function progressOf(checks: readonly Check[]): { done: number; of: number } {
  const counted = checks.filter(({ optional }) => !optional);
  return { done: counted.filter(({ state }) => state === "done").length, of: counted.length };
}

/** Whether a title is the one that a new room is offered, in any language. */
export function isDefaultTitle(title: string, ownerName: string): boolean {
  return LOCALES.some((locale) => checklistText(locale).defaultTitle(ownerName) === title);
}

function measured(
  stream: StreamFigures | null,
  judge: (stream: StreamFigures) => boolean | null,
): CheckState {
  const fine = stream === null ? null : judge(stream);
  if (fine === null) return "later";
  return fine ? "done" : "wrong";
}
