/**
 * The checklist before a broadcast from the browser, and the one big button.
 *
 * @module
 */
import { checklistText } from "../../i18n/checklist.ts";
import { type GoLiveWords, goLiveWords } from "../../i18n/go_live.ts";
import { healthText } from "../../i18n/health.ts";
import { groupDigits } from "../../i18n/mod.ts";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Meter } from "../../ui/meter.tsx";
import { followFieldLink } from "../fields.ts";
import { useHeir } from "../focus.ts";
import type { StudioState } from "../state.ts";
import { Trouble } from "../trouble.tsx";
import { bringDesk, type DeskPlace } from "./bring.ts";
import { type BrowserCheck, browserChecks, canGoLive, type DeskFacts } from "./browser_checks.ts";
import type { Desk } from "./desk.ts";
import { desk as deskOfPage } from "./link.ts";
import type { NetworkCheck } from "./network_check.ts";

const ICONS = {
  done: "circle-check",
  open: "circle-dashed",
  later: "clock",
  wrong: "triangle-alert",
} as const;

/** The list with its button. */
export function GoLiveCard(
  { state, ownerName, place }: {
    readonly state: StudioState;
    readonly ownerName: string;
    readonly place: DeskPlace;
  },
) {
  const { locale } = place;
  const text = goLiveWords(locale);
  const words = checklistText(locale);
  const desk = deskOfPage.value;
  const facts = factsOf(desk);
  const checks = browserChecks({ desk: facts, room: state.room, ownerName });
  const done = checks.filter((check) => check.state === "done").length;
  const said = words.progress(String(done), String(checks.length));
  useHeir(".checklist");
  return (
    <Card
      id="checklist"
      title={words.heading}
      aside={<span class="muted tabular">{said}</span>}
      class="checklist"
    >
      <Meter label={words.heading} value={done} max={checks.length} said={said} />
      <ul class="checks">
        {checks.map((check) => {
          const hint = hintOf(check, { facts, text, titleOpen: words.titleOpen });
          return (
            <li key={check.name} class={check.state}>
              <span class="checks-mark">
                <Icon name={ICONS[check.state]} size={20} />
              </span>
              <div class="checks-text">
                <p>
                  {nameOf(check, text, words.title)}
                  <span class="visually-hidden">: {words[check.state]}</span>
                </p>
                {hint !== null && <p class="hint">{hint}</p>}
              </div>
              {check.name === "title" && check.state === "open" && (
                <ButtonLink
                  small
                  kind="ghost"
                  href="#room-title"
                  aria-label={`${words.title}: ${words.titleAction}`}
                  onClick={followFieldLink}
                >
                  {words.titleAction}
                </ButtonLink>
              )}
              {check.name === "network" && check.state === "wrong" && (
                <Button
                  small
                  kind="ghost"
                  onClick={() => void desk?.checkNetwork()}
                >
                  {text.checkAgain}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <Trouble failures={state.failures} signedOut={state.signedOut} text={healthText(locale)} />
      <Next desk={desk} ready={canGoLive(checks)} place={place} text={text} />
    </Card>
  );
}

function Next(
  { desk, ready, place, text }: {
    readonly desk: Desk | null;
    readonly ready: boolean;
    readonly place: DeskPlace;
    readonly text: GoLiveWords;
  },
) {
  if (!ready || desk === null) {
    return (
      <div class="next-step scripted">
        <Button
          kind="primary"
          wide
          icon="video"
          busy={desk?.busy.value === true}
          onClick={() => void bringDesk(place).then((opened) => opened.setUp())}
        >
          {text.setUpNext}
        </Button>
      </div>
    );
  }
  const phase = desk.phase.value;
  const under = phase === "connecting" || phase === "live" || phase === "reconnecting";
  return (
    <div class="next-step">
      <Button
        kind="primary"
        wide
        icon="radio"
        class="live-start"
        busy={under}
        onClick={() => desk.goLive()}
      >
        {under ? text.connecting : text.goLive}
      </Button>
      <p class="hint">{text.goLiveText}</p>
    </div>
  );
}

/** Something is on the air, and it does not come from here; nothing while it does. */
export function Elsewhere({ place }: { readonly place: DeskPlace }) {
  const text = goLiveWords(place.locale);
  const desk = deskOfPage.value;
  if (desk !== null && desk.onAir) return null;
  const ready = factsOf(desk)?.picture === true;
  return (
    <section class="card notice" aria-labelledby="elsewhere-title">
      <h2 id="elsewhere-title">{text.elsewhereTitle}</h2>
      <p>{text.elsewhereText}</p>
      <p class="scripted">
        <Button
          icon={ready ? "radio" : "video"}
          onClick={() =>
            void bringDesk(place).then((opened) => ready ? opened.goLive() : opened.setUp())}
        >
          {ready ? text.goLiveHere : text.setUpNext}
        </Button>
      </p>
    </section>
  );
}

/** What is known of the desk. */
export function factsOf(desk: Desk | null): DeskFacts | null {
  if (desk === null) return null;
  const sources = desk.sources.value;
  return {
    picture: sources.some(({ video }) => video !== null),
    sound: sources.some(({ audio }) => audio !== null),
    heard: desk.heard.value,
    network: desk.network.value,
  };
}

function nameOf({ name }: BrowserCheck, text: GoLiveWords, title: string): string {
  switch (name) {
    case "camera":
      return text.checkCamera;
    case "microphone":
      return text.checkMicrophone;
    case "network":
      return text.checkNetwork;
    case "title":
      return title;
  }
}

function hintOf(
  { name, state }: BrowserCheck,
  { facts, text, titleOpen }: {
    readonly facts: DeskFacts | null;
    readonly text: GoLiveWords;
    readonly titleOpen: string;
  },
): string | null {
  switch (name) {
    case "camera":
      return state === "open" ? text.cameraOpen : null;
    case "microphone":
      return state === "done"
        ? null
        : state === "open"
        ? text.microphoneOpen
        : text.microphoneSilent;
    case "network":
      return networkWords(facts?.network ?? { state: "unknown" }, text);
    case "title":
      return state === "open" ? titleOpen : null;
  }
}

function networkWords(check: NetworkCheck, text: GoLiveWords): string {
  switch (check.state) {
    case "unknown":
      return text.networkOpen;
    case "checking":
      return text.networkChecking;
    case "good":
      return text.networkGood(
        check.kbps >= 100_000 ? "100+" : String(Math.round(check.kbps / 100) / 10),
      );
    case "slow":
      return text.networkSlow(groupDigits(check.kbps));
    case "noRtc":
      return text.networkNoRtc;
    case "failed":
      return text.networkFailed;
  }
}
