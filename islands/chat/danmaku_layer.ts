/**
 * Texts that fly over the picture, by npm `danmaku` on a canvas.
 *
 * @module
 */
import Danmaku from "danmaku";
import type { Message } from "../../im/protocol/message.ts";
import { type DanmakuSettings, isFiltered } from "./danmaku_settings.ts";
import { LaneLimiter } from "./lane_limiter.ts";
import { PictureClock } from "./picture_clock.ts";
import { plainWords } from "./words.ts";

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
  readonly canvas?: HTMLCanvasElement | null;
}

const Engine = Danmaku as unknown as new (options: {
  readonly container: HTMLElement;
  readonly media: PictureClock;
  readonly comments: readonly never[];
  readonly engine: "canvas";
  readonly speed: number;
}) => Engine;

/** Time of a text over the picture, seconds. */
const SECONDS = { slow: 12, normal: 8, fast: 5 } as const;
/** Characters that fly, at most. */
const MAX_CHARACTERS = 80;
/** The engine remembers every text that it ever showed: a new one takes over after so many. */
const MAX_REMEMBERED = 1_500;
/** Texts that can still be in flight, and be taken out of it. */
const MAX_FLYING = 200;

/** The layer. */
export class DanmakuLayer {
  readonly #place: HTMLElement;
  readonly #limiter = new LaneLimiter();
  readonly #clock = new PictureClock();
  readonly #measure = document.createElement("canvas").getContext("2d");
  readonly #observer: ResizeObserver;
  #engine: Engine | null = null;
  /** The one before, until the last of its texts has left. */
  #old: Engine | null = null;
  #settings: DanmakuSettings;
  #shown = 0;
  #flying: readonly { readonly message: Message; readonly style: object }[] = [];
  #leaving: ReturnType<typeof setTimeout> | undefined;

  /** @param place an empty element over the picture */
  constructor(place: HTMLElement, settings: DanmakuSettings) {
    this.#place = place;
    this.#settings = settings;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(place);
    this.apply(settings);
  }

  /** Texts that were shown, for tests. */
  get shown(): number {
    return this.#shown;
  }

  /** Changes how texts fly. */
  apply(settings: DanmakuSettings): void {
    this.#settings = settings;
    this.#place.style.height = `${settings.area * 100}%`;
    this.#place.style.opacity = String(settings.opacity);
    if (!settings.on) {
      this.#engine?.destroy();
      this.#engine = null;
      this.#limiter.clear();
    } else {
      this.#engine ??= this.#create();
      this.#engine.speed = this.#speed;
    }
  }

  /** The picture stands or moves; so do the texts. */
  setPaused(paused: boolean): void {
    this.#clock.setPaused(paused);
  }

  /** Shows a text if there is room for it; `own`: in a frame, and in any case. */
  show(message: Message & { readonly kind: "chat" }, own: boolean): void {
    const { body } = message;
    const { on, words, density } = this.#settings;
    const engine = this.#engine;
    if (!on || engine === null || document.hidden || this.#clock.paused) return;
    if (!own && isFiltered(body.text, words)) return;
    const text = [...plainWords(body.text)].slice(0, MAX_CHARACTERS).join("");
    const size = this.#fontSize;
    const font = `600 ${size}px/1.35 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif`;
    const height = Math.round(size * 1.35) + 8;
    if (this.#measure === null) return;
    this.#measure.font = font;
    const width = Math.ceil(this.#measure.measureText(text).width) + 8;
    const sky = {
      width: this.#place.clientWidth,
      height: this.#place.clientHeight,
      lineHeight: height,
      speed: this.#speed,
    };
    if (sky.width === 0) return;
    const { mode } = body;
    const nowMs = this.#clock.currentTime * 1_000;
    if (!this.#limiter.admit({ width, mode, own }, { sky, density, nowMs })) return;
    this.#shown++;
    const style = {
      font,
      fillStyle: body.color ?? "#ffffff",
      // The own text has an edge of its own.
      strokeStyle: own ? "#d93a14" : "rgb(0 0 0 / 80%)",
      lineWidth: own ? 5 : 3,
      lineJoin: "round",
    };
    engine.emit({ mode: mode === "scroll" ? "rtl" : mode, text, style });
    this.#flying = [...this.#flying.slice(1 - MAX_FLYING), { message, style }];
    if (this.#shown % MAX_REMEMBERED === 0) this.#renew();
  }

  /** Takes texts out of their flight; answers how many. */
  remove(gone: (message: Message) => boolean): number {
    const styles = new Set<object>();
    for (const { message, style } of this.#flying) if (gone(message)) styles.add(style);
    if (styles.size === 0) return 0;
    this.#flying = this.#flying.filter(({ style }) => !styles.has(style));
    for (const comment of [this.#engine, this.#old].flatMap((engine) => engine?.comments ?? [])) {
      if (!styles.has(comment.style)) continue;
      // One that is drawn loses its picture, one that waits its words.
      const { canvas } = comment;
      canvas?.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
      comment.text = "";
    }
    return styles.size;
  }

  /** Ends. */
  destroy(): void {
    clearTimeout(this.#leaving);
    this.#observer.disconnect();
    this.#engine?.destroy();
    this.#old?.destroy();
  }

  get #speed(): number {
    return Math.max(60, this.#place.clientWidth / SECONDS[this.#settings.speed]);
  }

  get #fontSize(): number {
    const width = this.#place.clientWidth;
    const usual = width < 500 ? 15 : width < 1_000 ? 20 : 24;
    return Math.round(usual * this.#settings.size);
  }

  #create(): Engine {
    return new Engine({
      container: this.#place,
      media: this.#clock,
      comments: [],
      engine: "canvas",
      speed: this.#speed,
    });
  }

  #renew(): void {
    this.#old?.destroy();
    this.#old = this.#engine;
    this.#engine = this.#create();
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      this.#old?.destroy();
      this.#old = null;
    }, SECONDS.slow * 1_000);
  }

  #resize(): void {
    this.#engine?.resize();
    if (this.#engine !== null) this.#engine.speed = this.#speed;
    this.#limiter.clear();
  }
}
