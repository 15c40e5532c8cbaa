/**
 * Everything that can be chosen beside the shutter.
 *
 * @module
 */
import { ASPECTS, fallsShort, FRAME_RATES, RESOLUTIONS } from "../capture/constraints.ts";
import { type DeviceKind, devicesOf } from "../capture/devices.ts";
import { CORNERS } from "../capture/filters/look.ts";
import { MAX_WATERMARK } from "../capture/filters/watermark.ts";
import { cleanWatermark } from "../capture/filters/watermark.ts";
import { recordingBitrate } from "../capture/recorder.ts";
import { roomFor } from "../capture/takes.ts";
import { type BoothText, boothText } from "../i18n/booth.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { type Choice, SelectField, SwitchField, TextField } from "../ui/field.tsx";
import { Meter } from "../ui/meter.tsx";
import { Segments } from "../ui/segments.tsx";
import { LevelBar } from "./level_bar.tsx";
import type { BoothSession } from "./session.ts";
import type { BoothState } from "./state.ts";
import { deviceName, microphoneWords, rateText, sizeText, timeLeftText } from "./words.ts";

interface PartProps {
  readonly session: BoothSession | null;
  readonly state: BoothState;
  readonly text: BoothText;
}

/** All settings, most wanted first. */
export function Settings(
  { session, state, locale }: {
    readonly session: BoothSession | null;
    readonly state: BoothState;
    readonly locale: Locale;
  },
) {
  const text = boothText(locale);
  const part = { session, state, text };
  return (
    <div class="booth-settings">
      <Beauty {...part} />
      <Camera {...part} />
      <Sound {...part} />
      <Files {...part} />
    </div>
  );
}

function Beauty({ session, state, text }: PartProps) {
  const { smoothing, brightness, warmth } = state.preferences;
  const touched = smoothing !== 0 || brightness !== 0 || warmth !== 0;
  return (
    <section class="booth-group" aria-labelledby="booth-beauty">
      <div class="booth-group-head">
        <h3 id="booth-beauty">{text.beauty}</h3>
        <Button
          kind="ghost"
          small
          disabled={!touched}
          onClick={() => session?.prefer({ smoothing: 0, brightness: 0, warmth: 0 })}
        >
          {text.reset}
        </Button>
      </div>
      {state.drawing === "plain" && <p class="hint">{text.plainDrawing}</p>}
      {state.drawing !== "plain" && (
        <Slider
          id="booth-smoothing"
          label={text.smoothing}
          value={smoothing}
          min={0}
          text={text}
          onInput={(value) => session?.prefer({ smoothing: value })}
        />
      )}
      <Slider
        id="booth-brightness"
        label={text.brightness}
        value={brightness}
        min={-1}
        text={text}
        onInput={(value) => session?.prefer({ brightness: value })}
      />
      <Slider
        id="booth-warmth"
        label={text.warmth}
        value={warmth}
        min={-1}
        text={text}
        onInput={(value) => session?.prefer({ warmth: value })}
      />
    </section>
  );
}

function Slider(
  { id, label, value, min, text, onInput }: {
    readonly id: string;
    readonly label: string;
    readonly value: number;
    readonly min: 0 | -1;
    readonly text: BoothText;
    readonly onInput: (value: number) => void;
  },
) {
  const percent = Math.round(value * 100);
  const both = min < 0;
  const said = percent === 0 && !both ? text.off : `${both && percent > 0 ? "+" : ""}${percent}`;
  const middle = [50, 50 + percent / 2].sort((one, other) => one - other);
  return (
    <div class="booth-slider">
      <label for={id}>{label}</label>
      <output for={id} class="tabular">{said}</output>
      <input
        id={id}
        type="range"
        class={both ? "slider both" : "slider"}
        style={both ? `--from:${middle[0]}%;--to:${middle[1]}%` : undefined}
        min={min * 100}
        max={100}
        step={5}
        value={percent}
        aria-valuetext={said}
        onInput={(event) => onInput(Number(event.currentTarget.value) / 100)}
      />
    </div>
  );
}

