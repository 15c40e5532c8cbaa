/**
 * `/account` and `/account/delete`: what people do with their own account.
 *
 * @module
 */
import AccountSettings from "../../islands/AccountSettings.tsx";
import type { RefusedForm, SessionRow } from "../../islands/account/data.ts";
import { accountText } from "../../islands/i18n/account.ts";
import { formatDate } from "../../islands/i18n/mod.ts";
import { preferencesText } from "../../islands/i18n/preferences.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { PreferenceForm } from "../../islands/Preferences.tsx";
import { avatarUrl } from "../../islands/ui/avatar.tsx";
import { ButtonLink } from "../../islands/ui/button.tsx";
import { Card } from "../../islands/ui/card.tsx";
import { TextField } from "../../islands/ui/field.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Island } from "../../islands/ui/island.tsx";
import { Badge } from "../../islands/ui/marks.tsx";
import PasswordField from "../../islands/PasswordField.tsx";
import type { Account, SessionInfo } from "../../rooms/model.ts";
import { formPage, ProblemSummary } from "./account.tsx";
import type { Page } from "./document.tsx";
import type { FormProblem } from "./forms.ts";
import { parseUserAgent } from "./user_agent.ts";
import type { Reader } from "./view.ts";
import { type ShownWallet, WalletCard } from "./wallet.tsx";

/** What a form on the account page may say when it was done. */
export const ACCOUNT_NOTICES = [
  "saved",
  "passwordChanged",
  "sessionEnded",
  "elsewhereEnded",
  "toppedUp",
] as const;
/** One of {@linkcode ACCOUNT_NOTICES}. */
export type AccountNotice = (typeof ACCOUNT_NOTICES)[number];

/** What the account page shows. */
export interface AccountPageInput {
  readonly reader: Reader;
  readonly account: Account;
  readonly sessions: readonly SessionInfo[];
  readonly wallet: ShownWallet;
  readonly notice: AccountNotice | null;
  readonly refused: RefusedForm | null;
}

/** `/account` */
export function accountPage(input: AccountPageInput): Page {
  const { reader, account, notice, refused } = input;
  const { locale } = reader;
  const text = accountText(locale);
  const own = {
    name: account.name,
    displayName: account.displayName,
    avatar: avatarUrl(account.avatar),
    admin: account.admin,
    createdAtMs: account.createdAtMs,
  };
  return {
    reader,
    layout: "account",
    styles: ["image"],
    current: "account",
    title: text.title,
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: (
      <div class="account">
        <header class="account-head">
          <div>
            <h1>{text.title}</h1>
            <p class="muted">
              <bdi>{account.name}</bdi>
              {" · "}
              {text.memberSince(formatDate(account.createdAtMs, locale))}{" "}
              {account.admin && <Badge soft kind="violet">{text.admin}</Badge>}
            </p>
          </div>
          <p class="account-ways">
            <ButtonLink href="/studio" icon="video">{text.toStudio}</ButtonLink>
            {account.admin && <ButtonLink href="/admin" icon="shield">{text.toAdmin}</ButtonLink>}
          </p>
        </header>
        {notice !== null && (
          <p class="form-notice" role="status">
            <Icon name="check" size={18} /> {text[notice]}
          </p>
        )}
        <WalletCard wallet={input.wallet} reader={reader} />
        <Island
          name="AccountSettings"
          component={AccountSettings}
          props={{
            account: own,
            sessions: input.sessions.map(sessionRow).sort(currentFirst),
            locale,
            nowMs: reader.nowMs,
            refused,
          }}
        />
        <Card id="appearance" title={preferencesText(locale).preferences} class="account-look">
          <PreferenceForm locale={locale} theme={reader.theme ?? "system"} next="/account" />
        </Card>
      </div>
    ),
  };
}

/** `/account/delete`: asks for the name and the password; for browsers without script. */
export function deletionPage(
  { reader, account, problem, typed }: {
    readonly reader: Reader;
    readonly account: Account;
    readonly problem: FormProblem | null;
    readonly typed: string;
  },
): Page {
  const text = accountText(reader.locale);
  return formPage(reader, {
    title: text.deletionAsk,
    lead: text.deletionText,
    children: (
      <form method="post" action="/account/delete" class="stack">
        <ProblemSummary problem={problem} />
        <TextField
          id="typed"
          label={text.deletionTyped(account.name)}
          error={problem?.field === "typed" ? problem.message : null}
          defaultValue={typed}
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          maxLength={64}
          dir="auto"
          required
        />
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={account.name}
          readOnly
          hidden
        />
        <PasswordField
          id="password"
          label={text.deletionPassword}
          kind="current"
          locale={reader.locale}
          error={problem?.field === "password" ? problem.message : null}
        />
        <button type="submit" class="button danger wide">{text.deletionConfirm}</button>
        <ButtonLink href="/account" wide>{text.keepAccount}</ButtonLink>
      </form>
    ),
  });
}

function sessionRow(session: SessionInfo): SessionRow {
  const { id, address, createdAtMs, seenAtMs, current } = session;
  return { id, address, createdAtMs, seenAtMs, current, ...parseUserAgent(session.userAgent) };
}

function currentFirst(a: SessionRow, b: SessionRow): number {
  return Number(b.current) - Number(a.current);
}
