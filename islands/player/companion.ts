/**
 * What the device does beside a playing picture: the screen stays on, the system's media keys and
 * its lock screen know the stream.
 *
 * @module
 */
import { effect } from "@preact/signals";
import type { PlayerSession } from "./session.ts";

/** Begins; the returned function ends it. */
export function accompany(
  session: PlayerSession,
  words: {
    readonly title: string;
    readonly artist: string;
    /** Address of a picture; null: none. */
    readonly picture: string | null;
  },
): () => void {
  const media = navigator.mediaSession;
  const { title, artist, picture } = words;
  media.metadata = new MediaMetadata({
    title,
    artist,
    artwork: picture === null ? [] : [{ src: picture, type: "image/jpeg" }],
  });
  media.setActionHandler("play", () => session.play());
  media.setActionHandler("pause", () => session.pause());

  let lock: WakeLockSentinel | null = null;
  let wanted = false;
  const hold = async () => {
    // Forbidden (battery saver, insecure page) or hidden meanwhile: the screen may then go dark.
    const got = await navigator.wakeLock?.request("screen").catch(() => null) ?? null;
    if (wanted && lock === null) lock = got;
    else got?.release();
  };
  const drop = () => {
    lock?.release();
    lock = null;
  };
  const stopEffect = effect(() => {
    const state = session.state.value;
    media.playbackState = state === "paused"
      ? "paused"
      : state === "playing" || state === "buffering"
      ? "playing"
      : "none";
    wanted = state === "playing" || state === "buffering" || state === "reconnecting";
    if (!wanted) drop();
    else if (lock === null) hold();
  });
  // The browser takes the lock away from hidden pages.
  const onVisible = () => {
    if (document.hidden || !wanted) return;
    lock = null;
    hold();
  };
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    wanted = false;
    stopEffect();
    drop();
    document.removeEventListener("visibilitychange", onVisible);
    media.metadata = null;
    media.setActionHandler("play", null);
    media.setActionHandler("pause", null);
  };
}
