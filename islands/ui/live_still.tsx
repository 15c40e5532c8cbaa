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

/** Placeholder and, once it could be taken, a present picture of the stream over it. */
export function LiveStill({ roomId, name }: { readonly roomId: string; readonly name: string }) {
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
      if (visible) void take();
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      end.abort();
    };
  }, [roomId]);
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

/** Whether the reader asked for as few bytes as possible. */
function savesData(): boolean {
  const { connection } = navigator as { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}
