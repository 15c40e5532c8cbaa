/**
 * Takes, pictures and recordings alike, kept on the reader's own device in the origin private file
 * system (File System Standard §6): what was recorded outlives a closed tab until it is saved or
 * discarded.
 *
 * Each take is a folder below `takes/`: `take.json` is its index, every piece a file of its own
 * that is closed as soon as it is written, named by its number and the millisecond at which it
 * ends. A writer holds a lock as long as it writes, so that no other tab takes its work for an
 * orphan.
 *
 * @module
 */
import type { Size } from "./constraints.ts";
import { MAX_HEAD_BYTES, withDuration } from "./webm.ts";

/** What is known of a take. */
export interface Take extends Size {
  readonly id: string;
  readonly kind: "picture" | "recording";
  /** Media type, without codecs. */
  readonly type: string;
  readonly atMs: number;
  /** 0 for pictures. */
  readonly durationMs: number;
  readonly bytes: number;
  /** The page was gone before the recording ended: what is there was found again. */
  readonly found: boolean;
  /** The reader has it elsewhere, too: the next visit begins without it. */
  readonly saved: boolean;
}

/** What a new take begins with. */
export type NewTake = Pick<Take, "kind" | "type" | "atMs" | "width" | "height">;

/** Bytes on the reader's device. */
export interface Room {
  /** Used by this site. */
  readonly usedBytes: number;
  /** What the browser lets this site use in all. */
  readonly quotaBytes: number;
}

/** Takes and what can be done with them. */
export interface TakeShelf {
  /** Whether takes outlive the page. */
  readonly lasting: boolean;
  /**
   * What was left here, newest first; saved ones are put away by this. What another tab is writing
   * comes to `onLate` when that tab has finished it, or is gone: one that was just closed may need
   * a moment for that.
   */
  list(late?: LateTakes): Promise<Take[]>;
  /** @throws {DOMException} `QuotaExceededError` when nothing more can be kept. */
  begin(take: NewTake): Promise<TakeWriter>;
  /** The whole take as one file. Throws when it is gone. */
  open(take: Take): Promise<Blob>;
  markSaved(take: Take): Promise<void>;
  discard(take: Take): Promise<void>;
  /** Null where the browser does not tell. */
  room(): Promise<Room | null>;
}

/** Who hears of takes that were still being written. */
export interface LateTakes {
  readonly onLate: (take: Take) => void;
  /** Aborted: nobody does any more. */
  readonly signal: AbortSignal;
}

/** Writes one take. */
export interface TakeWriter {
  readonly id: string;
  /** See `PieceSink` of the recorder. */
  write(piece: Blob, endMs: number): Promise<void>;
  /** Ends it; null when nothing was written, and then nothing is left of it. */
  finish(durationMs: number): Promise<Take | null>;
}

/** More are not kept: somebody has to look through them. */
export const MAX_TAKES = 60;
/** A recording begins only with so much place, bytes. */
export const MIN_ROOM_BYTES = 30 * 2 ** 20;

/** Whether a recording may begin, and how long it can go on at a bit rate, seconds. */
export function roomFor(
  room: Room | null,
  bitsPerSecond: number,
): { readonly enough: boolean; readonly seconds: number } {
  if (room === null) return { enough: true, seconds: Infinity };
  const free = Math.max(0, room.quotaBytes - room.usedBytes);
  return { enough: free >= MIN_ROOM_BYTES, seconds: Math.floor(free * 8 / bitsPerSecond) };
}

/** Name of a take as a file: `wanren-20261126-153012.webm`, in the reader's own time. */
export function fileNameOf({ atMs, type }: Pick<Take, "atMs" | "type">): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  return `wanren-${day}-${time}.${EXTENSIONS[type] ?? "bin"}`;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "video/webm": "webm",
  "video/mp4": "mp4",
};

const FOLDER = "takes";
const INDEX = "take.json";
const LOCK = "wanren-take-";
const ID = /^[0-9a-z]{8,9}-[0-9a-z]{6}$/;
const PIECE = /^(\d{6})-(\d{1,9})$/;

/** What the shelf needs of `navigator`. */
export interface TakeScope {
  readonly storage?: Pick<StorageManager, "getDirectory" | "estimate"> | undefined;
  readonly locks?: Pick<LockManager, "request" | "query"> | undefined;
}

/** The shelf of this device; one that forgets where the browser keeps no files. */
export async function openTakes(scope: TakeScope = navigator): Promise<TakeShelf> {
  try {
    const root = await scope.storage?.getDirectory();
    const folder = await root?.getDirectoryHandle(FOLDER, { create: true });
    // Some browsers have the folder but write only from workers.
    if (folder !== undefined && await canWrite(folder)) return new StoredTakes(folder, scope);
  } catch {
    // A private window, or a full disk.
  }
  return new PassingTakes();
}

async function canWrite(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const handle = await folder.getFileHandle(".probe", { create: true });
  const can = "createWritable" in handle;
  await folder.removeEntry(".probe");
  return can;
}

