/**
 * What is at the thumb: filters and the shutter.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { PRESETS } from "../capture/filters/presets.ts";
import { boothText } from "../i18n/booth.ts";
import type { Locale } from "../i18n/mod.ts";
import { IconButton, Spinner } from "../ui/button.tsx";
import { classNames } from "../ui/class_names.ts";
import { Segments } from "../ui/segments.tsx";
import { type BoothSession, THUMBNAIL_PX } from "./session.ts";
import { type BoothState, dressesCamera } from "./state.ts";

interface DeckProps {
  readonly session: BoothSession | null;
  readonly state: BoothState;
  readonly locale: Locale;
}

/** All filters as they would look right now. */
export function FilterStrip({ session, state, locale }: DeckProps) {
  const text = boothText(locale);
  const strip = useRef<HTMLDivElement>(null);
  const { preset } = state.preferences;
  const ready = dressesCamera(state);
  useEffect(() => {
    const canvases = [...strip.current?.querySelectorAll("canvas") ?? []];
    const contexts = canvases.map((canvas) => canvas.getContext("2d"));
    session?.showThumbnails(contexts.filter((context) => context !== null));
    return () => session?.showThumbnails([]);
  }, [session]);
  // The chosen one is in sight, however it was chosen.
  useEffect(() => {
    const box = strip.current;
    const chosen = box?.querySelector<HTMLElement>(":checked")?.parentElement;
    if (box == null || chosen == null) return;
    const left = chosen.offsetLeft - (box.clientWidth - chosen.offsetWidth) / 2;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    box.scrollTo({ left, behavior: calm ? "instant" : "smooth" });
  }, [preset]);
  return (
    <fieldset class={ready ? "booth-filters" : "booth-filters idle"}>
      <legend class="visually-hidden">{text.filters}</legend>
      <div ref={strip} class="booth-strip">
        {PRESETS.map(({ id }) => (
          <label key={id} class="booth-filter">
            <input
              type="radio"
              name="booth-filter"
              value={id}
              checked={id === preset}
              onChange={() => session?.prefer({ preset: id })}
            />
            <canvas width={THUMBNAIL_PX} height={THUMBNAIL_PX} aria-hidden="true" />
            <span>{text.filterName(id)}</span>
          </label>
        ))}
      </div>
      {!ready && state.screen.phase === "on" && <p class="hint">{text.filtersNeedCamera}</p>}
    </fieldset>
  );
}

/** One shutter, and what belongs to it. */
export function ShutterRow({ session, state, locale }: DeckProps) {
  const text = boothText(locale);
  const { preferences, recording, countdown, picture, screen, camera, sharesScreens } = state;
  const finishing = recording?.phase === "finishing";
  const stops = recording !== null;
  const label = finishing
    ? text.finishing
    : countdown !== null
    ? text.stopTimer
    : stops
    ? text.stop
    : preferences.mode === "picture"
    ? text.takePicture
    : text.record;
  const paused = recording?.phase === "paused";
  return (
    <div class="booth-row">
      <div class="booth-modes">
        {recording === null
          ? (
            <Segments
              name="booth-mode"
              legend={text.mode}
              hideLegend
              value={preferences.mode}
              segments={[
                { value: "picture", label: text.picture },
                { value: "recording", label: text.recording },
              ]}
              onSelect={(mode) =>
                session?.prefer({ mode: mode === "recording" ? "recording" : "picture" })}
            />
          )
          : (
            <IconButton
              icon={paused ? "play" : "pause"}
              label={paused ? text.resume : text.pause}
              disabled={finishing}
              onClick={() => session?.shutter.togglePause()}
            />
          )}
      </div>
      <button
        type="button"
        class={classNames(
          "booth-shutter",
          stops || preferences.mode === "recording" ? "red" : "white",
          stops && "on",
        )}
        aria-label={label}
        title={label}
        aria-disabled={finishing || (picture === null && !stops)}
        aria-busy={finishing}
        onClick={() => {
          if (!finishing) void session?.shutter.press(stops ? "recording" : preferences.mode);
        }}
      >
        {finishing ? <Spinner size={28} /> : <span />}
      </button>
      <div class="booth-beside">
        {recording !== null && (
          <IconButton
            icon="camera"
            label={text.takePicture}
            disabled={finishing}
            onClick={() => void session?.shutter.press("picture")}
          />
        )}
        {sharesScreens && (
          <IconButton
            icon={screen.phase === "on" ? "screen-share-off" : "screen-share"}
            label={screen.phase === "on" ? text.stopScreen : text.shareScreen}
            pressed={screen.phase === "on"}
            disabled={state.support !== "ok" || screen.phase === "opening"}
            onClick={() => void session?.toggleScreen()}
          />
        )}
        {recording === null && state.support === "ok" && (
          <IconButton
            icon={camera.phase === "on" ? "camera-off" : "camera"}
            class="booth-camera"
            label={camera.phase === "on" ? text.cameraOff : text.cameraOn}
            disabled={camera.phase === "opening"}
            onClick={() => camera.phase === "on" ? session?.stopCamera() : void session?.start()}
          />
        )}
      </div>
    </div>
  );
}
