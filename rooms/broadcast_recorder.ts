/**
 * Keeps a record of every broadcast: how long, how many watched, how it arrived.
 *
 * @module
 */
import type { Fence } from "./leases.ts";
import type { LiveState } from "./live_state.ts";
import type { Broadcast, StreamReport } from "./model.ts";
import type { BoardRepository } from "./money/repository.ts";
import type { BroadcastRepository, RoomRepository } from "./repository.ts";

/** A running broadcast is written this often, milliseconds; its end at once. */
const WRITE_EVERY_MS = 10_000;
/** Broadcasts that are kept of one room. */
export const MAX_BROADCASTS_PER_ROOM = 500;
/** Without a single report of `media`, a stream is believed to be over only after so long. */
const SILENCE_MS = 60_000;
const MAX_RUNNING = 10_000;
/** Longest span that one look stands for, milliseconds: a sleep of the machine counts no viewers. */
const MAX_STEP_MS = 10_000;

interface Running {
  broadcast: Broadcast;
  /** Milliseconds that the means stand for. */
  seenMs: number;
  writtenAtMs: number;
}

/** What {@linkcode BroadcastRecorder} stands on. */
export interface BroadcastRecorderOptions {
  readonly broadcasts: BroadcastRepository;
  readonly rooms: Pick<RoomRepository, "update">;
  readonly live: LiveState;
  readonly boards: Pick<BoardRepository, "since">;
}

/**
 * Looks at what is live; whoever owns it calls {@linkcode BroadcastRecorder.tick} every 2 s. Of several
 * processes one records: it takes the broadcasts up when it begins, and rests when it is another's
 * turn.
 */
export class BroadcastRecorder {
  readonly #options: BroadcastRecorderOptions;
  readonly #running = new Map<string, Running>();

  private constructor(options: BroadcastRecorderOptions) {
    this.#options = options;
  }

  /** Takes up the broadcasts that ran when this process ended before. */
  static async open(
    options: BroadcastRecorderOptions,
    { nowMs }: { readonly nowMs: number },
  ): Promise<BroadcastRecorder> {
    const recorder = new BroadcastRecorder(options);
    await recorder.takeUp(nowMs);
    return recorder;
  }

  /** Goes on with what the store says of running broadcasts, whoever recorded them. */
  async takeUp(nowMs: number): Promise<void> {
    const found = await this.#options.broadcasts.running({ limit: MAX_RUNNING });
    this.#running.clear();
    for (const broadcast of found) {
      this.#running.set(keyOf(broadcast.roomId, broadcast.startedAtMs), {
        broadcast,
        seenMs: Math.max(0, broadcast.seenAtMs - broadcast.startedAtMs),
        writtenAtMs: nowMs,
      });
    }
  }

  /** Somebody else records from now on. */
  rest(): void {
    this.#running.clear();
  }

  /** The running broadcast of a room, as it stands. */
  of(roomId: string): Broadcast | null {
    for (const { broadcast } of this.#running.values()) {
      if (broadcast.roomId === roomId) return broadcast;
    }
    return null;
  }

  /** One look: counts, writes what is due, ends what is over. `fence` null: nobody else records. */
  async tick(nowMs: number, fence: Fence | null = null): Promise<void> {
    const seen = new Set<string>();
    const due: Running[] = [];
    for (const { stream, viewers } of this.#options.live.list(nowMs)) {
      const key = keyOf(stream.room, stream.startedAtMs);
      let running = this.#running.get(key);
      if (running === undefined) {
        if (this.#running.size >= MAX_RUNNING) continue;
        running = { broadcast: begun(stream, nowMs), seenMs: 0, writtenAtMs: -Infinity };
        this.#running.set(key, running);
      }
      seen.add(key);
      count(running, { stream, viewers, nowMs });
      if (nowMs - running.writtenAtMs >= WRITE_EVERY_MS) due.push(running);
    }
    const heard = this.#options.live.inspect(nowMs).mediaNodes > 0;
    const ended = [...this.#running].filter(([key, { broadcast }]) =>
      !seen.has(key) && (heard || nowMs - broadcast.seenAtMs >= SILENCE_MS)
    );
    for (const [key, running] of ended) {
      running.broadcast = { ...running.broadcast, endedAtMs: running.broadcast.seenAtMs };
      due.push(running);
      this.#running.delete(key);
    }
    await this.#write(due, { nowMs, fence });
  }

  /** Writes what runs, so that little is lost when the process ends. */
  async close(nowMs: number, fence: Fence | null = null): Promise<void> {
    await this.#write([...this.#running.values()], { nowMs, fence });
  }

  async #write(
    due: readonly Running[],
    { nowMs, fence }: { readonly nowMs: number; readonly fence: Fence | null },
  ): Promise<void> {
    if (due.length === 0) return;
    for (const running of due) running.writtenAtMs = nowMs;
    // What ended first: the count of a room begins anew with its next broadcast.
    due = due.toSorted((a, b) =>
      Number(a.broadcast.endedAtMs === null) - Number(b.broadcast.endedAtMs === null)
    );
    for (const running of due) {
      const { roomId, startedAtMs } = running.broadcast;
      const coins = await this.#options.boards.since(roomId, startedAtMs);
      const giftCoins = Math.max(running.broadcast.giftCoins, coins);
      running.broadcast = { ...running.broadcast, giftCoins };
    }
    const outcome = await this.#options.broadcasts.put(
      due.map(({ broadcast }) => broadcast),
      { maxPerRoom: MAX_BROADCASTS_PER_ROOM, fence },
    );
    if (outcome === "passed_on") {
      this.rest();
      return;
    }
    for (const { broadcast } of due) {
      await this.#options.rooms.update(broadcast.roomId, { lastLiveAtMs: broadcast.seenAtMs });
    }
  }
}

function keyOf(roomId: string, startedAtMs: number): string {
  return `${roomId} ${startedAtMs}`;
}

function begun(stream: StreamReport, nowMs: number): Broadcast {
  return {
    roomId: stream.room,
    startedAtMs: stream.startedAtMs,
    endedAtMs: null,
    seenAtMs: nowMs,
    peakViewers: 0,
    averageViewers: 0,
    averageKbps: 0,
    droppedFrames: 0,
    reconnects: 0,
    giftCoins: 0,
    encoder: stream.encoder,
    protocol: stream.protocol,
    width: 0,
    height: 0,
  };
}

/** Adds one look to the means. */
function count(
  running: Running,
  look: { readonly stream: StreamReport; readonly viewers: number; readonly nowMs: number },
): void {
  const { stream, viewers, nowMs } = look;
  const before = running.broadcast;
  const stepMs = Math.min(MAX_STEP_MS, Math.max(0, nowMs - before.seenAtMs));
  const seenMs = running.seenMs + stepMs;
  const mean = (old: number, value: number) =>
    seenMs === 0 ? value : old + (value - old) * stepMs / seenMs;
  running.seenMs = seenMs;
  running.broadcast = {
    ...before,
    // The stream runs again, whatever was believed of it.
    endedAtMs: null,
    seenAtMs: Math.max(before.seenAtMs, nowMs),
    peakViewers: Math.max(before.peakViewers, viewers),
    averageViewers: mean(before.averageViewers, viewers),
    averageKbps: mean(before.averageKbps, stream.bitrateKbps),
    droppedFrames: Math.max(before.droppedFrames, stream.droppedFrames),
    reconnects: Math.max(before.reconnects, stream.reconnects),
    encoder: stream.encoder ?? before.encoder,
    width: stream.video?.width ?? before.width,
    height: stream.video?.height ?? before.height,
  };
}
