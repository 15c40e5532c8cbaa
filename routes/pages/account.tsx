/**
 * `/login`, `/signup`, `/setup`: forms about accounts, without any script.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { formsText } from "../../islands/i18n/forms.ts";
import { siteText } from "../../islands/i18n/site.ts";
import PasswordField from "../../islands/PasswordField.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { Page } from "./document.tsx";
import { messagePage } from "./error.tsx";
import type { FormProblem } from "./forms.ts";
import type { Reader } from "./view.ts";

/** What a form shows again after a refusal. */
export interface AccountForm {
  /** Whether visitors may make accounts. */
  readonly signUpOpen: boolean;
  readonly reader: Reader;
  /** Typed before; the password is never sent back. */
  readonly name: string;
  readonly problem: FormProblem | null;
  /** Checked path to go to. */
  readonly next: string;
}

/** `/login` */
export function logInPage(form: AccountForm): Page {
  const text = formsText(form.reader.locale);
  return formPage(form.reader, {
    title: text.logInTitle,
    lead: text.logInLead,
    children: (
      <>
        <CredentialsForm
          form={form}
          action="/login"
          submit={siteText(form.reader.locale).logIn}
          kind="current"
        />
        {form.signUpOpen && (
          <p class="form-foot muted">
            {text.noAccountYet}{" "}
            <a href={`/signup?next=${encodeURIComponent(form.next)}`}>
              {siteText(form.reader.locale).signUp}
            </a>
          </p>
        )}
      </>
    ),
  });
}

/** `/signup` */
export function signUpPage(form: AccountForm): Page {
  const text = formsText(form.reader.locale);
  if (!form.signUpOpen) {
    return messagePage(form.reader, {
      icon: "key-round",
      title: text.signUpClosed,
      sentence: text.signUpClosedText,
      logIn: true,
    });
  }
  return formPage(form.reader, {
    title: text.signUpTitle,
    lead: text.signUpLead,
    children: (
      <>
        <CredentialsForm
          form={form}
          action="/signup"
          submit={siteText(form.reader.locale).signUp}
          kind="new"
        />
        <p class="form-foot muted">
          {text.haveAccount}{" "}
          <a href={`/login?next=${encodeURIComponent(form.next)}`}>
            {siteText(form.reader.locale).logIn}
          </a>
        </p>
      </>
    ),
  });
}

/** `/setup?token=`: the first administrator. */
export function setUpPage(
  form: Omit<AccountForm, "signUpOpen"> & { readonly token: string },
): Page {
  const text = formsText(form.reader.locale);
  return formPage(form.reader, {
    title: text.setUpTitle,
    lead: text.setUpLead,
    children: (
      <CredentialsForm form={form} action="/setup" submit={text.setUpSubmit} kind="new">
        <input type="hidden" name="token" value={form.token} />
      </CredentialsForm>
    ),
  });
}

/** The frame of a page that is one form. */
export function formPage(
  reader: Reader,
  page: { readonly title: string; readonly lead: string; readonly children: ComponentChildren },
): Page {
  return {
    reader,
    layout: "form",
    title: page.title,
    description: siteText(reader.locale).siteDescription,
    noIndex: true,
    content: (
      <section class="card form-card">
        <h1>{page.title}</h1>
        <p class="muted">{page.lead}</p>
        {page.children}
      </section>
    ),
  };
}

/** What went wrong with the form as a whole. */
export function ProblemSummary({ problem }: { readonly problem: FormProblem | null }) {
  if (problem === null || problem.field !== null) return null;
  return (
    <p class="form-problem" role="alert">
      <Icon name="circle-alert" size={18} /> {problem.message}
    </p>
  );
}

/** A labelled input with its hint and, after a refusal, what was wrong with it. */
export function Field(
  { id, label, hint, problem, input }: {
    /** Name of the form field, too. */
    readonly id: "name" | "title";
    readonly label: string;
    readonly hint?: string;
    readonly problem: FormProblem | null;
    readonly input: Readonly<Record<string, string | number | boolean | undefined>>;
  },
) {
  const message = problem?.field === id ? problem.message : null;
  const described = message !== null
    ? `${id}-error`
    : hint === undefined
    ? undefined
    : `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        {...input}
        id={id}
        name={id}
        class="input"
        required
        aria-invalid={message !== null}
        aria-describedby={described}
        autoFocus={message !== null}
      />
      {message !== null
        ? (
          <p class="field-error" id={`${id}-error`}>
            <Icon name="circle-alert" size={16} /> {message}
          </p>
        )
        : hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

function CredentialsForm(
  { form, action, submit, kind, children }: {
    readonly form: Omit<AccountForm, "signUpOpen">;
    readonly action: string;
    readonly submit: string;
    readonly kind: "current" | "new";
    readonly children?: ComponentChildren;
  },
) {
  const { problem } = form;
  const text = formsText(form.reader.locale);
  const fresh = kind === "new";
  return (
    <form method="post" action={action} class="stack">
      <ProblemSummary problem={problem} />
      <input type="hidden" name="next" value={form.next} />
      {children}
      <Field
        id="name"
        label={text.nameLabel}
        hint={fresh ? text.nameHint : undefined}
        problem={problem}
        input={{
          type: "text",
          value: form.name,
          autoComplete: "username",
          autoCapitalize: "none",
          spellcheck: false,
          maxLength: 64,
          dir: "auto",
        }}
      />
      <Island
        name="PasswordField"
        component={PasswordField}
        props={{
          id: "password",
          label: text.passwordLabel,
          locale: form.reader.locale,
          kind,
          hint: fresh ? text.passwordHint : null,
          error: problem?.field === "password" ? problem.message : null,
          judgeFor: fresh ? form.name : null,
        }}
      />
      <button type="submit" class="button primary wide">{submit}</button>
    </form>
  );
}
