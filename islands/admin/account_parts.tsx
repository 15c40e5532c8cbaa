/**
 * An account as administrators see it.
 *
 * @module
 */
import { adminText } from "../i18n/admin.ts";
import { formatCount, formatDate, type Locale } from "../i18n/mod.ts";
import { Badge } from "../ui/marks.tsx";
import type { AccountRow } from "./data.ts";
import { Facts } from "./list_parts.tsx";

/** What an account is, in marks. */
export function AccountMarks(
  { account, self, locale }: {
    readonly account: Pick<AccountRow, "id" | "admin" | "suspended">;
    readonly self: string;
    readonly locale: Locale;
  },
) {
  const text = adminText(locale);
  return (
    <span class="marks">
      {account.admin && <Badge soft kind="violet">{text.administrator}</Badge>}
      {account.suspended && <Badge soft kind="danger">{text.suspended}</Badge>}
      {account.id === self && <Badge soft>{text.you}</Badge>}
    </span>
  );
}

/** Everything that is known of an account. */
export function AccountFacts(
  { account, self, locale }: {
    readonly account: AccountRow;
    readonly self: string;
    readonly locale: Locale;
  },
) {
  const text = adminText(locale);
  const { roomId } = account;
  return (
    <>
      <AccountMarks account={account} self={self} locale={locale} />
      <Facts
        facts={[
          [text.logInName, <bdi key="name">{account.name}</bdi>],
          [
            text.room,
            roomId === null
              ? text.noRoom
              : <a key="room" href={`/admin/rooms/${roomId}`}>{roomId}</a>,
          ],
          [text.sessions, formatCount(account.sessions, locale)],
          [text.created, formatDate(account.createdAtMs, locale)],
        ]}
      />
    </>
  );
}
