/**
 * Private conversations of an account: what arrived since the page opened, and before that what the
 * platform still has. Bounded: the longest ago leaves first.
 *
 * @module
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { ApiError } from "../../client/mod.ts";
import { atMsOf, type Message, messageId } from "../../im/protocol/message.ts";
import type { Shelf } from "./drafts.ts";
import type { Partner } from "./private_door.ts";

/** Conversations that are kept. */
export const MAX_CONVERSATIONS = 100;
/** Texts of a conversation that are kept. */
export const MAX_TEXTS = 200;
/** What was said so long ago is read when the list is opened, milliseconds. */
export const LOOK_BACK_MS = 30 * 24 * 3_600_000;
const KEY = "wanren.private-seen";

/** One text. */
export interface PrivateText {
  /** Unique among those of the account. */
  readonly id: string;
  readonly score: number;
  readonly mine: boolean;
  readonly text: string;
  readonly atMs: number;
}

/** What two people said to each other. */
export interface Conversation {
  readonly partner: Partner;
  /** The oldest first. */
  readonly texts: readonly PrivateText[];
  /** Texts of the other one that were not seen. */
  readonly unread: number;
}

/** Why a text was not sent. */
export interface PrivateRefusal {
  /** `code` of the API's problem, `held` for a review, or `unreachable`. */
  readonly code: string;
  readonly retryAfterS: number | null;
}

/** What the conversations ask of the platform. */
export interface PrivateCalls {
  /** In order; bounded. */
  history(fromMs: number): Promise<readonly Message[]>;
  /** Null: it is held for a review. */
  send(
    account: string,
    text: { readonly text: string; readonly clientId: string },
  ): Promise<Message | null>;
}

/** What {@linkcode Privates} stands on. */
export interface PrivatesOptions {
  /** Id of the account. */
  readonly me: string;
  readonly calls: PrivateCalls;
  /** Remembers on this device what was seen. */
  readonly shelf: Shelf | null;
  readonly now: () => number;
  readonly newId: () => string;
}

/** How far the past is known. */
export type Past = "unread" | "reading" | "read" | "failed";

/** The conversations of one account. */
export class Privates {
  readonly #options: PrivatesOptions;
  readonly #byPartner = new Map<string, Conversation>();
  readonly #conversations = signal<readonly Conversation[]>([]);
  readonly #unread = signal(0);
  readonly #past = signal<Past>("unread");
  /** Sent and not answered: the same words again are the same text. */
  readonly #outgoing = new Map<string, { readonly text: string; readonly clientId: string }>();
  #viewed: string | null = null;
  #seen: number | null;

  constructor(options: PrivatesOptions) {
    this.#options = options;
    this.#seen = readSeen(options);
  }

  /** The last one that something was said in comes first. */
  get conversations(): ReadonlySignal<readonly Conversation[]> {
    return this.#conversations;
  }

  /** Texts in all conversations that were not seen. */
  get unread(): ReadonlySignal<number> {
    return this.#unread;
  }

  /** Whether what was said before is here. */
  get past(): ReadonlySignal<Past> {
    return this.#past;
  }

