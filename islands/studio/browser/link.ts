/**
 * Where the studio's islands find the desk that broadcasts from this browser. Small: the desk
 * itself comes when somebody wants it.
 *
 * @module
 */
import { type Signal, signal } from "@preact/signals";
import type { Desk } from "./desk.ts";

/** The desk of this page; null until it was asked for. */
export const desk: Signal<Desk | null> = signal(null);
/** What comes with it; null until then. */
export const looks: Signal<typeof import("./later.ts") | null> = signal(null);
