/**
 * How others see an account.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { accountText } from "../i18n/account.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { api, type Schemas } from "../ui/api.ts";
import { Avatar } from "../ui/avatar.tsx";
import { ImageField } from "../ui/image_field.tsx";
import { sendImage } from "../ui/send_image.ts";
import { toast } from "../ui/toast.tsx";
import { pathOf } from "../ui/own_address.ts";
import type { OwnAccount, RefusedForm } from "./data.ts";
import { explainAccount, type Refusal } from "./explain.ts";

/** Picture and display name; the name is saved in place, or as a form. */
export function ProfileCard(
  { account, locale, refused, onChange }: {
    readonly account: OwnAccount;
    readonly locale: Locale;
    readonly refused: RefusedForm | null;
    readonly onChange: (account: OwnAccount) => void;
  },
) {
  const text = accountText(locale);
  const [name, setName] = useState(refused?.typed ?? account.displayName ?? "");
  const [problem, setProblem] = useState<Refusal | null>(refused);
  const [busy, setBusy] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const displayName = name.trim() === "" ? null : name;
      const { account: kept } = await api.patch("/api/account", { body: { displayName } });
      setName(kept.displayName ?? "");
      setProblem(null);
      onChange({ ...account, displayName: kept.displayName });
      toast({ text: text.saved, tone: "good" });
    } catch (error) {
      setProblem(explainAccount(error, locale));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card id="profile" title={text.profile}>
      <div class="script-on">
        <ImageField
          id="avatar"
          label={text.picture}
          hint={text.pictureHint}
          shape="avatar"
          locale={locale}
          current={account.avatar}
          empty={<Avatar name={account.displayName ?? account.name} size={96} />}
          upload={async (blob, options) => {
            const answer = await sendImage("/api/account/avatar", blob, options);
            const { account: kept } = answer as { account: Schemas["Profile"] };
            onChange({ ...account, avatar: pathOf(kept.avatar) });
          }}
          remove={async () => {
            await api.delete("/api/account/avatar");
            onChange({ ...account, avatar: null });
          }}
        />
      </div>
      <form method="post" action="/account/profile" class="stack" onSubmit={save}>
        <TextField
          id="displayName"
          label={text.displayName}
          hint={text.displayNameHint(account.name)}
          error={problem?.message ?? null}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          placeholder={account.name}
          maxLength={64}
          autoComplete="nickname"
          spellcheck={false}
          dir="auto"
        />
        <p>
          <Button type="submit" kind="primary" busy={busy}>{text.save}</Button>
        </p>
      </form>
    </Card>
  );
}
