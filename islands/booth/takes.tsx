/**
 * The strip of takes, and one of them large.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { fileNameOf, type Take } from "../capture/takes.ts";
import { boothText } from "../i18n/booth.ts";
import { formatDuration, formatRelative, type Locale } from "../i18n/mod.ts";
import { Button, ButtonLink, IconButton } from "../ui/button.tsx";
import { ConfirmDialog, Sheet } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { Badge } from "../ui/marks.tsx";
import type { BoothSession } from "./session.ts";
import type { BoothState } from "./state.ts";
import { sizeText, takeName } from "./words.ts";

/** Props of {@linkcode TakesStrip}. */
export interface TakesProps {
  readonly session: BoothSession | null;
  readonly state: BoothState;
  readonly locale: Locale;
  /** Id of the take that is large; null: none is. */
  readonly shown: string | null;
  readonly onShow: (id: string | null) => void;
}

/** The newest take in a corner of the mirror, as cameras have it. */
export function LastTake(
  { take, session, locale, onShow }: {
    readonly take: Take;
    readonly session: BoothSession | null;
    readonly locale: Locale;
    readonly onShow: (id: string) => void;
  },
) {
  const text = boothText(locale);
  const url = useTakeUrl(take, session);
  const name = takeName(take, { text, nowMs: Date.now(), locale });
  return (
    <button
      type="button"
      class="booth-last"
      aria-label={take.kind === "picture" ? text.showPicture(name) : text.replay(name)}
      onClick={() => onShow(take.id)}
    >
      <Preview take={take} url={url} />
    </button>
  );
}

/** Everything that was taken, newest first. */
export function TakesStrip({ session, state, locale, shown, onShow }: TakesProps) {
  const text = boothText(locale);
  const [doomed, setDoomed] = useState<Take | null>(null);
  const { takes, left, lasting } = state;
  const take = takes.find(({ id }) => id === shown) ?? null;
  const remaining = Math.min(left, takes.length);
  const discard = (one: Take) => {
    // What stands elsewhere, too, may go without a question.
    if (one.saved) void session?.shutter.discard(one);
    else setDoomed(one);
  };
  return (
    <section class="booth-takes" aria-labelledby="takes-title" tabIndex={-1}>
      <div class="booth-takes-head">
        <h2 id="takes-title">{text.takes}</h2>
        <p class="muted">
          {!lasting ? text.passing : takes.length === 0 ? text.noTakes : text.privacy}
        </p>
      </div>
      {remaining > 0 && (
        <p class="booth-left">
          <Icon name="history" size={18} /> {text.leftHere(remaining)}
        </p>
      )}
      {takes.length > 0 && (
        <ul class="booth-takes-list">
          {takes.map((one) => (
            <TakeCard
              key={one.id}
              take={one}
              session={session}
              locale={locale}
              onShow={() => onShow(one.id)}
              onDiscard={() => discard(one)}
            />
          ))}
        </ul>
      )}
      <Sheet
        id="take"
        class="take-sheet"
        open={take !== null}
        onClose={() => onShow(null)}
        title={take === null ? "" : takeName(take, { text, nowMs: Date.now(), locale })}
        locale={locale}
        place="center"
        foot={take && (
          <TakeActions
            take={take}
            session={session}
            locale={locale}
            onDiscard={() => discard(take)}
          />
        )}
      >
        {take && (
          <TakeView
            take={take}
            session={session}
            locale={locale}
            speakerId={state.preferences.speakerId}
          />
        )}
      </Sheet>
      <ConfirmDialog
        id="discard-take"
        open={doomed !== null}
        onClose={() => setDoomed(null)}
        title={text.discardTitle}
        text={text.discardText}
        confirm={text.discard}
        locale={locale}
        onConfirm={() => {
          if (doomed !== null) void session?.shutter.discard(doomed);
          setDoomed(null);
        }}
      />
    </section>
  );
}

