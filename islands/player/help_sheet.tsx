/**
 * Every key of the player, in a dialog of its own.
 *
 * @module
 */
import type { Locale } from "../i18n/mod.ts";
import { controlsText } from "../i18n/player_controls.ts";
import { Sheet } from "../ui/dialog.tsx";

/** The dialog; Escape closes it and the focus returns to where it was. */
export function HelpSheet({ open, locale, theatre, onClose }: {
  readonly open: boolean;
  readonly locale: Locale;
  /** Whether the page has a theatre mode. */
  readonly theatre: boolean;
  readonly onClose: () => void;
}) {
  const text = controlsText(locale);
  const keys: readonly (readonly [keys: readonly string[], meaning: string])[] = [
    [[text.space, "K"], text.keyPlay],
    [["M"], text.keyMute],
    [["↑", "↓"], text.keyVolume],
    [["F"], text.keyFullscreen],
    ...(theatre
      ? [[["T"], text.keyTheatre], [["C"], text.keyChat], [["D"], text.keyDanmaku]] as const
      : []),
    [["I"], text.keyStatistics],
    [["?"], text.keyHelp],
  ];
  return (
    <Sheet
      id="player-help"
      open={open}
      onClose={onClose}
      title={text.help}
      locale={locale}
      place="center"
    >
      <dl class="help-keys">
        {keys.map(([names, meaning]) => (
          <div key={meaning}>
            <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
