/**
 * A scene: what lies where in the picture that goes out. Plain data and pure changes of it; every
 * length is a part of the picture (0 to 1), so that a scene fits any size.
 *
 * @module
 */

/**
 * How the moving pictures share the place. `single`: the first one fills it · `side`: one beside
 * the other · `pip`: the first one fills it, the others stand small in the corner · `grid`: all of
 * the same size · `free`: each where it was put.
 */
export const LAYOUTS = ["single", "side", "pip", "grid", "free"] as const;
/** One of {@linkcode LAYOUTS}. */
export type Layout = (typeof LAYOUTS)[number];

/** A place in the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Placed {
  readonly id: string;
  readonly visible: boolean;
  /** Where it is when nothing else places it. */
  readonly box: Box;
}

/** A camera, a screen, a guest: whatever has a moving picture. */
export interface VideoLayer extends Placed {
  readonly kind: "video";
  /** Stands in its place while it has no picture. */
  readonly name: string;
  /** `cover` fills its box and cuts what is too much; `contain` shows all of it. */
  readonly fit: "cover" | "contain";
  readonly mirror: boolean;
  /** Smooth skin, 0 (off) to 1. */
  readonly beauty: number;
}

/** A picture that stands still. */
export interface ImageLayer extends Placed {
  readonly kind: "image";
  readonly name: string;
  /** A `data:` address of at most {@linkcode MAX_IMAGE_CHARS}. */
  readonly data: string;
}

/** A line of words; its box says where it begins and how high its letters are. */
export interface TextLayer extends Placed {
  readonly kind: "text";
  readonly text: string;
  readonly color: string;
}

/** What lies in a scene. */
export type Layer = VideoLayer | ImageLayer | TextLayer;

/** Everything that is drawn; later layers lie over earlier ones. */
export interface Scene {
  readonly layout: Layout;
  readonly layers: readonly Layer[];
  /** Words in the lower right corner; empty: none. */
  readonly watermark: string;
}

/** More layers are not taken. */
export const MAX_LAYERS = 12;
/** Longest text of a layer and of the watermark. */
export const MAX_TEXT = 80;
/** Longest address of an image. */
export const MAX_IMAGE_CHARS = 400_000;
/** The smallest side of a box. */
const LEAST_SIDE = 0.05;
/** Of a layer that a box may stand outside of the picture. */
const INSIDE = 0.05;
const GAP = 0.01;
const CORNER_MARGIN = 0.025;
const CORNER_SHARE = 0.26;
const WHOLE: Box = { x: 0, y: 0, width: 1, height: 1 };

/** Nothing is there yet. */
export const EMPTY_SCENE: Scene = { layout: "single", layers: [], watermark: "" };

/** Where each visible layer is, by its id; what a layout does not show is left out. */
export function boxesOf(scene: Scene): ReadonlyMap<string, Box> {
  const boxes = new Map<string, Box>();
  const moving = scene.layers.filter(({ kind, visible }) => kind === "video" && visible);
  moving.forEach(({ id, box }, index) => {
    const place = scene.layout === "free"
      ? box
      : placeOf(scene.layout, { index, count: moving.length });
    if (place !== null) boxes.set(id, place);
  });
  for (const { id, kind, visible, box } of scene.layers) {
    if (kind !== "video" && visible) boxes.set(id, box);
  }
  return boxes;
}

/** The place of the moving picture number `index`; null: it is not shown. */
function placeOf(
  layout: Exclude<Layout, "free">,
  { index, count }: { readonly index: number; readonly count: number },
): Box | null {
  if (count === 1) return WHOLE;
  switch (layout) {
    case "single":
      return index === 0 ? WHOLE : null;
    case "side":
      return cell({ index, columns: count, rows: 1, count });
    case "grid": {
      const columns = Math.ceil(Math.sqrt(count));
      return cell({ index, columns, rows: Math.ceil(count / columns), count });
    }
    case "pip": {
      if (index === 0) return WHOLE;
      const side = Math.min(CORNER_SHARE, (1 - CORNER_MARGIN) / (count - 1) - CORNER_MARGIN);
      return {
        x: 1 - CORNER_MARGIN - side,
        y: 1 - index * (CORNER_MARGIN + side),
        width: side,
        height: side,
      };
    }
  }
}

function cell(
  { index, columns, rows, count }: {
    readonly index: number;
    readonly columns: number;
    readonly rows: number;
    readonly count: number;
  },
): Box {
  const row = Math.floor(index / columns);
  // The last row may be short: it stands in the middle.
  const inRow = Math.min(columns, count - row * columns);
  const width = (1 - GAP * (columns - 1)) / columns;
  const height = (1 - GAP * (rows - 1)) / rows;
  const indent = (1 - inRow * width - (inRow - 1) * GAP) / 2;
  return {
    x: indent + (index % columns) * (width + GAP),
    y: row * (height + GAP),
    width,
    height,
  };
}

/** The scene with one more layer on top; the same scene when it is full or has it already. */
export function addLayer(scene: Scene, layer: Layer): Scene {
  const { layers } = scene;
  if (layers.length >= MAX_LAYERS || layers.some(({ id }) => id === layer.id)) return scene;
  // Still layers lie over the moving ones.
  const at = layer.kind === "video"
    ? layers.findLastIndex(({ kind }) => kind === "video") + 1
    : layers.length;
  return { ...scene, layers: layers.toSpliced(at, 0, layer) };
}

/** The scene without a layer. */
export function removeLayer(scene: Scene, id: string): Scene {
  return { ...scene, layers: scene.layers.filter((layer) => layer.id !== id) };
}

