/**
 * The wallet: a card on the account page, and `/account/wallet` with everything that came and went.
 *
 * @module
 */
import { giftIcon, giftName } from "../../islands/chat/gifts.ts";
import { formatRelative, groupDigits, type Locale } from "../../islands/i18n/mod.ts";
import { siteText } from "../../islands/i18n/site.ts";
import { walletText } from "../../islands/i18n/wallet.ts";
import { Button, ButtonLink } from "../../islands/ui/button.tsx";
import { Card } from "../../islands/ui/card.tsx";
import { Icon } from "../../islands/ui/icons.tsx";
import { Badge } from "../../islands/ui/marks.tsx";
import { Meter } from "../../islands/ui/meter.tsx";
import { EmptyState } from "../../islands/ui/placeholder.tsx";
import { coinsFor } from "../../rooms/money/levels.ts";
import type { WalletEntry } from "../../rooms/money/repository.ts";
import { TOP_UP_COINS, type WalletView } from "../../rooms/money/wallet_service.ts";
import { randomToken } from "../../rooms/secrets.ts";
import { ProblemSummary } from "./account.tsx";
import type { Page } from "./document.tsx";
import type { FormProblem } from "./forms.ts";
import type { Reader } from "./view.ts";

/** The reason of coins that were had for the asking. */
const TOP_UP = "top-up";

/** A wallet with its newest lines. */
export interface ShownWallet {
  readonly view: WalletView;
  readonly entries: readonly WalletEntry[];
  /** There are older ones. */
  readonly more: boolean;
  /** Why coins that were asked for did not come. */
  readonly problem: FormProblem | null;
}

/** What there is, the level, and the last things that happened. */
export function WalletCard(
  { wallet, reader }: { readonly wallet: ShownWallet; readonly reader: Reader },
) {
  const { view, entries, more, problem } = wallet;
  const { locale, nowMs } = reader;
  const text = walletText(locale);
  return (
    <Card id="wallet" title={text.wallet} class="wallet">
      <div class="wallet-have">
        <ProblemSummary problem={problem} />
        <Standing view={view} locale={locale} />
        <WaysToCoins view={view} locale={locale} />
      </div>
      <div class="wallet-past">
        <h3>{text.entries}</h3>
        <Ledger entries={entries} locale={locale} nowMs={nowMs} level={3} />
        {more && <ButtonLink small icon="history" href="/account/wallet">{text.all}</ButtonLink>}
      </div>
    </Card>
  );
}

/** `/account/wallet`: a page of the ledger. */
export function walletPage(
  { reader, view, entries, older, paged }: {
    readonly reader: Reader;
    readonly view: WalletView;
    readonly entries: readonly WalletEntry[];
    /** Where the next page goes on; null: there is none. */
    readonly older: number | null;
    /** It is not the first page. */
    readonly paged: boolean;
  },
): Page {
  const { locale, nowMs } = reader;
  const text = walletText(locale);
  return {
    reader,
    layout: "account",
    current: "account",
    title: text.entries,
    description: siteText(locale).siteDescription,
    noIndex: true,
    content: (
      <div class="account wallet-page">
        <header class="account-head">
          <div>
            <h1>{text.entries}</h1>
            <p class="muted tabular">
              {text.balance}: {text.coins(groupDigits(view.balance))}
            </p>
          </div>
          <p class="account-ways">
            <ButtonLink href="/account" icon="arrow-left">{text.back}</ButtonLink>
          </p>
        </header>
        <div class="card wallet-all">
          <Ledger entries={entries} locale={locale} nowMs={nowMs} level={2} />
        </div>
        {(paged || older !== null) && (
          <nav class="pager" aria-label={text.entries}>
            {paged && <ButtonLink small href="/account/wallet">{text.newest}</ButtonLink>}
            {older !== null && (
              <ButtonLink small href={`/account/wallet?before=${older}`}>{text.older}</ButtonLink>
            )}
          </nav>
        )}
      </div>
    ),
  };
}

