import { useState } from "preact/hooks";
import type { OwnAccount, RefusedForm, SessionRow } from "./account/data.ts";
import { DeletionCard } from "./account/deletion_card.tsx";
import { PasswordCard } from "./account/password_card.tsx";
import { ProfileCard } from "./account/profile_card.tsx";
import { SessionsCard } from "./account/sessions_card.tsx";
import type { Locale } from "./i18n/mod.ts";

/** Props of {@linkcode AccountSettings}. */
export interface AccountSettingsProps {
  readonly account: OwnAccount;
  readonly sessions: readonly SessionRow[];
  readonly locale: Locale;
  readonly nowMs: number;
  /** The form that the server sent back, without script. */
  readonly refused: RefusedForm | null;
}

/** Profile, password, sessions and deletion; every part is a plain form without script. */
export default function AccountSettings(props: AccountSettingsProps) {
  const { locale, nowMs, refused } = props;
  const [account, setAccount] = useState(props.account);
  const [sessions, setSessions] = useState(props.sessions);
  const endOthers = () => setSessions(sessions.filter(({ current }) => current));
  const refusedOf = (form: RefusedForm["form"]) => refused?.form === form ? refused : null;
  return (
    <>
      <div class="account-column">
        <ProfileCard
          account={account}
          locale={locale}
          refused={refusedOf("profile")}
          onChange={setAccount}
        />
        <PasswordCard
          account={account}
          locale={locale}
          refused={refusedOf("password")}
          onChanged={endOthers}
        />
      </div>
      <div class="account-column">
        <SessionsCard sessions={sessions} locale={locale} nowMs={nowMs} onChange={setSessions} />
        <DeletionCard name={account.name} locale={locale} />
      </div>
    </>
  );
}
