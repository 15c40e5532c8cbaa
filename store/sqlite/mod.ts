/**
 * The embedded store: SQLite in a Worker, in the file `wanren.db` of the data folder.
 *
 * @module
 */
import { type Repositories, StoreBusyError } from "../../rooms/repository.ts";
import { type Group, type Invoke, repositoriesOver } from "../operations.ts";
import type { StoreAnswer, StoreFailure, StoreRequest } from "./protocol.ts";

/** Calls that may wait at once; more are refused with {@linkcode StoreBusyError}. */
const MAX_QUEUED = 2_000;

/** How the store is opened. */
export interface SqliteStoreOptions {
  /** Default: 2,000. */
  readonly maxQueued?: number;
}

/**
 * Opens the store, makes folder and file when missing, and brings the file to this version.
 *
 * @throws {RangeError} when a newer version wrote the file.
 * @throws {StoreBusyError} when another process holds the file for more than 5 s.
 */
export async function openSqliteStore(
  dataDir: string,
  options: SqliteStoreOptions = {},
): Promise<Repositories> {
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = `${dataDir}/wanren.db`;
  // SQLite would make it readable for everybody; its journal takes the mode of the file.
  (await Deno.open(path, { create: true, append: true, mode: 0o600 })).close();
  const store = new SqliteStore(options);
  await store.open(path);
  return store;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Owns the Worker. An exception that nobody caught inside the Worker ends this process, as it
 * should: a store of unknown state answers nobody, and the supervisor starts the role again.
 */
class SqliteStore implements Repositories {
  readonly accounts: Repositories["accounts"];
  readonly sessions: Repositories["sessions"];
  readonly rooms: Repositories["rooms"];
  readonly follows: Repositories["follows"];
  readonly broadcasts: Repositories["broadcasts"];
  readonly likes: Repositories["likes"];
  readonly settings: Repositories["settings"];
  readonly audit: Repositories["audit"];
  readonly moderation: Repositories["moderation"];
  readonly leases: Repositories["leases"];
  readonly calls: Repositories["calls"];
  readonly stages: Repositories["stages"];
  readonly #worker: Worker;
  readonly #maxQueued: number;
  readonly #waiting = new Map<number, Waiting>();
  #control: Waiting | null = null;
  #closing: Promise<void> | null = null;
  #lastId = 0;

  constructor(options: SqliteStoreOptions) {
    this.#maxQueued = options.maxQueued ?? MAX_QUEUED;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "store",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<StoreAnswer>) => this.#take(data);
    const invoke: Invoke = (group, method, input) => this.#run({ group, method, input });
    const repositories = repositoriesOver(invoke);
    this.accounts = repositories.accounts;
    this.sessions = repositories.sessions;
    this.rooms = repositories.rooms;
    this.follows = repositories.follows;
    this.broadcasts = repositories.broadcasts;
    this.likes = repositories.likes;
    this.settings = repositories.settings;
    this.audit = repositories.audit;
    this.moderation = repositories.moderation;
    this.leases = repositories.leases;
    this.calls = repositories.calls;
    this.stages = repositories.stages;
  }

  get queued(): number {
    return this.#waiting.size;
  }

  async open(path: string): Promise<void> {
    try {
      await this.#controlled({ kind: "open", path });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  close(): Promise<void> {
    // The Worker takes messages in order, so that everything accepted is done before it closes.
    return this.#closing ??= this.#controlled({ kind: "close" });
  }

  #run(
    call: { readonly group: Group; readonly method: string; readonly input: readonly unknown[] },
  ): Promise<unknown> {
    if (this.#closing !== null) {
      return Promise.reject(new Error("Cannot use the store: it is closed"));
    }
    if (this.#waiting.size >= this.#maxQueued) {
      return Promise.reject(
        new StoreBusyError(`Cannot use the store: ${this.#waiting.size} calls are waiting`),
      );
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ kind: "run", id, ...call } satisfies StoreRequest);
    });
  }

  #controlled(request: StoreRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#control = { resolve: () => resolve(), reject };
      this.#worker.postMessage(request);
    });
  }

  #take(answer: StoreAnswer): void {
    switch (answer.kind) {
      case "opened":
      case "closed":
        this.#control?.resolve(undefined);
        break;
      case "done":
        this.#settle(answer.id)?.resolve(answer.value);
        break;
      case "failed": {
        const waiting = answer.id === null ? this.#control : this.#settle(answer.id);
        waiting?.reject(toError(answer.failure, answer.message));
        break;
      }
    }
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}

function toError(failure: StoreFailure, message: string): Error {
  switch (failure) {
    case "busy":
      return new StoreBusyError(`Cannot use the store: ${message}`);
    case "type":
      return new TypeError(message);
    case "range":
      return new RangeError(message);
    case "other":
      return new Error(`Cannot use the store: ${message}`);
  }
}