function Standing({ view, locale }: { readonly view: WalletView; readonly locale: Locale }) {
  const { balance, spent, level, nextLevelAt } = view;
  const text = walletText(locale);
  const from = coinsFor(level);
  const said = nextLevelAt === null
    ? text.highest
    : text.next(groupDigits(nextLevelAt - spent), String(level + 1));
  return (
    <>
      <p class="wallet-balance">
        <Icon name="coins" size={28} />
        <span class="visually-hidden">{text.balance}</span>{" "}
        <b class="tabular">{text.coins(groupDigits(balance))}</b>
      </p>
      <div class="wallet-level">
        <p>
          <Badge soft kind="violet">{text.level(String(level))}</Badge>{" "}
          <span class="hint tabular">{said}</span>
        </p>
        <Meter
          label={text.level(String(level))}
          tone="violet"
          value={nextLevelAt === null ? 1 : spent - from}
          max={nextLevelAt === null ? 1 : nextLevelAt - from}
          said={said}
        />
        <p class="hint">{text.levelText}</p>
      </div>
    </>
  );
}

function WaysToCoins({ view, locale }: { readonly view: WalletView; readonly locale: Locale }) {
  const text = walletText(locale);
  if (!view.topUp) return <p class="hint wallet-how">{text.howToGet}</p>;
  return (
    <form method="post" action="/account/wallet/top-up" class="wallet-how">
      {/* Sent twice, it gives once. */}
      <input type="hidden" name="requestId" value={randomToken(12)} />
      <Button type="submit" kind="primary" icon="plus">
        {text.topUp(groupDigits(TOP_UP_COINS))}
      </Button>
      <p class="hint">{text.topUpText}</p>
    </form>
  );
}

function Ledger(
  { entries, locale, nowMs, level }: {
    readonly entries: readonly WalletEntry[];
    readonly locale: Locale;
    readonly nowMs: number;
    /** Of the heading, where there are none yet. */
    readonly level: 2 | 3;
  },
) {
  const text = walletText(locale);
  if (entries.length === 0) {
    return <EmptyState inset level={level} icon="coins" title={text.empty} text={text.emptyText} />;
  }
  return (
    <ul class="ledger">
      {entries.map((entry) => {
        const { id, atMs, coins, balance, gift, roomId } = entry;
        const why = reasonOf(entry);
        return (
          <li key={id} class="ledger-line">
            <span class={`ledger-mark ${coins < 0 ? "went" : "came"}`}>
              <Icon name={gift === null ? "coins" : giftIcon(gift)} />
            </span>
            <p class="ledger-what">
              <b dir="auto">{whatOf(entry, locale)}</b>
              <span class="hint">
                {roomId !== null && (
                  <>
                    <a href={`/rooms/${roomId}`}>{text.inRoom(roomId)}</a>
                    {" · "}
                  </>
                )}
                {why !== null && (
                  <>
                    <bdi>{why}</bdi>
                    {" · "}
                  </>
                )}
                <time dateTime={new Date(atMs).toISOString()}>
                  {formatRelative(atMs, { nowMs, locale })}
                </time>
              </span>
            </p>
            <p class="ledger-coins tabular">
              <b class={coins < 0 ? "went" : "came"}>{signed(coins)}</b>
              <span class="hint">{text.behind(groupDigits(balance))}</span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}

function whatOf({ kind, gift, count, reason }: WalletEntry, locale: Locale): string {
  const text = walletText(locale);
  if (kind === "gift" && gift !== null) {
    return text.gave(giftName(gift, locale), groupDigits(count));
  }
  return reason === TOP_UP ? text.gotTopUp : text.gotGrant;
}

/** What an administrator wrote beside it. */
function reasonOf({ reason }: WalletEntry): string | null {
  return reason === null || reason === "" || reason === TOP_UP ? null : reason;
}

/** With a true minus, as wide as the plus. */
function signed(coins: number): string {
  return `${coins < 0 ? "−" : "+"}${groupDigits(Math.abs(coins))}`;
}
