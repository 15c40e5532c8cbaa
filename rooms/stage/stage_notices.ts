/**
 * What everybody in a room hears of its stage: absolute, with a version, and again every minute.
 *
 * @module
 */
import type { MessageLog } from "../../im/log.ts";
import type { Draft, Json } from "../../im/protocol/message.ts";
import type { KeptStage } from "./repository.ts";
import { seated } from "./stage.ts";

/** What did not change is said again after so long, milliseconds: a frame may have been lost. */
const SAY_AGAIN_MS = 60_000;

/** Says stages to rooms. */
export class StageNotices {
  readonly #log: Pick<MessageLog, "append">;
  readonly #said = new Map<string, { readonly words: string; readonly atMs: number }>();

  constructor(log: Pick<MessageLog, "append">) {
    this.#log = log;
  }

  /** Says how a stage is when the room did not hear it from here, or long ago. */
  async say({ stage, version }: KeptStage, nowMs: number): Promise<void> {
    const data = stageData({ stage, version });
    const words = JSON.stringify({ ...data, version: 0 });
    const said = this.#said.get(stage.room);
    const isNews = said?.words !== words;
    if (!isNews && nowMs - said.atMs < SAY_AGAIN_MS) return;
    const draft: Draft = {
      kind: "notice",
      body: { notice: "stage", data },
      lane: "moderation",
      from: null,
      stateKey: "stage",
    };
    const turn = isNews ? "" : ` ${Math.floor(nowMs / SAY_AGAIN_MS)}`;
    await this.#log.append(stage.room, [{ draft, dedupeKey: `stage ${version}${turn}` }]);
    this.#said.set(stage.room, { words, atMs: nowMs });
  }

  /** Stages that are no more are forgotten. */
  keep(rooms: readonly string[]): void {
    const kept = new Set(rooms);
    for (const room of this.#said.keys()) if (!kept.has(room)) this.#said.delete(room);
  }
}

/**
 * A stage for everybody: who sits where, and whom the host waits for. Who asks is the host's
 * business; they are counted.
 */
export function stageData({ stage, version }: KeptStage): { readonly [key: string]: Json } {
  return {
    version,
    open: stage.open,
    mode: stage.mode,
    layout: stage.layout,
    seats: seated(stage).map(({ seat, account, name, muted }) => ({ seat, account, name, muted })),
    invited: stage.guests.filter(({ phase }) => phase === "invited").map(({ account }) => account),
    asking: stage.guests.filter(({ phase }) => phase === "asking").length,
  };
}
