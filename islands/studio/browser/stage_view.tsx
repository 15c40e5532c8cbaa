/**
 * The picture as it goes out, with handles on what lies in it.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { type Box, boxesOf, type Layer, moveLayer, scaleLayer } from "../../capture/scene/model.ts";
import { type BrowserStudioText, browserStudioText } from "../../i18n/browser_studio.ts";
import type { Locale } from "../../i18n/mod.ts";
import { Button } from "../../ui/button.tsx";
import { classNames } from "../../ui/class_names.ts";
import { Icon } from "../../ui/icons.tsx";
import type { Desk } from "./desk.ts";
import { layerAfterKey } from "./layer_keys.ts";
import { layerName } from "./layer_name.ts";
import { failureWords, refusalWords } from "./words.ts";

interface Common {
  readonly desk: Desk;
  readonly text: BrowserStudioText;
}

/** The stage; see the module. */
export function StageView({ desk, locale }: { readonly desk: Desk; readonly locale: Locale }) {
  const text = browserStudioText(locale);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    element.srcObject = desk.preview;
    // Without sound it may always play.
    element.play().catch(() => {});
  }, [desk]);
  const { width, height, fps } = desk.compositor.figures.value === null
    ? { width: 0, height: 0, fps: 0 }
    : { ...pictureOf(desk), fps: desk.compositor.figures.value.fps };
  const phase = desk.phase.value;
  const empty = boxesOf(desk.scene.value).size === 0;
  return (
    <section class="stage live-stage" aria-label={text.stage} data-desk={phase}>
      <video ref={video} class="live-picture" muted playsInline tabIndex={-1} aria-hidden="true" />
      <Handles desk={desk} text={text} />
      <div class="live-badges">
        <span class={classNames("badge", phase === "live" ? "live" : "neutral")}>
          {phase === "live"
            ? text.live
            : phase === "connecting"
            ? text.connecting
            : phase === "reconnecting"
            ? text.reconnecting
            : text.preview}
        </span>
        {width > 0 && (
          <span class="badge neutral tabular">{width} × {height} · {Math.round(fps)} fps</span>
        )}
      </div>
      {empty && <p class="live-empty">{text.emptyScene}</p>}
      <Notices desk={desk} text={text} />
    </section>
  );
}

function pictureOf(desk: Desk): { width: number; height: number } {
  const height = desk.quality.value.resolution;
  return { width: Math.round(height * 16 / 9 / 2) * 2, height };
}

/** What has to be said over the picture. */
function Notices({ desk, text }: Common) {
  const phase = desk.phase.value;
  const refusal = desk.refusal.value;
  const failure = desk.failure.value;
  return (
    <div class="live-notices" role="status">
      {refusal !== null && phase !== "live" && (
        <p class="live-notice">
          <Icon name="triangle-alert" size={18} />
          <span>{refusalWords(refusal, text)}</span>
          {phase === "refused" && (
            <Button
              small
              icon="refresh-cw"
              onClick={() => desk.publisher.value?.retry()}
            >
              {text.retry}
            </Button>
          )}
        </p>
      )}
      {failure !== null && (
        <p class="live-notice">
          <Icon name="triangle-alert" size={18} />
          <span>{failureWords(failure, text)}</span>
          <Button small onClick={() => desk.say(null)}>{text.dismiss}</Button>
        </p>
      )}
      {desk.soundBlocked.value && desk.sources.value.some(({ audio }) => audio !== null) && (
        <p class="live-notice">
          <Icon name="volume-x" size={18} />
          <span>{text.soundBlocked}</span>
        </p>
      )}
    </div>
  );
}

