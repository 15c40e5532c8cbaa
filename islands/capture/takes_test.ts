import assert from "node:assert/strict";
import { fileNameOf, type NewTake, openTakes, roomFor, type TakeScope } from "./takes.ts";

/** Files of a browser, in memory; `fullAt` bytes are all there is. */
class FakeFolder {
  readonly kind = "directory";
  readonly children = new Map<string, FakeFolder | FakeFile>();
  constructor(readonly disk: { used: number; fullAt: number }) {}

  getDirectoryHandle(name: string, { create = false } = {}) {
    return this.#get(name, create, () => new FakeFolder(this.disk));
  }

  getFileHandle(name: string, { create = false } = {}) {
    return this.#get(name, create, () => new FakeFile(this.disk));
  }

  removeEntry(name: string) {
    return this.children.delete(name)
      ? Promise.resolve()
      : Promise.reject(new DOMException("none", "NotFoundError"));
  }

  async *entries() {
    yield* this.children.entries();
  }

  #get<Child extends FakeFolder | FakeFile>(name: string, create: boolean, make: () => Child) {
    let child = this.children.get(name);
    if (child === undefined) {
      if (!create) return Promise.reject(new DOMException("none", "NotFoundError"));
      this.children.set(name, child = make());
    }
    return Promise.resolve(child as Child);
  }
}

class FakeFile {
  readonly kind = "file";
  content = new Blob();
  constructor(readonly disk: { used: number; fullAt: number }) {}

  getFile() {
    return Promise.resolve(this.content);
  }

  createWritable() {
    let written = new Blob();
    return Promise.resolve({
      write: (content: Blob | string) => {
        written = new Blob([content]);
        return this.disk.used + written.size > this.disk.fullAt
          ? Promise.reject(new DOMException("full", "QuotaExceededError"))
          : Promise.resolve();
      },
      close: () => {
        this.disk.used += written.size - this.content.size;
        this.content = written;
        return Promise.resolve();
      },
      abort: () => Promise.resolve(),
    });
  }
}

/** One holder of each name at a time; a tab that is gone lets all of its own go. */
class FakeLocks {
  readonly #queues = new Map<string, (() => void)[]>();

