/**
 * What a viewer sees of a room's messages: a bounded list in order, each message once, and the newest
 * of each state. Pure: batches go in, rows come out.
 *
 * @module
 */
import { type Message, messageId } from "../../im/protocol/message.ts";

/** Rows that are shown at most. */
export const MAX_ROWS = 200;
/** Messages that are known again when another way brings them. */
const MAX_KNOWN = 4_000;
/** Rows among which a gift finds the one before it of its kind. */
const COMBO_ROWS = 12;
/** Names that stand in a row of people who came in. */
const MAX_NAMES = 2;

/** One line of the list. */
export type Row =
  | { readonly key: string; readonly message: Message }
  /** Something was said here that did not come. */
  | { readonly key: string; readonly message: null };

/** What was new in a batch. */
export interface News {
  /** Messages that nobody saw before, in order. */
  readonly messages: readonly Message[];
  /** Whether rows or states are others now. */
  readonly changed: boolean;
}

/** A batch as either way brings it. */
export interface Arrival {
  readonly messages: readonly Message[];
  readonly dropped: number;
  readonly reset: boolean;
}

interface Entry {
  readonly score: number;
  readonly row: Row;
}

/** The timeline of one room. */
export class Timeline {
  #entries: Entry[] = [];
  readonly #known = new Set<string>();
  readonly #states = new Map<string, Message>();
  #removals: ((message: Message) => boolean)[] = [];
  #dropped = 0;
  #rows: readonly Row[] = [];

  /** The list, oldest first; the same array while nothing changes. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  /** Messages that the platform left out for this viewer. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The newest snapshot of a state. */
  state(key: string): Message | undefined {
    return this.#states.get(key);
  }

  /** The newest snapshots of all states. */
  states(): ReadonlyMap<string, Message> {
    return this.#states;
  }

  /** Takes a batch. `quiet`: it is of the past, and nothing in it is news. */
  take(arrival: Arrival, { quiet = false }: { readonly quiet?: boolean } = {}): News {
    const { messages, dropped, reset } = arrival;
    const fresh: Message[] = [];
    let changed = dropped > 0;
    this.#dropped += dropped;
    if (reset && !quiet && this.#entries.length > 0) changed = this.#markGap(messages) || changed;
    for (const message of messages.toSorted((a, b) => a.score - b.score)) {
      if (!this.#learn(identityOf(message))) continue;
      changed = true;
      if (!this.#apply(message)) continue;
      if (!quiet) fresh.push(message);
    }
    if (changed) this.#finish();
    return { messages: fresh, changed };
  }

  /** Whether a message was taken back, however long ago it came. */
  isTakenBack(message: Message): boolean {
    return this.#removals.some((gone) => gone(message));
  }

  #learn(identity: string): boolean {
    if (this.#known.has(identity)) return false;
    this.#known.add(identity);
    if (this.#known.size > MAX_KNOWN) this.#known.delete(this.#known.values().next().value!);
    return true;
  }

  /** False: it is old or taken back. */
  #apply(message: Message): boolean {
    const { stateKey } = message;
    if (stateKey !== null) {
      const before = this.#states.get(stateKey);
      if (before !== undefined && before.score >= message.score) return false;
      this.#states.set(stateKey, message);
      if (this.#states.size > MAX_ROWS) this.#states.delete(this.#states.keys().next().value!);
    }
    if (message.kind === "notice" && message.body.notice === "removed") {
      this.#remove(takenBack(message), namedIn(message));
      return true;
    }
    if (this.isTakenBack(message)) return false;
    if (hasRow(message)) this.#insert(message);
    return true;
  }

  /** Takes messages away for good; who answered one of them answers nothing now. */
  #remove(gone: (message: Message) => boolean, ids: ReadonlySet<unknown>): void {
    this.#removals = [...this.#removals, gone].slice(-MAX_ROWS);
    this.#entries = this.#entries
      .filter(({ row }) => row.message === null || !gone(row.message))
      .map((entry) => {
        const { row: { key, message } } = entry;
        if (message?.kind !== "chat" || !ids.has(message.body.replyTo?.id)) return entry;
        const body = { ...message.body, replyTo: null };
        return { ...entry, row: { key, message: { ...message, body } } };
      });
  }

  #insert(message: Message): void {
    let at = this.#entries.length;
    while (at > 0 && this.#entries[at - 1]!.score > message.score) at--;
    const before = this.#entries[at - 1]?.row;
    if (before?.message != null && at === this.#entries.length) {
      const merged = mergeEnters(before.message, message);
      if (merged !== null) {
        this.#entries[at - 1] = {
          score: message.score,
          row: { key: before.key, message: merged },
        };
        return;
      }
    }
    if (message.kind === "gift") {
      const combo = this.#entries.findLastIndex(({ row }, index) =>
        index >= this.#entries.length - COMBO_ROWS && isSameCombo(row.message, message)
      );
      if (combo >= 0) {
        this.#entries.splice(combo, 1);
        if (combo < at) at--;
      }
    }
    this.#entries.splice(at, 0, {
      score: message.score,
      row: { key: identityOf(message), message },
    });
  }

  #markGap(messages: readonly Message[]): boolean {
    const last = this.#entries.at(-1)!;
    if (last.row.message === null) return false;
    const firstNew = messages.find((message) => hasRow(message) && message.score > last.score);
    const score = firstNew === undefined ? last.score + 0.5 : firstNew.score - 0.5;
    this.#entries.push({ score, row: { key: `gap ${last.score}`, message: null } });
    return true;
  }

  #finish(): void {
    if (this.#entries.length > MAX_ROWS) this.#entries.splice(0, this.#entries.length - MAX_ROWS);
    this.#rows = this.#entries.map(({ row }) => row);
  }
}