  /** Takes messages as they arrive; answers those of others that nobody looks at. */
  note(messages: readonly Message[]): readonly { partner: Partner; text: PrivateText }[] {
    const news = this.#take(messages, { past: false });
    return news.filter(({ partner, text }) => !text.mine && partner.id !== this.#viewed);
  }

  /** Says whose conversation is looked at; null: nobody's. */
  view(partner: string | null): void {
    this.#viewed = partner;
    if (partner === null) return;
    const conversation = this.#byPartner.get(partner);
    if (conversation === undefined || conversation.unread === 0) return;
    this.#byPartner.set(partner, { ...conversation, unread: 0 });
    this.#tell();
  }

  /** Reads what was said before; once, and again after a failure. */
  async load(): Promise<void> {
    if (this.#past.value === "reading" || this.#past.value === "read") return;
    this.#past.value = "reading";
    try {
      const { calls, now } = this.#options;
      this.#take(await calls.history(now() - LOOK_BACK_MS), { past: true });
      this.#past.value = "read";
    } catch {
      this.#past.value = "failed";
    }
  }

  /** Sends a text; null: it is sent. The words stay the caller's until then. */
  async send(partner: Partner, text: string): Promise<PrivateRefusal | null> {
    const { calls, newId } = this.#options;
    const before = this.#outgoing.get(partner.id);
    const outgoing = before?.text === text ? before : { text, clientId: newId() };
    this.#outgoing.set(partner.id, outgoing);
    try {
      const message = await calls.send(partner.id, outgoing);
      this.#outgoing.delete(partner.id);
      if (message === null) return { code: "held", retryAfterS: null };
      this.#take([message], { past: false });
      return null;
    } catch (error) {
      const problem = error instanceof ApiError ? error : null;
      const mayHaveArrived = problem === null || problem.status >= 500;
      if (!mayHaveArrived) this.#outgoing.delete(partner.id);
      return {
        code: mayHaveArrived ? "unreachable" : problem.code,
        retryAfterS: problem?.retryAfterS ?? null,
      };
    }
  }

  #take(messages: readonly Message[], { past }: { readonly past: boolean }) {
    const news: { readonly partner: Partner; readonly text: PrivateText }[] = [];
    for (const message of messages) {
      const read = readPrivate(message, this.#options.me);
      if (read === null) continue;
      const { partner, text } = read;
      const before = this.#byPartner.get(partner.id) ?? { partner, texts: [], unread: 0 };
      if (before.texts.some(({ id }) => id === text.id)) continue;
      const texts = [...before.texts, text].sort((a, b) => a.score - b.score).slice(-MAX_TEXTS);
      if (!texts.includes(text)) continue;
      const seen = this.#seen === null ? past : text.score <= this.#seen;
      const counts = !text.mine && !seen && partner.id !== this.#viewed;
      this.#byPartner.set(partner.id, {
        // Names change; the newest is theirs.
        partner: texts.at(-1) === text ? partner : before.partner,
        texts,
        unread: before.unread + (counts ? 1 : 0),
      });
      news.push(read);
    }
    if (news.length > 0) this.#tell();
    return news;
  }

  #tell(): void {
    const sorted = [...this.#byPartner.values()].sort((a, b) => lastOf(b) - lastOf(a));
    for (const { partner } of sorted.splice(MAX_CONVERSATIONS)) this.#byPartner.delete(partner.id);
    this.#conversations.value = sorted;
    this.#unread.value = sorted.reduce((sum, { unread }) => sum + unread, 0);
    if (this.#unread.value > 0 || sorted.length === 0) return;
    this.#seen = Math.max(this.#seen ?? 0, lastOf(sorted[0]!));
    writeSeen(this.#options, this.#seen);
  }
}

/** A private text as its reader sees it; null: it is none. */
export function readPrivate(
  message: Message,
  me: string,
): { readonly partner: Partner; readonly text: PrivateText } | null {
  if (message.kind !== "notice" || message.body.notice !== "private") return null;
  const { from, score, body: { data: { text, to } } } = message;
  if (from === null || typeof text !== "string") return null;
  const mine = from.id === me;
  const partner = mine ? partnerIn(to) : { id: from.id, name: from.name };
  if (partner === null) return null;
  return { partner, text: { id: messageId(score), score, mine, text, atMs: atMsOf(score) } };
}

function partnerIn(to: unknown): Partner | null {
  if (typeof to !== "object" || to === null) return null;
  const { id, name } = to as Record<string, unknown>;
  return typeof id === "string" && typeof name === "string" ? { id, name } : null;
}

function lastOf({ texts }: Conversation): number {
  return texts.at(-1)?.score ?? 0;
}

function readSeen({ shelf, me }: PrivatesOptions): number | null {
  try {
    const stored: unknown = JSON.parse(shelf?.getItem(KEY) ?? "null");
    return Array.isArray(stored) && stored[0] === me && Number.isSafeInteger(stored[1])
      ? stored[1]
      : null;
  } catch {
    return null;
  }
}

function writeSeen({ shelf, me }: PrivatesOptions, score: number): void {
  try {
    shelf?.setItem(KEY, JSON.stringify([me, score]));
  } catch {
    // Private mode or a full store: it is known as long as the page lives.
  }
}
