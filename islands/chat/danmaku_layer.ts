/**
 * Texts that fly over the picture: which ones, and how they look. A stage draws them, by npm
 * `danmaku`: in a worker where it can be.
 *
 * @module
 */
import type { Message } from "../../im/protocol/message.ts";
import type { StageOrder } from "./danmaku_orders.ts";
import { type DanmakuSettings, isFiltered } from "./danmaku_settings.ts";
import { LaneLimiter } from "./lane_limiter.ts";
import { PictureClock } from "./picture_clock.ts";
import { plainWords } from "./words.ts";

/** Time of a text over the picture, seconds. */
const SECONDS = { slow: 12, normal: 8, fast: 5 } as const;
/** Characters that fly, at most. */
const MAX_CHARACTERS = 80;
/** The engine remembers every text that it ever showed: a new one takes over after so many. */
const MAX_REMEMBERED = 1_500;
/** Texts that can still be in flight, and be taken out of it. */
const MAX_FLYING = 400;

/** The layer. */
export class DanmakuLayer {
  readonly #place: HTMLElement;
  readonly #limiter = new LaneLimiter();
  readonly #clock = new PictureClock();
  readonly #measure = document.createElement("canvas").getContext("2d");
  readonly #observer: ResizeObserver;
  readonly #workerUrl: string;
  /** Of the place, CSS pixels. */
  #size = { width: 0, height: 0 };
  #stage: Stage | null = null;
  #settings: DanmakuSettings;
  #shown = 0;
  #flying: readonly { readonly message: Message; readonly key: number }[] = [];
  #leaving: ReturnType<typeof setTimeout> | undefined;

  /** @param place an empty element over the picture */
  constructor(
    place: HTMLElement,
    { settings, workerUrl }: {
      readonly settings: DanmakuSettings;
      /** Address of the stage's worker script. */
      readonly workerUrl: string;
    },
  ) {
    this.#place = place;
    this.#workerUrl = workerUrl;
    this.#settings = settings;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(place);
    this.apply(settings);
  }

  /** Changes how texts fly. */
  apply(settings: DanmakuSettings): void {
    this.#settings = settings;
    this.#place.style.height = `${settings.area * 100}%`;
    this.#place.style.opacity = String(settings.opacity);
    this.#look();
    if (!settings.on) {
      this.#close();
      this.#limiter.clear();
    } else if (this.#stage === null) {
      this.#stage = openStage(this.#place, this.#workerUrl);
      this.#open();
      this.#stage.tell({ do: "pause", paused: this.#clock.paused });
    } else {
      this.#stage.tell({ do: "resize", size: this.#size, speed: this.#speed });
    }
  }

  /** The picture stands or moves; so do the texts. */
  setPaused(paused: boolean): void {
    this.#clock.setPaused(paused);
    this.#stage?.tell({ do: "pause", paused });
  }

