/**
 * The money of the embedded store: the file `money.db` of the data folder, which a Worker writes.
 * While one commit waits for the disk, the next gathers.
 *
 * @module
 */
import { StoreBusyError, StoreFullError } from "../../rooms/errors.ts";
import type { MoneyStore } from "../../rooms/money/repository.ts";
import { type MoneyCall, type MoneyFailure, moneyOver, type MoneyResult } from "./operations.ts";
import type { MoneyAnswer, MoneyRequest } from "./protocol.ts";

/** Calls that may wait at once; more are refused with {@linkcode StoreBusyError}. */
const MAX_QUEUED = 20_000;
/** Calls of one commit. */
const MAX_COMMIT = 2_000;

/** How the store is opened. */
export interface EmbeddedMoneyOptions {
  /** Default: 20,000. */
  readonly maxQueued?: number;
}

/**
 * Opens the store, makes folder and file when missing.
 *
 * @throws {RangeError} when a newer version wrote the file.
 * @throws {StoreBusyError} when another process holds the file for more than 5 s.
 */
export async function openEmbeddedMoney(
  dataDir: string,
  options: EmbeddedMoneyOptions = {},
): Promise<MoneyStore> {
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = `${dataDir}/money.db`;
  // SQLite would make it readable for everybody; its journal takes the mode of the file.
  (await Deno.open(path, { create: true, append: true, mode: 0o600 })).close();
  const worker = new MoneyWorker();
  try {
    await worker.ask({ kind: "open", path });
  } catch (error) {
    await worker.ask({ kind: "close" });
    throw error;
  }
  return groupCommits(
    async (calls) => {
      const answer = await worker.ask({ kind: "run", calls });
      return answer.kind === "ran" ? answer.results : [];
    },
    async () => void await worker.ask({ kind: "close" }),
    options,
  );
}

interface Waiting {
  readonly call: MoneyCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A store whose calls are gathered into commits. */
export function groupCommits(
  commit: (calls: readonly MoneyCall[]) => Promise<readonly MoneyResult[]>,
  end: () => Promise<void>,
  options: EmbeddedMoneyOptions = {},
): MoneyStore {
  const { maxQueued = MAX_QUEUED } = options;
  let queue: Waiting[] = [];
  let queued = 0;
  let running: Promise<void> | null = null;
  let closing: Promise<void> | null = null;
  const drain = async () => {
    // Calls of the same turn of the event loop share the first commit.
    await new Promise((resolve) => setTimeout(resolve));
    while (queue.length > 0) {
      const batch = queue.slice(0, MAX_COMMIT);
      queue = queue.slice(MAX_COMMIT);
      try {
        const results = await commit(batch.map(({ call }) => call));
        for (const [index, { resolve, reject }] of batch.entries()) {
          const result = results[index];
          if (result?.kind === "done") resolve(result.value);
          else reject(toError(result?.failure ?? "other", result?.message ?? "no answer"));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error as Error);
      }
      queued -= batch.length;
    }
    // In the same breath as the look at the queue, or a call between would wait for ever.
    running = null;
  };
  const invoke = (call: MoneyCall): Promise<unknown> => {
    if (closing !== null) return Promise.reject(new Error("Cannot use the money: it is closed"));
    if (queued >= maxQueued) {
      return Promise.reject(
        new StoreBusyError(`Cannot use the money: ${queued} calls are waiting`),
      );
    }
    queued++;
    return new Promise((resolve, reject) => {
      queue.push({ call, resolve, reject });
      running ??= drain();
    });
  };
  return {
    ...moneyOver(invoke),
    get queued() {
      return queued;
    },
    close: () => closing ??= Promise.resolve(running).then(end),
  };
}

/**
 * Owns the Worker. An exception that nobody caught inside the Worker ends this process, as it
 * should: money of unknown state answers nobody, and the supervisor starts the role again.
 */
class MoneyWorker {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), {
    type: "module",
    name: "money",
  });
  /** In the order of the requests, which is that of the answers. */
  readonly #waiting: {
    readonly resolve: (answer: Exclude<MoneyAnswer, { kind: "failed" }>) => void;
    readonly reject: (error: Error) => void;
  }[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<MoneyAnswer>) => {
      const waiting = this.#waiting.shift();
      if (data.kind === "failed") waiting?.reject(toError(data.failure, data.message));
      else waiting?.resolve(data);
    };
  }

  ask(request: MoneyRequest): Promise<Exclude<MoneyAnswer, { kind: "failed" }>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }
}

function toError(failure: MoneyFailure, message: string): Error {
  switch (failure) {
    case "busy":
      return new StoreBusyError(`Cannot use the money: ${message}`);
    case "full":
      return new StoreFullError(`Cannot keep the money: ${message}`);
    case "range":
      return new RangeError(message);
    case "other":
      return new Error(`Cannot use the money: ${message}`);
  }
}
