/**
 * Chooses the square of a picture by mouse, touch, wheel and keyboard.
 *
 * @module
 */
import { useEffect, useId, useRef } from "preact/hooks";
import { imageText } from "../i18n/image.ts";
import type { Locale } from "../i18n/mod.ts";
import { IconButton } from "./button.tsx";
import {
  maxZoom,
  moveBy,
  placeOf,
  type Sides,
  type SquareView,
  viewAfterKey,
  zoomTo,
} from "./image_view.ts";

/** Props of {@linkcode ImageCropper}. */
export interface ImageCropperProps extends Sides {
  readonly url: string;
  readonly view: SquareView;
  readonly onView: (view: SquareView) => void;
  readonly locale: Locale;
  readonly disabled?: boolean;
}

const ZOOM_STEP = 1.25;

/** The picture in a round frame that it can be moved under, and how near it is. */
export function ImageCropper(props: ImageCropperProps) {
  const { url, view, onView, locale, disabled = false, ...sides } = props;
  const text = imageText(locale);
  const hint = useId();
  const frame = useFrame({ view, onView, sides, disabled });
  const zoom = 1 / view.size;
  const most = maxZoom(sides);
  const place = placeOf(view, sides);
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  return (
    <div class="cropper">
      <div
        ref={frame}
        class="cropper-frame"
        tabIndex={disabled ? -1 : 0}
        role="slider"
        aria-label={text.crop}
        aria-describedby={hint}
        aria-disabled={disabled}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(view.x * 100)}
        aria-valuetext={text.cropAt(percent(view.x), percent(view.y))}
        onKeyDown={(event) => {
          if (disabled || event.ctrlKey || event.metaKey || event.altKey) return;
          const next = viewAfterKey(view, event.key, sides);
          if (next === null) return;
          event.preventDefault();
          onView(next);
        }}
      >
        <img
          src={url}
          alt=""
          draggable={false}
          style={`left:${place.left}%;top:${place.top}%;width:${place.width}%;height:${place.height}%`}
        />
        <span class="cropper-mask" />
      </div>
      {most > 1 && (
        <div class="cropper-zoom">
          <IconButton
            icon="zoom-out"
            kind="ghost"
            label={text.zoomOut}
            disabled={disabled || zoom <= 1}
            onClick={() => onView(zoomTo(view, zoom / ZOOM_STEP, sides))}
          />
          <input
            type="range"
            class="slider"
            aria-label={text.zoom}
            aria-valuetext={percent(zoom)}
            min={1}
            max={most}
            step={0.01}
            value={zoom}
            disabled={disabled}
            onInput={(event) => onView(zoomTo(view, event.currentTarget.valueAsNumber, sides))}
          />
          <IconButton
            icon="zoom-in"
            kind="ghost"
            label={text.zoomIn}
            disabled={disabled || zoom >= most}
            onClick={() => onView(zoomTo(view, zoom * ZOOM_STEP, sides))}
          />
        </div>
      )}
      <p class="hint" id={hint}>{text.cropHint}</p>
    </div>
  );
}

interface FrameOptions {
  readonly view: SquareView;
  readonly onView: (view: SquareView) => void;
  readonly sides: Sides;
  readonly disabled: boolean;
}

/** One finger or the mouse moves, two fingers zoom; the wheel zooms a frame that has the focus. */
function useFrame(options: FrameOptions) {
  const frame = useRef<HTMLDivElement>(null);
  // The listeners outlive a rendering, and several events can come before the next one.
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const ending = new AbortController();
    const { signal } = ending;
    const fingers = new Map<number, { x: number; y: number }>();
    const change = (to: (view: SquareView, sides: Sides) => SquareView) => {
      const { view, sides, onView } = latest.current;
      const next = to(view, sides);
      latest.current = { ...latest.current, view: next };
      onView(next);
    };
    const spread = () => {
      const [one, other] = [...fingers.values()];
      return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
    };
    element.addEventListener("pointerdown", (event) => {
      if (latest.current.disabled || event.button !== 0 || fingers.size === 2) return;
      element.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    }, { signal });
    element.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId);
      if (before === undefined || latest.current.disabled) return;
      const spreadBefore = spread();
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      const side = element.clientWidth || 1;
      // Each of two fingers moves the picture by half of its way.
      const by = {
        x: (before.x - event.clientX) / side / fingers.size,
        y: (before.y - event.clientY) / side / fingers.size,
      };
      change((view, sides) => {
        const moved = moveBy(view, by, sides);
        return spreadBefore > 0 ? zoomTo(moved, spread() / spreadBefore / view.size, sides) : moved;
      });
    }, { signal });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      element.addEventListener(end, (event) => fingers.delete(event.pointerId), { signal });
    }
    element.addEventListener("wheel", (event) => {
      if (latest.current.disabled) return;
      // A wheel over a picture that nobody works on scrolls the page.
      if (!event.ctrlKey && document.activeElement !== element) return;
      event.preventDefault();
      const factor = Math.exp(-Math.max(-50, Math.min(50, event.deltaY)) / 200);
      change((view, sides) => zoomTo(view, factor / view.size, sides));
    }, { signal, passive: false });
    return () => ending.abort();
  }, []);
  return frame;
}
