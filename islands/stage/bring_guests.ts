/**
 * Guests become sources of the scene of the browser studio, while the host's own canvas makes the
 * picture; they hear the host without their own voices.
 *
 * @module
 */
import { effect } from "@preact/signals";
import { WhipPublisher } from "../capture/whip.ts";
import { api } from "../ui/api.ts";
import { desk } from "../studio/browser/link.ts";
import type { HostSession } from "./host_session.ts";
import { hereOf } from "./seat_view.ts";

/** Of a track that is not there. */
const NO_PICTURE = { height: 180, fps: 5, kbps: 50 };
const OPUS = { stereo: false, dtx: false, maxAverageBitrate: 64_000 };

interface Brought {
  readonly id: string;
  readonly stream: MediaStream;
  readonly muted: boolean;
}

/** Keeps the scene as the stage is; the answer takes the guests out of it. */
export function bringGuests(session: HostSession, room: string): () => void {
  const endVoice = sendVoice(session, room);
  const brought = new Map<string, Brought>();
  let isOver = false;
  const take = (account: string) => {
    const known = brought.get(account);
    if (known !== undefined) desk.peek()?.removeSource(known.id);
    brought.delete(account);
  };
  const end = effect(() => {
    const stage = session.stage.value;
    const studio = desk.value;
    const views = session.views.views.value;
    const wanted = new Map<string, { name: string; stream: MediaStream; muted: boolean }>();
    for (const { account, name, seat, muted } of stage?.guests ?? []) {
      const stream = seat === null ? null : views.get(seat)?.stream.value ?? null;
      if (stage?.mode !== "canvas" || studio === null || stream === null) continue;
      wanted.set(account, { name, stream, muted });
    }
    // What the scene does about it is not what is followed here.
    later(() => {
      if (isOver) return;
      for (const [account, known] of brought) {
        const now = wanted.get(account);
        if (now?.stream !== known.stream || now.muted !== known.muted) take(account);
      }
      for (const [account, { name, stream, muted }] of wanted) {
        if (brought.has(account)) continue;
        const id = studio!.addRemote({
          name,
          video: stream.getVideoTracks()[0] ?? null,
          audio: muted ? null : stream.getAudioTracks()[0] ?? null,
        });
        brought.set(account, { id, stream, muted });
      }
    });
  });
  return () => {
    end();
    isOver = true;
    endVoice();
    for (const account of [...brought.keys()]) take(account);
  };
}

/** After an effect: what is read then is not followed by it. */
function later(work: () => void): void {
  queueMicrotask(work);
}

/** Sends what the host says to those on stage, while it comes to viewers by the scene. */
function sendVoice(session: HostSession, room: string): () => void {
  let publisher: WhipPublisher | null = null;
  let isOver = false;
  const stop = () => {
    publisher?.stop();
    publisher = null;
  };
  const end = effect(() => {
    const stage = session.stage.value;
    const studio = desk.value;
    const isOnAir = studio !== null && (studio.phase.value, studio.onAir);
    const voice = stage?.mode === "canvas" && stage.guests.some(({ seat }) => seat !== null)
      ? stage.voice
      : null;
    later(() => {
      if (isOver) return;
      if (!isOnAir || voice === null) return stop();
      if (publisher !== null) return;
      publisher = new WhipPublisher({
        url: hereOf(voice),
        key: async () => {
          const { publish } = await api.get("/api/rooms/{room}/publish-key", { path: { room } });
          return publish.key;
        },
        video: null,
        audio: studio!.mixer.ownTrack,
        goal: NO_PICTURE,
        opus: OPUS,
        simulcast: false,
      });
      publisher.start();
    });
  });
  return () => {
    end();
    isOver = true;
    stop();
  };
}
