/**
 * The picture of a live room on a card: the placeholder first, then what is really on the air.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { Still } from "./still.tsx";
import { drawStill } from "./still_source.ts";

/** A new picture this often while the card is in sight. */
const REFRESH_MS = 20_000;

/** A stream as young as this may have no picture yet. */
const YOUNG_MS = 6_000;

/** Placeholder and, once it could be taken, a present picture of the stream over it. */
export function LiveStill(
  { roomId, name, startedAtMs }: {
    readonly roomId: string;
    readonly name: string;
    readonly startedAtMs: number | null;
  },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [taken, setTaken] = useState(false);
  useEffect(() => {
    const element = canvas.current;
    if (element === null || savesData()) return;
    const end = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let visible = false;
    let drawing = false;
    const take = async () => {
      if (drawing || end.signal.aborted) return;
      drawing = true;
      const drawn = document.hidden ||
        await drawStill(roomId, { canvas: element, signal: end.signal });
      drawing = false;
      if (end.signal.aborted) return;
      if (!document.hidden) setTaken(drawn);
      if (visible) timer = setTimeout(take, REFRESH_MS);
    };
    const observer = new IntersectionObserver((entries) => {
      visible = entries.some((entry) => entry.isIntersecting);
      clearTimeout(timer);
      if (visible) timer = setTimeout(take, waitForFirst(startedAtMs));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      end.abort();
    };
  }, [roomId, startedAtMs]);
  return (
    <Still roomId={roomId} name={name}>
      <canvas
        ref={canvas}
        class={taken ? "still-picture still-taken" : "still-picture"}
        width={16}
        height={9}
      />
    </Still>
  );
}

/** Milliseconds until a picture can be expected; a wrong clock makes it {@linkcode YOUNG_MS}. */
function waitForFirst(startedAtMs: number | null): number {
  const ageMs = Date.now() - (startedAtMs ?? 0);
  return Math.min(YOUNG_MS, Math.max(0, YOUNG_MS - ageMs));
}

/** Whether the reader asked for as few bytes as possible. */
function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