  /** Shows a text if there is room for it; `own`: in a frame, and in any case. */
  show(message: Message & { readonly kind: "chat" }, own: boolean): void {
    const { body } = message;
    const { on, words, density } = this.#settings;
    const stage = this.#stage;
    if (!on || stage === null || document.hidden || this.#clock.paused) return;
    if (!own && isFiltered(body.text, words)) return;
    const { mode } = body;
    const size = this.#fontSize;
    const sky = { ...this.#size, lineHeight: Math.round(size * 1.35) + 8, speed: this.#speed };
    const nowMs = this.#clock.currentTime * 1_000;
    if (sky.width === 0 || this.#measure === null) return;
    // Of a crowd's texts most find no room: nothing is measured for them.
    if (!own && !this.#limiter.hasRoom(mode, { sky, nowMs })) return;
    const text = [...plainWords(body.text)].slice(0, MAX_CHARACTERS).join("");
    const font = `600 ${size}px/1.35 system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif`;
    this.#measure.font = font;
    const width = Math.ceil(this.#measure.measureText(text).width) + 8;
    if (!this.#limiter.admit({ width, mode, own }, { sky, density, nowMs })) return;
    const key = ++this.#shown;
    const style = {
      font,
      fillStyle: body.color ?? "#ffffff",
      // The own text has an edge of its own.
      strokeStyle: own ? "#d93a14" : "rgb(0 0 0 / 80%)",
      lineWidth: own ? 5 : 3,
      lineJoin: "round",
    };
    stage.tell({ do: "emit", key, text, mode, style });
    this.#flying = [...this.#flying.slice(1 - MAX_FLYING), { message, key }];
    if (key % MAX_REMEMBERED === 0) this.#renew();
  }

  /** Takes texts out of their flight; answers how many. */
  remove(gone: (message: Message) => boolean): number {
    const keys = this.#flying.filter(({ message }) => gone(message)).map(({ key }) => key);
    if (keys.length === 0) return 0;
    this.#flying = this.#flying.filter(({ key }) => !keys.includes(key));
    this.#stage?.tell({ do: "remove", keys });
    return keys.length;
  }

  /** Ends. */
  destroy(): void {
    this.#observer.disconnect();
    this.#close();
  }

  get #speed(): number {
    return Math.max(60, this.#size.width / SECONDS[this.#settings.speed]);
  }

  get #fontSize(): number {
    const { width } = this.#size;
    const usual = width < 500 ? 15 : width < 1_000 ? 20 : 24;
    return Math.round(usual * this.#settings.size);
  }

  #open(): void {
    this.#stage?.open({ size: this.#size, ratio: devicePixelRatio || 1, speed: this.#speed });
  }

  #close(): void {
    clearTimeout(this.#leaving);
    this.#stage?.close();
    this.#stage = null;
  }

  #renew(): void {
    this.#open();
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => this.#stage?.forget(), SECONDS.slow * 1_000);
  }

  /** Asked once a size: each question may lay out the whole page. */
  #look(): void {
    this.#size = { width: this.#place.clientWidth, height: this.#place.clientHeight };
  }

  #resize(): void {
    this.#look();
    this.#stage?.tell({ do: "resize", size: this.#size, speed: this.#speed });
    this.#limiter.clear();
  }
}

type Opening = Omit<StageOrder & { do: "open" }, "do" | "canvas">;

/** A stage wherever it is. */
interface Stage {
  open(how: Opening): void;
  tell(order: StageOrder): void;
  /** Nothing flies any more on the canvas before the newest. */
  forget(): void;
  close(): void;
}

function openStage(place: HTMLElement, workerUrl: string): Stage {
  const canHand = typeof OffscreenCanvas === "function" &&
    "transferControlToOffscreen" in HTMLCanvasElement.prototype;
  return canHand ? workerStage(place, workerUrl) : pageStage(place);
}

function workerStage(place: HTMLElement, url: string): Stage {
  const worker = new Worker(url, { name: "danmaku" });
  const forget = (kept: number) => {
    while (place.childElementCount > kept) place.firstElementChild?.remove();
  };
  const tell = (order: StageOrder, transfer: Transferable[] = []) =>
    worker.postMessage(order, transfer);
  return {
    open(how) {
      forget(1);
      const canvas = place.appendChild(document.createElement("canvas"));
      const handed = canvas.transferControlToOffscreen();
      tell({ do: "open", canvas: handed, ...how }, [handed]);
    },
    tell,
    forget() {
      tell({ do: "forget" });
      forget(1);
    },
    close() {
      worker.terminate();
      forget(0);
    },
  };
}

function pageStage(place: HTMLElement): Stage {
  const stage = import("./danmaku_stage.ts").then(({ DanmakuStage }) =>
    new DanmakuStage(() => place)
  );
  const tell = (order: StageOrder) => void stage.then((stage) => stage.take(order));
  return {
    open: (how) => tell({ do: "open", canvas: null, ...how }),
    tell,
    forget: () => tell({ do: "forget" }),
    close: () => tell({ do: "close" }),
  };
}
