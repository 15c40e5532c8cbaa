/**
 * A room's messages on a page: by the long connection and by polls, in one timeline, and what the
 * viewer says. Signals change at most ten times a second, however much is said.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { parseCursor } from "../../im/protocol/cursor.ts";
import type { Policy } from "../../im/protocol/frames.ts";
import { atMsOf, KINDS, type Message } from "../../im/protocol/message.ts";
import { Alarm, type Clock } from "./clock.ts";
import { Connection, type ConnectionState } from "./connection.ts";
import { LikeCounter } from "./like_counter.ts";
import { Outbox, type Pending, type Refusal } from "./outbox.ts";
import { earlierOf, resumedAt } from "./places.ts";
import { Poller } from "./poller.ts";
import { NO_STATES, readStates, type RoomStates } from "./states.ts";
import { Trickle } from "./trickle.ts";
import { type Arrival, type Row, takenBack, Timeline } from "./timeline.ts";
import type { OutgoingText, PollAnswer, Transport } from "./transport.ts";

/** Between two changes of the signals, milliseconds. */
export const RENDER_EVERY_MS = 50;
/** A connection gets so long before polls take its place, milliseconds. */
export const POLL_AFTER_MS = 1_500;
/** What was said so long before the head is shown to who comes in, milliseconds. */
const LOOK_BACK_MS = 600_000;
/** The same for a room where that is too much. */
const SHORT_LOOK_BACK_MS = 15_000;

/** How messages come. */
export type Way =
  /** Not yet. */
  | "connecting"
  /** By the long connection, with polls beside it or without. */
  | "live"
  /** By polls alone. */
  | "polling"
  /** Not at all just now. */
  | "offline"
  /** Shown out of the room. */
  | "banned"
  /** There is no such room any more. */
  | "missing";

/** What {@linkcode ChatRoom} stands on. */
export interface ChatRoomOptions {
  readonly room: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Hears every new message, in order. */
export type NewsReader = (messages: readonly Message[]) => void;
/** Whether a message is not to be seen any more. */
export type Gone = (message: Message) => boolean;

/** One room's talk. */
export class ChatRoom {
  readonly room: string;
  readonly #options: ChatRoomOptions;
  readonly #timeline = new Timeline();
  readonly #connection: Connection;
  readonly #poller: Poller;
  readonly #outbox: Outbox;
  readonly #likes: LikeCounter;
  readonly #render: Alarm;
  readonly #fallback: Alarm;
  readonly #trickle: Trickle;
  readonly #ended = new AbortController();
  readonly #readers = new Set<NewsReader>();
  readonly #goneReaders = new Set<(gone: Gone) => void>();
  readonly #refused = new Set<(text: Pending, refusal: Refusal) => void>();
  readonly #said = new Set<(text: Pending, held: boolean) => void>();
  readonly #rows = signal<readonly Row[]>([]);
  readonly #states = signal<RoomStates>(NO_STATES);
  #statesChanged = false;
  readonly #pending = signal<readonly Pending[]>([]);
  readonly #way = signal<Way>("connecting");
  readonly #dropped = signal(0);
  readonly #ownLikes = signal(0);
  readonly #waitUntilMs = signal(0);
  #ignored: ReadonlySet<string> = new Set();
  #pushed: string | null = null;
  #policy: Pick<Policy, "push" | "poll"> = { push: KINDS, poll: [] };
  #pollAfterMs = 1_000;
  #lookedBack = false;
  #pollFailures = 0;
  #renderedAtMs = -Infinity;
  #likesScore = 0;

