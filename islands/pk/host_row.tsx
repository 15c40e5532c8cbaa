/**
 * What a broadcaster does about battles: challenge a room, answer a challenge, end one. One line of
 * the same height whatever it says.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { type PkText, pkText } from "../i18n/pk.ts";
import { Button } from "../ui/button.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { toast } from "../ui/toast.tsx";
import { type BattleView, clockText } from "./battle_view.ts";
import { act, type BattleAction, type BattleFeed, useBattle } from "./feed.ts";
import { InviteSheet } from "./invite_sheet.tsx";

/** The line. */
export function HostRow({ feed }: { readonly feed: BattleFeed }) {
  const { locale } = feed;
  const text = pkText(locale);
  const view = useBattle(feed);
  const [inviting, setInviting] = useState(false);
  const [ending, setEnding] = useState(false);
  const [busy, setBusy] = useState(false);
  const row = useRef<HTMLDivElement>(null);
  const phase = view?.phase ?? null;
  // Once for each phase: a countdown would flood.
  const [spoken, setSpoken] = useState("");
  useEffect(() => setSpoken(view === null ? "" : wordsOf(view, { text, locale })), [phase]);
  useKeptFocus(row, phase);
  useEffect(() => {
    if (phase !== "running") setEnding(false);
  }, [phase]);
  const perform = async (action: BattleAction) => {
    setBusy(true);
    const problem = await act(feed, action, text);
    setBusy(false);
    setEnding(false);
    if (problem !== null) toast({ tone: "bad", text: problem });
  };
  const press = (action: BattleAction) => () => void perform(action);
  return (
    <div ref={row} class={`pk-host${isAsked(view) ? " asked" : ""}`} tabIndex={-1}>
      <Icon name="swords" size={20} />
      <p class="pk-host-words">{wordsOf(view, { text, locale })}</p>
      <span class="visually-hidden" role="status">{spoken}</span>
      <Actions
        view={view}
        text={text}
        busy={busy}
        onAct={press}
        onInvite={() => setInviting(true)}
        onEnd={() => setEnding(true)}
      />
      <InviteSheet
        feed={feed}
        open={inviting && phase === null}
        onClose={() => setInviting(false)}
      />
      <ConfirmDialog
        id="pk-end"
        open={ending}
        onClose={() => setEnding(false)}
        title={text.endQuestion}
        text={text.endText}
        confirm={text.end}
        onConfirm={press("end")}
        busy={busy}
        locale={locale}
      />
    </div>
  );
}

function Actions(
  { view, text, busy, onAct, onInvite, onEnd }: {
    readonly view: BattleView | null;
    readonly text: PkText;
    readonly busy: boolean;
    readonly onAct: (action: BattleAction) => () => void;
    readonly onInvite: () => void;
    readonly onEnd: () => void;
  },
) {
  if (view === null || view.phase === "declined" || view.phase === "over") {
    return <Button onClick={onInvite} disabled={view !== null}>{text.challenge}</Button>;
  }
  if (view.phase === "invited") {
    if (view.challenged) {
      return <Button busy={busy} onClick={onAct("cancel")}>{text.cancel}</Button>;
    }
    return (
      <>
        <Button busy={busy} onClick={onAct("decline")}>{text.decline}</Button>
        <Button kind="primary" busy={busy} onClick={onAct("accept")}>{text.accept}</Button>
      </>
    );
  }
  if (view.phase === "running") {
    return <Button kind="danger" busy={busy} onClick={onEnd}>{text.end}</Button>;
  }
  if (view.result !== "won") return null;
  return <Button busy={busy} onClick={onAct("end")}>{text.endPenalty}</Button>;
}

/** Whether the other side waits for an answer from here. */
function isAsked(view: BattleView | null): boolean {
  return view?.phase === "invited" && !view.challenged;
}

function wordsOf(
  view: BattleView | null,
  { text, locale }: { readonly text: PkText; readonly locale: Locale },
): string {
  if (view === null) return text.challengeHint;
  const name = short(view.rival.name);
  const seconds = String(Math.ceil(view.leftMs / 1_000));
  switch (view.phase) {
    case "invited":
      return view.challenged ? text.waiting(name, seconds) : text.invitedBy(name, seconds);
    case "running":
      return text.against(
        name,
        [view.own.score, view.rival.score].map((score) => formatCount(score, locale))
          .join("\u00a0:\u00a0"),
        clockText(view.leftMs),
      );
    case "penalty":
      return view.result === "won" ? text.ownWin(seconds) : text.ownLoss(seconds);
    case "over":
      if (view.result === "draw") return text.drawn;
      return text.wonBy(view.result === "won" ? short(view.own.name) : name);
    case "declined":
      return text.declined(name);
  }
}

/** The line has place for so many letters of a name. */
const NAME_LETTERS = 14;

function short(name: string): string {
  const letters = [...name];
  return letters.length > NAME_LETTERS ? `${letters.slice(0, NAME_LETTERS - 1).join("")}…` : name;
}

/** A button that goes away with its phase leaves the focus to the line. */
function useKeptFocus(
  row: { readonly current: HTMLElement | null },
  phase: BattleView["phase"] | null,
) {
  const had = useRef(false);
  useEffect(() => {
    const element = row.current;
    if (element === null) return;
    const follow = () => had.current = element.contains(document.activeElement);
    document.addEventListener("focusin", follow);
    return () => document.removeEventListener("focusin", follow);
  }, []);
  useEffect(() => {
    if (had.current && document.activeElement === document.body) row.current?.focus();
  }, [phase]);
}
