/**
 * What belongs to a good broadcast from the browser, before it begins. Pure.
 *
 * @module
 */
import type { CheckState } from "../checklist.ts";
import { isDefaultTitle } from "../checklist.ts";
import type { RoomDetails } from "../snapshot.ts";
import type { NetworkCheck } from "./network_check.ts";

/** One line of the list. */
export interface BrowserCheck {
  readonly name: "camera" | "microphone" | "network" | "title";
  readonly state: CheckState;
}

/** What the desk has; null: it is not open. */
export interface DeskFacts {
  /** Something moves in the picture. */
  readonly picture: boolean;
  readonly sound: boolean;
  /** The sound was heard. */
  readonly heard: boolean;
  readonly network: NetworkCheck;
}

/** The list, in the order of doing it. */
export function browserChecks(
  { desk, room, ownerName }: {
    readonly desk: DeskFacts | null;
    readonly room: Pick<RoomDetails, "title">;
    readonly ownerName: string;
  },
): readonly BrowserCheck[] {
  return [
    { name: "camera", state: desk?.picture === true ? "done" : "open" },
    {
      name: "microphone",
      state: desk === null || !desk.sound ? "open" : desk.heard ? "done" : "wrong",
    },
    { name: "network", state: networkState(desk?.network ?? { state: "unknown" }) },
    { name: "title", state: isDefaultTitle(room.title, ownerName) ? "open" : "done" },
  ];
}

/** Whether there is something to show: all the rest is advice. */
export function canGoLive(checks: readonly BrowserCheck[]): boolean {
  return checks.some(({ name, state }) => name === "camera" && state === "done");
}

function networkState({ state }: NetworkCheck): CheckState {
  switch (state) {
    case "unknown":
    case "checking":
      return "later";
    case "good":
      return "done";
    case "slow":
    case "noRtc":
    case "failed":
      return "wrong";
  }
}
