/**
 * Texts in flight, drawn by npm `danmaku` on a canvas. It runs in a worker where a canvas can be
 * handed to one, so that a crowd's texts cost the page nothing but a word each; elsewhere on the page.
 *
 * @module
 */
import Danmaku from "danmaku";
import type { StageOrder, StagePlace } from "./danmaku_orders.ts";
import { PictureClock } from "./picture_clock.ts";

/** The part of the engine that is used: its own types do not name a class. */
interface Engine {
  speed: number;
  /** What was given to `emit()`, each in a copy that has the same `style`. */
  readonly comments: readonly Flying[];
  emit(comment: {
    readonly text: string;
    readonly mode: "rtl" | "top" | "bottom";
    readonly style: Readonly<Record<string, string | number>>;
  }): unknown;
  resize(): unknown;
  destroy(): unknown;
}

/** A text as the engine keeps it. */
interface Flying {
  text: string;
  readonly style: object;
  /** Its picture, once it has been drawn and until it has left. */
  readonly canvas?: HTMLCanvasElement | OffscreenCanvas | null;
}

const Engine = Danmaku as unknown as new (options: {
  readonly container: StagePlace;
  readonly media: PictureClock;
  readonly comments: readonly never[];
  readonly engine: "canvas";
  readonly speed: number;
}) => Engine;

/** Texts that can still be in flight, and be taken out of it. */
const MAX_FLYING = 400;

/** Where texts fly; it does what it is told. */
export class DanmakuStage {
  readonly #clock = new PictureClock();
  #engine: Engine | null = null;
  /** The one before, until the last of its texts has left. */
  #old: Engine | null = null;
  #flying: readonly { readonly key: number; readonly style: object }[] = [];

  /** @param placeOf what the engine puts its canvas into */
  constructor(private readonly placeOf: (order: StageOrder & { do: "open" }) => StagePlace) {}

  /** Follows an order. */
  take(order: StageOrder): void {
    switch (order.do) {
      case "open":
        this.#old?.destroy();
        this.#old = this.#engine;
        this.#engine = new Engine({
          container: this.placeOf(order),
          media: this.#clock,
          comments: [],
          engine: "canvas",
          speed: order.speed,
        });
        return;
      case "emit": {
        const { key, text, mode, style } = order;
        this.#engine?.emit({ text, mode: mode === "scroll" ? "rtl" : mode, style });
        this.#flying = [...this.#flying.slice(1 - MAX_FLYING), { key, style }];
        return;
      }
      case "remove":
        return this.#remove(new Set(order.keys));
      case "resize":
        this.#engine?.resize();
        if (this.#engine !== null) this.#engine.speed = order.speed;
        return;
      case "pause":
        return this.#clock.setPaused(order.paused);
      case "forget":
        this.#old?.destroy();
        this.#old = null;
        return;
      case "close":
        this.#old?.destroy();
        this.#engine?.destroy();
        this.#old = this.#engine = null;
    }
  }

  #remove(keys: ReadonlySet<number>): void {
    const styles = new Set<object>();
    for (const { key, style } of this.#flying) if (keys.has(key)) styles.add(style);
    this.#flying = this.#flying.filter(({ key }) => !keys.has(key));
    for (const comment of [this.#engine, this.#old].flatMap((engine) => engine?.comments ?? [])) {
      if (!styles.has(comment.style)) continue;
      // One that is drawn loses its picture, one that waits its words.
      const { canvas } = comment;
      const context = canvas?.getContext("2d") as CanvasRect | null;
      if (canvas) context?.clearRect(0, 0, canvas.width, canvas.height);
      comment.text = "";
    }
  }
}

/** What both kinds of canvas can do. */
interface CanvasRect {
  clearRect(x: number, y: number, width: number, height: number): void;
}
