/**
 * Asks the origins to mix streams.
 *
 * @module
 */
import type { Logger } from "../platform/log.ts";
import type { BattleMix, BattleMixer } from "../rooms/pk/battle_mixes.ts";
import type { StageMix, StageMixer } from "../rooms/stage/stage_mixes.ts";
import { askOrigin, boundedText } from "./ask_origin.ts";

/** A mixer may have to look for a font first. */
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;

/** What {@linkcode MixerClient} needs. */
export interface MixerClientOptions {
  /** Base URLs without a trailing slash. */
  readonly origins: readonly string[];
  readonly clusterSecret: string;
  readonly log: Logger;
}

/** Speaks to every origin of the configuration: the one that has the streams mixes them. */
export class MixerClient implements BattleMixer, StageMixer {
  readonly #options: MixerClientOptions;

  constructor(options: MixerClientOptions) {
    this.#options = options;
  }

  /** @throws when no origin answers. */
  async put(stream: string, mix: BattleMix | StageMix): Promise<string | null> {
    const outcomes = await Promise.allSettled(
      this.#options.origins.map((origin) => this.#putAt(origin, stream, mix)),
    );
    const answers = outcomes.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (answers.length === 0 && failed?.status === "rejected") throw failed.reason;
    if (answers.includes(null)) return null;
    const reason = answers.find((one) => one !== "not_live") ?? "not_live";
    this.#options.log.warn("mix_refused", { stream, reason });
    return reason;
  }

  /** @throws when an origin does not do it. */
  async remove(stream: string): Promise<void> {
    await Promise.all(this.#options.origins.map(async (origin) => {
      const response = await this.#fetch(`${origin}/mixes/${stream}`, { method: "DELETE" });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`Cannot end mix ${stream}: status ${response.status}`);
    }));
  }

  /** Null: it mixes; else why not, in one word. */
  async #putAt(origin: string, stream: string, mix: BattleMix | StageMix): Promise<string | null> {
    const response = await this.#fetch(`${origin}/mixes/${stream}`, {
      method: "PUT",
      body: JSON.stringify(mix),
    });
    const text = await boundedText(response, MAX_BYTES);
    return response.ok ? null : codeIn(text);
  }

  #fetch(url: string, init: { method: string; body?: string }): Promise<Response> {
    return askOrigin(url, {
      ...init,
      clusterSecret: this.#options.clusterSecret,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}

/** The `code` of a problem answer. */
function codeIn(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === "string" ? code.slice(0, 64) : "unavailable";
  } catch {
    return "unavailable";
  }
}
