import { useEffect, useRef, useState } from "preact/hooks";
import { presetBeside } from "./capture/filters/presets.ts";
import { boothText } from "./i18n/booth.ts";
import type { Locale } from "./i18n/mod.ts";
import { FilterStrip, ShutterRow } from "./booth/deck.tsx";
import { HelpSheet } from "./booth/help_sheet.tsx";
import { boothAction, readBoothKey } from "./booth/keys.ts";
import type { BoothSession } from "./booth/session.ts";
import { Settings } from "./booth/settings.tsx";
import { Announcer, nextTimer, Stage } from "./booth/stage.tsx";
import { isMirrored } from "./booth/state.ts";
import { TakesStrip } from "./booth/takes.tsx";
import { useBooth, useWide } from "./booth/use_booth.ts";
import { IconButton } from "./ui/button.tsx";
import { Sheet } from "./ui/dialog.tsx";
import { Icon } from "./ui/icons.tsx";

/** Props of {@linkcode Booth}. */
export interface BoothProps {
  readonly locale: Locale;
}

/** The photo booth: mirror, filters, shutter, takes. Everything happens in the browser. */
export default function Booth({ locale }: BoothProps) {
  const text = boothText(locale);
  const refs = {
    canvas: useRef<HTMLCanvasElement>(null),
    cameraVideo: useRef<HTMLVideoElement>(null),
    screenVideo: useRef<HTMLVideoElement>(null),
  };
  const { session, state } = useBooth(refs);
  const wide = useWide();
  const [settings, setSettings] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const [help, setHelp] = useState(false);
  useKeys(session, () => setHelp((open) => !open));
  const part = { session, state, locale };
  return (
    <div class="booth">
      <div class="booth-main">
        <Stage
          {...part}
          refs={refs}
          onSettings={wide ? null : () => setSettings(true)}
          onShow={setShown}
        />
        <div class="booth-trouble" role="alert">
          {state.trouble !== null && (
            <p>
              <Icon name="triangle-alert" size={18} />
              <span>{text[`trouble_${state.trouble}`]}</span>
              <IconButton
                icon="x"
                kind="ghost"
                small
                label={text.dismiss}
                onClick={() => session?.dismissTrouble()}
              />
            </p>
          )}
        </div>
        <div class="booth-deck">
          <FilterStrip {...part} />
          <ShutterRow {...part} />
        </div>
        <TakesStrip {...part} shown={shown} onShow={setShown} />
      </div>
      <aside class="booth-panel" aria-label={text.settings}>
        <div class="booth-panel-head">
          <h2>{text.settings}</h2>
          <IconButton
            icon="keyboard"
            kind="ghost"
            label={text.help}
            onClick={() => setHelp(true)}
          />
        </div>
        {wide && <Settings {...part} />}
      </aside>
      <Sheet
        id="booth-settings"
        class="booth-sheet"
        open={settings && !wide}
        onClose={() => setSettings(false)}
        title={text.settings}
        locale={locale}
      >
        <Settings {...part} />
      </Sheet>
      <HelpSheet open={help} locale={locale} onClose={() => setHelp(false)} />
      <Announcer state={state} text={text} />
    </div>
  );
}

function useKeys(session: BoothSession | null, onHelp: () => void): void {
  useEffect(() => {
    if (session === null) return;
    const press = (event: KeyboardEvent) => {
      const action = boothAction(readBoothKey(event));
      if (action === null) return;
      event.preventDefault();
      if (action === "help") onHelp();
      else act(session, action);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [session]);
}

function act(
  session: BoothSession,
  action: Exclude<ReturnType<typeof boothAction>, "help" | null>,
): void {
  const { state } = session;
  const { preset, timer } = state.preferences;
  switch (action) {
    case "shutter":
      return void session.shutter.press();
    case "record":
      return void session.shutter.press("recording");
    case "pause":
      return session.shutter.togglePause();
    case "mirror":
      return session.prefer({ mirror: !isMirrored(state) });
    case "timer":
      return session.prefer({ timer: nextTimer(timer) });
    case "camera":
      return void session.nextCamera();
    case "screen":
      return void session.toggleScreen();
    case "previous":
      return session.prefer({ preset: presetBeside(preset, -1).id });
    case "next":
      return session.prefer({ preset: presetBeside(preset, 1).id });
  }
}
