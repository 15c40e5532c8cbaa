/**
 * Another password.
 *
 * @module
 */
import { useRef, useState } from "preact/hooks";
import { accountText } from "../i18n/account.ts";
import type { Locale } from "../i18n/mod.ts";
import PasswordField from "../PasswordField.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { api } from "../ui/api.ts";
import { toast } from "../ui/toast.tsx";
import type { OwnAccount, RefusedForm } from "./data.ts";
import { explainAccount, type Refusal } from "./explain.ts";

/** Current and new password; what was typed never comes back from the server. */
export function PasswordCard(
  { account, locale, refused, onChanged }: {
    readonly account: OwnAccount;
    readonly locale: Locale;
    readonly refused: RefusedForm | null;
    readonly onChanged: () => void;
  },
) {
  const text = accountText(locale);
  const [problem, setProblem] = useState<Refusal | null>(refused);
  const [busy, setBusy] = useState(false);
  const current = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);
  const change = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      await api.post("/api/account/password", {
        body: { current: current.current?.value ?? "", next: next.current?.value ?? "" },
      });
      setProblem(null);
      for (const field of [current.current, next.current]) empty(field);
      onChanged();
      toast({ text: text.passwordChanged, tone: "good" });
    } catch (error) {
      const refusal = explainAccount(error, locale);
      setProblem(refusal);
      (refusal.field === "password" || refusal.field === "next" ? next : current).current?.focus();
    } finally {
      setBusy(false);
    }
  };
  const wrongNew = problem?.field === "password" || problem?.field === "next";
  const wrongCurrent = problem !== null && problem.field !== null && !wrongNew;
  return (
    <Card id="password" title={text.password}>
      <form method="post" action="/account/password" class="stack" onSubmit={change}>
        {problem !== null && problem.field === null && (
          <p class="form-problem" role="alert">
            <Icon name="circle-alert" size={18} /> {problem.message}
          </p>
        )}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={account.name}
          readOnly
          hidden
        />
        <PasswordField
          id="current"
          label={text.currentPassword}
          kind="current"
          locale={locale}
          error={wrongCurrent ? problem.message : null}
          inputRef={current}
        />
        <PasswordField
          id="next"
          label={text.newPassword}
          hint={text.newPasswordHint}
          kind="new"
          judgeFor={account.name}
          locale={locale}
          error={wrongNew ? problem.message : null}
          inputRef={next}
        />
        <div class="form-end">
          <Button type="submit" kind="primary" busy={busy}>{text.changePassword}</Button>
          <p class="hint">{text.changePasswordText}</p>
        </div>
      </form>
    </Card>
  );
}

/** Empties a field; what was said about its text hears of it. */
function empty(field: HTMLInputElement | null): void {
  if (field === null) return;
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