/**
 * What makes a message that comes twice the same one: its channel and its id. A frame does not name
 * the channel; what is said in which follows from the kind.
 */
export function identityOf(message: Message): string {
  const { kind, score, stateKey } = message;
  const what = kind === "notice" ? message.body.notice : kind;
  const channel = what === "broadcast" ? "everyone" : what === "private" ? "own" : "room";
  return `${channel} ${messageId(score)} ${stateKey ?? what}`;
}

/** Whether a message stands in the list. */
export function hasRow(message: Message): boolean {
  switch (message.kind) {
    case "chat":
    case "gift":
      return true;
    case "pk":
      return false;
    case "notice":
      return ["text", "enter", "broadcast", "private", "muted"].includes(message.body.notice);
  }
}

/** What a `removed` notice takes back, as the edges read it. */
export function takenBack(notice: Message): (message: Message) => boolean {
  if (notice.kind !== "notice") return () => false;
  const { account } = notice.body.data;
  const named = namedIn(notice);
  return (message) =>
    message.score < notice.score && (message.kind === "chat" || message.kind === "gift") &&
    (named.has(messageId(message.score)) ||
      (typeof account === "string" && message.from?.id === account));
}

function namedIn(notice: Message): ReadonlySet<unknown> {
  const ids = notice.kind === "notice" ? notice.body.data.ids : null;
  return new Set(Array.isArray(ids) ? ids : []);
}

/** Names and number of people who came in. */
export function entered(message: Message): { names: readonly string[]; count: number } {
  const data = message.kind === "notice" ? message.body.data : {};
  const names = Array.isArray(data.names)
    ? data.names.filter((name): name is string => typeof name === "string")
    : [];
  return { names, count: typeof data.count === "number" ? data.count : names.length };
}

function mergeEnters(before: Message, message: Message): Message | null {
  if (
    before.kind !== "notice" || message.kind !== "notice" ||
    before.body.notice !== "enter" || message.body.notice !== "enter"
  ) return null;
  const old = entered(before);
  const now = entered(message);
  const names = [...old.names.filter((name) => !now.names.includes(name)), ...now.names];
  return {
    ...message,
    body: {
      ...message.body,
      data: { names: names.slice(-MAX_NAMES), count: old.count + now.count },
    },
  };
}

function isSameCombo(before: Message | null, gift: Message): boolean {
  return before?.kind === "gift" && gift.kind === "gift" && before.from?.id === gift.from?.id &&
    before.body.gift === gift.body.gift && before.body.side === gift.body.side &&
    gift.body.combo > before.body.combo;
}
