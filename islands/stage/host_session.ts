/**
 * A stage as its host sees and leads it: asked for again and again, as long as the studio is open.
 *
 * @module
 */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { api, ApiError, type Schemas } from "../ui/api.ts";
import { poll } from "../ui/poll.ts";
import { SeatViews } from "./seat_view.ts";

const INTERVAL_MS = 2_000;
/** Who broadcasts with a program has the studio behind its window. */
const HIDDEN_INTERVAL_MS = 5_000;

/** What may be changed of a stage. */
export type StageChange = Partial<Pick<Schemas["Stage"], "open" | "mode" | "layout">>;
/** What a host does with a guest. */
export type HostAction = "accept" | "decline" | "mute" | "unmute" | "remove";

/** See the module's docstring. */
export class HostSession {
  readonly views = new SeatViews();
  readonly #room: string;
  readonly #stage: Signal<Schemas["Stage"] | null> = signal(null);
  readonly #failed: Signal<boolean> = signal(false);
  readonly #end = new AbortController();

  constructor(room: string) {
    this.#room = room;
    poll({
      intervalMs: INTERVAL_MS,
      hiddenIntervalMs: HIDDEN_INTERVAL_MS,
      immediately: true,
      signal: this.#end.signal,
      run: async (signal) => {
        try {
          const { stage } = await api.get("/api/rooms/{room}/stage", { path: { room }, signal });
          this.#failed.value = false;
          this.#adopt(stage);
        } catch (error) {
          this.#failed.value = !signal.aborted;
          throw error;
        }
      },
    });
  }

  /** Null: nothing is known yet. */
  get stage(): ReadonlySignal<Schemas["Stage"] | null> {
    return this.#stage;
  }
  /** The last look did not succeed. */
  get failed(): ReadonlySignal<boolean> {
    return this.#failed;
  }

  /** @throws {ApiError} */
  async arrange(body: StageChange): Promise<void> {
    const path = { room: this.#room };
    this.#adopt((await api.patch("/api/rooms/{room}/stage", { path, body })).stage);
  }

  /** @throws {ApiError} */
  async invite(name: string): Promise<void> {
    const path = { room: this.#room };
    const { stage } = await api.post("/api/rooms/{room}/stage/invitations", {
      path,
      body: { name },
    });
    this.#adopt(stage);
  }

  /** @throws {ApiError} */
  async act(account: string, action: HostAction): Promise<void> {
    const { stage } = await api.patch("/api/rooms/{room}/stage/guests/{account}", {
      path: { room: this.#room, account },
      body: { action },
    });
    this.#adopt(stage);
  }

  /** The studio goes away. */
  close(): void {
    this.#end.abort();
    this.views.close();
  }

  #adopt(stage: Schemas["Stage"]): void {
    const before = this.#stage.value;
    if (this.#end.signal.aborted || (before !== null && stage.version < before.version)) return;
    this.#stage.value = stage;
    this.views.follow(stage.streams);
  }
}

/** The code of what stood in the way. */
export function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code ?? "" : "";
}
