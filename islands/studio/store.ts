/**
 * One look at the server for all islands of the studio: they hydrate one by one and share what is
 * known. Lives in the browser alone; the server renders from the snapshot.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { api, ApiError, type Schemas } from "../ui/api.ts";
import { poll } from "../ui/poll.ts";
import {
  broadcastOf,
  detailsOf,
  MAX_BROADCASTS,
  type RoomChange,
  runningOf,
  type StudioSnapshot,
} from "./snapshot.ts";
import { afterBroadcasts, afterLook, stateOf, type StudioState } from "./state.ts";

const INTERVAL_MS = 2_000;
/** The page lies behind the encoder's window: its title still tells when the stream ends. */
const HIDDEN_INTERVAL_MS = 15_000;
/** The record of a broadcast is written a moment after its end. */
const RECORD_PAUSE_MS = 1_500;
const RECORD_TRIES = 8;
/** What was stopped is gone after a moment. */
const LOOK_SOON_MS = 300;
const LOOKS_SOON = 10;

/** The page's one store. */
export class StudioStore {
  /** Path parameters of every call. */
  readonly #path: { readonly room: string };
  readonly #listeners = new Set<() => void>();
  /** Milliseconds to add to the browser's clock for the server's. */
  readonly #skewMs: number;
  #state: StudioState;
  #end: AbortController | null = null;

  constructor(snapshot: StudioSnapshot) {
    this.#path = { room: snapshot.roomId };
    this.#state = stateOf(snapshot);
    this.#skewMs = snapshot.nowMs - Date.now();
  }

  /** What is known now. */
  get state(): StudioState {
    return this.#state;
  }

  /** The server's clock. */
  nowMs(): number {
    return Date.now() + this.#skewMs;
  }

  /** Looks at the server as long as somebody listens; answers how to leave. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#end === null) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#end?.abort();
      this.#end = null;
    };
  }

  /** Looks at once: something was done that changes what runs. */
  async look(signal?: AbortSignal): Promise<void> {
    const answer = await api.get("/api/rooms/{room}/stream", {
      path: this.#path,
      ...(signal && { signal }),
    });
    const before = this.#state;
    this.#set(afterLook(before, runningOf(answer), this.nowMs()));
    const { ended, stream } = this.#state;
    if (ended !== null && ended.startedAtMs !== before.ended?.startedAtMs) {
      void this.#fetchFigures(ended.startedAtMs);
    } else if (stream !== null && stream.startedAtMs !== before.stream?.startedAtMs) {
      // The new broadcast stands in the list a moment after it began.
      void pause(RECORD_PAUSE_MS).then(() => this.#fetchBroadcasts({ last: false }));
    }
  }

  /**
   * Changes the room: shown at once, and taken back when the server refuses.
   *
   * @throws {ApiError} when the server refuses or does not answer.
   */
  async change(change: RoomChange): Promise<void> {
    const before = this.#state.room;
    this.#set({ ...this.#state, room: { ...before, ...change } });
    const { nextLiveAtMs, ...rest } = change;
    const body = {
      ...rest,
      ...(nextLiveAtMs !== undefined && {
        nextLiveAt: nextLiveAtMs === null ? null : new Date(nextLiveAtMs).toISOString(),
      }),
    };
    try {
      this.showRoom((await api.patch("/api/rooms/{room}", { path: this.#path, body })).room);
    } catch (error) {
      const { room } = this.#state;
      const kept = Object.keys(change) as (keyof RoomChange)[];
      const undone = Object.fromEntries(
        kept.filter((key) => room[key] === change[key]).map((key) => [key, before[key]]),
      );
      this.#set({ ...this.#state, room: { ...room, ...undone } });
      throw error;
    }
  }

  /** The room as the server says it is. */
  showRoom(room: Schemas["Room"]): void {
    this.#set({ ...this.#state, room: detailsOf(room) });
  }

  /** Takes the cover away; throws as {@linkcode change}. */
  async removeCover(): Promise<void> {
    this.showRoom((await api.delete("/api/rooms/{room}/cover", { path: this.#path })).room);
  }

  /**
   * Ends the running stream.
   *
   * @throws {ApiError} 503 when an origin did not confirm; and as {@linkcode change}.
   */
  async endStream(): Promise<void> {
    await api.delete("/api/rooms/{room}/stream", { path: this.#path });
    await this.look();
  }

  /** Looks again until what was stopped here is gone from the server, for a few seconds. */
  async lookSoon(): Promise<void> {
    for (let tries = 0; tries < LOOKS_SOON; tries++) {
      await this.look();
      if (this.#state.stream === null) return;
      await pause(LOOK_SOON_MS);
    }
  }

  /** Lets the encoder in again; throws as {@linkcode change}. */
  async release(): Promise<void> {
    await api.delete("/api/rooms/{room}/hold", { path: this.#path });
    await this.look();
  }

  /** Puts the summary of the last broadcast away. */
  dismissSummary(): void {
    this.#set({ ...this.#state, ended: null });
  }

  #start(): void {
    const end = new AbortController();
    this.#end = end;
    poll({
      intervalMs: INTERVAL_MS,
      hiddenIntervalMs: HIDDEN_INTERVAL_MS,
      immediately: true,
      signal: end.signal,
      onOutcome: (failures) => {
        if (failures !== this.#state.failures) this.#set({ ...this.#state, failures });
      },
      run: async (signal) => {
        try {
          await this.look(signal);
        } catch (error) {
          if (error instanceof ApiError && [401, 403].includes(error.status)) {
            this.#set({ ...this.#state, signedOut: true });
          }
          throw error;
        }
      },
    });
  }

  async #fetchFigures(startedAtMs: number): Promise<void> {
    for (let tries = 1; tries <= RECORD_TRIES; tries++) {
      await pause(RECORD_PAUSE_MS);
      if (this.#state.ended?.startedAtMs !== startedAtMs) return;
      await this.#fetchBroadcasts({ last: tries === RECORD_TRIES });
      if (this.#state.ended?.figures !== null) return;
    }
  }

  async #fetchBroadcasts({ last }: { readonly last: boolean }): Promise<void> {
    const list = await api.get("/api/rooms/{room}/broadcasts", {
      path: this.#path,
      query: { limit: MAX_BROADCASTS },
      // What the page says of a server that does not answer stands elsewhere.
    }).then(({ broadcasts }) => broadcasts.map(broadcastOf), () => null);
    this.#set(afterBroadcasts(this.#state, list, { last }));
  }

  #set(state: StudioState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

let store: StudioStore | null = null;

/** The store of this page; made by whoever needs it first. */
export function studioStore(snapshot: StudioSnapshot): StudioStore {
  return store ??= new StudioStore(snapshot);
}

/** What is known now, renewed as it changes; the first rendering is the server's. */
export function useStudio(snapshot: StudioSnapshot): StudioState {
  const [state, setState] = useState(() => stateOf(snapshot));
  useEffect(() => {
    const shared = studioStore(snapshot);
    const follow = () => setState(shared.state);
    follow();
    return shared.subscribe(follow);
  }, []);
  return state;
}

/** The server's clock, each second while `ticking`; else as it was at the last look. */
export function useNow(
  snapshot: StudioSnapshot,
  { lookedAtMs, ticking }: { readonly lookedAtMs: number; readonly ticking: boolean },
): number {
  const [nowMs, setNowMs] = useState(lookedAtMs);
  useEffect(() => {
    if (!ticking) return;
    const tick = () => setNowMs(studioStore(snapshot).nowMs());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [ticking]);
  return ticking ? Math.max(nowMs, lookedAtMs) : lookedAtMs;
}
