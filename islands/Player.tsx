/**
 * The player of a room. The server renders a dark frame of the same size; in the browser the
 * picture starts at once and the controls follow.
 *
 * The root element (`[data-player]`) carries `inspect()`, which answers a
 * {@linkcode PlayerInspection}: the seam for tests and for a curious developer's console. Theatre
 * mode is the page's business: the root dispatches a bubbling `wanren:theatre` event whose detail is
 * `{ on: boolean }`.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { detectCapabilities } from "./player/capabilities.ts";
import { accompany } from "./player/companion.ts";
import { Controls } from "./player/controls.tsx";
import type {} from "./player/elements.ts";
import { frozenCanvas } from "./player/frozen_canvas.ts";
import { keyAction, readKeyPress } from "./player/keys.ts";
import { DEFAULT_PREFERENCES, loadPreferences, savePreferences } from "./player/memory.ts";
import {
  Badges,
  KeySheet,
  SoundInvitation,
  SpokenState,
  StateOverlay,
} from "./player/overlays.tsx";
import { type PlayerInspection, PlayerSession } from "./player/session.ts";
import { SettingsMenu } from "./player/settings_menu.tsx";
import { StatisticsPanel } from "./player/statistics_panel.tsx";
import { playerText } from "./i18n/player.ts";
import type { PlayerProps } from "./ui/player_props.ts";

/** The player's root element, as tests see it. */
export interface PlayerElement extends HTMLElement {
  inspect(): PlayerInspection;
}

/** The island; see the module. */
export default function Player(props: PlayerProps) {
  const root = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const [mounted, setMounted] = useState(false);
  const [session, setSession] = useState<PlayerSession | null>(null);
  const [dressed, setDressed] = useState(false);
  const [panel, setPanel] = useState<"none" | "menu" | "statistics" | "keys">("none");
  const [theatre, setTheatre] = useState(false);
  const preview = props.mode === "preview";
  const text = playerText(props.locale);

  useEffect(() => setMounted(true), []);

  useEffect(() => {
    const element = root.current;
    if (!mounted || element === null || video.current === null || still.current === null) return;
    const created = new PlayerSession({
      video: video.current,
      roomId: props.roomId,
      live: props.live,
      playback: props.playback,
      capabilities: detectCapabilities(),
      preferences: preview ? DEFAULT_PREFERENCES : loadPreferences(),
      preview,
      hlsWorkerUrl: props.hlsWorkerUrl,
      frozen: frozenCanvas(still.current, video.current),
      savePreferences,
    });
    Object.assign(element, { inspect: () => created.inspect() });
    setSession(created);
    created.start();
    const parted = preview ? undefined : accompany(created, {
      title: props.title,
      artist: "Wanren",
    });
    if (!preview) {
      import("./player/chrome.ts").then((chrome) => {
        chrome.speak(props.locale);
        setDressed(true);
      }, () => {
        // Without its controls the player still plays: the browser's own take their place.
        if (video.current !== null) video.current.controls = true;
      });
    }
    return () => {
      parted?.();
      created.destroy();
    };
  }, [mounted]);

  const toggleTheatre = () => {
    const on = !theatre;
    setTheatre(on);
    root.current?.dispatchEvent(
      new CustomEvent("wanren:theatre", { bubbles: true, detail: { on } }),
    );
  };

  const toggle = (name: "menu" | "statistics" | "keys") =>
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
          return toggle("keys");
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
  if (dressed) classes.push("player-dressed");
  if (panel === "menu") classes.push("player-menu-open");
  return (
    <section
      ref={root}
      id={id}
      data-player=""
      class={classes.join(" ")}
      aria-label={text.player}
    >
      {mounted && (
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
          {session !== null && !preview && (
            <Controls
              session={session}
              text={text}
              menuOpen={panel === "menu"}
              onMenu={(open) => setPanel(open ? "menu" : "none")}
              theatre={theatre}
              onTheatre={toggleTheatre}
            />
          )}
        </media-controller>
      )}
      {session !== null && (
        <>
          <Badges session={session} text={text} preview={preview} />
          <StateOverlay session={session} text={text} preview={preview} />
          {!preview && (
            <>
              <SoundInvitation session={session} text={text} />
              <SettingsMenu
                session={session}
                text={text}
                open={panel === "menu"}
                onToggle={(open) => setPanel(open ? "menu" : "none")}
                onStatistics={() => setPanel("statistics")}
              />
              {panel === "statistics" && (
                <StatisticsPanel
                  session={session}
                  text={text}
                  onClose={() => setPanel("none")}
                />
              )}
              {panel === "keys" && <KeySheet text={text} onClose={() => setPanel("none")} />}
              <SpokenState session={session} text={text} />
            </>
          )}
        </>
      )}
    </section>
  );
}

function requestFullscreen(root: HTMLElement): void {
  const controller = root.querySelector("media-controller");
  const entered = controller?.hasAttribute("mediaisfullscreen") === true;
  controller?.dispatchEvent(
    new CustomEvent(entered ? "mediaexitfullscreenrequest" : "mediaenterfullscreenrequest"),
  );
}
