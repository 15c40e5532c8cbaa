/**
 * The fields of the setting `im`; browsers look after the bounds, with and without script.
 *
 * @module
 */
import { KINDS, LANES } from "../../im/protocol/message.ts";
import { adminImText } from "../i18n/admin_im.ts";
import type { Locale } from "../i18n/mod.ts";
import { CheckField, TextField } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import {
  AGE_S,
  figureOf,
  IM_FIGURES,
  imField,
  type ImValue,
  MAX_POLL_STEPS,
  POLL_S,
  pollRows,
  secondsOf,
} from "./im_data.ts";

/** Everything of the setting; the form around it saves. */
export function ImFields(
  { im, error, locale }: {
    readonly im: ImValue;
    readonly error: string | null;
    readonly locale: Locale;
  },
) {
  const text = adminImText(locale);
  const { rows, aboveMs } = pollRows(im);
  // One more than there are, to write a new step into.
  const lines = Math.min(rows.length + 1, MAX_POLL_STEPS - 1);
  const kinds = {
    chat: text.kindChat,
    gift: text.kindGift,
    pk: text.kindPk,
    notice: text.kindNotice,
  };
  return (
    <>
      <p class="hint">{text.lead}</p>
      {error !== null && (
        <p class="field-error" role="alert">
          <Icon name="circle-alert" size={16} /> {error}
        </p>
      )}
      <fieldset class="im-fields">
        <legend>{text.limits}</legend>
        {IM_FIGURES.map(({ key, min, max }) => (
          <TextField
            key={key}
            id={imField(key)}
            label={text[key]}
            type="number"
            inputMode="numeric"
            min={min}
            max={max}
            step={1}
            defaultValue={figureOf(im[key])}
            required
          />
        ))}
      </fieldset>
      <fieldset class="im-fields">
        <legend>{text.ages}</legend>
        {LANES.map((lane) => (
          <TextField
            key={lane}
            id={imField("age", lane)}
            label={text[lane]}
            type="number"
            inputMode="decimal"
            {...AGE_S}
            defaultValue={secondsOf(im.ageMs[lane])}
            required
          />
        ))}
      </fieldset>
      <fieldset class="im-fields im-poll">
        <legend>{text.poll}</legend>
        <p class="hint" id="im-poll-hint">{text.pollHint}</p>
        <div class="im-step hint" aria-hidden="true">
          <span>{text.below}</span>
          <span>{text.seconds}</span>
        </div>
        {Array.from({ length: lines }, (_, row) => (
          <div class="im-step" key={row}>
            <input
              class="input"
              type="number"
              inputMode="numeric"
              min={1}
              step={1}
              name={imField("poll", row, "viewers")}
              defaultValue={figureOf(rows[row]?.viewers)}
              aria-label={text.pollBelow(row + 1)}
              aria-describedby="im-poll-hint"
            />
            <input
              class="input"
              type="number"
              inputMode="decimal"
              {...POLL_S}
              name={imField("poll", row, "after")}
              defaultValue={secondsOf(rows[row]?.afterMs)}
              aria-label={text.pollAfter(row + 1)}
            />
          </div>
        ))}
        <TextField
          id={imField("poll", "above")}
          label={text.above}
          type="number"
          inputMode="decimal"
          {...POLL_S}
          defaultValue={secondsOf(aboveMs)}
          required
        />
      </fieldset>
      <fieldset class="im-fields">
        <legend>{text.push}</legend>
        {KINDS.map((kind) => (
          <CheckField
            key={kind}
            id={imField("push", kind)}
            label={kinds[kind]}
            defaultChecked={im.bigRoomPush.includes(kind)}
          />
        ))}
        <p class="hint">{text.pushHint}</p>
      </fieldset>
    </>
  );
}
