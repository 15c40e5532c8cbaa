/**
 * The menu of routes and latency modes.
 *
 * @module
 */
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../ui/icons.tsx";
import { protocolName, secondsText } from "./describe.ts";
import { LATENCY_MODES } from "./protocol.ts";
import type { PlayerSession } from "./session.ts";
import type { PlayerText } from "../i18n/player.ts";

/** What the menu needs. */
export interface SettingsProps {
  readonly session: PlayerSession;
  readonly text: PlayerText;
  readonly open: boolean;
  readonly onToggle: (open: boolean) => void;
}

/** The button in the bar: route and measured latency. */
export function SettingsButton({ session, text, open, onToggle }: SettingsProps) {
  const latency = session.statistics.value.latencyMs;
  const protocol = session.protocol.value;
  return (
    <button
      type="button"
      class="player-button player-route"
      aria-haspopup="menu"
      aria-expanded={open}
      onClick={() => onToggle(!open)}
    >
      <Icon name="settings-2" size={20} />
      <span class="player-route-name">
        <span class="player-spoken">{text.settings}</span>
        <span>
          {session.choice.value === "auto" && protocol !== null && (
            <span class="player-route-auto">{`${text.auto} · `}</span>
          )}
          {protocol === null ? text.auto : protocolName(protocol)}
        </span>
        <span class="player-route-latency" aria-hidden="true">{secondsText(latency, text)}</span>
      </span>
    </button>
  );
}

/** The menu itself; arrows walk, Escape leaves. */
export function SettingsMenu(
  { session, text, open, onToggle, onStatistics }: SettingsProps & {
    readonly onStatistics: () => void;
  },
) {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const element = menu.current;
    const opener = document.activeElement;
    element?.querySelector<HTMLElement>("[aria-checked=true]")?.focus();
    const onPointer = (event: PointerEvent) => {
      if (element === null || event.composedPath().includes(element)) return;
      // The button that opened it closes it by itself.
      if (opener !== null && event.composedPath().includes(opener)) return;
      onToggle(false);
    };
    document.addEventListener("pointerdown", onPointer, true);
    return () => {
      document.removeEventListener("pointerdown", onPointer, true);
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, [open]);
  if (!open) return null;

  const choice = session.choice.value;
  const latencyMode = session.latencyMode.value;
  const modeText = {
    lowest: [text.lowest, text.lowestHint],
    balanced: [text.balanced, text.balancedHint],
    stable: [text.stable, text.stableHint],
  } as const;
  return (
    <div
      ref={menu}
      class="player-menu"
      role="menu"
      aria-label={text.settings}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") {
          if (event.key === "Escape") event.stopPropagation();
          onToggle(false);
        } else if (walk(event.currentTarget, event.key)) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
    >
      <div class="player-menu-columns">
        <div role="group" aria-label={text.protocol}>
          <p class="player-menu-title" aria-hidden="true">{text.protocol}</p>
          {(["auto", ...session.offered.value] as const).map((entry) => (
            <MenuRadio
              key={entry}
              checked={choice === entry}
              label={entry === "auto" ? text.auto : protocolName(entry)}
              hint={entry === session.protocol.value ||
                  (entry === "auto" && choice === "auto" && session.protocol.value !== null)
                ? entry === "auto"
                  ? protocolName(session.protocol.value!)
                  : secondsText(session.statistics.value.latencyMs, text)
                : ""}
              onSelect={() => {
                session.choose(entry);
                onToggle(false);
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
                onToggle(false);
              }}
            />
          ))}
        </div>
      </div>
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        class="player-menu-item player-menu-foot"
        onClick={() => {
          onStatistics();
          onToggle(false);
        }}
      >
        <Icon name="activity" size={16} />
        <span class="player-menu-label">{text.statistics}</span>
        <kbd>I</kbd>
      </button>
    </div>
  );
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