function Camera({ session, state, text }: PartProps) {
  const { preferences, camera, picture, screen } = state;
  const { resolution, frameRate, aspect } = preferences.camera;
  return (
    <section class="booth-group" aria-labelledby="booth-camera">
      <h3 id="booth-camera">{text.camera}</h3>
      <DevicePicker
        kind="camera"
        id="booth-camera-device"
        label={text.camera}
        value={camera.given?.deviceId ?? preferences.camera.deviceId}
        state={state}
        text={text}
        onSelect={(id) => void session?.wishCamera({ deviceId: id, facing: null })}
      />
      <SelectField
        id="booth-resolution"
        label={text.resolution}
        value={String(resolution)}
        choices={RESOLUTIONS.map((lines) => ({
          value: String(lines),
          label: camera.reach.includes(lines) ? text.lines(lines) : text.tooMuch(text.lines(lines)),
        }))}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          const lines = RESOLUTIONS.find((one) => one === chosen);
          if (lines !== undefined) void session?.wishCamera({ resolution: lines });
        }}
      />
      <div class="booth-pair">
        <Segments
          name="booth-rate"
          legend={text.frameRate}
          value={String(frameRate)}
          segments={FRAME_RATES.map((rate) => ({ value: String(rate), label: String(rate) }))}
          onSelect={(value) => {
            const rate = FRAME_RATES.find((one) => String(one) === value);
            if (rate !== undefined) void session?.wishCamera({ frameRate: rate });
          }}
        />
        <Segments
          name="booth-aspect"
          legend={text.aspect}
          value={aspect}
          segments={ASPECTS.map((value) => ({ value, label: value }))}
          onSelect={(value) => {
            const shape = ASPECTS.find((one) => one === value);
            if (shape !== undefined) void session?.wishCamera({ aspect: shape });
          }}
        />
      </div>
      <p class="hint booth-given">
        {camera.phase === "on" && camera.given !== null
          ? `${
            (fallsShort(camera.given, preferences.camera) ? text.givenLess : text.given)(
              camera.given.width,
              camera.given.height,
              rateText(camera.given.frameRate),
            )
          }${
            picture !== null && screen.phase !== "on" &&
              (picture.width !== camera.given.width || picture.height !== camera.given.height)
              ? `, ${text.recordedAs(picture.width, picture.height)}`
              : ""
          }`
          : " "}
      </p>
      {screen.phase === "on" && camera.phase === "on" && (
        <SelectField
          id="booth-corner"
          label={text.corner}
          value={preferences.corner}
          choices={CORNERS.map((corner) => ({ value: corner, label: text.cornerName(corner) }))}
          onChange={(event) => {
            const chosen = CORNERS.find((corner) => corner === event.currentTarget.value);
            if (chosen !== undefined) session?.prefer({ corner: chosen });
          }}
        />
      )}
    </section>
  );
}

function Sound({ session, state, text }: PartProps) {
  const { preferences, microphone, devices } = state;
  const { sound } = preferences;
  const trouble = microphoneWords(microphone.failure, text);
  const speakers = devicesOf(devices, "speaker");
  return (
    <section class="booth-group" aria-labelledby="booth-sound">
      <h3 id="booth-sound">{text.sound}</h3>
      <SwitchField
        id="booth-microphone-on"
        label={text.useMicrophone}
        checked={sound}
        error={sound ? trouble : null}
        onChange={(event) => void session?.setSound(event.currentTarget.checked)}
      />
      {sound && (
        <>
          <DevicePicker
            kind="microphone"
            id="booth-microphone-device"
            label={text.microphone}
            value={preferences.microphone.deviceId}
            state={state}
            text={text}
            onSelect={(id) => void session?.wishMicrophone({ deviceId: id })}
          />
          <div class="booth-level">
            <span aria-hidden="true">{text.level}</span>
            <LevelBar session={session} text={text} />
          </div>
          {(["echoCancellation", "noiseSuppression", "autoGainControl"] as const).map((name) => (
            <SwitchField
              key={name}
              id={`booth-${name}`}
              label={text[name]}
              checked={preferences.microphone[name]}
              onChange={(event) =>
                void session?.wishMicrophone({ [name]: event.currentTarget.checked })}
            />
          ))}
        </>
      )}
      {speakers.length > 0 && (
        <SelectField
          id="booth-speaker"
          label={text.speaker}
          value={preferences.speakerId ?? ""}
          choices={[
            { value: "", label: text.systemSpeaker },
            ...speakers.filter(({ id }) => id !== "default").map((device, index) => ({
              value: device.id,
              label: deviceName(device, index, text),
            })),
          ]}
          onChange={(event) => session?.prefer({ speakerId: event.currentTarget.value || null })}
        />
      )}
    </section>
  );
}

