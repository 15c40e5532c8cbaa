/**
 * The player of a room. The server renders a dark frame of the same size; in the browser the
 * picture starts at once and the controls follow when it moves, panels when they are asked for.
 *
 * The root element (`[data-player]`) carries `inspect()`, which answers a
 * {@linkcode PlayerInspection}: the seam for tests and for a curious developer's console. Theatre
 * mode is the page's business: the root dispatches a bubbling `wanren:theatre` event whose detail is
 * `{ on: boolean }`.
 *
 * @module
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { detectCapabilities } from "./player/capabilities.ts";
import type {} from "./player/elements.ts";
import { frozenCanvas } from "./player/frozen_canvas.ts";
import { keyAction, readKeyPress } from "./player/keys.ts";
import {
  DEFAULT_PREFERENCES,
  loadPreferences,
  rememberTheatre,
  savePreferences,
} from "./player/memory.ts";
import {
  Badges,
  EmbedHead,
  SoundInvitation,
  SpokenState,
  StateOverlay,
} from "./player/overlays.tsx";
import { loadQualityChoice, saveQualityChoice } from "./player/quality_choice.ts";
import { type PlayerInspection, PlayerSession } from "./player/session.ts";
import { playerText } from "./i18n/player.ts";
import type { PlayerProps } from "./ui/player_props.ts";
import { holdOthers } from "./ui/urgent.ts";

/** Controls come when the picture moves, and not later than this. */
const LATER_MS = 1_500;

/** The player's root element, as tests and other parts of the page see it. */
export interface PlayerElement extends HTMLElement {
  inspect(): PlayerInspection;
  /** What plays, once the player has begun; for parts of the page that come later. */
  readonly session?: PlayerSession;
}

type Later = typeof import("./player/later.ts");

/** What can lie over the picture, one at a time. */
type Panel = "none" | "menu" | "statistics" | "help";

