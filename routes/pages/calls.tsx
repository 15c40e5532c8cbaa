/**
 * `/call`: where calls begin, and `/call/<name>`: a call.
 *
 * @module
 */
import Call from "../../islands/Call.tsx";
import type { CallProps } from "../../islands/call/props.ts";
import { callText } from "../../islands/i18n/call.ts";
import { callPageText } from "../../islands/i18n/call_page.ts";
import { Button } from "../../islands/ui/button.tsx";
import { CheckField, TextField } from "../../islands/ui/field.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import type { CallAccess, CallView } from "../../rooms/calls/protocol.ts";
import { personOf } from "../../rooms/model.ts";
import type { Page } from "./document.tsx";
import type { FormProblem } from "./forms.ts";
import type { Reader } from "./view.ts";

/** What the landing page shows. */
export interface CallsForm {
  readonly reader: Reader;
  readonly own: readonly CallView[];
  /** Typed before. */
  readonly name: string;
  readonly access: CallAccess;
  readonly guests: boolean;
  readonly problem: FormProblem | null;
  readonly canonical: string;
}

/** The landing page. */
export function callsPage(form: CallsForm): Page {
  const { reader, own, problem } = form;
  const text = callPageText(reader.locale);
  return {
    reader,
    layout: "calls",
    current: "calls",
    title: text.title,
    description: text.description,
    canonical: form.canonical,
    next: "call",
    content: (
      <div class="calls">
        <header class="calls-head">
          <h1>{text.title}</h1>
          <p class="muted">{text.lead}</p>
        </header>
        <StartCard form={form} />
        <div class="calls-side">
          <section class="card" aria-labelledby="join-call">
            <h2 id="join-call">{text.joinTitle}</h2>
            <form method="get" action="/call" class="calls-join">
              <TextField
                id="go"
                label={text.name}
                hint={text.joinHint}
                maxLength={200}
                required
                autoComplete="off"
                dir="auto"
              />
              <Button type="submit" wide>{text.join}</Button>
            </form>
          </section>
          {reader.account !== null && <OwnCalls own={own} reader={reader} />}
        </div>
        {problem !== null && problem.field === null && (
          <p class="visually-hidden" role="alert">{problem.message}</p>
        )}
      </div>
    ),
  };
}

function StartCard({ form }: { readonly form: CallsForm }) {
  const { reader, problem } = form;
  const text = callPageText(reader.locale);
  const errorOf = (field: string) => problem?.field === field ? problem.message : null;
  const isMember = reader.account !== null;
  const choices: readonly { readonly value: CallAccess; readonly label: string }[] = [
    { value: "open", label: text.accessOpen },
    { value: "password", label: text.accessPassword },
    { value: "invited", label: text.accessInvited },
  ];
  return (
    <section class="card calls-start" aria-labelledby="start-call">
      <h2 id="start-call">{text.startTitle}</h2>
      <form method="post" action="/call" class="stack">
        {problem !== null && problem.field === null && <p class="field-error">{problem.message}</p>}
        <TextField
          id="name"
          label={text.name}
          hint={text.nameHint}
          error={errorOf("name")}
          value={form.name}
          maxLength={200}
          required
          autoComplete="off"
          dir="auto"
        />
        {isMember
          ? (
            <>
              <fieldset class="calls-access">
                <legend>{text.access}</legend>
                {choices.map(({ value, label }) => (
                  <label key={value}>
                    <input
                      type="radio"
                      name="access"
                      value={value}
                      checked={form.access === value}
                    />
                    <span>{label}</span>
                  </label>
                ))}
              </fieldset>
              <div class="calls-password">
                <TextField
                  id="password"
                  type="password"
                  label={text.password}
                  hint={text.passwordHint}
                  error={errorOf("password")}
                  maxLength={256}
                  autoComplete="new-password"
                />
              </div>
              <CheckField id="guests" label={text.guests} value="yes" checked={form.guests} />
              <p class="hint">{text.accessHint}</p>
            </>
          )
          : (
            <p class="hint">
              <a href="/login?next=/call">{text.logInForMore}</a>
            </p>
          )}
        <Button type="submit" kind="primary" icon="phone" wide>{text.start}</Button>
      </form>
    </section>
  );
}

function OwnCalls({ own, reader }: {
  readonly own: readonly CallView[];
  readonly reader: Reader;
}) {
  const text = callPageText(reader.locale);
  const accesses = {
    open: text.open,
    password: text.withPassword,
    invited: text.byInvitation,
  } as const;
  return (
    <section class="card" aria-labelledby="own-calls">
      <h2 id="own-calls">{text.own}</h2>
      {own.length === 0 ? <p class="muted">{text.ownNone}</p> : (
        <ul class="calls-own">
          {own.map((call) => (
            <li key={call.name}>
              <a href={`/call/${encodeURIComponent(call.name)}`} dir="auto">{call.name}</a>
              <span class="muted">
                {text.status(accesses[call.access], call.people)}
              </span>
              <form method="post" action="/call/end">
                <input type="hidden" name="name" value={call.name} />
                <button
                  type="submit"
                  class="button ghost icon-only small"
                  aria-label={text.end(call.name)}
                  title={text.end(call.name)}
                >
                  <Icon name="trash-2" size={16} />
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** One call; `call` is null when nobody has opened it yet. */
export function callPage(
  { name, call, reader, invitation, canonical }: {
    readonly name: string;
    readonly call: CallView | null;
    readonly reader: Reader;
    readonly invitation: string | null;
    readonly canonical: string;
  },
): Page {
  const text = callText(reader.locale);
  const { account } = reader;
  const person = account === null ? null : personOf(account);
  const props: CallProps = {
    name,
    locale: reader.locale,
    access: call?.access ?? "open",
    guests: call?.guests ?? true,
    exists: call !== null,
    people: call?.people ?? 0,
    member: person === null ? null : { name: person.name, avatar: person.avatar },
    own: account !== null && call?.ownerId === account.id,
    invitation,
  };
  return {
    reader,
    layout: "call",
    current: "calls",
    title: text.callNamed(name),
    description: callPageText(reader.locale).description,
    canonical,
    noIndex: true,
    content: <Island name="Call" component={Call} props={props} />,
  };
}

/** A name that no call can have. */
export function callNameSentence(reader: Reader): string {
  return callPageText(reader.locale).nameInvalid;
}
