import { useState } from "preact/hooks";
import type { Locale } from "./i18n/mod.ts";
import { publishText } from "./i18n/publish.ts";
import { ffmpegCommand, gstreamerCommand, keyOf, withoutKey } from "./studio/commands.ts";
import { explainFailure } from "./studio/failures.ts";
import type { StudioSnapshot } from "./studio/snapshot.ts";
import { useStudio } from "./studio/store.ts";
import { api } from "./ui/api.ts";
import { Button, ButtonLink, IconButton } from "./ui/button.tsx";
import { Card } from "./ui/card.tsx";
import { CopyField } from "./ui/copy_field.tsx";
import { ConfirmDialog } from "./ui/dialog.tsx";
import { Icon } from "./ui/icons.tsx";

/** Props of {@linkcode PublishCard}. */
export interface PublishCardProps {
  readonly studio: StudioSnapshot;
  readonly server: string;
  /** WHIP address; null where the server takes none. */
  readonly whip: string | null;
  /** `<room>?key=<publish key>`: the owner's alone, the page that carries it is never stored. */
  readonly streamKey: string;
  readonly locale: Locale;
}

/** OBS in one click or by hand, the key hidden until asked for, and other encoders. */
export default function PublishCard({ studio, server, whip, locale, ...props }: PublishCardProps) {
  const text = publishText(locale);
  const { stream } = useStudio(studio);
  const [streamKey, setStreamKey] = useState(props.streamKey);
  const [revealed, setRevealed] = useState(false);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const rotate = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const { publish } = await api.post("/api/rooms/{room}/publish-key", {
        path: { room: studio.roomId },
      });
      setStreamKey(publish.rtmp.streamKey);
      setNote(text.rotated);
      setAsking(false);
    } catch (error) {
      setProblem(explainFailure(error, text));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card id="publish" title={text.title}>
      <div class="profile">
        <ButtonLink wide href="/studio/obs-profile.zip" icon="download" download>
          {text.profile}
        </ButtonLink>
        <ol class="steps">
          <li>{text.profileOne}</li>
          <li>{text.profileTwo}</li>
        </ol>
      </div>
      <p class="muted by-hand">{text.byHand}</p>
      <CopyField id="publish-server" label={text.server} value={server} locale={locale} />
      <CopyField
        id="publish-key"
        label={text.streamKey}
        value={streamKey}
        shown={revealed ? streamKey : withoutKey(streamKey, "•".repeat(12))}
        locale={locale}
      >
        <IconButton
          icon={revealed ? "eye-off" : "eye"}
          label={revealed ? text.hide : text.reveal}
          onClick={() => setRevealed(!revealed)}
        />
      </CopyField>
      <div class="rotate-line">
        <p class="hint">{text.streamKeyHint}</p>
        <Button
          small
          class="rotate scripted"
          icon="refresh-cw"
          onClick={() => {
            setProblem(null);
            setNote("");
            setAsking(true);
          }}
        >
          {text.rotate}
        </Button>
      </div>
      <p class="hint jade-text" role="status">{note}</p>
      <Others server={server} whip={whip} streamKey={streamKey} locale={locale} />
      <ConfirmDialog
        id="rotate"
        open={asking}
        onClose={() => setAsking(false)}
        title={text.rotateQuestion}
        text={text.rotateText}
        confirm={text.rotateConfirm}
        onConfirm={rotate}
        busy={busy}
        error={problem}
        locale={locale}
      >
        {stream !== null && (
          <p class="advice">
            <Icon name="triangle-alert" size={18} />
            <span>{text.rotateLive}</span>
          </p>
        )}
      </ConfirmDialog>
    </Card>
  );
}

/** Commands with the key in the copy alone, and the bare service file. */
function Others(
  { server, whip, streamKey, locale }: {
    readonly server: string;
    readonly whip: string | null;
    readonly streamKey: string;
    readonly locale: Locale;
  },
) {
  const text = publishText(locale);
  const shownKey = withoutKey(streamKey);
  const commands = [
    { id: "ffmpeg", label: text.ffmpeg, lines: 5, command: ffmpegCommand },
    { id: "gstreamer", label: text.gstreamer, lines: 7, command: gstreamerCommand },
  ] as const;
  return (
    <details class="others">
      <summary>
        {text.others}
        <Icon name="chevron-down" size={18} />
      </summary>
      <div class="stack">
        {whip !== null && (
          <>
            <p class="hint">{text.whipHint}</p>
            <CopyField id="publish-whip" label={text.whip} value={whip} locale={locale} />
            <CopyField
              id="publish-token"
              label={text.whipToken}
              value={keyOf(streamKey)}
              shown={"•".repeat(12)}
              locale={locale}
            />
          </>
        )}
        <p class="hint">{text.commandHint}</p>
        {commands.map(({ id, label, lines, command }) => (
          <CopyField
            key={id}
            id={`publish-${id}`}
            label={label}
            lines={lines}
            value={command({ server, streamKey })}
            shown={command({ server, streamKey: shownKey })}
            locale={locale}
          />
        ))}
        <p class="hint">
          <a href="/studio/service.json" download>{text.serviceFile}</a>
        </p>
      </div>
    </details>
  );
}
