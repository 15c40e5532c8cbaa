/**
 * The studio of somebody without a room: one form.
 *
 * @module
 */
import { checklistText } from "../../islands/i18n/checklist.ts";
import { formsText } from "../../islands/i18n/forms.ts";
import { Field, formPage, ProblemSummary } from "./account.tsx";
import type { Page } from "./document.tsx";
import type { FormProblem } from "./forms.ts";
import type { Reader } from "./view.ts";

/** What the form shows. */
export interface CreateRoomForm {
  readonly reader: Reader;
  /** Typed before; null: nothing yet, and a title is offered. */
  readonly title: string | null;
  readonly problem: FormProblem | null;
}

/** The form that makes a room. */
export function createRoomPage({ reader, title, problem }: CreateRoomForm): Page {
  const text = formsText(reader.locale);
  const name = reader.account?.displayName ?? reader.account?.name ?? "";
  return {
    ...formPage(reader, {
      title: text.createRoomTitle,
      lead: text.createRoomLead,
      children: (
        <form method="post" action="/studio" class="stack">
          <ProblemSummary problem={problem} />
          <Field
            id="title"
            label={text.titleLabel}
            problem={problem}
            input={{
              type: "text",
              value: title ?? checklistText(reader.locale).defaultTitle(name),
              placeholder: text.titlePlaceholder,
              maxLength: 200,
              autoComplete: "off",
              dir: "auto",
            }}
          />
          <button type="submit" class="button primary wide">{text.createRoomSubmit}</button>
        </form>
      ),
    }),
    current: "studio",
  };
}