interface Index extends NewTake {
  readonly version: 1;
  readonly durationMs: number;
  readonly done: boolean;
  readonly saved: boolean;
}

class StoredTakes implements TakeShelf {
  readonly lasting = true;
  readonly #folder: FileSystemDirectoryHandle;
  readonly #scope: TakeScope;

  constructor(folder: FileSystemDirectoryHandle, scope: TakeScope) {
    this.#folder = folder;
    this.#scope = scope;
  }

  async list(late?: LateTakes): Promise<Take[]> {
    const busy = await this.#busy();
    if (late !== undefined) { for (const id of busy) this.#awaitTake(id, late); }
    const takes: Take[] = [];
    const names: string[] = [];
    for await (const [name] of this.#folder.entries()) names.push(name);
    for (const id of names) {
      if (busy.has(id)) continue;
      const take = ID.test(id) ? await this.#recover(id) : null;
      // Saved, empty or unreadable: nobody misses it.
      if (take === null || take.saved) await this.#remove(id);
      else takes.push(take);
    }
    return takes.sort((one, other) => other.atMs - one.atMs);
  }

  async begin(take: NewTake): Promise<TakeWriter> {
    const id = newId(take.atMs);
    // Before there is anything that another tab could find.
    const release = await this.#hold(id);
    const index: Index = { ...take, version: 1, durationMs: 0, done: false, saved: false };
    let folder: FileSystemDirectoryHandle;
    try {
      folder = await this.#folder.getDirectoryHandle(id, { create: true });
      await writeFile(folder, INDEX, JSON.stringify(index));
    } catch (error) {
      await this.#remove(id);
      release();
      throw error;
    }
    let pieces = 0;
    return {
      id,
      write: async (piece, endMs) => {
        await writeFile(folder, pieceName(pieces + 1, endMs), piece);
        pieces++;
      },
      finish: async (durationMs) => {
        try {
          return await this.#finish(id, { folder, index: { ...index, durationMs, done: true } });
        } finally {
          release();
        }
      },
    };
  }

  async open({ id, type }: Take): Promise<Blob> {
    const folder = await this.#folder.getDirectoryHandle(id);
    const files = await Promise.all((await piecesOf(folder)).map(({ file }) => file()));
    return new Blob(files, { type });
  }

  async markSaved({ id }: Take): Promise<void> {
    const folder = await this.#folder.getDirectoryHandle(id);
    const index = await readIndex(folder);
    if (index === null) return;
    await writeFile(folder, INDEX, JSON.stringify({ ...index, saved: true }));
  }

  async discard({ id }: Take): Promise<void> {
    await this.#remove(id);
  }

  async room(): Promise<Room | null> {
    const estimate = await this.#scope.storage?.estimate().catch(() => null) ?? null;
    if (estimate?.quota === undefined) return null;
    return { usedBytes: estimate.usage ?? 0, quotaBytes: estimate.quota };
  }

  /** A take as it is found; one that was not ended is ended now. */
  async #recover(id: string): Promise<Take | null> {
    try {
      const folder = await this.#folder.getDirectoryHandle(id);
      const index = await readIndex(folder);
      if (index === null) return null;
      if (index.done) return await takeOf(id, { folder, index, found: false });
      const durationMs = (await piecesOf(folder)).at(-1)?.endMs ?? 0;
      const ended = { ...index, durationMs, done: true };
      const take = await this.#finish(id, { folder, index: ended });
      return take && { ...take, found: take.kind === "recording" };
    } catch {
      return null;
    }
  }

  async #finish(
    id: string,
    { folder, index }: { readonly folder: FileSystemDirectoryHandle; readonly index: Index },
  ): Promise<Take | null> {
    const first = (await piecesOf(folder))[0];
    if (first === undefined) {
      await this.#remove(id);
      return null;
    }
    if (index.type === "video/webm") {
      const piece = await timed(await first.file(), index.durationMs);
      // Without place for it the recording is still whole, only without a time line.
      if (piece !== null) await writeFile(folder, first.name, piece).catch(() => {});
    }
    await writeFile(folder, INDEX, JSON.stringify(index)).catch(() => {});
    return await takeOf(id, { folder, index, found: false });
  }

  /** Waits for the lock of a take that another tab writes. */
  #awaitTake(id: string, { onLate, signal }: LateTakes): void {
    this.#scope.locks?.request(LOCK + id, { signal }, async () => {
      const take = await this.#recover(id);
      if (take !== null && !take.saved && !signal.aborted) onLate(take);
    }).catch(() => {});
  }

  async #remove(name: string): Promise<void> {
    await this.#folder.removeEntry(name, { recursive: true }).catch(() => {});
  }

  /** Names of the takes that some tab is writing right now. */
  async #busy(): Promise<ReadonlySet<string>> {
    const { held = [] } = await this.#scope.locks?.query().catch(() => ({ held: [] })) ?? {};
    return new Set(
      held.flatMap(({ name }) => name?.startsWith(LOCK) ? [name.slice(LOCK.length)] : []),
    );
  }

  /** Holds the lock of a take until the answer is called, or the page is gone. */
  #hold(id: string): Promise<() => void> {
    const { locks } = this.#scope;
    if (locks === undefined) return Promise.resolve(() => {});
    return new Promise((resolve) => {
      locks.request(LOCK + id, () => new Promise<void>((release) => resolve(release)))
        .catch(() => resolve(() => {}));
    });
  }
}