/** What can be changed of a layer. */
export type LayerChange =
  & Partial<Omit<VideoLayer, "id" | "kind">>
  & Partial<Pick<TextLayer, "text" | "color">>;

/** The scene with something of one layer changed. */
export function changeLayer(
  scene: Scene,
  id: string,
  change: LayerChange,
): Scene {
  return {
    ...scene,
    layers: scene.layers.map((layer) => layer.id === id ? { ...layer, ...change } : layer),
  };
}

/** Moves a layer up (1: over the next one) or down among those of its sort. */
export function reorderLayer(scene: Scene, id: string, by: 1 | -1): Scene {
  const { layers } = scene;
  const from = layers.findIndex((layer) => layer.id === id);
  const to = from + by;
  const [one, other] = [layers[from], layers[to]];
  if (one === undefined || other === undefined) return scene;
  if ((one.kind === "video") !== (other.kind === "video")) return scene;
  return { ...scene, layers: layers.with(from, other).with(to, one) };
}

/** Another layout; going to `free` everything stays where it is. */
export function setLayout(scene: Scene, layout: Layout): Scene {
  return layout === "free" ? freed(scene) : { ...scene, layout };
}

/** Moves a layer; a moving picture is then where it was put, and the others where they were. */
export function moveLayer(
  scene: Scene,
  id: string,
  by: { readonly x: number; readonly y: number },
): Scene {
  return placeLayer(scene, id, (box) => ({ ...box, x: box.x + by.x, y: box.y + by.y }));
}

/** Makes a layer larger or smaller from its middle, its shape stays. */
export function scaleLayer(scene: Scene, id: string, factor: number): Scene {
  return placeLayer(scene, id, (box) => {
    const least = LEAST_SIDE / Math.min(box.width, box.height);
    const most = 1 / Math.max(box.width, box.height);
    const applied = Math.min(Math.max(factor, least), Math.max(most, least));
    const width = box.width * applied;
    const height = box.height * applied;
    return {
      x: box.x + (box.width - width) / 2,
      y: box.y + (box.height - height) / 2,
      width,
      height,
    };
  });
}

function placeLayer(scene: Scene, id: string, change: (box: Box) => Box): Scene {
  const layer = scene.layers.find((one) => one.id === id);
  if (layer === undefined) return scene;
  const base = layer.kind === "video" ? freed(scene) : scene;
  const box = base.layers.find((one) => one.id === id)?.box ?? layer.box;
  return changeLayer(base, id, { box: inside(change(box)) });
}

/** The same picture, with each layer's own box saying so. */
function freed(scene: Scene): Scene {
  if (scene.layout === "free") return scene;
  const boxes = boxesOf(scene);
  return {
    ...scene,
    layout: "free",
    layers: scene.layers.map((layer) => ({ ...layer, box: boxes.get(layer.id) ?? layer.box })),
  };
}

/** A part of it can always be seen and taken hold of. */
function inside(box: Box): Box {
  return {
    ...box,
    x: Math.min(1 - INSIDE, Math.max(INSIDE - box.width, box.x)),
    y: Math.min(1 - INSIDE, Math.max(INSIDE - box.height, box.y)),
  };
}

/** What is worth keeping for the next visit: sources that move have to be opened anew. */
export function storedScene(scene: Scene): string {
  const layers = scene.layers.filter(({ kind }) => kind !== "video");
  return JSON.stringify({ ...scene, layers });
}

/** Reads a stored scene; what makes no sense is left out. */
export function parseScene(text: string | null): Scene {
  let stored: Record<string, unknown>;
  try {
    const value: unknown = JSON.parse(text ?? "null");
    stored = typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    stored = {};
  }
  const { layout, layers, watermark } = stored;
  return {
    layout: LAYOUTS.find((one) => one === layout) ?? EMPTY_SCENE.layout,
    layers: (Array.isArray(layers) ? layers : []).slice(0, MAX_LAYERS).flatMap(parseLayer),
    watermark: typeof watermark === "string" ? cleanLine(watermark) : "",
  };
}

function parseLayer(value: unknown): Layer[] {
  if (typeof value !== "object" || value === null) return [];
  const { id, kind, visible, box, name, data, text, color } = value as Record<string, unknown>;
  const place = parseBox(box);
  if (typeof id !== "string" || id.length > 40 || place === null) return [];
  const placed = { id, visible: visible !== false, box: place };
  if (kind === "text" && typeof text === "string") {
    return [{ ...placed, kind, text: cleanLine(text), color: cleanColor(color) }];
  }
  if (
    kind === "image" && typeof data === "string" && data.length <= MAX_IMAGE_CHARS &&
    /^data:image\/(?:png|jpeg|webp);base64,/.test(data)
  ) {
    return [{ ...placed, kind, data, name: typeof name === "string" ? cleanLine(name) : "" }];
  }
  return [];
}

function parseBox(value: unknown): Box | null {
  if (typeof value !== "object" || value === null) return null;
  const { x, y, width, height } = value as Record<string, unknown>;
  const numbers = [x, y, width, height].every((one) =>
    typeof one === "number" && Number.isFinite(one)
  );
  if (!numbers) return null;
  const side = (length: unknown) => Math.min(1, Math.max(LEAST_SIDE, length as number));
  return inside({ x: x as number, y: y as number, width: side(width), height: side(height) });
}

/** A colour of six hexadecimal digits; white for everything else. */
export function cleanColor(value: unknown): string {
  return typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value) ? value : "#ffffff";
}

/** One line that can be seen, not too long. */
export function cleanLine(text: string): string {
  // deno-lint-ignore no-control-regex
  const seen = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ");
  return [...seen.replace(/\s+/g, " ").trimStart()].slice(0, MAX_TEXT).join("");
}
