/**
 * The menu of qualities, routes and latency modes.
 *
 * @module
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { controlsText } from "../i18n/player_controls.ts";
import { Icon } from "../ui/icons.tsx";
import { protocolName, secondsText, UNKNOWN } from "./describe.ts";
import { LATENCY_MODES } from "./protocol.ts";
import { pictureName } from "./quality.ts";
import type { PlayerSession } from "./session.ts";
import { useSheet } from "./use_sheet.ts";

/** Props of {@linkcode SettingsMenu}. */
export interface SettingsMenuProps {
  readonly session: PlayerSession;
  readonly locale: Locale;
  readonly onClose: () => void;
  /** Opens something else in its place. */
  readonly onPanel: (panel: "statistics" | "help") => void;
}

/** The menu while it is open; arrows walk, Escape leaves. */
export function SettingsMenu({ session, locale, onClose, onPanel }: SettingsMenuProps) {
  const text = controlsText(locale);
  const menu = useRef<HTMLDivElement>(null);
  const look = useSheet(menu, "player-menu");
  useMenuFocus(menu, onClose);
  const choice = session.choice.value;
  const protocol = session.protocol.value;
  const latencyMode = session.latencyMode.value;
  const figures = session.statistics.value;
  const modeText = {
    lowest: [text.lowest, text.lowestHint],
    balanced: [text.balanced, text.balancedHint],
    stable: [text.stable, text.stableHint],
  } as const;
  return (
    <div
      ref={menu}
      class={look}
      role="menu"
      aria-label={text.settings}
      onKeyDown={(event) => {
        if (event.key === "Tab") onClose();
        else if (walk(event.currentTarget, event.key)) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      <div class="player-menu-columns">
        <Qualities session={session} locale={locale} onClose={onClose} />
        <div role="group" aria-label={text.protocol}>
          <p class="player-menu-title" aria-hidden="true">{text.protocol}</p>
          {(["auto", ...session.offered.value] as const).map((entry) => (
            <MenuRadio
              key={entry}
              checked={choice === entry}
              label={entry === "auto" ? text.auto : protocolName(entry)}
              hint={entry === "auto"
                ? choice === "auto" && protocol !== null ? protocolName(protocol) : ""
                : entry === protocol
                ? secondsText(figures.latencyMs, text)
                : ""}
              onSelect={() => {
                session.choose(entry);
                onClose();
              }}
            />
          ))}
        </div>
        <div role="group" aria-label={text.latency}>
          <p class="player-menu-title" aria-hidden="true">{text.latency}</p>
          {LATENCY_MODES.map((mode) => (
            <MenuRadio
              key={mode}
              checked={latencyMode === mode}
              label={modeText[mode][0]}
              hint={modeText[mode][1]}
              onSelect={() => {
                session.setLatencyMode(mode);
                onClose();
              }}
            />
          ))}
        </div>
      </div>
      <div class="player-menu-foot">
        {(["statistics", "help"] as const).map((panel) => (
          <button
            key={panel}
            type="button"
            role="menuitem"
            tabIndex={-1}
            class={`player-menu-item player-menu-${panel}`}
            onClick={() => onPanel(panel)}
          >
            <Icon name={panel === "statistics" ? "activity" : "keyboard"} size={16} />
            <span class="player-menu-label">{text[panel]}</span>
            <kbd>{panel === "statistics" ? "I" : "?"}</kbd>
          </button>
        ))}
      </div>
    </div>
  );
}

/** What the stream can be watched in; one quality is named, not offered. */
function Qualities({ session, locale, onClose }: Omit<SettingsMenuProps, "onPanel">) {
  const text = controlsText(locale);
  const figures = session.statistics.value;
  const choice = session.qualityChoice.value;
  const choose = (key: string) => () => {
    session.chooseQuality(key);
    onClose();
  };
  const { qualities } = figures;
  const chosen = qualities.some(({ key }) => key === choice) ? choice : "auto";
  return (
    <div role="group" aria-label={text.quality}>
      <p class="player-menu-title" aria-hidden="true">{text.quality}</p>
      {qualities.length < 2
        ? (
          <MenuRadio
            checked
            label={text.onlyQuality(pictureName(figures) ?? UNKNOWN)}
            hint=""
            onSelect={onClose}
          />
        )
        : (
          <>
            <MenuRadio
              checked={chosen === "auto"}
              label={text.auto}
              hint={chosen === "auto" ? figures.quality ?? "" : ""}
              onSelect={choose("auto")}
            />
            {qualities.map(({ key }) => (
              <MenuRadio
                key={key}
                checked={chosen === key}
                label={key}
                hint=""
                onSelect={choose(key)}
              />
            ))}
          </>
        )}
    </div>
  );
}

/** Takes the focus, gives it back, and closes when somebody presses elsewhere. */
function useMenuFocus(
  menu: { readonly current: HTMLElement | null },
  onClose: () => void,
): void {
  useLayoutEffect(() => {
    const element = menu.current;
    const opener = document.activeElement;
    element?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
    const onPointer = (event: PointerEvent) => {
      if (element === null || event.composedPath().includes(element)) return;
      // The button that opened it closes it by itself.
      if (opener !== null && event.composedPath().includes(opener)) return;
      onClose();
    };
    // Wherever the focus is: some browsers leave it where it was when a button is clicked.
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      onClose();
    };
    document.addEventListener("pointerdown", onPointer, true);
    document.addEventListener("keydown", onKey, true);
    return () => {
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("pointerdown", onPointer, true);
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
}

function MenuRadio({ checked, label, hint, onSelect }: {
  readonly checked: boolean;
  readonly label: string;
  readonly hint: string;
  readonly onSelect: () => void;
}) {
  return (
    <button
      type="button"
      role="menuitemradio"
      aria-checked={checked}
      tabIndex={-1}
      class="player-menu-item"
      onClick={onSelect}
    >
      <span class="player-menu-check">{checked && <Icon name="check" size={16} />}</span>
      <span class="player-menu-label">{label}</span>
      {hint !== "" && <span class="player-menu-hint">{hint}</span>}
    </button>
  );
}

/** Moves the focus by an arrow, Home or End; false for other keys. */
function walk(menu: HTMLElement, key: string): boolean {
  const items = [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = items.findIndex((item) => item === document.activeElement);
  const to = key === "ArrowDown"
    ? (at + 1) % items.length
    : key === "ArrowUp"
    ? (at - 1 + items.length) % items.length
    : key === "Home"
    ? 0
    : key === "End"
    ? items.length - 1
    : -1;
  if (to < 0) return false;
  items[to]?.focus();
  return true;
}
