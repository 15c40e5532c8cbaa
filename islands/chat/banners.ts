/**
 * Gifts over the picture: a few at once, the others wait, and a combo grows where it stands.
 *
 * @module
 */
import type { Message } from "../../im/protocol/message.ts";
import { Alarm, type Clock } from "./clock.ts";

/** Shown at once. */
export const MAX_SHOWN = 3;
/** Waiting at most; the least valuable gives way. */
export const MAX_WAITING = 30;
/** Time of a banner after it last changed, milliseconds. */
export const SHOWN_MS = 4_000;

/** A gift. */
export type GiftMessage = Message & { readonly kind: "gift" };

/** One banner. */
export interface Banner {
  /** Sender and gift: a combo keeps it. */
  readonly key: string;
  readonly message: GiftMessage;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly endsAtMs: number;
}

/** The banners. */
export class BannerBoard {
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #draw: (banners: readonly Banner[]) => void;
  #shown: readonly Banner[] = [];
  #waiting: readonly GiftMessage[] = [];

  /** @param draw is given what is to be seen, with every change */
  constructor(clock: Clock, draw: (banners: readonly Banner[]) => void) {
    this.#clock = clock;
    this.#alarm = new Alarm(clock);
    this.#draw = draw;
  }

  /** A gift came. */
  add(message: GiftMessage): void {
    const key = keyOf(message);
    const at = this.#shown.findIndex((banner) => banner.key === key);
    if (at >= 0) this.#shown = this.#shown.with(at, this.#banner(message, this.#shown[at]));
    else if (this.#shown.length < MAX_SHOWN) this.#shown = [...this.#shown, this.#banner(message)];
    else {
      const others = this.#waiting.filter((waiting) => keyOf(waiting) !== key);
      this.#waiting = [...others, message]
        .toSorted((a, b) => b.body.value - a.body.value || a.score - b.score)
        .slice(0, MAX_WAITING);
      return;
    }
    this.#show();
  }

  /** Takes gifts away that are to be seen no more. */
  remove(gone: (message: Message) => boolean): void {
    this.#waiting = this.#waiting.filter((message) => !gone(message));
    const left = this.#shown.filter(({ message }) => !gone(message));
    if (left.length === this.#shown.length) return;
    this.#shown = left;
    this.#show();
  }

  /** Ends. */
  stop(): void {
    this.#alarm.clear();
  }

  #banner(message: GiftMessage, before?: Banner): Banner {
    const count = Math.max(message.body.count, message.body.combo, before?.count ?? 0);
    return {
      key: keyOf(message),
      message,
      count,
      endsAtMs: this.#clock.now() + SHOWN_MS,
    };
  }

  #show(): void {
    this.#draw(this.#shown);
    this.#alarm.clear();
    if (this.#shown.length === 0) return;
    const nextMs = Math.min(...this.#shown.map(({ endsAtMs }) => endsAtMs));
    this.#alarm.set(Math.max(0, nextMs - this.#clock.now()), () => {
      const nowMs = this.#clock.now();
      const left = this.#shown.filter(({ endsAtMs }) => endsAtMs > nowMs);
      const free = MAX_SHOWN - left.length;
      const next = this.#waiting.slice(0, free).map((message) => this.#banner(message));
      this.#waiting = this.#waiting.slice(free);
      this.#shown = [...left, ...next];
      this.#show();
    });
  }
}

function keyOf({ from, body }: GiftMessage): string {
  return `${from?.id ?? ""} ${body.gift}`;
}
