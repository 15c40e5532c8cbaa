/**
 * Pictures and voices as elements: a stream is no attribute.
 *
 * @module
 */
import { useEffect, useMemo, useRef } from "preact/hooks";

/** A moving picture; its sound is {@linkcode Voice}'s. */
export function Picture({ stream, mirrored = false, contain = false, label }: {
  readonly stream: MediaStream;
  readonly mirrored?: boolean;
  /** All of it in sight, with bars where it does not fill its place. */
  readonly contain?: boolean;
  readonly label: string;
}) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    if (element.srcObject !== stream) element.srcObject = stream;
    // Muted pictures may always play; one that is taken away meanwhile rejects.
    void element.play().catch(() => {});
    return () => void (element.srcObject = null);
  }, [stream]);
  const look = [mirrored && "mirrored", contain && "contain"].filter(Boolean).join(" ");
  return (
    <video
      ref={video}
      class={look === "" ? undefined : look}
      aria-label={label}
      muted
      autoPlay
      playsInline
    />
  );
}

/** The stream of one track, the same one as long as the track is. */
export function useTrackStream(track: MediaStreamTrack | null): MediaStream | null {
  return useMemo(() => track === null ? null : new MediaStream([track]), [track]);
}

/** Somebody's voice, out of the chosen speaker. */
export function Voice({ stream, speaker }: {
  readonly stream: MediaStream;
  readonly speaker: string | null;
}) {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const element = audio.current;
    if (element === null) return;
    element.srcObject = stream;
    void element.play().catch(() => {
      // Without a press on the page before, a browser may keep still: the first press is enough.
      document.addEventListener("pointerdown", () => void element.play().catch(() => {}), {
        once: true,
      });
    });
    return () => void (element.srcObject = null);
  }, [stream]);
  useEffect(() => {
    const element = audio.current as
      | (HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> })
      | null;
    if (speaker !== null) void element?.setSinkId?.(speaker).catch(() => {});
  }, [speaker]);
  return <audio ref={audio} autoPlay />;
}
