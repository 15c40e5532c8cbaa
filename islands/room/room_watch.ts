/**
 * The room of a page as all its islands see it: asked for once, however many look.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { api } from "../ui/api.ts";
import { poll } from "../ui/poll.ts";
import { parseRoom, type RoomDetails } from "../ui/room_data.ts";

const INTERVAL_MS = 5_000;

/** A room, and what it is to who looks. */
export interface RoomView {
  readonly room: RoomDetails;
  /** Null: nobody is logged in. */
  readonly following: boolean | null;
  /** It is their own. */
  readonly own: boolean;
}

/** Islands of one module graph share this state; a page shows one room. */
let view: RoomView | null = null;
let polling: AbortController | null = null;
const watchers = new Set<(view: RoomView) => void>();

/** The room as it is now, beginning with what the server rendered. */
export function useRoomView(initial: RoomView): RoomView {
  const [shown, setShown] = useState(initial);
  useEffect(() => {
    if (view?.room.id !== initial.room.id) view = initial;
    else setShown(view);
    watchers.add(setShown);
    if (polling === null) {
      polling = new AbortController();
      begin(initial.room.id, polling.signal);
    }
    return () => {
      watchers.delete(setShown);
      if (watchers.size > 0) return;
      polling?.abort();
      polling = null;
      view = null;
    };
  }, [initial.room.id]);
  return shown;
}

/** Tells of the room as it is now, and of every change of it; the answer ends it. */
export function watchRoom(watch: (view: RoomView) => void): () => void {
  watchers.add(watch);
  if (view !== null) watch(view);
  return () => watchers.delete(watch);
}

/** Takes an answer of the API about the room: `{room, following}`. */
export function adoptRoom(answer: unknown): void {
  if (view === null) return;
  const { following } = answer as { readonly following?: unknown };
  view = {
    ...view,
    room: parseRoom(answer),
    following: typeof following === "boolean" ? following : view.following,
  };
  for (const watch of watchers) watch(view);
}

/** Takes a number of viewers that is newer than what was asked for. */
export function adoptViewers(viewers: number): void {
  if (view === null || view.room.viewers === viewers) return;
  view = { ...view, room: { ...view.room, viewers } };
  for (const watch of watchers) watch(view);
}

function begin(roomId: string, signal: AbortSignal): void {
  poll({
    intervalMs: INTERVAL_MS,
    signal,
    run: async (signal) =>
      adoptRoom(await api.get("/api/rooms/{room}", { path: { room: roomId }, signal })),
  });
}
