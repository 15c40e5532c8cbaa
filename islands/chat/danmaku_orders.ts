/**
 * What a page tells the stage of the texts over the picture, by message or by call.
 *
 * @module
 */
import type { Mode } from "../../im/protocol/message.ts";

/** The part of an element that the engine looks at. */
export interface StagePlace {
  readonly offsetWidth: number;
  readonly offsetHeight: number;
  appendChild(stage: Node): unknown;
  removeChild(stage: Node): unknown;
}

/** How wide and high the place is, CSS pixels. */
export interface StageSize {
  readonly width: number;
  readonly height: number;
}

/** One order; `speed` in CSS pixels a second. */
export type StageOrder =
  /** Begin on an empty canvas; what flies on the one before flies on there. */
  | {
    readonly do: "open";
    /** A canvas of the page, for a worker; null: the engine makes its own. */
    readonly canvas: OffscreenCanvas | null;
    readonly size: StageSize;
    /** Device pixels for each CSS pixel. */
    readonly ratio: number;
    readonly speed: number;
  }
  | {
    readonly do: "emit";
    readonly key: number;
    readonly text: string;
    readonly mode: Mode;
    readonly style: Readonly<Record<string, string | number>>;
  }
  | { readonly do: "remove"; readonly keys: readonly number[] }
  | { readonly do: "resize"; readonly size: StageSize; readonly speed: number }
  | { readonly do: "pause"; readonly paused: boolean }
  /** The canvas before this one is not needed any more. */
  | { readonly do: "forget" }
  | { readonly do: "close" };
