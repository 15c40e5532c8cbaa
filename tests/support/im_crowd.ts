/**
 * Thousands of viewers of a room's messages: bare long connections, and the page's own engine without
 * a page.
 *
 * @module
 */
import { WebSocket } from "ws";
import { ApiError } from "../../client/mod.ts";
import { PROTOBUF_SUBPROTOCOL, type ServerFrame } from "../../im/protocol/frames.ts";
import { type Message, messageId } from "../../im/protocol/message.ts";
import { decodePollAnswer, decodeServerFrame } from "../../im/protocol/protobuf.ts";
import { BROWSER_CLOCK } from "../../islands/chat/clock.ts";
import { ChatRoom } from "../../islands/chat/room.ts";
import { BROWSER_TRANSPORT, type Transport } from "../../islands/chat/transport.ts";
import { waitFor } from "./wait.ts";

/** Connections that are opened at once. */
const AT_ONCE = 200;
/** An edge that does not answer at all is given up after so long, milliseconds. */
const ANSWER_WITHIN_MS = 5_000;

/** Runs `work` for each number below `count`, some at once. */
async function each(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
    while (next < count) await work(next++);
  }));
}

/** One of a {@linkcode SocketCrowd}. */
export interface CrowdSocket {
  /** Messages that came, one by one, by kind and id. */
  readonly messages: Message[];
  dropped: number;
  /** Batches that began anew after the first one. */
  resets: number;
  /** Close code; null while it is open. */
  closed: number | null;
}

/** Bare long connections: all hear the same bytes, which are decoded once. */
export class SocketCrowd implements AsyncDisposable {
  readonly sockets: CrowdSocket[] = [];
  readonly #open: WebSocket[] = [];
  readonly #known = new Map<string, ServerFrame>();

  /** Opens `count` connections at an edge and waits for the first batch of each. */
  async join(edgeUrl: string, of: { readonly ticket: string; readonly count: number }) {
    const address = `${edgeUrl.replace(/^http/, "ws")}/im?ticket=${of.ticket}`;
    await each(of.count, async () => {
      const socket = new WebSocket(address, PROTOBUF_SUBPROTOCOL, { perMessageDeflate: false });
      const one: CrowdSocket = { messages: [], dropped: 0, resets: -1, closed: null };
      this.sockets.push(one);
      this.#open.push(socket);
      const first = Promise.withResolvers<void>();
      socket.on("message", (data) => {
        const frame = this.#decode(data as Uint8Array);
        if (frame.type !== "batch") return;
        one.messages.push(...frame.messages);
        one.dropped += frame.dropped;
        one.resets += Number(frame.reset);
        first.resolve();
      });
      socket.on("error", (error) => first.reject(error));
      socket.on("close", (code) => {
        one.closed = code;
        first.reject(new Error(`Cannot join: closed with ${code}`));
      });
      await first.promise;
    });
  }

  /** Connections that ended. */
  get ended(): number {
    return this.sockets.filter(({ closed }) => closed !== null).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.terminate();
    await waitFor("all to be closed", () => this.ended === this.sockets.length);
  }

  #decode(bytes: Uint8Array): ServerFrame {
    const key = new TextDecoder("latin1").decode(bytes);
    let frame = this.#known.get(key);
    if (frame === undefined) {
      frame = decodeServerFrame(bytes);
      if (this.#known.size >= 64) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(key, frame);
    }
    return frame;
  }
}

/** What a viewer saw: each message once, or a defect. */
export interface CrowdViewer {
  readonly room: ChatRoom;
  /** Messages as the page is told of them. */
  readonly news: Message[];
  /** The edge whose connection is open; null: none is. */
  at: string | null;
  /** When the last connection opened; monotonic milliseconds. */
  openedAtMs: number;
  /** Connections that were opened. */
  connections: number;
}

/**
 * Viewers with the engine of the watch page (`islands/chat/room.ts`). They know the edges as a browser
 * knows the addresses behind one name: if one refuses, the next is asked.
 */
