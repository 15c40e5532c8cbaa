/**
 * The checklist before a broadcast: what is done, what to do, and one big next step.
 *
 * @module
 */
import { checklistText } from "../i18n/checklist.ts";
import { healthText } from "../i18n/health.ts";
import type { Locale } from "../i18n/mod.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Meter } from "../ui/meter.tsx";
import { type Check, type CheckName, nextStep, progressOf } from "./checklist.ts";
import { followFieldLink } from "./fields.ts";
import { useHeir } from "./focus.ts";
import { Trouble } from "./trouble.tsx";

type Text = ReturnType<typeof checklistText>;

const ICONS = {
  done: "circle-check",
  open: "circle-dashed",
  later: "clock",
  wrong: "triangle-alert",
} as const;

/** Where each open item is done. */
const PLACES: Readonly<Partial<Record<CheckName, string>>> = {
  title: "#room-title",
  category: "#room-category",
  description: "#room-description",
  cover: "#room-cover",
  encoder: "#publish-server",
};

/** The list with its next step. */
export function ChecklistCard(
  { checks, failures, signedOut, locale }: {
    readonly checks: readonly Check[];
    /** Looks at the server that failed in a row. */
    readonly failures: number;
    readonly signedOut: boolean;
    readonly locale: Locale;
  },
) {
  const text = checklistText(locale);
  const { done, of } = progressOf(checks);
  const said = text.progress(String(done), String(of));
  useHeir(".checklist");
  return (
    <Card
      id="checklist"
      title={text.heading}
      aside={<span class="muted tabular">{said}</span>}
      class="checklist"
    >
      <Meter label={text.heading} value={done} max={of} said={said} />
      <Checks checks={checks} text={text} />
      <Trouble failures={failures} signedOut={signedOut} text={healthText(locale)} />
      <NextStep step={nextStep(checks)} text={text} />
    </Card>
  );
}

/** The lines of the list. */
export function Checks(
  { checks, text }: { readonly checks: readonly Check[]; readonly text: Text },
) {
  return (
    <ul class="checks">
      {checks.map(({ name, state, optional }) => {
        const hint = hintOf({ name, state }, text);
        const action = actionOf(name, text);
        const place = PLACES[name];
        return (
          <li key={name} class={state}>
            <span class="checks-mark">
              <Icon name={ICONS[state]} size={20} />
            </span>
            <div class="checks-text">
              <p>
                {text[name]} {optional && <span class="muted">· {text.optional}</span>}
                <span class="visually-hidden">: {text[state]}</span>
              </p>
              {hint !== null && <p class="hint">{hint}</p>}
            </div>
            {state === "open" && action !== null && place !== undefined && (
              <ButtonLink
                small
                kind="ghost"
                href={place}
                aria-label={`${text[name]}: ${action}`}
                onClick={followFieldLink}
              >
                {action}
              </ButtonLink>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function NextStep({ step, text }: { readonly step: CheckName | null; readonly text: Text }) {
  if (step === "title" || step === "category") {
    return (
      <ButtonLink kind="primary" wide href={PLACES[step]!} icon="pencil" onClick={followFieldLink}>
        {step === "title" ? text.titleNext : text.categoryNext}
      </ButtonLink>
    );
  }
  if (step !== "encoder") return <p class="hint">{text.ready}</p>;
  return (
    <div class="next-step">
      <ButtonLink kind="primary" wide href="/studio/obs-profile.zip" icon="download" download>
        {text.encoderNext}
      </ButtonLink>
      <p class="hint">{text.encoderNextText}</p>
    </div>
  );
}

function hintOf({ name, state }: Pick<Check, "name" | "state">, text: Text): string | null {
  if (state === "later") return text.checkedLater;
  if (state === "done") return null;
  switch (name) {
    case "title":
      return text.titleOpen;
    case "category":
      return text.categoryOpen;
    case "encoder":
      return text.encoderOpen;
    case "sound":
      return text.soundWrong;
    case "keyFrames":
      return text.keyFramesWrong;
    default:
      return null;
  }
}

function actionOf(name: CheckName, text: Text): string | null {
  switch (name) {
    case "title":
      return text.titleAction;
    case "category":
      return text.categoryAction;
    case "description":
      return text.descriptionAction;
    case "cover":
      return text.coverAction;
    case "encoder":
      return text.encoderAction;
    default:
      return null;
  }
}
