/**
 * The picture of a room on a card: what is on the air, else its cover, over the ground of
 * {@linkcode Still}. The server renders it, so it is there without script; an island keeps it
 * fresh while it is in sight.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RoomSummary } from "./room_data.ts";
import { Still } from "./still.tsx";
import { STILL_EVERY_MS, stillAddress } from "./still_address.ts";

/** The room's picture; `first` for the one that the page is about. */
export function LiveStill(
  { room, first = false }: {
    readonly room: Pick<RoomSummary, "id" | "ownerName" | "still" | "cover">;
    readonly first?: boolean;
  },
) {
  const image = useRef<HTMLImageElement>(null);
  const fresh = useFreshStill(room.still, image);
  const src = fresh ?? room.still ?? room.cover;
  return (
    <Still roomId={room.id} name={room.ownerName}>
      {src !== null && (
        <img
          ref={image}
          class="still-picture"
          src={src}
          alt=""
          width={640}
          height={360}
          decoding="async"
          {...(first ? { fetchPriority: "high" } : { loading: "lazy" })}
        />
      )}
    </Still>
  );
}

/**
 * The newest still that has been loaded, as the address that shows it at once; null before the
 * first renewal. One that fails to load leaves the one before in its place.
 */
function useFreshStill(
  still: string | null,
  image: { readonly current: HTMLImageElement | null },
): string | null {
  const [loaded, setLoaded] = useState<{ readonly of: string; readonly src: string } | null>(null);
  useEffect(() => {
    const element = image.current;
    if (still === null || element === null || savesData()) return;
    let inSight = false;
    let loading = false;
    let ended = false;
    const renew = async () => {
      if (!inSight || loading || document.hidden) return;
      loading = true;
      const next = new Image();
      next.src = stillAddress(still, Date.now());
      try {
        await next.decode();
        if (!ended) setLoaded({ of: still, src: next.src });
      } catch {
        // Not live any more, or the network is away: the next round tells.
      }
      loading = false;
    };
    const observer = new IntersectionObserver((entries) => {
      inSight = entries.at(-1)?.isIntersecting === true;
    });
    observer.observe(element);
    const timer = setInterval(renew, STILL_EVERY_MS);
    document.addEventListener("visibilitychange", renew);
    return () => {
      ended = true;
      observer.disconnect();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", renew);
    };
  }, [still]);
  return loaded?.of === still ? loaded.src : null;
}

/** Whether the reader asked for as few bytes as possible. */
function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
