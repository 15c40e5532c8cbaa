/**
 * Every key of a call, in a dialog of its own.
 *
 * @module
 */
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { Sheet } from "../ui/dialog.tsx";

/** The dialog. */
export function CallHelp({ open, locale, onClose }: {
  readonly open: boolean;
  readonly locale: Locale;
  readonly onClose: () => void;
}) {
  const text = callText(locale);
  const keys = [
    ["M", text.keyMicrophone],
    ["V", text.keyCamera],
    ["S", text.keyScreen],
    ["H", text.keyHand],
    ["C", text.keyChat],
    ["P", text.keyPeople],
    ["L", text.keyLayout],
    ["I", text.keyInspect],
    ["?", text.keyHelp],
  ] as const;
  return (
    <Sheet
      id="call-help"
      open={open}
      onClose={onClose}
      title={text.help}
      locale={locale}
      place="center"
    >
      <dl class="help-keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
