/**
 * The other side's picture: a player that is silent, remembers nothing, and takes the smallest
 * quality there is, for it stands on half a stage.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { detectCapabilities } from "../player/capabilities.ts";
import { frozenCanvas } from "../player/frozen_canvas.ts";
import { DEFAULT_PREFERENCES } from "../player/memory.ts";
import { askRoom } from "../player/room_poll.ts";
import { type PlayerInspection, PlayerSession } from "../player/session.ts";
import type { PlayerState } from "../player/state.ts";

/** Nothing is live, or nothing is known of it yet. */
const NOTHING = { llhls: null, hls: null, flv: null, rtmp: null, whep: null };

/** Where there are several qualities, the last one of them. */
const SMALLEST = "1p";

/** The element of the picture, as tests see it. */
export interface RivalElement extends HTMLVideoElement {
  inspect?(): PlayerInspection;
}

/** What the stage shows of the other picture. */
export interface Rival {
  readonly state: PlayerState;
  readonly muted: boolean;
  toggleSound(): void;
}

/** Plays a room on a video as long as the component stands; null: nothing. */
export function useRival(
  room: string | null,
  elements: {
    readonly video: { readonly current: RivalElement | null };
    readonly still: { readonly current: HTMLCanvasElement | null };
    readonly hlsWorkerUrl: string;
  },
): Rival {
  const [muted, setMuted] = useState(true);
  const [session, setSession] = useState<PlayerSession | null>(null);
  const [idle] = useState(() => signal<PlayerState>("idle"));
  useEffect(() => {
    const video = elements.video.current;
    const still = elements.still.current;
    if (room === null || video === null || still === null) return;
    const gone = new AbortController();
    let created: PlayerSession | null = null;
    askRoom(room, { signal: gone.signal }).then((answer) => {
      if (gone.signal.aborted) return;
      created = new PlayerSession({
        video,
        roomId: room,
        live: answer.kind === "live",
        playback: answer.kind === "live" ? answer.playback : NOTHING,
        capabilities: detectCapabilities(),
        preferences: DEFAULT_PREFERENCES,
        preview: true,
        autoplay: true,
        muted: true,
        quality: SMALLEST,
        hlsWorkerUrl: elements.hlsWorkerUrl,
        frozen: frozenCanvas(still, video),
        savePreferences: () => {},
        saveQuality: () => {},
      });
      video.inspect = () => created!.inspect();
      created.start();
      setSession(created);
    });
    return () => {
      gone.abort();
      created?.destroy();
      setSession(null);
      setMuted(true);
    };
  }, [room]);
  return {
    state: (session?.state ?? idle).value,
    muted,
    toggleSound() {
      if (session === null) return;
      const video = elements.video.current;
      if (video === null) return;
      if (muted) session.unmute();
      else video.muted = true;
      setMuted(!muted);
    },
  };
}
