/**
 * Giving: the catalogue, how many, and what is left.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { boardText } from "../i18n/board.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { api, ApiError, type Schemas } from "../ui/api.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { type Combo, COMBO_MS, ComboButton } from "./combo_button.tsx";
import { GiftSide, sidesOf } from "./gift_side.tsx";
import { giftIcon, giftName } from "./gifts.ts";
import type { ChatProps } from "./props.ts";
import type { ChatRoom } from "./room.ts";
import { readMessages } from "./transport.ts";

/** Numbers that are offered. */
const COUNTS = [1, 10, 66, 520] as const;

/** Props of {@linkcode GiftButton}. */
export interface GiftButtonProps {
  readonly chat: ChatRoom;
  readonly account: ChatProps["account"];
  readonly locale: Locale;
}

/** The button that opens the sheet. */
export function GiftButton(props: GiftButtonProps) {
  const text = boardText(props.locale);
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="chat-gift"
        aria-label={text.gifts}
        title={text.gifts}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="gift" size={22} />
      </button>
      <Sheet
        id="gifts"
        open={open}
        onClose={() => setOpen(false)}
        title={text.gifts}
        locale={props.locale}
      >
        {props.account === null ? <LogIn {...props} /> : <Giving {...props} />}
      </Sheet>
    </>
  );
}

function LogIn({ chat, locale }: GiftButtonProps) {
  const text = boardText(locale);
  return (
    <div class="gift-log-in">
      <p>{text.logInText}</p>
      <ButtonLink
        kind="primary"
        href={`/login?next=${encodeURIComponent(`/rooms/${chat.room}`)}`}
      >
        {text.logInAction}
      </ButtonLink>
    </div>
  );
}

