/**
 * The stage of the texts over the picture in a worker of its own. The engine was written for pages:
 * it finds here what it asks a page for.
 *
 * @module
 */
import type { StageOrder, StagePlace, StageSize } from "./danmaku_orders.ts";

type Stage = import("./danmaku_stage.ts").DanmakuStage;

const world = globalThis as unknown as Record<string, unknown>;
/** The next canvas that the engine makes is its stage: that of the page. */
let next: OffscreenCanvas | null = null;
const size: { width: number; height: number } = { width: 0, height: 0 };

world.window = globalThis;
world.getComputedStyle = () => ({ getPropertyValue: () => "16px" });
world.document = {
  getElementsByTagName: () => [null],
  createElement() {
    const canvas = next ?? new OffscreenCanvas(1, 1);
    next = null;
    return Object.assign(canvas, { style: {} });
  },
};

const PLACE: StagePlace = {
  get offsetWidth() {
    return size.width;
  },
  get offsetHeight() {
    return size.height;
  },
  appendChild: () => {},
  removeChild: () => {},
};

function resize({ width, height }: StageSize): void {
  Object.assign(size, { width, height });
}

let stage: Promise<Stage> | null = null;

addEventListener("message", ({ data }: MessageEvent<StageOrder>) => {
  // The engine looks at the density of the screen when it is loaded.
  if (data.do === "open") world.devicePixelRatio ??= data.ratio;
  stage ??= import("./danmaku_stage.ts").then(({ DanmakuStage }) => new DanmakuStage(() => PLACE));
  void stage.then((stage) => {
    if (data.do === "open") next = data.canvas;
    if (data.do === "open" || data.do === "resize") resize(data.size);
    stage.take(data);
  });
});
