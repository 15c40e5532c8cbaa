/**
 * The question before an act, and the one answer that is shown once.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { adminText } from "../i18n/admin.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { CopyField } from "../ui/copy_field.tsx";
import { ConfirmDialog, Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { toast } from "../ui/toast.tsx";
import { type Act, actDone, actWords, MAX_REASON, parseCoins } from "./acts.ts";
import { explainAct, runAct } from "./run_act.ts";

/** What is asked for. */
export interface AskedAct {
  readonly act: Act;
  readonly id: string;
  /** As the question names it. */
  readonly name: string;
}

/** Asks, does it, and says so. */
export function ActDialog(
  { asked, locale, onClose, onDone }: {
    readonly asked: AskedAct | null;
    readonly locale: Locale;
    readonly onClose: () => void;
    readonly onDone: (asked: AskedAct) => void;
  },
) {
  const text = adminText(locale);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [password, setPassword] = useState<{ name: string; value: string } | null>(null);
  const reason = useRef<HTMLInputElement>(null);
  const coins = useRef<HTMLInputElement>(null);
  const [wrongCoins, setWrongCoins] = useState(false);
  const requestId = useRef("");
  useEffect(() => {
    setProblem(null);
    setWrongCoins(false);
    requestId.current = crypto.getRandomValues(new Uint32Array(3)).join("-");
  }, [asked]);
  const run = async () => {
    if (asked === null) return;
    const given = parseCoins(coins.current?.value ?? "");
    if (asked.act.act === "grant-coins" && given === null) {
      setWrongCoins(true);
      coins.current?.focus();
      return;
    }
    setWrongCoins(false);
    setBusy(true);
    try {
      const value = await runAct(asked.act, {
        id: asked.id,
        reason: reason.current?.value.trim() ?? "",
        coins: given ?? 0,
        requestId: requestId.current,
      });
      onClose();
      if (value !== null) setPassword({ name: asked.name, value });
      else toast({ text: actDone(asked.act, locale), tone: "good" });
      onDone(asked);
    } catch (error) {
      setProblem(explainAct(error, locale));
    } finally {
      setBusy(false);
    }
  };
  const words = asked === null ? null : actWords(asked.act, { name: asked.name, locale });
  return (
    <>
      <ConfirmDialog
        id="act"
        open={words !== null}
        onClose={onClose}
        title={words?.question ?? ""}
        text={words?.text ?? ""}
        confirm={words?.label ?? ""}
        kind={words?.danger === false ? "primary" : "danger"}
        typed={words?.asks === "name" ? asked?.name : undefined}
        busy={busy}
        error={problem}
        onConfirm={run}
        locale={locale}
      >
        {words?.asks === "coins" && (
          <TextField
            id="act-coins"
            label={text.coins}
            hint={text.coinsHint}
            error={wrongCoins ? text.coinsHint : null}
            type="text"
            inputMode="numeric"
            maxLength={10}
            autoComplete="off"
            inputRef={coins}
          />
        )}
        {(words?.asks === "reason" || words?.asks === "coins") && (
          <TextField
            id="act-reason"
            label={text.reason}
            hint={text.reasonHint}
            maxLength={MAX_REASON}
            autoComplete="off"
            dir="auto"
            inputRef={reason}
          />
        )}
      </ConfirmDialog>
      <Dialog
        id="new-password"
        open={password !== null}
        onClose={() => setPassword(null)}
        title={text.resetPasswordDone}
        locale={locale}
        actions={<Button kind="primary" onClick={() => setPassword(null)}>{text.done}</Button>}
      >
        <p class="muted" dir="auto">{text.newPasswordText(password?.name ?? "")}</p>
        <CopyField
          id="handed-password"
          label={text.newPassword}
          value={password?.value ?? ""}
          locale={locale}
        />
      </Dialog>
    </>
  );
}