/** Takes that live as long as the page, in memory. */
class PassingTakes implements TakeShelf {
  readonly lasting = false;
  readonly #pieces = new Map<string, Blob>();

  list(): Promise<Take[]> {
    return Promise.resolve([]);
  }

  begin(take: NewTake): Promise<TakeWriter> {
    const id = newId(take.atMs);
    const pieces: Blob[] = [];
    return Promise.resolve({
      id,
      write: (piece) => {
        pieces.push(piece);
        return Promise.resolve();
      },
      finish: async (durationMs) => {
        const [first] = pieces;
        if (first === undefined) return null;
        if (take.type === "video/webm") pieces[0] = await timed(first, durationMs) ?? first;
        const whole = new Blob(pieces, { type: take.type });
        this.#pieces.set(id, whole);
        return { ...take, id, durationMs, bytes: whole.size, found: false, saved: false };
      },
    });
  }

  open({ id }: Take): Promise<Blob> {
    const whole = this.#pieces.get(id);
    return whole === undefined
      ? Promise.reject(new Error(`Cannot open take ${id}: it is gone`))
      : Promise.resolve(whole);
  }

  markSaved(): Promise<void> {
    return Promise.resolve();
  }

  discard({ id }: Take): Promise<void> {
    this.#pieces.delete(id);
    return Promise.resolve();
  }

  room(): Promise<null> {
    return Promise.resolve(null);
  }
}

async function takeOf(
  id: string,
  { folder, index, found }: {
    readonly folder: FileSystemDirectoryHandle;
    readonly index: Index;
    readonly found: boolean;
  },
): Promise<Take | null> {
  let bytes = 0;
  for (const { file } of await piecesOf(folder)) bytes += (await file()).size;
  if (bytes === 0) return null;
  const { kind, type, atMs, width, height, durationMs, saved } = index;
  return { id, kind, type, atMs, width, height, durationMs, bytes, found, saved };
}

interface Piece {
  readonly name: string;
  readonly endMs: number;
  readonly file: () => Promise<File>;
}

/** In order, as far as none is missing. */
async function piecesOf(folder: FileSystemDirectoryHandle): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const [name, handle] of folder.entries()) {
    const match = PIECE.exec(name);
    if (match === null || handle.kind !== "file") continue;
    const file = handle as FileSystemFileHandle;
    pieces.push({ name, endMs: Number(match[2]), file: () => file.getFile() });
  }
  pieces.sort((one, other) => one.name < other.name ? -1 : 1);
  const gap = pieces.findIndex(({ name }, index) => Number(name.slice(0, 6)) !== index + 1);
  return gap < 0 ? pieces : pieces.slice(0, gap);
}

function pieceName(number: number, endMs: number): string {
  return `${String(number).padStart(6, "0")}-${Math.max(0, Math.round(endMs))}`;
}

async function readIndex(folder: FileSystemDirectoryHandle): Promise<Index | null> {
  try {
    const file = await (await folder.getFileHandle(INDEX)).getFile();
    const index: Index = JSON.parse(await file.text());
    const numbers = [index.atMs, index.durationMs, index.width, index.height];
    const isOurs = index.version === 1 && Object.hasOwn(EXTENSIONS, index.type) &&
      (index.kind === "picture" || index.kind === "recording") && numbers.every(Number.isFinite);
    return isOurs ? index : null;
  } catch {
    return null;
  }
}

/** The first piece of a WebM file with its duration; null when it is not needed. */
async function timed(piece: Blob, durationMs: number): Promise<Blob | null> {
  const head = new Uint8Array(await piece.slice(0, MAX_HEAD_BYTES).arrayBuffer());
  const patched = withDuration(head, durationMs);
  return patched && new Blob([patched, piece.slice(head.length)], { type: piece.type });
}

/** Closed at once: what was written is there whatever happens next. */
async function writeFile(
  folder: FileSystemDirectoryHandle,
  name: string,
  content: Blob | string,
): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  try {
    await writable.write(content);
    await writable.close();
  } catch (error) {
    await writable.abort().catch(() => {});
    // Nothing of it was kept: an empty file would only stand in the way.
    const { size } = await handle.getFile().catch(() => ({ size: 1 }));
    if (size === 0) await folder.removeEntry(name).catch(() => {});
    throw error;
  }
}

function newId(atMs: number): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36).padStart(7, "0");
  return `${Math.floor(atMs).toString(36)}-${random.slice(-6)}`;
}