/** Boxes over the picture that are taken hold of by pointer or key. */
function Handles({ desk, text }: Common) {
  const scene = desk.scene.value;
  const selected = desk.selected.value;
  const boxes = boxesOf(scene);
  const bySize = idsBySize(boxes);
  return (
    <div class="live-handles" role="group" aria-label={text.layout}>
      <p id="live-layer-hint" class="visually-hidden">{text.layerHint}</p>
      {scene.layers.map((layer) => {
        const box = boxes.get(layer.id);
        if (box === undefined) return null;
        const percent = (value: number) => String(Math.round(value * 100));
        return (
          <button
            key={layer.id}
            type="button"
            class={classNames("live-handle", layer.kind, layer.id === selected && "selected")}
            style={placeStyle(box, bySize.indexOf(layer.id))}
            aria-label={text.layerAt(
              layerName(layer, text),
              percent(box.x),
              percent(box.y),
              percent(box.width),
            )}
            aria-pressed={layer.id === selected}
            aria-describedby="live-layer-hint"
            onFocus={() => desk.selected.value = layer.id}
            onKeyDown={(event) => {
              const change = layerAfterKey(event, layer.id);
              if (change === null) return;
              event.preventDefault();
              if (change === "leave") desk.selected.value = null;
              else desk.arrange(change);
            }}
            onPointerDown={(event) => drag(event, { desk, layer })}
            onWheel={(event) => {
              if (layer.id !== desk.selected.value) return;
              event.preventDefault();
              desk.arrange((now) => scaleLayer(now, layer.id, event.deltaY < 0 ? 1.04 : 1 / 1.04));
            }}
          >
            <span class="live-handle-name">{layerName(layer, text)}</span>
          </button>
        );
      })}
    </div>
  );
}

/** The largest first: a handle that lies over another one is the smaller of the two. */
function idsBySize(boxes: ReadonlyMap<string, Box>): readonly string[] {
  const areaOf = ({ width, height }: Box) => width * height;
  return [...boxes].sort(([, a], [, b]) => areaOf(b) - areaOf(a)).map(([id]) => id);
}

/** Where a handle lies; as much of it as a finger needs (WCAG 2.5.8) is always in the picture. */
function placeStyle({ x, y, width, height }: Box, order: number): string {
  const along = (start: number, length: number) =>
    `clamp(24px - ${length * 100}%,${start * 100}%,100% - 24px)`;
  return `z-index:${order};left:${along(x, width)};top:${along(y, height)};` +
    `width:${width * 100}%;height:${height * 100}%`;
}

/** Moves a layer with the pointer; the corner at the lower right makes it larger or smaller. */
function drag(
  event: PointerEvent,
  { desk, layer }: { readonly desk: Desk; readonly layer: Layer },
): void {
  const handle = event.currentTarget as HTMLElement;
  const stage = handle.parentElement?.getBoundingClientRect();
  if (stage === undefined || event.button !== 0) return;
  const own = handle.getBoundingClientRect();
  const corner = Math.min(24, own.width / 2, own.height / 2);
  const sizing = event.clientX > own.right - corner && event.clientY > own.bottom - corner;
  // A layer is selected before it moves: who only taps changes nothing.
  desk.selected.value = layer.id;
  handle.setPointerCapture(event.pointerId);
  let last = { x: event.clientX, y: event.clientY };
  let moved = false;
  const move = (next: PointerEvent) => {
    const by = { x: next.clientX - last.x, y: next.clientY - last.y };
    if (!moved && Math.hypot(by.x, by.y) < 4) return;
    moved = true;
    last = { x: next.clientX, y: next.clientY };
    desk.arrange((scene) =>
      sizing
        ? scaleLayer(scene, layer.id, Math.max(0.2, 1 + by.x / Math.max(40, own.width)))
        : moveLayer(scene, layer.id, { x: by.x / stage.width, y: by.y / stage.height })
    );
  };
  const end = () => {
    handle.removeEventListener("pointermove", move);
    handle.removeEventListener("pointerup", end);
    handle.removeEventListener("pointercancel", end);
  };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", end);
  handle.addEventListener("pointercancel", end);
}
