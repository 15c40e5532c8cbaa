/**
 * The end of an account.
 *
 * @module
 */
import { useRef, useState } from "preact/hooks";
import { accountText } from "../i18n/account.ts";
import type { Locale } from "../i18n/mod.ts";
import PasswordField from "../PasswordField.tsx";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { api } from "../ui/api.ts";
import { explainAccount, type Refusal } from "./explain.ts";

/** Leads to the question, which is a dialog with script and a page without. */
export function DeletionCard({ name, locale }: { readonly name: string; readonly locale: Locale }) {
  const text = accountText(locale);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Refusal | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const remove = async () => {
    setBusy(true);
    try {
      await api.post("/api/account/deletion", {
        body: { password: password.current?.value ?? "" },
      });
      location.assign("/account/deleted");
    } catch (error) {
      setProblem(explainAccount(error, locale));
      setBusy(false);
    }
  };
  return (
    <Card id="deletion" title={text.deletion} tone="danger">
      <p class="muted">{text.deletionLead}</p>
      <p>
        <ButtonLink
          href="/account/delete"
          icon="trash-2"
          class="danger-quiet"
          onClick={(event) => {
            event.preventDefault();
            setProblem(null);
            setOpen(true);
          }}
        >
          {text.deletion}
        </ButtonLink>
      </p>
      <ConfirmDialog
        id="delete"
        open={open}
        onClose={() => setOpen(false)}
        title={text.deletionAsk}
        text={text.deletionText}
        typed={name}
        confirm={text.deletionConfirm}
        busy={busy}
        error={problem?.field === null ? problem.message : null}
        onConfirm={remove}
        locale={locale}
      >
        <input type="text" name="username" autoComplete="username" value={name} readOnly hidden />
        <PasswordField
          id="delete-password"
          label={text.deletionPassword}
          kind="current"
          locale={locale}
          error={problem !== null && problem.field !== null ? problem.message : null}
          inputRef={password}
        />
      </ConfirmDialog>
    </Card>
  );
}
