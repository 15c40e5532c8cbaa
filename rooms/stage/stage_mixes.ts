/**
 * What the mixer is told of stages: whom it shows, and how. It is told again and again, so that a
 * mixer that was restarted goes on; of several processes one does this.
 *
 * @module
 */
import type { LiveState } from "../live_state.ts";
import { hostStream, seated, seatStream, type Stage, type StageLayout } from "./stage.ts";

/** What is said again after so long without a change, milliseconds. */
const AGAIN_MS = 10_000;
/** What was not done is said again after so long, milliseconds. */
const RETRY_MS = 3_000;
const MAX_NAME = 64;

/** A mix that takes the place of a room's publisher. */
export interface StageMix {
  readonly layout: StageLayout;
  /** The stream that the room's publisher stands on meanwhile; it is one of the inputs. */
  readonly publisher: string;
  readonly inputs: readonly {
    readonly stream: string;
    readonly name: string;
    readonly muted: boolean;
  }[];
}

/** Mixes the streams of rooms. */
export interface StageMixer {
  /**
   * Begins or changes a room's mix: null when it is done, else why not, in one word.
   *
   * @throws when nobody answers.
   */
  put(room: string, mix: StageMix): Promise<string | null>;
  /** Gives the room back to its publisher; does nothing when there is no mix. */
  remove(room: string): Promise<void>;
}

interface Known {
  readonly words: string;
  readonly atMs: number;
  readonly trouble: string | null;
}

/** See the module's docstring. */
export class StageMixes {
  readonly #options: {
    readonly mixer: StageMixer;
    readonly live: Pick<LiveState, "report">;
  };
  readonly #known = new Map<string, Known>();
  readonly #removedAtMs = new Map<string, number>();
  /** Guests who have been on the air: they keep their place while they are away for a moment. */
  readonly #come = new Map<string, ReadonlySet<string>>();

  constructor(options: {
    readonly mixer: StageMixer;
    readonly live: Pick<LiveState, "report">;
  }) {
    this.#options = options;
  }

  /** One look at a stage: why it is not mixed although it should be, or null. */
  async tend(
    stage: Stage,
    { hostName, nowMs }: { readonly hostName: string; readonly nowMs: number },
  ): Promise<string | null> {
    const { room } = stage;
    const { live, mixer } = this.#options;
    const publisher = hostStream(room);
    if (publisher === null) return "unavailable";
    const isMixed = live.report(room, nowMs)?.protocol === "mix";
    const isHostApart = live.report(publisher, nowMs) !== null;
    const isHostThere = isHostApart || (!isMixed && live.report(room, nowMs) !== null);
    const guests = this.#guests(stage, nowMs);
    const known = this.#known.get(room);
    if (stage.mode !== "mixed" || !isHostThere || guests.length === 0) {
      this.#known.delete(room);
      // Beside a canvas of its own a host's voice is apart.
      const isRunning = known !== undefined || isMixed ||
        (isHostApart && stage.mode === "mixed");
      if (isRunning && nowMs - (this.#removedAtMs.get(room) ?? -Infinity) >= RETRY_MS) {
        this.#removedAtMs.set(room, nowMs);
        await mixer.remove(room);
      }
      return null;
    }
    this.#removedAtMs.delete(room);
    const mix: StageMix = {
      layout: stage.layout,
      publisher,
      inputs: [{ stream: publisher, name: hostName.slice(0, MAX_NAME), muted: false }, ...guests],
    };
    const words = JSON.stringify(mix);
    const isDone = isMixed && known?.trouble === null;
    if (known?.words === words && nowMs - known.atMs < (isDone ? AGAIN_MS : RETRY_MS)) {
      return known.trouble;
    }
    const trouble = await mixer.put(room, mix);
    this.#known.set(room, { words, atMs: nowMs, trouble });
    return trouble;
  }

  /** Stages that are no more are forgotten. */
  keep(rooms: readonly string[]): void {
    const kept = new Set(rooms);
    for (const map of [this.#known, this.#removedAtMs, this.#come]) {
      for (const room of map.keys()) if (!kept.has(room)) map.delete(room);
    }
  }

  #guests(stage: Stage, nowMs: number): StageMix["inputs"] {
    const before = this.#come.get(stage.room);
    const come = seated(stage).filter((guest) =>
      before?.has(guest.account) || guest.seenAtMs > guest.sinceMs ||
      this.#options.live.report(seatStream(stage.room, guest.seat), nowMs) !== null
    );
    this.#come.set(stage.room, new Set(come.map(({ account }) => account)));
    return come.map(({ seat, name, muted }) => ({
      stream: seatStream(stage.room, seat),
      name: name.slice(0, MAX_NAME),
      muted,
    }));
  }
}
