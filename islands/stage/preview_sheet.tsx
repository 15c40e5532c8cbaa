/**
 * How a guest will be seen and heard, before they are.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { Picture, useTrackStream } from "../call/face.tsx";
import { LevelBar } from "../call/level_bar.tsx";
import { devicesOf, pickDevice } from "../capture/devices.ts";
import type { CaptureFailure } from "../capture/failures.ts";
import type { Locale } from "../i18n/mod.ts";
import { type StageGuestText, stageGuestText } from "../i18n/stage_guest.ts";
import { Button } from "../ui/button.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import type { GuestSession } from "./guest_session.ts";

/** What the sheet is opened for. */
export type PreviewPurpose = "ask" | "come" | "back";

/** The sheet; `purpose` null: it is closed. */
export function PreviewSheet({ session, purpose, busy, problem, locale, onSend, onClose }: {
  readonly session: GuestSession;
  readonly purpose: PreviewPurpose | null;
  readonly busy: boolean;
  readonly problem: string | null;
  readonly locale: Locale;
  readonly onSend: () => void;
  readonly onClose: () => void;
}) {
  const text = stageGuestText(locale);
  const local = session.local.value;
  const picture = useTrackStream(local.videoTrack);
  const open = purpose !== null;
  useEffect(() => {
    if (open) void session.prepare();
  }, [open]);
  const trouble = troubleOf(local, text);
  const isNothing = local.asked && local.videoTrack === null && local.audioTrack === null;
  const send = { ask: text.sendAsk, come: text.come, back: text.back };
  return (
    <Sheet
      id="guest-preview"
      open={open}
      onClose={onClose}
      title={text.previewTitle}
      locale={locale}
      foot={
        <Button
          kind="primary"
          wide
          icon="video"
          busy={busy}
          disabled={isNothing || !local.asked}
          onClick={onSend}
        >
          {send[purpose ?? "ask"]}
        </Button>
      }
    >
      <div class="guest-preview">
        <div class="guest-mirror">
          {picture !== null
            ? <Picture stream={picture} mirrored label={text.you} />
            : <span class="guest-dark">{local.asked ? text.noCamera : text.opening}</span>}
        </div>
        <LevelBar meter={local.audioTrack === null ? null : session.meter} label={text.level} />
        {trouble !== null && (
          <p class="guest-trouble" role="status">
            {trouble} <Button small onClick={() => void session.prepare()}>{text.again}</Button>
          </p>
        )}
        <Devices session={session} text={text} />
        <p class="muted">{purpose === "ask" ? text.previewAsk : text.previewCome}</p>
        <p class="muted">{text.headphones}</p>
        <p class="field-error" role="alert">{problem ?? ""}</p>
      </div>
    </Sheet>
  );
}

function Devices({ session, text }: {
  readonly session: GuestSession;
  readonly text: StageGuestText;
}) {
  const local = session.local.value;
  const devices = session.devices.value;
  return (
    <>
      {(["camera", "microphone"] as const).map((kind) => {
        const some = devicesOf(devices, kind);
        const choices = some.map(({ id, label }, index) => ({
          value: id,
          label: label === "" ? text.unnamed(index + 1) : label,
        }));
        const chosen = pickDevice(devices, { kind, wished: local[kind] })?.id ?? "";
        return (
          // The form fields of other pages have more to them than this page has room for.
          <div key={kind} class="field">
            <label for={`guest-${kind}`}>{text[kind]}</label>
            <span class="select">
              <select
                id={`guest-${kind}`}
                class="input"
                value={chosen}
                disabled={some.length === 0}
                onChange={(event) => session.choose(kind, event.currentTarget.value)}
              >
                {choices.length === 0 && <option value="">{text.noDevice}</option>}
                {choices.map(({ value, label }) => (
                  <option key={value} value={value} selected={value === chosen}>{label}</option>
                ))}
              </select>
              <Icon name="chevron-down" size={18} />
            </span>
          </div>
        );
      })}
    </>
  );
}

function troubleOf(
  { cameraFailure, microphoneFailure }: {
    readonly cameraFailure: CaptureFailure | null;
    readonly microphoneFailure: CaptureFailure | null;
  },
  text: StageGuestText,
): string | null {
  switch (microphoneFailure ?? cameraFailure) {
    case null:
      return null;
    case "insecure":
      return text.insecure;
    case "unsupported":
      return text.unsupported;
    case "refused":
    case "refused_by_system":
    case "dismissed":
      return text.refusedDevices;
    default:
      return text.busyDevices;
  }
}
