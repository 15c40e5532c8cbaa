/**
 * The room's talk with a clock that stands still and a platform that answers as it is told.
 *
 * @module
 */
import type { Clock } from "../../islands/chat/clock.ts";
import type {
  Line,
  LineReader,
  Offer,
  OutgoingText,
  PollAnswer,
  Transport,
} from "../../islands/chat/transport.ts";
import { formatCursor } from "../../im/protocol/cursor.ts";
import type { ServerFrame } from "../../im/protocol/frames.ts";
import {
  type Content,
  KINDS,
  type Message,
  SCORES_PER_MS,
  type Sender,
} from "../../im/protocol/message.ts";
import { decodeClientFrame, encodeServerFrame } from "../../im/protocol/protobuf.ts";

/** When the clock begins. */
export const BEGIN_MS = 1_800_000_000_000;
/** Somebody who talks. */
export const LIN: Sender = { id: "0a0b0c0d", name: "Lin", level: 3, role: "member" };

/** A clock that a test moves. */
export class StillClock implements Clock {
  #nowMs = BEGIN_MS;
  #planned: { atMs: number; run: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, run: () => void): () => void {
    const plan = { atMs: this.#nowMs + ms, run };
    this.#planned.push(plan);
    return () => this.#planned = this.#planned.filter((one) => one !== plan);
  }

  /** Lets time pass, with everything that is due in it. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turn();
    while (true) {
      const next = this.#planned.filter(({ atMs }) => atMs <= endMs)
        .sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#planned = this.#planned.filter((one) => one !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
      await turn();
    }
    this.#nowMs = endMs;
  }
}

/** Lets what was promised come true. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

/** A socket as the test sees it. */
export class FakeLine implements Line {
  readonly address: URL;
  readonly sent: string[] = [];
  closed = false;
  readonly #reader: LineReader;

  constructor(address: string, reader: LineReader) {
    this.address = new URL(address);
    this.#reader = reader;
  }

  send(bytes: Uint8Array): void {
    this.sent.push(decodeClientFrame(bytes).type);
  }

  close(): void {
    this.closed = true;
  }

  /** Brings a frame. */
  frame(frame: ServerFrame): void {
    this.#reader.onFrame(encodeServerFrame(frame));
  }

  /** Brings bytes. */
  bytes(bytes: Uint8Array): void {
    this.#reader.onFrame(bytes);
  }

  /** Says hello, and which kinds are polled. */
  hello(poll: readonly Message["kind"][] = [], cursor = cursorAt(1)): void {
    const push = KINDS.filter((kind) => !poll.includes(kind));
    this.frame({
      type: "hello",
      cursor,
      heartbeatMs: 25_000,
      policy: { push, poll, pollAfterMs: 1_000 },
    });
  }

  /** The connection is lost. */
  lose(): void {
    this.#reader.onEnd();
  }
}

/** One call that waits for its answer. */
export interface Waiting<Input, Output> {
  readonly input: Input;
  readonly answer: (output: Output) => void;
  readonly fail: (error: unknown) => void;
  /** The engine gave it up. */
  readonly aborted: () => boolean;
}

/** A platform that answers when the test says so. */
export class FakeTransport implements Transport {
  readonly lines: FakeLine[] = [];
  readonly polls: Waiting<Parameters<Transport["poll"]>[1], PollAnswer>[] = [];
  readonly says: Waiting<OutgoingText, Message | null>[] = [];
  readonly likes: Waiting<{ count: number; requestId: string }, void>[] = [];
  readonly histories: number[] = [];
  past: readonly Message[] = [];
  offers = 0;
  gateways: readonly string[] = ["ws://a.test/im"];
  /** What the call for a ticket fails with. */
  refusal: unknown = null;

  /** The newest socket. */
  get line(): FakeLine {
    return this.lines.at(-1)!;
  }

  offer(): Promise<Offer> {
    this.offers++;
    if (this.refusal !== null) return Promise.reject(this.refusal);
    return Promise.resolve({
      push: KINDS,
      poll: [],
      gateways: this.gateways,
      ticket: `t${this.offers}`,
      heartbeatMs: 25_000,
      pollAfterMs: 1_000,
    });
  }

  open(address: string, reader: LineReader): Line {
    const line = new FakeLine(address, reader);
    this.lines.push(line);
    return line;
  }

  poll(_room: string, query: Parameters<Transport["poll"]>[1], signal: AbortSignal) {
    return wait(this.polls, query, signal);
  }

  history(_room: string, { fromMs }: { readonly fromMs: number }) {
    this.histories.push(fromMs);
    return Promise.resolve({ messages: this.past, more: false });
  }

  say(_room: string, text: OutgoingText): Promise<Message | null> {
    return wait(this.says, text);
  }

  like(_room: string, likes: { count: number; requestId: string }): Promise<void> {
    return wait(this.likes, likes);
  }
}

function wait<Input, Output>(
  list: Waiting<Input, Output>[],
  input: Input,
  signal?: AbortSignal,
): Promise<Output> {
  const { promise, resolve, reject } = Promise.withResolvers<Output>();
  signal?.addEventListener("abort", () => reject(signal.reason));
  list.push({ input, answer: resolve, fail: reject, aborted: () => signal?.aborted === true });
  return promise;
}

/** The score of the n-th message. */
export function scoreOf(n: number): number {
  return (BEGIN_MS + n) * SCORES_PER_MS;
}

/** A cursor behind the n-th message. */
export function cursorAt(n: number): string {
  return formatCursor({ room: scoreOf(n), everyone: scoreOf(0), own: 0 });
}

/** The n-th message, a text unless said otherwise. */
export function message(
  n: number,
  content: Content = {
    kind: "chat",
    body: { text: `text ${n}`, color: null, mode: "scroll", replyTo: null },
  },
  more: Partial<Pick<Message, "from" | "stateKey" | "lane">> = {},
): Message {
  return {
    score: scoreOf(n),
    merged: 1,
    lane: "chat",
    from: content.kind === "notice" ? null : LIN,
    stateKey: null,
    ...more,
    ...content,
  } as Message;
}

/** A notice. */
export function notice(n: number, name: string, data: Record<string, unknown>): Message {
  return message(n, { kind: "notice", body: { notice: name, data } } as Content);
}

/** A state. */
export function state(n: number, key: "likes" | "viewers", total: number): Message {
  return message(n, { kind: "notice", body: { notice: key, data: { total } } }, { stateKey: key });
}

/** The answer to a poll. */
export function polled(messages: readonly Message[], more: Partial<PollAnswer> = {}): PollAnswer {
  const last = messages.at(-1)?.score ?? scoreOf(0);
  return {
    messages,
    cursor: formatCursor({ room: last, everyone: scoreOf(0), own: 0 }),
    pollAfterMs: 1_000,
    dropped: 0,
    reset: false,
    policy: null,
    ...more,
  };
}
