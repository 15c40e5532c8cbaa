/**
 * The settings of the flying texts, as a form.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { ChatText } from "../i18n/chat.ts";
import {
  AREAS,
  type DanmakuSettings,
  DENSITIES,
  OPACITIES,
  SIZES,
  SPEEDS,
  splitWords,
} from "./danmaku_settings.ts";

/** The form; everything holds at once. */
export function DanmakuForm(
  { settings, text, onChange }: {
    readonly settings: DanmakuSettings;
    readonly text: ChatText;
    readonly onChange: (changed: Partial<DanmakuSettings>) => void;
  },
) {
  const [words, setWords] = useState(settings.words.join(" "));
  const percent = (value: number) => `${Math.round(value * 100)}%`;
  return (
    <div class="danmaku-form">
      <Choice
        label={text.area}
        values={AREAS}
        names={[text.quarter, text.half, text.full]}
        value={settings.area}
        onValue={(area) => onChange({ area })}
      />
      <Choice
        label={text.density}
        values={DENSITIES}
        names={[text.few, text.normal, text.many]}
        value={settings.density}
        onValue={(density) => onChange({ density })}
      />
      <Choice
        label={text.speed}
        values={SPEEDS}
        names={[text.slow, text.normal, text.fast]}
        value={settings.speed}
        onValue={(speed) => onChange({ speed })}
      />
      <label class="danmaku-range">
        <span>{text.size}</span>
        <input
          type="range"
          {...SIZES}
          step={0.1}
          value={settings.size}
          aria-valuetext={percent(settings.size)}
          onInput={(event) => onChange({ size: event.currentTarget.valueAsNumber })}
        />
      </label>
      <label class="danmaku-range">
        <span>{text.opacity}</span>
        <input
          type="range"
          {...OPACITIES}
          step={0.05}
          value={settings.opacity}
          aria-valuetext={percent(settings.opacity)}
          onInput={(event) => onChange({ opacity: event.currentTarget.valueAsNumber })}
        />
      </label>
      <div class="field">
        <label for="danmaku-words">{text.filter}</label>
        <input
          id="danmaku-words"
          class="input"
          dir="auto"
          value={words}
          autoComplete="off"
          aria-describedby="danmaku-words-hint"
          onInput={(event) => {
            setWords(event.currentTarget.value);
            onChange({ words: splitWords(event.currentTarget.value) });
          }}
        />
        <p id="danmaku-words-hint" class="hint">{text.filterHint}</p>
      </div>
    </div>
  );
}

function Choice<Value extends string | number>(
  { label, values, names, value, onValue }: {
    readonly label: string;
    readonly values: readonly Value[];
    readonly names: readonly string[];
    readonly value: Value;
    readonly onValue: (value: Value) => void;
  },
) {
  return (
    <div class="danmaku-choice" role="group" aria-label={label}>
      <span aria-hidden="true">{label}</span>
      {values.map((one, index) => (
        <button
          key={one}
          type="button"
          class="chip"
          aria-pressed={one === value}
          onClick={() => onValue(one)}
        >
          {names[index]}
        </button>
      ))}
    </div>
  );
}