function TakeCard(
  { take, session, locale, onShow, onDiscard }: {
    readonly take: Take;
    readonly session: BoothSession | null;
    readonly locale: Locale;
    readonly onShow: () => void;
    readonly onDiscard: () => void;
  },
) {
  const text = boothText(locale);
  const url = useTakeUrl(take, session);
  const name = takeName(take, { text, nowMs: Date.now(), locale });
  const picture = take.kind === "picture";
  return (
    <li class="take-card">
      <button
        type="button"
        class="take-thumb"
        aria-label={picture ? text.showPicture(name) : text.replay(name)}
        onClick={onShow}
      >
        <Preview take={take} url={url} />
        {!picture && (
          <span class="take-length">
            <Icon name="play" size={13} /> {formatDuration(take.durationMs)}
          </span>
        )}
        {take.found && <Badge kind="gold" class="take-mark">{text.found}</Badge>}
        {take.saved && <Badge kind="jade" class="take-mark" icon="check">{text.saved}</Badge>}
      </button>
      <div class="take-buttons">
        <ButtonLink
          kind="ghost"
          class="icon-only"
          icon="download"
          href={url ?? "#"}
          download={fileNameOf(take)}
          aria-label={text.downloadTake(name)}
          title={text.download}
          aria-disabled={url === null}
          onClick={() => void session?.shutter.markSaved(take)}
        />
        <IconButton
          icon="trash-2"
          kind="ghost"
          label={text.discardTake(name)}
          onClick={onDiscard}
        />
      </div>
    </li>
  );
}

function Preview({ take, url }: { readonly take: Take; readonly url: string | null }) {
  if (url === null) return null;
  return take.kind === "picture"
    ? <img src={url} alt="" width={take.width} height={take.height} loading="lazy" />
    : <video src={`${url}#t=0.05`} muted playsInline preload="metadata" tabIndex={-1} />;
}

function TakeView(
  { take, session, locale, speakerId }: {
    readonly take: Take;
    readonly session: BoothSession | null;
    readonly locale: Locale;
    readonly speakerId: string | null;
  },
) {
  const text = boothText(locale);
  const url = useTakeUrl(take, session);
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    // Not every browser lets a page choose; then it is heard where everything is.
    if (speakerId !== null) void video.current?.setSinkId?.(speakerId).catch(() => {});
  }, [url, speakerId]);
  return (
    <div class="take-view">
      <div class="take-media" style={`--shape:${take.width}/${take.height}`}>
        {url !== null && (take.kind === "picture"
          ? <img src={url} alt={text.picture} width={take.width} height={take.height} />
          : (
            <video
              ref={video}
              src={url}
              controls
              playsInline
              autoplay
              aria-label={text.recording}
            />
          ))}
      </div>
      {take.found && <p class="booth-left">{text.foundText}</p>}
      <dl class="take-facts">
        <Fact name={text.takenAt}>
          {formatRelative(take.atMs, { nowMs: Date.now(), locale })}
        </Fact>
        <Fact name={text.resolution}>{take.width} × {take.height}</Fact>
        {take.kind === "recording" && (
          <Fact name={text.length}>{formatDuration(take.durationMs)}</Fact>
        )}
        <Fact name={text.size}>{sizeText(take.bytes)}</Fact>
      </dl>
    </div>
  );
}

function Fact({ name, children }: {
  readonly name: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="tabular">{children}</dd>
    </div>
  );
}

function TakeActions(
  { take, session, locale, onDiscard }: {
    readonly take: Take;
    readonly session: BoothSession | null;
    readonly locale: Locale;
    readonly onDiscard: () => void;
  },
) {
  const text = boothText(locale);
  const url = useTakeUrl(take, session);
  const [shares, setShares] = useState(false);
  useEffect(() => {
    const probe = new File([], fileNameOf(take), { type: take.type });
    setShares(navigator.canShare?.({ files: [probe] }) === true);
  }, [take.id]);
  const share = async () => {
    const file = await session?.shutter.take(take);
    if (file == null) return;
    // The reader may think better of it; what was given to another program is saved.
    await navigator.share({ files: [file] })
      .then(() => session?.shutter.markSaved(take), () => {});
  };
  return (
    <>
      <Button icon="trash-2" onClick={onDiscard}>{text.discard}</Button>
      {shares && <Button icon="share-2" onClick={() => void share()}>{text.share}</Button>}
      <ButtonLink
        kind="primary"
        icon="download"
        href={url ?? "#"}
        download={fileNameOf(take)}
        onClick={() => void session?.shutter.markSaved(take)}
      >
        {text.download}
      </ButtonLink>
    </>
  );
}

/** An address of a take for as long as it is shown. */
function useTakeUrl(take: Take, session: BoothSession | null): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let over = false;
    void session?.shutter.take(take).then((file) => {
      if (file === null || over) return;
      made = URL.createObjectURL(file);
      setUrl(made);
    });
    return () => {
      over = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [take.id, session]);
  return url;
}
