/**
 * Texts on their way out, one after the other. What could not be said comes back as a draft; nothing
 * is said twice, since a text keeps its name however often it is tried.
 *
 * @module
 */
import { ApiError } from "../../client/mod.ts";
import type { Message } from "../../im/protocol/message.ts";
import { Alarm, type Clock } from "./clock.ts";
import type { OutgoingText, Transport } from "./transport.ts";

/** Texts that wait at most; more are refused at the composer. */
export const MAX_PENDING = 5;
/** A text that finds no platform is tried so often. */
export const MAX_TRIES = 5;
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 8_000;
/** Wait after "slow down" that names no seconds. */
const DEFAULT_WAIT_S = 3;

/** A text that is not said yet. */
export type Pending = OutgoingText;

/** Why a text came back. */
export interface Refusal {
  /** `code` of the API's problem, or `unreachable`. */
  readonly code: string;
  /** In English, for developers. */
  readonly detail: string;
  /** The input at fault, when the platform names one. */
  readonly field: string | null;
  /** Until when nothing can be said, milliseconds since the epoch; null: it may be tried at once. */
  readonly untilMs: number | null;
}

/** What an {@linkcode Outbox} stands on. */
export interface OutboxOptions {
  readonly room: string;
  readonly transport: Pick<Transport, "say">;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly onChange: (pending: readonly Pending[]) => void;
  /** Said; null: held for a review. */
  readonly onSaid: (message: Message | null, text: Pending) => void;
  /** Not said: it belongs back into the composer. */
  readonly onRefused: (text: Pending, refusal: Refusal) => void;
}

/** The outbox of one room. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #retry: Alarm;
  #pending: readonly Pending[] = [];
  #sending = false;
  #tries = 0;
  #untilMs = 0;
  #stopped = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#retry = new Alarm(options.clock);
  }

  /** What is not said yet, in order. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** Until when nothing can be said. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** Takes a text; false: too many wait. */
  send(text: Omit<OutgoingText, "clientId">): boolean {
    if (this.#pending.length >= MAX_PENDING || this.#stopped) return false;
    this.#set([...this.#pending, { ...text, clientId: this.#options.newId() }]);
    this.#go();
    return true;
  }

  /** Tries again at once what waits: the network is back. */
  wake(): void {
    if (this.#options.clock.now() < this.#untilMs) return;
    this.#retry.clear();
    this.#go();
  }

  /** Ends; what waits is given up. */
  stop(): void {
    this.#stopped = true;
    this.#retry.clear();
  }

  #set(pending: readonly Pending[]): void {
    this.#pending = pending;
    this.#options.onChange(pending);
  }

  #go(): void {
    const text = this.#pending[0];
    if (text === undefined || this.#sending || this.#retry.isSet || this.#stopped) return;
    this.#sending = true;
    const { transport, room } = this.#options;
    transport.say(room, text).then(
      (message) => this.#settle(text, () => this.#options.onSaid(message, text)),
      (error: unknown) => this.#failed(text, error),
    );
  }

  #settle(text: Pending, tell: () => void): void {
    this.#sending = false;
    this.#tries = 0;
    if (this.#stopped) return;
    this.#set(this.#pending.filter((one) => one !== text));
    tell();
    this.#go();
  }

  #failed(text: Pending, error: unknown): void {
    const { clock, onRefused } = this.#options;
    const problem = error instanceof ApiError ? error : null;
    const status = problem?.status ?? 0;
    const mayPass = status === 0 || status >= 500 || problem?.code === "unreadable";
    if (mayPass && ++this.#tries < MAX_TRIES) {
      this.#sending = false;
      const backMs = Math.min(RETRY_MS * 2 ** (this.#tries - 1), MAX_RETRY_MS);
      const waitMs = Math.max((problem?.retryAfterS ?? 0) * 1_000, backMs);
      if (!this.#stopped) {
        this.#retry.set(waitMs * (0.75 + clock.random() / 2), () => this.#go());
      }
      return;
    }
    const code = mayPass ? "unreachable" : problem?.code ?? "refused";
    // A mute ends by its time or before: texts do not wait for it here.
    const waitS = code === "slow_down" ? problem?.retryAfterS ?? DEFAULT_WAIT_S : null;
    const untilMs = waitS === null ? null : clock.now() + waitS * 1_000;
    if (untilMs !== null) {
      this.#untilMs = untilMs;
      this.#retry.set(waitS! * 1_000, () => this.#go());
    }
    const refusal = {
      code,
      detail: problem?.detail ?? code,
      field: problem?.field ?? null,
      untilMs,
    };
    this.#settle(text, () => onRefused(text, refusal));
  }
}
