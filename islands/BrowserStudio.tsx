import { useEffect, useState } from "preact/hooks";
import { captureSupport, secureAddress } from "./capture/failures.ts";
import { goLiveWords } from "./i18n/go_live.ts";
import type { Locale } from "./i18n/mod.ts";
import { desk as deskOfPage, looks } from "./studio/browser/link.ts";
import { bringDesk, type DeskPlace } from "./studio/browser/bring.ts";
import { takeOnAir } from "./studio/browser/resume.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { Button, ButtonLink } from "./ui/button.tsx";
import { Icon } from "./ui/icons.tsx";

/** Props of {@linkcode BrowserStudio}. */
export interface BrowserStudioProps {
  readonly studio: StudioSnapshot;
  readonly locale: Locale;
  /** Address of `scene.worker.js`. */
  readonly workerUrl: string;
}

/** The picture that goes out, and everything it is made of; an invitation until it is asked for. */
export default function BrowserStudio({ studio, locale, workerUrl }: BrowserStudioProps) {
  const text = goLiveWords(locale);
  const [coming, setComing] = useState(false);
  const desk = deskOfPage.value;
  const later = looks.value;
  const place: DeskPlace = { roomId: studio.roomId, workerUrl, locale };

  const bring = async (begin: "camera" | "screen" | "resume") => {
    setComing(true);
    try {
      const opened = await bringDesk(place);
      if (begin === "screen") await opened.addScreen();
      else if (begin === "camera") await opened.setUp();
      return opened;
    } finally {
      setComing(false);
    }
  };

  useEffect(() => {
    const note = takeOnAir(studio.roomId);
    if (note === null) return;
    // The tab was reloaded while it was on the air: viewers wait for it.
    void bring("resume").then(async (opened) => {
      await opened.setUp(note);
      if (opened.sources.value.length > 0) opened.goLive();
    });
  }, []);

  if (desk !== null && later !== null) {
    return <later.DeskView desk={desk} locale={locale} />;
  }
  return (
    <section class="stage live-stage" aria-labelledby="live-intro-title">
      <div class="live-intro">
        <Icon name="video" size={40} />
        <h2 id="live-intro-title">{text.introTitle}</h2>
        <p>{text.introText}</p>
        <div class="live-intro-actions scripted">
          <Button kind="primary" icon="video" busy={coming} onClick={() => void bring("camera")}>
            {coming ? text.coming : text.setUp}
          </Button>
          <Button icon="monitor" disabled={coming} onClick={() => void bring("screen")}>
            {text.shareScreen}
          </Button>
        </div>
        <Support locale={locale} />
        <noscript>
          <p class="live-intro-note">{text.needsScript}</p>
        </noscript>
      </div>
    </section>
  );
}

/** Why this page gets no camera, and what to do about it. */
function Support({ locale }: { readonly locale: Locale }) {
  const text = goLiveWords(locale);
  const [support, setSupport] = useState<ReturnType<typeof captureSupport>>("ok");
  useEffect(
    () => setSupport(captureSupport(globalThis as Parameters<typeof captureSupport>[0])),
    [],
  );
  if (support === "ok") return null;
  const secure = support === "insecure" ? secureAddress(location.href) : null;
  return (
    <div class="live-intro-note" role="alert">
      <p>
        <b>{support === "insecure" ? text.insecureTitle : text.unsupportedTitle}</b>
      </p>
      <p>{support === "insecure" ? text.insecureText : text.unsupportedText}</p>
      {secure !== null && <ButtonLink small href={secure}>{text.insecureAction}</ButtonLink>}
    </div>
  );
}
