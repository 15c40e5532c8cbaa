import { useState } from "preact/hooks";
import { AccountFacts, AccountMarks } from "./admin/account_parts.tsx";
import { ActDialog, type AskedAct } from "./admin/act_dialog.tsx";
import { accountActs } from "./admin/acts.ts";
import { type AccountRow, accountRowOf, type ListPart, pageQuery } from "./admin/data.ts";
import { ActButtons, Pager, PersonLine, SearchBar } from "./admin/list_parts.tsx";
import { adminText } from "./i18n/admin.ts";
import { formatCount, formatDate, type Locale } from "./i18n/mod.ts";
import { api } from "./ui/api.ts";
import { ButtonLink } from "./ui/button.tsx";
import { type Column, DataTable } from "./ui/data_table.tsx";
import { Sheet } from "./ui/dialog.tsx";
import { EmptyState } from "./ui/placeholder.tsx";
import { toast } from "./ui/toast.tsx";

/** Props of {@linkcode AdminAccounts}. */
export interface AdminAccountsProps {
  readonly part: ListPart<AccountRow>;
  readonly query: string;
  /** From 1 on. */
  readonly page: number;
  /** Id of the administrator's own account. */
  readonly self: string;
  readonly locale: Locale;
}

const PATH = "/admin/accounts";

/** Accounts; each opens into a sheet with what can be done, without script into a page. */
export default function AdminAccounts(props: AdminAccountsProps) {
  const { query, page, self, locale } = props;
  const text = adminText(locale);
  const [{ rows, total }, setPart] = useState(props.part);
  const [openId, setOpenId] = useState<string | null>(null);
  const [asked, setAsked] = useState<AskedAct | null>(null);
  const open = rows.find(({ id }) => id === openId) ?? null;
  const refresh = async () => {
    try {
      const answer = await api.get("/api/admin/accounts", { query: pageQuery({ query, page }) });
      setPart({ rows: answer.accounts.map(accountRowOf), total: answer.total });
    } catch {
      toast({ text: text.stale, tone: "bad" });
    }
  };
  const columns: readonly Column<AccountRow>[] = [
    {
      key: "account",
      label: text.account,
      cell: (account) => (
        <PersonLine
          person={{ name: account.displayName ?? account.name, avatar: account.avatar }}
          note={account.displayName !== null && (
            <span class="hint">
              @<bdi>{account.name}</bdi>
            </span>
          )}
        />
      ),
    },
    {
      key: "state",
      label: text.state,
      cell: (account) => <AccountMarks account={account} self={self} locale={locale} />,
    },
    {
      key: "room",
      label: text.room,
      cell: ({ roomId }) =>
        roomId === null
          ? <span class="muted">{text.noRoom}</span>
          : <a href={`/admin/rooms/${roomId}`}>{roomId}</a>,
    },
    {
      key: "sessions",
      label: text.sessions,
      numeric: true,
      cell: ({ sessions }) => formatCount(sessions, locale),
    },
    {
      key: "created",
      label: text.created,
      cell: ({ createdAtMs }) => formatDate(createdAtMs, locale),
    },
    {
      key: "actions",
      label: text.actions,
      actions: true,
      cell: (account) => (
        <ButtonLink
          small
          href={`${PATH}/${account.id}`}
          aria-label={`${text.manage}: ${account.displayName ?? account.name}`}
          onClick={(event) => {
            event.preventDefault();
            setOpenId(account.id);
          }}
        >
          {text.manage}
        </ButtonLink>
      ),
    },
  ];
  return (
    <div class="admin-list">
      <SearchBar path={PATH} label={text.searchAccounts} query={query} locale={locale} />
      <DataTable
        caption={text.account}
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        empty={<EmptyState icon="users" title={text.nothingFound} text={text.nothingFoundText} />}
      />
      <Pager path={PATH} query={query} page={page} total={total} locale={locale} />
      <Sheet
        id="account-sheet"
        open={open !== null}
        onClose={() => setOpenId(null)}
        title={open?.displayName ?? open?.name ?? ""}
        locale={locale}
        class="admin-sheet"
      >
        {open !== null && (
          <div class="stack">
            <AccountFacts account={open} self={self} locale={locale} />
            <ActButtons
              on="account"
              acts={accountActs({ ...open, self: open.id === self })}
              name={open.name}
              locale={locale}
              onAsk={(act) => setAsked({ act, id: open.id, name: open.name })}
            />
          </div>
        )}
      </Sheet>
      <ActDialog
        asked={asked}
        locale={locale}
        onClose={() => setAsked(null)}
        onDone={({ act }) => {
          if (act.act === "delete") setOpenId(null);
          void refresh();
        }}
      />
    </div>
  );
}
