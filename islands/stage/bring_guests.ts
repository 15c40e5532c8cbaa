/**
 * Guests become sources of the scene of the browser studio, while the host's own canvas makes the
 * picture.
 *
 * @module
 */
import { effect, untracked } from "@preact/signals";
import { desk } from "../studio/browser/link.ts";
import type { HostSession } from "./host_session.ts";

interface Brought {
  readonly id: string;
  readonly stream: MediaStream;
  readonly muted: boolean;
}

/** Keeps the scene as the stage is; the answer takes the guests out of it. */
export function bringGuests(session: HostSession): () => void {
  const brought = new Map<string, Brought>();
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
    untracked(() => {
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
    for (const account of [...brought.keys()]) take(account);
  };
}
