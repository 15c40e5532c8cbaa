/**
 * How a text flies over the picture: colours and places that the writer's level allows.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { type Mode, MODES } from "../../im/protocol/message.ts";
import { mayUseColor, mayUseMode, MODE_LEVELS, PALETTE } from "../../im/protocol/styles.ts";
import type { ChatText } from "../i18n/chat.ts";
import { api } from "../ui/api.ts";
import { Icon } from "../ui/icons.tsx";
import type { ComposerProps } from "./composer.tsx";

/** How a text looks. */
export interface Style {
  readonly color: string | null;
  readonly mode: Mode;
}

/** The choice; what needs a higher level says so. */
export function StylePicker(
  { account, owner, text, style, onStyle }:
    & Pick<ComposerProps, "account" | "owner">
    & {
      readonly text: ChatText;
      readonly style: Style;
      readonly onStyle: (style: Style) => void;
    },
) {
  const [level, setLevel] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    if (account !== null) {
      // Without an answer the free ones can be chosen.
      api.get("/api/wallet", { signal: end.signal })
        .then((wallet) => setLevel(wallet.level), () => {});
    }
    return () => end.abort();
  }, []);
  const me = {
    level,
    role: owner ? "owner" : account?.admin === true ? "admin" : "member",
  } as const;
  const names: Record<Mode, string> = {
    scroll: text.scroll,
    top: text.top,
    bottom: text.bottom,
  };
  return (
    <div class="chat-style">
      <div class="chat-colors" role="group" aria-label={text.style}>
        {PALETTE.map(({ color, level: from }, index) => {
          const chosen = index === 0 ? null : color;
          const allowed = mayUseColor(color, me);
          const label = index === 0 ? text.plain : text.color(String(index));
          const why = allowed ? label : `${label} · ${text.fromLevel(String(from))}`;
          return (
            <button
              key={color}
              type="button"
              class="chat-color"
              style={`--chat-color:${color}`}
              aria-pressed={style.color === chosen}
              aria-label={why}
              title={why}
              disabled={!allowed}
              onClick={() => onStyle({ ...style, color: chosen })}
            >
              {style.color === chosen && <Icon name="check" size={16} />}
            </button>
          );
        })}
      </div>
      <div class="chat-modes" role="group" aria-label={text.place}>
        {MODES.map((mode) => {
          const allowed = mayUseMode(mode, me);
          return (
            <button
              key={mode}
              type="button"
              class="chip"
              aria-pressed={style.mode === mode}
              title={allowed ? names[mode] : text.fromLevel(String(MODE_LEVELS[mode]))}
              disabled={!allowed}
              onClick={() => onStyle({ ...style, mode })}
            >
              {names[mode]}
            </button>
          );
        })}
      </div>
    </div>
  );
}
