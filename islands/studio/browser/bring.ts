/**
 * Brings the desk onto the page when somebody wants it.
 *
 * @module
 */
import type { Locale } from "../../i18n/mod.ts";
import type { Desk } from "./desk.ts";
import { desk, looks } from "./link.ts";

/** What a desk stands on. */
export interface DeskPlace {
  readonly roomId: string;
  /** Address of `scene.worker.js`. */
  readonly workerUrl: string;
  readonly locale: Locale;
}

/**
 * The desk of this page; made by whoever comes first.
 *
 * @throws {TypeError} when its script cannot be fetched
 */
export async function bringDesk(place: DeskPlace): Promise<Desk> {
  const later = await import("./later.ts");
  looks.value = later;
  desk.value ??= later.openDesk(place);
  return desk.value;
}
