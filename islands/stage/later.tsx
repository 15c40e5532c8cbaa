/**
 * The stage on the page of a room: one script, for rooms whose hosts take guests.
 *
 * @module
 */
import "../room/shell.ts";
import { render } from "preact";
import { GuestRow, type GuestRowProps } from "./guest_row.tsx";

/** Puts the stage's row into its place; the answer takes it away. */
export function mountGuest(
  props: Omit<GuestRowProps, "silence">,
  place: HTMLElement,
): () => void {
  place.hidden = false;
  render(<GuestRow {...props} silence={silencer()} />, place);
  return () => render(null, place);
}

/** The player's sound would come back into the microphone, later. */
function silencer(): (silent: boolean) => void {
  let wasMuted: boolean | null = null;
  return (silent) => {
    const video = document.querySelector<HTMLVideoElement>(".player-frame video");
    if (video === null) return;
    if (silent) {
      wasMuted ??= video.muted;
      video.muted = true;
    } else if (wasMuted !== null) {
      video.muted = wasMuted;
      wasMuted = null;
    }
  };
}
