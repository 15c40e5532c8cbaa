/**
 * Both pictures of battles as one stream, for devices that do not play two: what runs is what
 * should. The mixer is asked again and again, so that one that was restarted goes on; of several
 * processes one does this.
 *
 * @module
 */
import type { LiveState } from "../live_state.ts";
import type { Settings } from "../settings.ts";
import { type Battle, battleStream } from "./battle.ts";
import type { BattleRepository } from "./repository.ts";

/** Battles that are looked at. */
const MAX_OPEN = 2_000;
/** What was not begun is asked for again after so long, milliseconds. */
const RETRY_MS = 5_000;
/** The end of a battle is shown over its pictures for so long, milliseconds. */
const RESULT_MS = 6_000;
const MAX_NAME = 64;

/** Two rooms side by side, the challenger on the left. */
export interface BattleMix {
  readonly layout: "side_by_side";
  readonly size: "540p";
  /** Only where both rooms are live: rooms of two machines are not mixed. */
  readonly ifLive: true;
  readonly inputs: readonly { readonly stream: string; readonly name: string }[];
}

/** Mixes streams. */
export interface BattleMixer {
  /**
   * Begins a mix: null when it is done, else why not, in one word.
   *
   * @throws when nobody answers.
   */
  put(stream: string, mix: BattleMix): Promise<string | null>;
  /** Ends a mix; does nothing when there is none. */
  remove(stream: string): Promise<void>;
}

/** What {@linkcode BattleMixes} stands on. */
export interface BattleMixesOptions {
  readonly battles: Pick<BattleRepository, "open">;
  readonly live: Pick<LiveState, "of" | "battles">;
  readonly settings: Pick<Settings, "values">;
  readonly mixer: BattleMixer;
  readonly now: () => number;
}

interface Known {
  askedAtMs: number;
  wantedAtMs: number;
}

/** Whoever owns it calls {@linkcode BattleMixes.tick} every few seconds. */
export class BattleMixes {
  readonly #options: BattleMixesOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: BattleMixesOptions) {
    this.#options = options;
  }

  /** Begins mixes of battles that run, and ends those of battles that do not. */
  async tick(): Promise<void> {
    const { live, mixer, now } = this.#options;
    const nowMs = now();
    const running = live.battles(nowMs);
    const wanted = await this.#wanted();
    const work: Promise<unknown>[] = [];
    for (const [stream, battle] of wanted) {
      const known = this.#known.get(stream) ?? { askedAtMs: -Infinity, wantedAtMs: nowMs };
      known.wantedAtMs = nowMs;
      this.#known.set(stream, known);
      const isLive = battle.sides.every(({ room }) =>
        live.of(room, nowMs).stream?.state === "live"
      );
      if (running.has(stream) || !isLive || nowMs - known.askedAtMs < RETRY_MS) continue;
      known.askedAtMs = nowMs;
      work.push(mixer.put(stream, mixOf(battle)));
    }
    for (const stream of new Set([...running, ...this.#known.keys()])) {
      if (wanted.has(stream) || this.#isShown(stream, nowMs)) continue;
      this.#known.delete(stream);
      work.push(mixer.remove(stream));
    }
    const failed = (await Promise.allSettled(work)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  /** Battles that should be mixed, by the stream. */
  async #wanted(): Promise<ReadonlyMap<string, Battle>> {
    const { battles, settings } = this.#options;
    const wanted = new Map<string, Battle>();
    if (!settings.values.pkMix) return wanted;
    for (const battle of await battles.open({ limit: MAX_OPEN })) {
      const stream = battleStream(battle);
      const runs = battle.phase === "running" || battle.phase === "penalty";
      if (runs && stream !== null) wanted.set(stream, battle);
    }
    return wanted;
  }

  /** Whether the end of a battle is still to be seen. */
  #isShown(stream: string, nowMs: number): boolean {
    const known = this.#known.get(stream);
    return known !== undefined && this.#options.settings.values.pkMix &&
      nowMs - known.wantedAtMs < RESULT_MS;
  }
}

function mixOf({ sides }: Battle): BattleMix {
  const inputs = sides.map(({ room, name }) => ({ stream: room, name: name.slice(0, MAX_NAME) }));
  return { layout: "side_by_side", size: "540p", ifLive: true, inputs };
}
