/**
 * What lies in the picture: added, arranged, changed and taken away, also while it is live.
 *
 * @module
 */
import { useRef, useState } from "preact/hooks";
import { devicesOf, hasTwoSides } from "../../capture/devices.ts";
import {
  cleanLine,
  type Layer,
  type Layout,
  LAYOUTS,
  MAX_TEXT,
  reorderLayer,
  setLayout,
} from "../../capture/scene/model.ts";
import { type BrowserStudioText, browserStudioText } from "../../i18n/browser_studio.ts";
import type { Locale } from "../../i18n/mod.ts";
import { Button, IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField, SwitchField, TextField } from "../../ui/field.tsx";
import { Icon, type IconName } from "../../ui/icons.tsx";
import { Segments } from "../../ui/segments.tsx";
import type { Desk } from "./desk.ts";
import { layerName } from "./layer_name.ts";
import { shrinkImage } from "./shrink_image.ts";

interface Common {
  readonly desk: Desk;
  readonly text: BrowserStudioText;
}

const LAYOUT_ICONS: Readonly<Record<Layout, IconName>> = {
  single: "square",
  side: "columns-2",
  pip: "picture-in-picture-2",
  grid: "layout-grid",
  free: "move",
};

/** The card of the scene. */
export function SourcesCard({ desk, locale }: { readonly desk: Desk; readonly locale: Locale }) {
  const text = browserStudioText(locale);
  const scene = desk.scene.value;
  const layoutText: Readonly<Record<Layout, string>> = {
    single: text.layoutSingle,
    side: text.layoutSide,
    pip: text.layoutPip,
    grid: text.layoutGrid,
    free: text.layoutFree,
  };
  const moving = scene.layers.filter(({ kind }) => kind === "video").length;
  return (
    <Card id="live-sources" title={text.sources} class="live-sources">
      <AddLine desk={desk} text={text} />
      {scene.layers.length === 0 && <p class="hint">{text.noSources}</p>}
      <ul class="live-layers">
        {/* What lies on top stands on top. */}
        {scene.layers.toReversed().map((layer) => (
          <LayerRow key={layer.id} desk={desk} text={text} layer={layer} />
        ))}
      </ul>
      {moving > 1 && (
        <Segments
          name="live-layout"
          legend={text.layout}
          value={scene.layout}
          segments={LAYOUTS.map((value) => ({
            value,
            label: layoutText[value],
            icon: LAYOUT_ICONS[value],
          }))}
          onSelect={(value) => desk.arrange((now) => setLayout(now, value as Layout))}
        />
      )}
      <TextField
        id="live-watermark"
        label={text.watermark}
        hint={text.watermarkHint}
        value={scene.watermark}
        maxLength={MAX_TEXT}
        autoComplete="off"
        onInput={(event) => {
          const watermark = cleanLine(event.currentTarget.value);
          desk.arrange((now) => ({ ...now, watermark }));
        }}
      />
    </Card>
  );
}