  async request(name: string, ...rest: (object | (() => Promise<void>))[]) {
    const run = rest.at(-1) as () => Promise<void>;
    const queue = this.#queues.get(name);
    if (queue === undefined) this.#queues.set(name, []);
    else await new Promise<void>((resolve) => queue.push(resolve));
    await Promise.race([run(), new Promise<void>((resolve) => this.#gone.add(resolve))]);
    const next = this.#queues.get(name)!.shift();
    if (next === undefined) this.#queues.delete(name);
    else next();
  }

  query() {
    return Promise.resolve({ held: [...this.#queues.keys()].map((name) => ({ name })) });
  }

  readonly #gone = new Set<() => void>();

  async closeTab() {
    for (const resolve of this.#gone) resolve();
    this.#gone.clear();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** A device whose tabs share files and locks. */
function device({ fullAt = Infinity } = {}) {
  const disk = { used: 0, fullAt };
  const root = new FakeFolder(disk);
  const locks = new FakeLocks();
  const scope = {
    storage: {
      getDirectory: () => Promise.resolve(root),
      estimate: () => Promise.resolve({ usage: disk.used, quota: 1_000_000 }),
    },
    locks,
  } as unknown as TakeScope;
  return { scope, root, locks, disk };
}

const CLIP: NewTake = {
  kind: "recording",
  type: "video/mp4",
  atMs: Date.UTC(2026, 10, 26),
  width: 1280,
  height: 720,
};

Deno.test("takes outlive the tab: what a closed page had written is found again, once", async () => {
  const { scope, locks } = device();
  const shelf = await openTakes(scope);
  assert.ok(shelf.lasting);
  const writer = await shelf.begin(CLIP);
  await writer.write(new Blob(["one"]), 1_000);
  await writer.write(new Blob(["two"]), 2_000);
  // The tab is gone: the browser lets its locks go.
  await locks.closeTab();

  const next = await openTakes(scope);
  const [take, ...more] = await next.list();
  assert.deepEqual(more, []);
  assert.equal(take!.found, true);
  assert.equal(take!.durationMs, 2_000);
  assert.equal(take!.bytes, 6);
  assert.equal(await (await next.open(take!)).text(), "onetwo");
  assert.equal((await next.open(take!)).type, "video/mp4");
  // From now on it is a take like any other.
  assert.equal((await next.list())[0]!.found, false);
});

Deno.test("a take that another tab is writing is left alone", async () => {
  const { scope } = device();
  const shelf = await openTakes(scope);
  const writer = await shelf.begin(CLIP);
  await writer.write(new Blob(["one"]), 1_000);
  const other = await openTakes(scope);
  const late: string[] = [];
  const { signal } = new AbortController();
  assert.deepEqual(await other.list({ signal, onLate: ({ id }) => late.push(id) }), []);
  await writer.write(new Blob(["two"]), 2_000);
  const take = await writer.finish(2_000);
  assert.equal(take!.bytes, 6);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(late, [take!.id]);
  assert.equal((await other.list()).length, 1);
});

Deno.test("saved and discarded takes are gone at the next visit, empty ones at once", async () => {
  const { scope, root } = device();
  const shelf = await openTakes(scope);
  const make = async (text: string, atMs: number) => {
    const writer = await shelf.begin({ ...CLIP, kind: "picture", type: "image/png", atMs });
    if (text !== "") await writer.write(new Blob([text]), 0);
    return await writer.finish(0);
  };
  const first = await make("a", 1_700_000_000_000);
  const second = await make("b", 1_700_000_001_000);
  const third = await make("c", 1_700_000_002_000);
  assert.equal(await make("", 1_700_000_003_000), null);
  await shelf.markSaved(first!);
  await shelf.discard(second!);
  const left = await (await openTakes(scope)).list();
  assert.deepEqual(left.map(({ id }) => id), [third!.id]);
  const folder = root.children.get("takes") as FakeFolder;
  assert.deepEqual([...folder.children.keys()], [third!.id]);
});

Deno.test("list() puts away what is no take, and what is broken", async () => {
  const { scope, root } = device();
  const shelf = await openTakes(scope);
  const folder = root.children.get("takes") as FakeFolder;
  await folder.getDirectoryHandle("../etc", { create: true });
  const broken = await folder.getDirectoryHandle("lx0000000-abcdef", { create: true });
  await (await (await broken.getFileHandle("take.json", { create: true })).createWritable()
    .then(async (file) => {
      await file.write('{"version":1,"type":"text/html"}');
      return file;
    })).close();
  assert.deepEqual(await shelf.list(), []);
  assert.equal(folder.children.size, 0);
});

Deno.test("a missing piece ends a recording there", async () => {
  const { scope, root, locks } = device();
  const shelf = await openTakes(scope);
  const writer = await shelf.begin(CLIP);
  for (const [index, text] of ["a", "b", "c"].entries()) {
    await writer.write(new Blob([text]), (index + 1) * 1_000);
  }
  await locks.closeTab();
  const folder = (root.children.get("takes") as FakeFolder).children.get(writer.id) as FakeFolder;
  await folder.removeEntry("000002-2000");
  const [take] = await (await openTakes(scope)).list();
  assert.equal(take!.durationMs, 1_000);
  assert.equal(await (await shelf.open(take!)).text(), "a");
});

Deno.test("a full disk is told as such, and leaves nothing half", async () => {
  const { scope, disk } = device({ fullAt: 400 });
  const shelf = await openTakes(scope);
  const writer = await shelf.begin(CLIP);
  await writer.write(new Blob(["small"]), 1_000);
  await assert.rejects(writer.write(new Blob(["x".repeat(1_000)]), 2_000), {
    name: "QuotaExceededError",
  });
  assert.equal((await writer.finish(1_000))!.bytes, 5);
  disk.fullAt = disk.used;
  await assert.rejects(shelf.begin(CLIP), { name: "QuotaExceededError" });
  assert.equal((await shelf.list()).length, 1);
});

Deno.test("without files takes live as long as the page", async () => {
  const shelf = await openTakes({});
  assert.equal(shelf.lasting, false);
  const writer = await shelf.begin(CLIP);
  await writer.write(new Blob(["one"]), 1_000);
  const take = await writer.finish(1_000);
  assert.equal(await (await shelf.open(take!)).text(), "one");
  await shelf.discard(take!);
  await assert.rejects(shelf.open(take!));
  assert.equal(await shelf.room(), null);
});

Deno.test("roomFor() and fileNameOf() say what people want to know", () => {
  assert.deepEqual(roomFor(null, 1), { enough: true, seconds: Infinity });
  const room = { usedBytes: 0, quotaBytes: 100_000_000 };
  assert.deepEqual(roomFor(room, 8_000_000), { enough: true, seconds: 100 });
  assert.equal(roomFor({ ...room, usedBytes: 99_000_000 }, 1).enough, false);
  const atMs = new Date(2026, 10, 6, 9, 5, 7).getTime();
  assert.equal(fileNameOf({ atMs, type: "video/webm" }), "wanren-20261106-090507.webm");
  assert.equal(fileNameOf({ atMs, type: "text/html" }), "wanren-20261106-090507.bin");
});