export class ViewerCrowd implements AsyncDisposable {
  readonly viewers: CrowdViewer[] = [];
  readonly #room: string;
  readonly #edges: readonly string[];
  #lines = 0;

  constructor(room: string, edges: readonly string[]) {
    this.#room = room;
    this.#edges = edges;
  }

  /** Starts `count` viewers, spread over the edges, and waits until all are connected. */
  async join(count: number): Promise<void> {
    await each(count, async (index) => {
      const viewer = this.#viewer(index);
      this.viewers.push(viewer);
      viewer.room.start();
      await waitFor("a connection", () => viewer.at !== null, { everyMs: 20, deadlineMs: 60_000 });
    });
  }

  /** Viewers whose connection is at an edge. */
  countAt(edge: string): number {
    return this.viewers.filter(({ at }) => at === edge).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { room } of this.viewers) room.stop();
    await waitFor("all to be closed", () => this.#lines === 0);
  }

  #viewer(index: number): CrowdViewer {
    const edges = this.#edges.map((_, at) => this.#edges[(index + at) % this.#edges.length]!);
    const get = async (path: string, signal: AbortSignal) => {
      let last: unknown;
      for (const edge of edges) {
        try {
          const response = await fetch(`${edge}${path}`, {
            signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
          });
          const bytes = new Uint8Array(await response.arrayBuffer());
          if (!response.ok) throw ApiError.of(response, new TextDecoder().decode(bytes));
          return bytes;
        } catch (error) {
          signal.throwIfAborted();
          // An edge that answers is the one that the browser stays at.
          if (error instanceof ApiError) throw error;
          last = error;
        }
      }
      throw last;
    };
    let lines = 0;
    /** The last line that opened; one that is left may end after it. */
    let open = 0;
    const transport: Transport = {
      ...BROWSER_TRANSPORT,
      offer: async (room, signal) =>
        JSON.parse(new TextDecoder().decode(await get(`/api/im/gateways?room=${room}`, signal))),
      open: (address, reader) => {
        this.#lines++;
        const line = ++lines;
        const edge = new URL(address.replace(/^ws/, "http")).origin;
        return BROWSER_TRANSPORT.open(address, {
          onOpen: () => reader.onOpen(),
          onFrame: (bytes) => {
            reader.onFrame(bytes);
            // A line that was left may still bring something.
            if (line <= open || viewer.room.inspect().connection !== "open") return;
            open = line;
            viewer.at = edge;
            viewer.connections++;
            viewer.openedAtMs = performance.now();
          },
          onEnd: () => {
            this.#lines--;
            if (open === line) viewer.at = null;
            reader.onEnd();
          },
        });
      },
      async poll(room, { cursor, kinds }, signal) {
        const query = new URLSearchParams({ as: "protobuf" });
        if (cursor !== null) query.set("cursor", cursor);
        if (kinds !== null) query.set("kinds", kinds.join());
        return decodePollAnswer(await get(`/api/rooms/${room}/messages?${query}`, signal));
      },
      // Nothing here is about the past.
      history: () => Promise.resolve({ messages: [], more: false }),
    };
    const room = new ChatRoom({
      room: this.#room,
      transport,
      clock: BROWSER_CLOCK,
      newId: () => crypto.randomUUID(),
    });
    const news: Message[] = [];
    room.onNews((messages) => news.push(...messages));
    const viewer: CrowdViewer = { room, news, at: null, openedAtMs: 0, connections: 0 };
    return viewer;
  }
}

/** Texts that came, in order. */
export function textsOf(messages: readonly Message[]): string[] {
  return messages.flatMap((one) => one.kind === "chat" ? [one.body.text] : []);
}

/** Ids of what came of one kind, in order. */
export function idsOf(messages: readonly Message[], kind: Message["kind"]): string[] {
  return messages.flatMap((one) => one.kind === kind ? [messageId(one.score)] : []);
}
