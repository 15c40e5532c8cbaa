/**
 * The beauty filter for pictures of a scene: the one of the photo booth, on a canvas of its own for
 * every camera, in a worker or on a page.
 *
 * @module
 */
import { GlDrawer } from "../filters/gl_drawer.ts";
import { PRESETS } from "../filters/presets.ts";
import type { Picture } from "./draw.ts";
import type { Scene } from "./model.ts";

/** Brightness and warmth that go with the smoothest skin. */
const BRIGHTNESS = 0.1;
const WARMTH = 0.12;

type Canvas = HTMLCanvasElement | OffscreenCanvas;

/** What makes a canvas of a size. */
export type CanvasMaker = (width: number, height: number) => Canvas;

/** Dresses the frames of one camera. */
export class Beauty {
  readonly #make: CanvasMaker;
  #ground: Canvas | null = null;
  #dressed: Canvas | null = null;
  #drawer: GlDrawer | null = null;
  /** There is no WebGL2 here. */
  #without = false;

  constructor(make: CanvasMaker) {
    this.#make = make;
  }

  /** The picture with smooth skin; the same picture where that cannot be done. `strength`: 0 to 1. */
  dress(
    picture: Picture,
    { strength, nowMs }: { readonly strength: number; readonly nowMs: number },
  ): Picture {
    const { width, height } = picture;
    if (strength <= 0 || this.#without || width === 0 || height === 0) return picture;
    try {
      return this.#draw(picture, { strength, nowMs });
    } catch {
      // A GPU that gives up takes the filter with it, and not the picture.
      this.#without = true;
      return picture;
    }
  }

  #draw(
    picture: Picture,
    { strength, nowMs }: { readonly strength: number; readonly nowMs: number },
  ): Picture {
    const { width, height } = picture;
    const ground = this.#ground ??= this.#make(width, height);
    if (ground.width !== width || ground.height !== height) {
      ground.width = width;
      ground.height = height;
    }
    const brush = ground.getContext("2d", { alpha: false }) as CanvasRenderingContext2D | null;
    const drawer = this.#open(width, height);
    if (brush === null || drawer === null) return picture;
    brush.drawImage(picture.image, 0, 0, width, height);
    drawer.resize({ width, height });
    drawer.setLook({
      preset: PRESETS[0]!,
      smoothing: strength,
      brightness: strength * BRIGHTNESS,
      warmth: strength * WARMTH,
      mirror: false,
    });
    const drawn = drawer.draw({
      // Both kinds of canvas have all that is asked of one.
      camera: ground as HTMLCanvasElement,
      screen: null,
      corner: "bottom-right",
    }, nowMs);
    return drawn && this.#dressed !== null ? { image: this.#dressed, width, height } : picture;
  }

  #open(width: number, height: number): GlDrawer | null {
    if (this.#drawer !== null) return this.#drawer;
    this.#dressed = this.#make(width, height);
    this.#drawer = GlDrawer.open(this.#dressed as HTMLCanvasElement);
    if (this.#drawer === null) this.#without = true;
    return this.#drawer;
  }

  /** Lets the GPU go. */
  [Symbol.dispose](): void {
    this.#drawer?.[Symbol.dispose]();
    this.#drawer = null;
    this.#without = true;
  }
}

/** The filters of a scene, one for each layer that asks for it. */
export class Beauties {
  readonly #make: CanvasMaker;
  readonly #beauties = new Map<string, Beauty>();

  constructor(make: CanvasMaker) {
    this.#make = make;
  }

  /** The pictures as they are shown. */
  dress(
    pictures: ReadonlyMap<string, Picture>,
    { scene, nowMs }: { readonly scene: Scene; readonly nowMs: number },
  ): ReadonlyMap<string, Picture> {
    const dressed = scene.layers.flatMap((layer) => {
      const picture = pictures.get(layer.id);
      if (layer.kind !== "video" || layer.beauty <= 0 || picture === undefined) return [];
      let beauty = this.#beauties.get(layer.id);
      if (beauty === undefined) {
        beauty = new Beauty(this.#make);
        this.#beauties.set(layer.id, beauty);
      }
      return [[layer.id, beauty.dress(picture, { strength: layer.beauty, nowMs })] as const];
    });
    return dressed.length === 0 ? pictures : new Map([...pictures, ...dressed]);
  }

  /** A layer went. */
  remove(id: string): void {
    this.#beauties.get(id)?.[Symbol.dispose]();
    this.#beauties.delete(id);
  }
}