  constructor(options: ChatRoomOptions) {
    const { room, transport, clock, newId } = this.#options = options;
    this.room = room;
    this.#render = new Alarm(clock);
    this.#fallback = new Alarm(clock);
    this.#trickle = new Trickle(clock, (messages) => {
      this.#take({ messages, dropped: 0, reset: false });
    });
    this.#connection = new Connection({
      room,
      transport,
      clock,
      reader: {
        cursor: () => this.#pushed,
        onState: (state) => this.#onConnection(state),
        onPolicy: (policy) => this.#onPolicy(policy),
        onHello: (cursor) => {
          this.#pushed = cursor || this.#pushed;
          this.#lookBack(cursor);
        },
        onBatch: (batch) => {
          this.#pushed = batch.cursor;
          this.#takeBatch(batch);
        },
        onRefused: (reason) => {
          this.#poller.stop();
          this.#fallback.clear();
          this.#way.value = reason;
        },
      },
    });
    this.#poller = new Poller({
      room,
      transport,
      clock,
      onAnswer: (answer) => this.#onPolled(answer),
      onOutcome: (failures) => {
        this.#pollFailures = failures;
        this.#updateWay();
      },
    });
    this.#outbox = new Outbox({
      room,
      transport,
      clock,
      newId,
      onChange: (pending) => this.#pending.value = pending,
      onSaid: (message, text) => {
        if (message !== null) this.#take({ messages: [message], dropped: 0, reset: false });
        const { slowS } = this.#states.value.rules;
        if (slowS > 0 && message?.from?.role === "member") this.#wait(slowS * 1_000);
        for (const tell of this.#said) tell(text, message === null);
      },
      onRefused: (text, refusal) => {
        if (refusal.untilMs !== null) this.#wait(refusal.untilMs - clock.now());
        for (const tell of this.#refused) tell(text, refusal);
      },
    });
    this.#likes = new LikeCounter({
      room,
      transport,
      clock,
      newId,
      onChange: (own) => this.#ownLikes.value = own,
    });
  }

  /** The list, oldest first. */
  get rows(): ReadonlySignal<readonly Row[]> {
    return this.#rows;
  }

  /** Totals, the battle, the rules. */
  get states(): ReadonlySignal<RoomStates> {
    return this.#states;
  }

  /** Whether nobody here reads a message any more: it was taken back, or its writer is not heard. */
  isGone(message: Message): boolean {
    return this.#timeline.isTakenBack(message) || isFrom(message, this.#ignored);
  }

  /** Texts that are not said yet. */
  get pending(): ReadonlySignal<readonly Pending[]> {
    return this.#pending;
  }

  /** How messages come. */
  get way(): ReadonlySignal<Way> {
    return this.#way;
  }

  /** Messages that were too many for one viewer. */
  get dropped(): ReadonlySignal<number> {
    return this.#dropped;
  }

  /** Likes of the viewer that the total does not hold yet. */
  get ownLikes(): ReadonlySignal<number> {
    return this.#ownLikes;
  }

  /** Until when the viewer cannot say anything, milliseconds since the epoch. */
  get waitUntilMs(): ReadonlySignal<number> {
    return this.#waitUntilMs;
  }

  /** Begins. */
  start(): void {
    this.#fallBackLater();
    this.#connection.connect();
  }

  /** Ends everything. */
  stop(): void {
    this.#ended.abort();
    this.#connection.stop();
    this.#poller.stop();
    this.#outbox.stop();
    this.#likes.stop();
    this.#render.clear();
    this.#fallback.clear();
    this.#trickle.clear();
    this.#readers.clear();
    this.#goneReaders.clear();
  }

  /** The page is seen or not. */
  setHidden(hidden: boolean): void {
    this.#poller.setHidden(hidden);
    this.#trickle.setHidden(hidden);
    if (!hidden) this.#connection.connect();
  }

  /** The network is back. */
  wake(): void {
    this.#connection.connect();
    this.#outbox.wake();
  }

  /** Says something; false: too much waits. */
  say(text: Omit<OutgoingText, "clientId">): boolean {
    return this.#outbox.send(text);
  }

  /** One like. */
  like(): void {
    this.#likes.press();
  }

  /** Takes a message that an answer of the API brought before the room did. */
  adopt(message: Message): void {
    this.#take({ messages: [message], dropped: 0, reset: false });
  }

  /**
   * Shows nothing more of these accounts, and again what was said by who is no longer one of them.
   */
  ignore(accounts: ReadonlySet<string>): void {
    this.#ignored = accounts;
    const gone = (message: Message) => isFrom(message, accounts);
    if (accounts.size > 0) { for (const tell of this.#goneReaders) tell(gone); }
    this.#draw();
  }

  /** Tells of messages that are to be seen no more, wherever they are shown; the answer ends it. */
  onGone(tell: (gone: Gone) => void): () => void {
    this.#goneReaders.add(tell);
    return () => this.#goneReaders.delete(tell);
  }

  /** Tells of every new message; the answer ends it. */
  onNews(reader: NewsReader): () => void {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  }

  /** Tells of texts that came back; the answer ends it. */
  onRefused(tell: (text: Pending, refusal: Refusal) => void): () => void {
    this.#refused.add(tell);
    return () => this.#refused.delete(tell);
  }

  /** Tells of texts that were said, or are held for a review; the answer ends it. */
  onSaid(tell: (text: Pending, held: boolean) => void): () => void {
    this.#said.add(tell);
    return () => this.#said.delete(tell);
  }

  /** For tests and a curious developer's console. */
  inspect(): {
    readonly way: Way;
    readonly connection: ConnectionState;
    readonly polling: boolean;
    readonly rows: number;
    readonly cursor: string | null;
  } {
    return {
      way: this.#way.value,
      connection: this.#connection.state,
      polling: this.#poller.isOn,
      rows: this.#timeline.rows.length,
      cursor: this.#pushed,
    };
  }

  #onConnection(state: ConnectionState): void {
    if (state === "open") {
      this.#fallback.clear();
      this.#updatePolls();
    } else if (state === "waiting") this.#fallBackLater();
    this.#updateWay();
  }

  #onPolicy(policy: Policy): void {
    const before = this.#policy;
    this.#policy = policy;
    this.#pollAfterMs = policy.pollAfterMs || this.#pollAfterMs;
    if (before.poll.join() !== policy.poll.join()) this.#updatePolls();
  }

  /** Polls what does not come by the connection. */
  #updatePolls(): void {
    const from = {
      cursor: this.#poller.isOn ? earlierOf(this.#poller.cursor, this.#pushed) : this.#pushed,
      afterMs: Math.round(this.#pollAfterMs * this.#options.clock.random()),
    };
    if (this.#connection.state !== "open") return this.#poller.start({ kinds: null }, from);
    const { poll } = this.#policy;
    if (poll.length === 0) this.#poller.stop();
    else this.#poller.start({ kinds: poll }, from);
  }

  #fallBackLater(): void {
    if (this.#fallback.isSet) return;
    this.#fallback.set(POLL_AFTER_MS, () => {
      if (this.#connection.state !== "open") this.#updatePolls();
      this.#updateWay();
    });
  }

  #onPolled(answer: PollAnswer): void {
    this.#pollAfterMs = answer.pollAfterMs;
    // Without a connection polls bring everything: it continues where they stand.
    if (this.#connection.state !== "open") this.#pushed = resumedAt(answer.cursor, this.#pushed);
    this.#take(answer);
    this.#lookBack(answer.cursor);
    const { policy } = answer;
    if (policy === null || this.#connection.state !== "open") return;
    this.#onPolicy({ ...policy, pollAfterMs: answer.pollAfterMs });
  }

  /** Once: what was said before the viewer came. */
  #lookBack(cursor: string): void {
    const head = parseCursor(cursor)?.room ?? 0;
    if (this.#lookedBack || head === 0) return;
    this.#lookedBack = true;
    const headMs = atMsOf(head);
    const read = async (backMs: number): Promise<void> => {
      const { transport, room } = this.#options;
      const range = { fromMs: headMs - backMs };
      const { messages, more } = await transport.history(room, range, this.#ended.signal);
      if (more && backMs > SHORT_LOOK_BACK_MS) return await read(SHORT_LOOK_BACK_MS);
      // States of the past are none.
      const past = messages.filter(({ stateKey }) => stateKey === null);
      this.#timeline.take({ messages: past, dropped: 0, reset: false }, { quiet: true });
      this.#draw();
    };
    // Without a past the list begins now.
    read(LOOK_BACK_MS).catch(() => {});
  }

  /** What is important and few texts at once, many a few at a time. */
  #takeBatch(batch: Arrival): void {
    if (batch.reset) this.#trickle.flush();
    else {
      const texts = batch.messages.filter(({ kind }) => kind === "chat");
      if (this.#trickle.take(texts)) {
        this.#take({ ...batch, messages: batch.messages.filter(({ kind }) => kind !== "chat") });
        return;
      }
    }
    this.#take(batch);
  }

  #take(arrival: Arrival): void {
    // Of a big gift in this room the gift itself tells.
    const fresh = arrival.messages.filter((message) => !isGiftOf(this.room, message));
    const { messages, changed } = this.#timeline.take({ ...arrival, messages: fresh });
    const likes = this.#timeline.state("likes")?.score ?? 0;
    if (likes > this.#likesScore) {
      this.#likesScore = likes;
      this.#likes.settle();
    }
    for (const message of messages) {
      if (message.kind !== "notice" || message.body.notice !== "removed") continue;
      for (const tell of this.#goneReaders) tell(takenBack(message));
    }
    const heard = this.#heard(messages);
    if (heard.length > 0) { for (const read of this.#readers) read(heard); }
    this.#statesChanged ||= messages.some(({ stateKey }) => stateKey !== null);
    if (changed) this.#draw();
  }

  /** Without what comes from accounts that are not listened to. */
  #heard(messages: readonly Message[]): readonly Message[] {
    return this.#ignored.size === 0
      ? messages
      : messages.filter((message) => !isFrom(message, this.#ignored));
  }

  #draw(): void {
    if (this.#render.isSet) return;
    const nowMs = this.#options.clock.now();
    const waitMs = Math.max(0, this.#renderedAtMs + RENDER_EVERY_MS - nowMs);
    this.#render.set(waitMs, () => {
      this.#renderedAtMs = this.#options.clock.now();
      const { rows } = this.#timeline;
      this.#rows.value = this.#ignored.size === 0
        ? rows
        : rows.filter(({ message }) => message === null || !isFrom(message, this.#ignored));
      this.#dropped.value = this.#timeline.dropped;
      if (this.#statesChanged) this.#states.value = readStates(this.#timeline.states());
      this.#statesChanged = false;
    });
  }

  #wait(ms: number): void {
    this.#waitUntilMs.value = Math.max(
      this.#waitUntilMs.value,
      this.#options.clock.now() + ms,
    );
  }

  #updateWay(): void {
    const way = this.#way.value;
    if (way === "banned" || way === "missing") return;
    if (this.#connection.state === "open") this.#way.value = "live";
    else if (!this.#poller.isOn) this.#way.value = way === "live" ? "live" : "connecting";
    else this.#way.value = this.#pollFailures > 1 ? "offline" : "polling";
  }
}

function isFrom({ from }: Message, accounts: ReadonlySet<string>): boolean {
  return from !== null && accounts.has(from.id);
}

/** The announcement of a gift that was given in a room. */
function isGiftOf(roomId: string, { kind, body }: Message): boolean {
  if (kind !== "notice" || body.notice !== "broadcast" || typeof body.data.gift !== "string") {
    return false;
  }
  const { room } = body.data;
  return typeof room === "object" && room !== null && "id" in room && room.id === roomId;
}
