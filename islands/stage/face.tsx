/**
 * Somebody on stage: their picture, their voice, their name.
 *
 * @module
 */
import { Picture, Voice } from "../call/face.tsx";
import { Icon } from "../ui/icons.tsx";
import type { SeatView } from "./seat_view.ts";

/** A tile; without a stream it says so. */
export function SeatFace({ view, name, muted, empty }: {
  /** Null: it is not watched here. */
  readonly view: SeatView | null;
  readonly name: string;
  /** Their sound is off. */
  readonly muted: boolean;
  /** Said where the picture would be. */
  readonly empty: string;
}) {
  const stream = view?.stream.value ?? null;
  return (
    <figure class="guest-face">
      {stream === null || stream.getVideoTracks().length === 0
        ? <span class="guest-dark">{empty}</span>
        : <Picture stream={stream} label={name} />}
      {stream !== null && !muted && <Voice stream={stream} speaker={null} />}
      <figcaption>
        {muted && <Icon name="mic-off" size={14} />}
        <bdi class="ellipsis">{name}</bdi>
      </figcaption>
    </figure>
  );
}
