/**
 * The mixer as it is seen: a meter, a slider and a switch for every sound, and for all of it.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { devicesOf } from "../../capture/devices.ts";
import { MASTER, MAX_GAIN } from "../../capture/scene/mixer.ts";
import { type BrowserStudioText, browserStudioText } from "../../i18n/browser_studio.ts";
import type { Locale } from "../../i18n/mod.ts";
import { IconButton } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { SelectField } from "../../ui/field.tsx";
import type { Desk, Source } from "./desk.ts";

/** How often a level is read out, milliseconds. */
const SPOKEN_MS = 1_000;

/** The card of the sound. */
export function SoundCard({ desk, locale }: { readonly desk: Desk; readonly locale: Locale }) {
  const text = browserStudioText(locale);
  const sounding = desk.sources.value.filter(({ audio }) => audio !== null);
  return (
    <Card id="live-sound" title={text.sound} class="live-sound">
      {sounding.length === 0 ? <p class="hint">{text.noSound}</p> : (
        <>
          {sounding.map((source) => (
            <Channel
              key={source.id}
              id={source.id}
              name={source.name}
              desk={desk}
              text={text}
              source={source}
            />
          ))}
          {sounding.length > 1 && (
            <Channel id={MASTER} name={text.master} desk={desk} text={text} source={null} />
          )}
          <p class="hint">{text.notHeard}</p>
        </>
      )}
    </Card>
  );
}

function Channel(
  { id, name, desk, text, source }: {
    readonly id: string;
    readonly name: string;
    readonly desk: Desk;
    readonly text: BrowserStudioText;
    /** Null: the master. */
    readonly source: Source | null;
  },
) {
  const { mixer } = desk;
  const [state, setState] = useState(() => mixer.stateOf(id) ?? { gain: 1, muted: false });
  const set = (change: Partial<typeof state>) => {
    const next = { ...state, ...change };
    setState(next);
    mixer.set(id, next);
  };
  const microphones = devicesOf(desk.devices.value, "microphone");
  const percent = String(Math.round(state.gain * 100));
  return (
    <div class="live-channel" role="group" aria-label={name}>
      <div class="live-channel-head">
        <span class="ellipsis" dir="auto" title={name}>{name}</span>
        <span class="muted tabular">{text.percent(state.muted ? "0" : percent)}</span>
      </div>
      <LevelBar desk={desk} id={id} label={text.levelOf(name)} text={text} />
      <div class="live-channel-tools">
        <IconButton
          small
          kind="ghost"
          icon={state.muted ? "volume-x" : "volume-2"}
          pressed={state.muted}
          label={text.of(text.mute, name)}
          onClick={() => set({ muted: !state.muted })}
        />
        <input
          type="range"
          class="live-range"
          min={0}
          max={MAX_GAIN * 100}
          step={5}
          value={percent}
          aria-label={text.volumeOf(name)}
          aria-valuetext={text.percent(percent)}
          onInput={(event) => set({ gain: Number(event.currentTarget.value) / 100, muted: false })}
        />
        {source !== null && source.video === null && source.kind === "microphone" && (
          <IconButton
            small
            kind="ghost"
            icon="trash-2"
            label={text.of(text.remove, name)}
            onClick={() => desk.removeSource(id)}
          />
        )}
      </div>
      {source?.kind === "microphone" && microphones.length > 1 && (
        <SelectField
          id={`live-${id}-device`}
          label={text.device}
          value={source.audio?.getSettings().deviceId ?? ""}
          choices={microphones.map((device) => ({ value: device.id, label: device.label }))}
          onChange={(event) => void desk.switchMicrophone(id, event.currentTarget.value)}
        />
      )}
    </div>
  );
}

/** Moves by itself with each frame of the screen: nothing is rendered for it. */
function LevelBar(
  { desk, id, label, text }: {
    readonly desk: Desk;
    readonly id: string;
    readonly label: string;
    readonly text: BrowserStudioText;
  },
) {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let spokenAtMs = 0;
    let handle = 0;
    const follow = (nowMs: number) => {
      handle = requestAnimationFrame(follow);
      const element = bar.current;
      const level = desk.mixer.level(id, nowMs);
      if (element === null || level === null) return;
      element.style.setProperty("--level", `${(level.level * 100).toFixed(1)}%`);
      element.style.setProperty("--peak", `${(level.peak * 100).toFixed(1)}%`);
      element.classList.toggle("clipping", level.clipping);
      if (nowMs - spokenAtMs < SPOKEN_MS) return;
      spokenAtMs = nowMs;
      const value = Math.round(level.level * 100);
      element.setAttribute("aria-valuenow", String(value));
      element.setAttribute("aria-valuetext", text.percent(String(value)));
    };
    handle = requestAnimationFrame(follow);
    return () => cancelAnimationFrame(handle);
  }, [desk, id]);
  return (
    <div
      ref={bar}
      class="live-level"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <span />
    </div>
  );
}
