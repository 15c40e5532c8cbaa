/**
 * A battle on the stage: the room's own picture moves to the left half, the other one comes to the
 * right, above both stand the totals and the clock. The stage keeps its size: nothing else moves.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatCount } from "../i18n/mod.ts";
import { type PkText, pkText } from "../i18n/pk.ts";
import { Icon } from "../ui/icons.tsx";
import { type BattleView, clockText, type Result } from "./battle_view.ts";
import type { PlayerElement } from "../Player.tsx";
import { type BattleFeed, useBattle } from "./feed.ts";
import type { PlayerSession } from "../player/session.ts";
import { rememberOnePicture, wantsOnePicture } from "./one_picture.ts";
import { type RivalElement, useRival } from "./rival_session.ts";

/** Both pictures while there is a battle, and what is said of it. */
export function BattleStage({ feed, player }: {
  readonly feed: BattleFeed;
  /** The page's player, which makes room. */
  readonly player: HTMLElement;
}) {
  const view = useBattle(feed);
  const shown = view?.onStage === true ? view : null;
  const text = pkText(feed.locale);
  const on = shown !== null;
  // Before anything is painted: the parts stand where they belong at once.
  useLayoutEffect(() => {
    player.toggleAttribute("data-battle", on);
    return () => player.removeAttribute("data-battle");
  }, [on]);
  return (
    <>
      <Spoken view={shown} text={text} />
      {shown !== null && (
        <Battle
          key={shown.rival.room}
          feed={feed}
          view={shown}
          text={text}
          player={player as PlayerElement}
        />
      )}
    </>
  );
}

function Battle(
  { feed, view, text, player }: {
    readonly feed: BattleFeed;
    readonly view: BattleView;
    readonly text: PkText;
    readonly player: PlayerElement;
  },
) {
  const { rival, result } = view;
  const [wantsOne, setWantsOne] = useState(wantsOnePicture);
  const offered = feed.battle.value?.mix ?? null;
  const { session } = player;
  const mix = wantsOne && session !== undefined ? offered : null;
  useLayoutEffect(() => {
    player.toggleAttribute("data-battle-one", mix !== null);
    return () => player.removeAttribute("data-battle-one");
  }, [mix]);
  // With each look at the clock: after a failure the player asks the room where to play from.
  useLayoutEffect(() => {
    if (mix !== null) playInstead(session!, { from: feed.room, to: mix });
  });
  useEffect(() => {
    if (mix !== null) return () => playInstead(session!, { from: mix, to: feed.room });
  }, [mix]);
  const toggleOne = () => {
    rememberOnePicture(!wantsOne);
    setWantsOne(!wantsOne);
  };
  const video = useRef<RivalElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const { state, muted, toggleSound } = useRival(mix === null ? rival.room : null, {
    video,
    still,
    hlsWorkerUrl: feed.hlsWorkerUrl,
  });
  const away = state === "waiting" || state === "ended" || state === "failed";
  return (
    <>
      {mix === null && (
        <div class="battle-rival">
          <video
            ref={video}
            muted
            playsInline
            tabIndex={-1}
            poster={`/live/${rival.room}/still.jpg`}
            aria-label={rival.name}
          />
          <canvas ref={still} hidden aria-hidden="true" />
        </div>
      )}
      {/* In the one picture the challenger stands on the left, on both pages. */}
      <section
        class={`battle${mix !== null && !view.challenged ? " flipped" : ""}`}
        aria-label={text.battle}
      >
        <Totals view={view} feed={feed} text={text} />
        <p class={`battle-clock tabular${view.phase === "penalty" ? " penalty" : ""}`} role="timer">
          {view.phase === "penalty" ? text.penalty : text.pk}
          {view.phase !== "over" && <b>{clockText(view.leftMs)}</b>}
        </p>
        <div class="battle-half own">
          {result !== null && <Outcome result={result} text={text} />}
        </div>
        <div class="battle-half rival">
          <p class="battle-ways">
            <a
              class="battle-link"
              href={`/rooms/${rival.room}`}
              aria-label={text.otherRoom(rival.name)}
            >
              <bdi class="ellipsis">{rival.name}</bdi>
              <Icon name="external-link" size={14} />
            </a>
            <span class="battle-switches">
              {offered !== null && (
                <button
                  type="button"
                  class="battle-sound battle-one"
                  aria-pressed={wantsOne}
                  aria-label={text.onePicture}
                  title={text.onePicture}
                  onClick={toggleOne}
                >
                  <Icon name="columns-2" size={20} />
                </button>
              )}
              {mix === null && (
                <button
                  type="button"
                  class="battle-sound"
                  aria-pressed={!muted}
                  aria-label={text.soundOf(rival.name)}
                  title={text.soundOf(rival.name)}
                  onClick={toggleSound}
                >
                  <Icon name={muted ? "volume-x" : "volume-2"} size={20} />
                </button>
              )}
            </span>
          </p>
          {away && <p class="battle-away">{text.rivalAway(rival.name)}</p>}
          {mix === null && result === null && !away && state !== "playing" && state !== "paused" &&
            <span class="player-spinner" aria-hidden="true" />}
          {result !== null && <Outcome result={opposite(result)} text={text} />}
        </div>
      </section>
    </>
  );
}

/** Plays another stream under the same controls. */
function playInstead(
  session: PlayerSession,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const addresses = JSON.stringify(session.playback);
  if (!addresses.includes(`/${from}`)) return;
  session.playback = JSON.parse(addresses.replaceAll(`/${from}`, `/${to}`));
  session.choose(session.choice.value);
}

/** The bar: whose side has how much. */
function Totals(
  { view: { own, rival, share }, feed: { locale }, text }: {
    readonly view: BattleView;
    readonly feed: BattleFeed;
    readonly text: PkText;
  },
) {
  const ownScore = formatCount(own.score, locale);
  const rivalScore = formatCount(rival.score, locale);
  return (
    <div class="battle-bar" style={`--share:${share}`}>
      <p class="battle-side own">
        <b class="tabular" aria-hidden="true">{ownScore}</b>
        <bdi class="ellipsis" aria-hidden="true">{own.name}</bdi>
        <span class="visually-hidden">{text.score(own.name, ownScore)}</span>
      </p>
      <p class="battle-side rival">
        <b class="tabular" aria-hidden="true">{rivalScore}</b>
        <bdi class="ellipsis" aria-hidden="true">{rival.name}</bdi>
        <span class="visually-hidden">{text.score(rival.name, rivalScore)}</span>
      </p>
    </div>
  );
}

function Outcome({ result, text }: { readonly result: Result; readonly text: PkText }) {
  return <p class={`battle-outcome ${result}`}>{text[result]}</p>;
}

/** Begin and end, for those who do not see it; totals would flood. */
function Spoken({ view, text }: { readonly view: BattleView | null; readonly text: PkText }) {
  const [words, setWords] = useState("");
  const moment = view === null ? null : `${view.battle} ${view.phase}`;
  const before = useRef<string | null>(null);
  useEffect(() => {
    if (view !== null) setWords(wordsOf(view, text));
    else if (before.current !== null) setWords(text.over);
    before.current = moment;
  }, [moment]);
  return <p class="visually-hidden" aria-live="polite">{words}</p>;
}

function wordsOf({ result, own, rival }: BattleView, text: PkText): string {
  switch (result) {
    case null:
      return text.begins(rival.name);
    case "draw":
      return text.drawn;
    case "won":
      return text.wonBy(own.name);
    case "lost":
      return text.wonBy(rival.name);
  }
}

function opposite(result: Result): Result {
  return result === "draw" ? "draw" : result === "won" ? "lost" : "won";
}