function Giving({ chat, locale }: GiftButtonProps) {
  const text = boardText(locale);
  const [gifts, setGifts] = useState<readonly Schemas["Gift"][] | null>(null);
  const [wallet, setWallet] = useState<Schemas["Wallet"] | null>(null);
  const [failed, setFailed] = useState(false);
  const [chosen, setChosen] = useState("rose");
  const [count, setCount] = useState<number>(1);
  /** The battle in which gifts go to the other side; null: to the own one. */
  const [theirs, setTheirs] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [note, setNote] = useState<string | null>(null);
  const [combo, setCombo] = useState<Combo | null>(null);
  const giving = useRef(false);
  /** What was pressed and is not answered: pressing again pays once. */
  const request = useRef<{ readonly what: string; readonly id: string } | null>(null);
  useEffect(() => {
    if (failed) return;
    const end = new AbortController();
    const { signal } = end;
    Promise.all([api.get("/api/gifts", { signal }), api.get("/api/wallet", { signal })]).then(
      ([catalogue, own]) => {
        setGifts(catalogue.gifts);
        setWallet(own);
      },
      () => !signal.aborted && setFailed(true),
    );
    return () => end.abort();
  }, [failed]);
  if (failed) {
    return (
      <p role="alert">
        {text.loadFailed} <Button small onClick={() => setFailed(false)}>{text.retry}</Button>
      </p>
    );
  }
  if (gifts === null || wallet === null) {
    return <div class="skeleton gift-loading" aria-hidden="true" />;
  }
  const gift = gifts.find(({ key }) => key === chosen) ?? gifts[0];
  if (gift === undefined) return <p>{text.loadFailed}</p>;
  const price = gift.coins * count;
  const missing = price - wallet.balance;
  const requestOf = (what: string) => {
    if (request.current?.what !== what) request.current = { what, id: newId() };
    return request.current.id;
  };
  const sides = sidesOf(chat.states.value.battle, chat.room);
  const rival = sides !== null && sides.battle === theirs ? sides.rival : null;
  const what = `${gift.key} ${count} ${rival?.room ?? ""}`;
  const give = async () => {
    if (giving.current) return;
    giving.current = true;
    setBusy(true);
    setNote(null);
    try {
      const answer = await api.post("/api/rooms/{room}/gifts", {
        path: { room: chat.room },
        body: {
          ...{ gift: gift.key, count, requestId: requestOf(what) },
          side: rival?.room ?? null,
        },
      });
      request.current = null;
      setWallet({ ...wallet, balance: answer.balance });
      // The level may be another one now.
      api.get("/api/wallet").then(setWallet, () => {});
      const [message] = readMessages([answer.message]);
      if (message?.kind === "gift") {
        chat.adopt(message);
        const inRow = Math.max(message.body.count, message.body.combo);
        setCombo({ what, count: inRow, untilMs: Date.now() + COMBO_MS });
        const [name, times] = [giftName(gift.key, locale), formatCount(inRow, locale)];
        setNote(rival === null ? text.given(name, times) : text.givenTo(name, times, rival.name));
      }
    } catch (error) {
      const code = error instanceof ApiError ? error.code : "";
      setCombo(null);
      if (code === "too_poor") {
        // Coins were spent elsewhere: what is left decides what can be done.
        request.current = null;
        await api.get("/api/wallet").then(setWallet, () => {});
      } else if (code === "invalid" && rival !== null) {
        // It was over before its news came.
        request.current = null;
        setTheirs(null);
        setNote(text.battleOver);
      } else setNote(whyNot(code, text));
    } finally {
      giving.current = false;
      setBusy(false);
    }
  };
  const topUp = async () => {
    setBusy(true);
    try {
      setWallet(await api.post("/api/wallet/top-up", { body: { requestId: requestOf("top-up") } }));
      request.current = null;
      setNote(text.toppedUp);
    } catch (error) {
      const code = error instanceof ApiError ? error.code : "";
      setNote(code === "closed" ? text.howToGet.trim() : text.topUpFailed);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="giving">
      <div class="gift-grid" role="group" aria-label={text.gifts}>
        {gifts.map(({ key, coins }) => (
          <button
            key={key}
            type="button"
            class="gift-choice"
            aria-pressed={key === gift.key}
            onClick={() => setChosen(key)}
          >
            <Icon name={giftIcon(key)} size={30} />
            <span>{giftName(key, locale)}</span>
            <small class="tabular">{text.coins(formatCount(coins, locale))}</small>
          </button>
        ))}
      </div>
      {sides !== null && (
        <GiftSide
          sides={sides}
          theirs={rival !== null}
          locale={locale}
          onChoose={(them) => setTheirs(them ? sides.battle : null)}
        />
      )}
      <div class="gift-counts" role="group" aria-label={text.count}>
        {COUNTS.map((one) => (
          <button
            key={one}
            type="button"
            class="chip tabular"
            aria-pressed={one === count}
            onClick={() => setCount(one)}
          >
            ×{one}
          </button>
        ))}
      </div>
      <p class="gift-balance tabular">
        <Icon name="coins" size={18} />
        <span>{text.balance(exact(wallet.balance))}</span>
        <small>
          {text.level(String(wallet.level))}
          {wallet.nextLevelAt !== null &&
            ` · ${text.nextLevel(exact(wallet.nextLevelAt - wallet.spent))}`}
        </small>
      </p>
      {missing > 0 && (
        <p class="gift-poor">
          <Icon name="info" size={18} />
          <span>
            {text.poor(exact(missing))}
            {wallet.topUp ? "" : text.howToGet}
          </span>
        </p>
      )}
      <p class="gift-note" role="status">{note ?? ""}</p>
      {missing > 0 && wallet.topUp
        ? <Button kind="primary" wide icon="coins" busy={busy} onClick={topUp}>{text.topUp}</Button>
        : (
          <ComboButton
            combo={combo?.what === what ? combo : null}
            price={price}
            busy={busy}
            disabled={missing > 0}
            locale={locale}
            onGive={give}
          />
        )}
    </div>
  );
}

/** Why a gift was not given, in the reader's words. */
function whyNot(code: string, text: ReturnType<typeof boardText>): string {
  switch (code) {
    case "slow_down":
      return text.slowDown;
    case "banned":
      return text.banned;
    case "suspended":
      return text.suspended;
    case "unauthenticated":
      return text.signedOut;
    case "busy":
      return text.busy;
    default:
      return text.giveFailed;
  }
}

/** A sum of coins, to the last one. */
function exact(coins: number): string {
  return coins.toLocaleString("en");
}

function newId(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
