/**
 * Every key of the booth.
 *
 * @module
 */
import { boothText } from "../i18n/booth.ts";
import type { Locale } from "../i18n/mod.ts";
import { Sheet } from "../ui/dialog.tsx";

/** The dialog; Escape closes it and the focus returns to where it was. */
export function HelpSheet({ open, locale, onClose }: {
  readonly open: boolean;
  readonly locale: Locale;
  readonly onClose: () => void;
}) {
  const text = boothText(locale);
  const keys: readonly (readonly [keys: readonly string[], meaning: string])[] = [
    [[text.space], text.keyShutter],
    [["R"], text.keyRecord],
    [["P"], text.keyPause],
    [["←", "→"], text.keyFilters],
    [["M"], text.keyMirror],
    [["T"], text.keyTimer],
    [["C"], text.keyCamera],
    [["S"], text.keyScreen],
    [["?"], text.keyHelp],
  ];
  return (
    <Sheet
      id="booth-help"
      open={open}
      onClose={onClose}
      title={text.help}
      locale={locale}
      place="center"
    >
      <dl class="booth-keys">
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