function Files({ session, state, text }: PartProps) {
  const { preferences, recordingTypes, room, picture } = state;
  const bitrate = recordingBitrate(
    picture ?? { width: 1280, height: 720 },
    preferences.camera.frameRate,
  );
  const left = timeLeftText(roomFor(room, bitrate).seconds, text);
  return (
    <section class="booth-group" aria-labelledby="booth-files">
      <h3 id="booth-files">{text.files}</h3>
      <SwitchField
        id="booth-watermarked"
        label={text.watermarked}
        checked={preferences.watermarked}
        onChange={(event) => session?.prefer({ watermarked: event.currentTarget.checked })}
      />
      {preferences.watermarked && (
        <TextField
          id="booth-watermark"
          label={text.watermark}
          hint={text.watermarkHint}
          value={preferences.watermark}
          maxLength={MAX_WATERMARK}
          autoComplete="off"
          dir="auto"
          onInput={(event) =>
            session?.prefer({ watermark: cleanWatermark(event.currentTarget.value) })}
        />
      )}
      <div class="booth-pair">
        <Segments
          name="booth-picture-type"
          legend={text.pictureType}
          value={preferences.pictureType}
          segments={[
            { value: "image/jpeg", label: "JPEG" },
            { value: "image/png", label: "PNG" },
          ]}
          onSelect={(value) =>
            session?.prefer({ pictureType: value === "image/png" ? "image/png" : "image/jpeg" })}
        />
        {recordingTypes.length > 0 && (
          <Segments
            name="booth-container"
            legend={text.container}
            value={preferences.container ?? recordingTypes[0]!.container}
            segments={(["webm", "mp4"] as const)
              .filter((name) => recordingTypes.some(({ container }) => container === name))
              .map((name) => ({ value: name, label: name === "mp4" ? "MP4" : "WebM" }))}
            onSelect={(value) => session?.prefer({ container: value === "mp4" ? "mp4" : "webm" })}
          />
        )}
      </div>
      {room !== null && (
        <>
          <Meter
            label={text.storage}
            value={room.usedBytes}
            max={room.quotaBytes}
            said={text.storageSaid(sizeText(room.usedBytes), sizeText(room.quotaBytes))}
            tone={room.usedBytes > room.quotaBytes * 0.9 ? "danger" : "jade"}
            showLabel
          />
          {left !== null && <p class="hint">{text.storageLeft(left)}</p>}
        </>
      )}
    </section>
  );
}

function DevicePicker(
  { kind, id, label, value, state, text, onSelect }: {
    readonly kind: DeviceKind;
    readonly id: string;
    readonly label: string;
    readonly value: string | null;
    readonly state: BoothState;
    readonly text: BoothText;
    readonly onSelect: (id: string) => void;
  },
) {
  const devices = devicesOf(state.devices, kind);
  const some = state.devices.devices.some((device) => device.kind === kind);
  const nothing = some
    ? text.afterPermission
    : kind === "camera"
    ? text.noCameras
    : text.noMicrophones;
  const choices: Choice[] = devices.length === 0
    ? [{ value: "", label: nothing }]
    : devices.map((device, index) => ({
      value: device.id,
      label: deviceName(device, index, text),
    }));
  const known = devices.some((device) => device.id === value);
  return (
    <SelectField
      id={id}
      label={label}
      value={known ? value! : choices[0]!.value}
      choices={choices}
      disabled={devices.length === 0}
      onChange={(event) => onSelect(event.currentTarget.value)}
    />
  );
}