/** The island; see the module. */
export default function Player(props: PlayerProps) {
  const root = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const [session, setSession] = useState<PlayerSession | null>(null);
  const [panel, setPanel] = useState<Panel>("none");
  const [theatre, setTheatre] = useState(props.theatre ?? false);
  const preview = props.mode === "preview";
  const text = playerText(props.locale);
  const asked = panel !== "none";
  const later = useLater(session, { wanted: !preview, asked, locale: props.locale, video });

  // Before the browser paints: every millisecond until the connection begins is one without picture.
  useLayoutEffect(() => {
    const element = root.current;
    if (element === null || video.current === null || still.current === null) return;
    const created = new PlayerSession({
      video: video.current,
      roomId: props.roomId,
      live: props.live,
      playback: props.playback,
      capabilities: detectCapabilities(),
      preferences: preview ? DEFAULT_PREFERENCES : loadPreferences(),
      preview,
      autoplay: props.autoplay ?? true,
      muted: props.muted ?? null,
      quality: preview ? "auto" : loadQualityChoice(),
      hlsWorkerUrl: props.hlsWorkerUrl,
      frozen: frozenCanvas(still.current, video.current),
      savePreferences,
      saveQuality: saveQualityChoice,
    });
    Object.assign(element, { inspect: () => created.inspect(), session: created });
    setSession(created);
    // The rest of the page has nothing to do that is worth a later picture.
    holdOthers(
      new Promise<void>((resolve) => {
        created.state.subscribe((state) => {
          if (state !== "idle" && state !== "loading") resolve();
        });
      }),
    );
    created.start();
    const seen = created.state.subscribe((state) => {
      if (state === "playing") element.dataset.played = "";
    });
    return () => {
      seen();
      created.destroy();
    };
  }, []);

  useEffect(() => {
    const room = props.view?.room;
    if (session === null || later === null || room === undefined) return;
    return later.accompany(session, {
      title: props.title,
      artist: room.ownerName,
      picture: room.still ?? room.cover,
    });
  }, [session, later]);

  const toggleTheatre = () => {
    const on = !theatre;
    setTheatre(on);
    rememberTheatre(on);
    root.current?.dispatchEvent(
      new CustomEvent("wanren:theatre", { bubbles: true, detail: { on } }),
    );
  };

  const toggle = (name: Exclude<Panel, "none">) =>
    setPanel((shown) => shown === name ? "none" : name);

  useEffect(() => {
    const element = root.current;
    if (session === null || preview || element === null) return;
    // The session, not the <video>, decides about playing: the buttons' requests end here.
    const intercept = (event: Event) => {
      event.stopPropagation();
      if (event.type === "mediaplayrequest") session.play();
      else session.pause();
    };
    const onKey = (event: KeyboardEvent) => {
      const media = video.current;
      const action = keyAction(readKeyPress(event, element));
      if (action === null || media === null || event.defaultPrevented) return;
      if (action === "theatre" && props.mode !== "watch") return;
      event.preventDefault();
      switch (action) {
        case "toggle":
          return session.toggle();
        case "mute":
          if (media.muted) return session.unmute();
          media.muted = true;
          return;
        case "louder":
          media.volume = Math.min(1, media.volume + 0.05);
          return;
        case "quieter":
          media.volume = Math.max(0, media.volume - 0.05);
          return;
        case "fullscreen":
          return requestFullscreen(element);
        case "theatre":
          return toggleTheatre();
        case "statistics":
          return toggle("statistics");
        case "help":
          return toggle("help");
      }
    };
    element.addEventListener("mediaplayrequest", intercept, true);
    element.addEventListener("mediapauserequest", intercept, true);
    document.addEventListener("keydown", onKey);
    return () => {
      element.removeEventListener("mediaplayrequest", intercept, true);
      element.removeEventListener("mediapauserequest", intercept, true);
      document.removeEventListener("keydown", onKey);
    };
  }, [session, theatre]);

  const id = `player-${props.roomId}`;
  const classes = ["player", `player-${props.mode}`];
  if (later !== null) classes.push("player-dressed");
  if (panel !== "none") classes.push(`player-${panel}-open`);
  // A panel says late that it was closed (a dialog's event): another one may be shown by then.
  const closerOf = (name: Panel) => () => setPanel((shown) => shown === name ? "none" : shown);
  return (
    <section
      ref={root}
      id={id}
      data-player=""
      class={classes.join(" ")}
      aria-label={text.player}
      tabIndex={-1}
    >
      <media-controller
        class="player-frame"
        autohide="3"
        defaultstreamtype="live"
        fullscreenelement={id}
        nohotkeys
        novolumepref
        nomutedpref
        noautoseektolive
        gesturesdisabled={preview}
      >
        <video
          ref={video}
          slot="media"
          playsInline
          muted
          tabIndex={-1}
          aria-label={props.title}
        />
        <canvas
          ref={still}
          class="player-still"
          hidden
          aria-hidden="true"
          {...{ noautohide: true }}
        />
        {session !== null && later !== null && (
          <later.Controls
            session={session}
            locale={props.locale}
            menuOpen={panel === "menu"}
            onMenu={(open) => setPanel(open ? "menu" : "none")}
            theatre={props.mode === "watch" ? { on: theatre, onToggle: toggleTheatre } : null}
          />
        )}
      </media-controller>
      {session !== null && (
        <>
          <Badges session={session} locale={props.locale} view={props.view} />
          <StateOverlay {...props} session={session} later={later} />
          {props.mode === "embed" && props.view !== null && (
            <EmbedHead session={session} text={text} view={props.view} />
          )}
          {!preview && (
            <>
              <SoundInvitation session={session} text={text} />
              <SpokenState session={session} text={text} />
            </>
          )}
          {later !== null && (
            <>
              {panel === "menu" && (
                <later.SettingsMenu
                  session={session}
                  locale={props.locale}
                  onClose={closerOf("menu")}
                  onPanel={setPanel}
                />
              )}
              {panel === "statistics" && (
                <later.StatisticsPanel
                  session={session}
                  locale={props.locale}
                  onClose={closerOf("statistics")}
                />
              )}
              <later.HelpSheet
                open={panel === "help"}
                locale={props.locale}
                theatre={props.mode === "watch"}
                onClose={closerOf("help")}
              />
            </>
          )}
        </>
      )}
    </section>
  );
}

/** What comes after the picture; null before it has come. */
function useLater(
  session: PlayerSession | null,
  { wanted, asked, locale, video }: {
    readonly wanted: boolean;
    /** Somebody pressed for a part of it: it cannot wait. */
    readonly asked: boolean;
    readonly locale: PlayerProps["locale"];
    readonly video: { readonly current: HTMLVideoElement | null };
  },
): Later | null {
  const [later, setLater] = useState<Later | null>(null);
  useEffect(() => {
    if (session === null || !wanted || later !== null) return;
    let begun = false;
    const load = () => {
      if (begun) return;
      begun = true;
      import("./player/later.ts").then((loaded) => {
        loaded.speak(locale);
        setLater(loaded);
      }, () => {
        // Without its controls the player still plays: the browser's own take their place.
        if (video.current !== null) video.current.controls = true;
      });
    };
    const timer = setTimeout(load, asked ? 0 : LATER_MS);
    const stop = session.state.subscribe((state) => {
      if (state !== "idle" && state !== "loading") load();
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [session, asked, later]);
  return later;
}

function requestFullscreen(root: HTMLElement): void {
  const controller = root.querySelector("media-controller");
  const entered = controller?.hasAttribute("mediaisfullscreen") === true;
  controller?.dispatchEvent(
    new CustomEvent(entered ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest"),
  );
}
