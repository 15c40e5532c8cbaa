/**
 * The session of the page for its components.
 *
 * @module
 */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { BoothSession } from "./session.ts";
import { type BoothState, initialState } from "./state.ts";

/** Elements that a session works with. */
export interface BoothRefs {
  readonly canvas: RefObject<HTMLCanvasElement | null>;
  readonly cameraVideo: RefObject<HTMLVideoElement | null>;
  readonly screenVideo: RefObject<HTMLVideoElement | null>;
}

/** A session as long as the component lives; null while it has not begun. */
export function useBooth(
  { canvas, cameraVideo, screenVideo }: BoothRefs,
): { readonly session: BoothSession | null; readonly state: BoothState } {
  const [session, setSession] = useState<BoothSession | null>(null);
  const [state, setState] = useState<BoothState>(initialState);
  useEffect(() => {
    const parts = {
      canvas: canvas.current!,
      cameraVideo: cameraVideo.current!,
      screenVideo: screenVideo.current!,
    };
    const made = new BoothSession(parts);
    made.subscribe(() => setState(made.state));
    setSession(made);
    setState(made.state);
    return () => made[Symbol.dispose]();
  }, []);
  return { session, state };
}

/** From here on settings stand beside the mirror, CSS pixels; the one of `booth.css`. */
const WIDE = "(width >= 1100px)";

/** Whether there is place beside the mirror; false until the page is alive. */
export function useWide(): boolean {
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    const query = matchMedia(WIDE);
    const follow = () => setWide(query.matches);
    follow();
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return wide;
}