function AddLine({ desk, text }: Common) {
  const file = useRef<HTMLInputElement>(null);
  const busy = desk.busy.value;
  const take = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    const image = await shrinkImage(chosen);
    if (typeof image === "string") desk.say({ kind: "image", failure: image });
    else desk.addImage({ name: cleanLine(chosen.name), ...image });
  };
  return (
    <div class="live-add" role="group" aria-label={text.add}>
      <Button small icon="video" disabled={busy} onClick={() => void desk.addCamera()}>
        {text.addCamera}
      </Button>
      <Button small icon="monitor" disabled={busy} onClick={() => void desk.addScreen()}>
        {text.addScreen}
      </Button>
      <Button small icon="mic" disabled={busy} onClick={() => void desk.addMicrophone()}>
        {text.addMicrophone}
      </Button>
      <Button small icon="image-up" onClick={() => file.current?.click()}>{text.addImage}</Button>
      <Button small icon="type" onClick={() => desk.addText(text.defaultText)}>
        {text.addText}
      </Button>
      <input
        ref={file}
        type="file"
        hidden
        accept="image/png,image/jpeg,image/webp"
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

const LAYER_ICONS: Readonly<Record<Layer["kind"], IconName>> = {
  video: "video",
  image: "image-up",
  text: "type",
};

function LayerRow({ desk, text, layer }: Common & { readonly layer: Layer }) {
  const [open, setOpen] = useState(layer.kind === "text");
  const selected = layer.id === desk.selected.value;
  const name = layerName(layer, text);
  const source = desk.sources.value.find(({ id }) => id === layer.id);
  const icon = source?.kind === "screen"
    ? "monitor"
    : source?.kind === "remote"
    ? "user"
    : LAYER_ICONS[layer.kind];
  return (
    <li class={selected ? "selected" : undefined}>
      <div class="live-layer">
        <button
          type="button"
          class="live-layer-name"
          aria-pressed={selected}
          title={name}
          onClick={() => desk.selected.value = selected ? null : layer.id}
        >
          <Icon name={icon} size={18} />
          <span class="ellipsis" dir="auto">{name}</span>
        </button>
        <span class="live-layer-tools">
          <IconButton
            small
            kind="ghost"
            icon={layer.visible ? "eye" : "eye-off"}
            label={text.of(layer.visible ? text.hide : text.show, name)}
            onClick={() => desk.change(layer.id, { visible: !layer.visible })}
          />
          <IconButton
            small
            kind="ghost"
            icon="arrow-up"
            class="live-order"
            label={text.of(text.forward, name)}
            onClick={() => desk.arrange((scene) => reorderLayer(scene, layer.id, 1))}
          />
          <IconButton
            small
            kind="ghost"
            icon="arrow-down"
            class="live-order"
            label={text.of(text.backward, name)}
            onClick={() => desk.arrange((scene) => reorderLayer(scene, layer.id, -1))}
          />
          {layer.kind !== "image" && (
            <IconButton
              small
              kind="ghost"
              icon="settings-2"
              label={text.of(text.more, name)}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            />
          )}
          <IconButton
            small
            kind="ghost"
            icon="trash-2"
            label={text.of(text.remove, name)}
            onClick={() => desk.removeSource(layer.id)}
          />
        </span>
      </div>
      {open && <LayerSettings desk={desk} text={text} layer={layer} />}
    </li>
  );
}

function LayerSettings({ desk, text, layer }: Common & { readonly layer: Layer }) {
  const { id } = layer;
  if (layer.kind === "text") {
    return (
      <div class="live-layer-settings live-words">
        <TextField
          id={`live-${id}-words`}
          label={text.words}
          value={layer.text}
          maxLength={MAX_TEXT}
          autoComplete="off"
          onInput={(event) => desk.change(id, { text: cleanLine(event.currentTarget.value) })}
        />
        <label class="live-color">
          <span>{text.color}</span>
          <input
            type="color"
            value={layer.color}
            onInput={(event) => desk.change(id, { color: event.currentTarget.value })}
          />
        </label>
      </div>
    );
  }
  if (layer.kind === "image") return null;
  const source = desk.sources.value.find((one) => one.id === id);
  const cameras = devicesOf(desk.devices.value, "camera");
  const current = source?.video?.getSettings() ?? {};
  return (
    <div class="live-layer-settings">
      {source?.kind === "camera" && hasTwoSides(desk.devices.value) && (
        <Button
          small
          icon="switch-camera"
          disabled={desk.busy.value}
          onClick={() => {
            const facing = current.facingMode === "environment" ? "user" : "environment";
            void desk.switchCamera(id, { facing });
          }}
        >
          {text.turnCamera}
        </Button>
      )}
      {source?.kind === "camera" && cameras.length > 1 && (
        <SelectField
          id={`live-${id}-device`}
          label={text.device}
          value={current.deviceId ?? ""}
          choices={cameras.map((device) => ({ value: device.id, label: device.label }))}
          onChange={(event) => void desk.switchCamera(id, { deviceId: event.currentTarget.value })}
        />
      )}
      {source?.kind !== "screen" && (
        <label class="live-beauty">
          <span>{text.beauty}</span>
          <input
            type="range"
            class="live-range"
            min={0}
            max={100}
            step={5}
            value={Math.round(layer.beauty * 100)}
            aria-valuetext={text.percent(String(Math.round(layer.beauty * 100)))}
            onInput={(event) =>
              desk.change(id, { beauty: Number(event.currentTarget.value) / 100 })}
          />
        </label>
      )}
      <SwitchField
        id={`live-${id}-mirror`}
        label={text.mirror}
        checked={layer.mirror}
        onChange={(event) => desk.change(id, { mirror: event.currentTarget.checked })}
      />
      <SwitchField
        id={`live-${id}-whole`}
        label={text.wholePicture}
        checked={layer.fit === "contain"}
        onChange={(event) =>
          desk.change(id, { fit: event.currentTarget.checked ? "contain" : "cover" })}
      />
    </div>
  );
}
