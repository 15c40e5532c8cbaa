/**
 * Before the call: how one looks and sounds, which devices, under which name.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { callText } from "../i18n/call.ts";
import { Button, ButtonLink, IconButton } from "../ui/button.tsx";
import { TextField } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import { Avatar, avatarUrl } from "../ui/avatar.tsx";
import { DeviceFields } from "./device_fields.tsx";
import { deviceSentence, refusalSentence } from "./explain.ts";
import { Picture, useTrackStream } from "./face.tsx";
import { LevelBar } from "./level_bar.tsx";
import type { CallProps } from "./props.ts";
import type { CallSession, CallState } from "./session.ts";

const NAME_KEY = "wanren.call.name";

/** The mirror with the door beside it. */
export function Mirror({ session, state, call }: {
  /** Null until the page is alive. */
  readonly session: CallSession | null;
  readonly state: CallState;
  readonly call: CallProps;
}) {
  const { locale, member, access, own, invitation } = call;
  const text = callText(locale);
  const { local, stage, outcome } = state;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const stream = useTrackStream(local.videoTrack);
  useEffect(() => {
    try {
      setName(localStorage.getItem(NAME_KEY) ?? "");
    } catch {
      // Storage is switched off: the name is typed anew.
    }
  }, []);

  const asksPassword = access === "password" && !own && invitation === null;
  const refusal = outcome?.kind === "refused" ? outcome : null;
  const trouble = deviceSentence(local, text);
  const submit = (event: Event) => {
    event.preventDefault();
    if (session === null || stage !== "mirror") return;
    try {
      if (member === null) localStorage.setItem(NAME_KEY, name.trim());
    } catch {
      // Not remembered, then.
    }
    session.join({
      name: member === null ? name.trim() : "",
      password: asksPassword ? password : null,
      invitation,
    });
  };
  // A device that was refused is no more switched on than one that was switched off.
  const audioOn = local.audio && (local.audioTrack !== null || !local.asked);
  const videoOn = local.video && (local.videoTrack !== null || !local.asked);
  const hasSound = local.audioTrack !== null;
  const hasPicture = local.videoTrack !== null;
  const joinLabel = stage === "joining"
    ? text.joining
    : !local.asked || hasPicture || !local.video && hasSound
    ? text.join
    : hasSound
    ? text.joinSoundOnly
    : text.joinSilent;
  return (
    <div class="call-mirror">
      <section class="call-glass" aria-label={text.you}>
        {stream !== null
          ? <Picture stream={stream} mirrored label={text.you} />
          : (
            <div class="call-dark">
              <Avatar
                name={member?.name ?? (name || "?")}
                picture={avatarUrl(member?.avatar)}
                size={88}
              />
              <p>{local.busy ? text.asking : text.cameraOff}</p>
            </div>
          )}
        <div class="call-glass-bar">
          <IconButton
            icon={audioOn ? "mic" : "mic-off"}
            label={audioOn ? text.mute : text.unmute}
            class={audioOn ? "call-key" : "call-key off"}
            disabled={session === null}
            onClick={() => session?.setAudio(!audioOn)}
          />
          <IconButton
            icon={videoOn ? "video" : "video-off"}
            label={videoOn ? text.stopCamera : text.startCamera}
            class={videoOn ? "call-key" : "call-key off"}
            disabled={session === null}
            onClick={() => session?.setVideo(!videoOn)}
          />
          <LevelBar
            meter={hasSound && local.audio ? session?.meter ?? null : null}
            label={text.level}
          />
        </div>
      </section>
      <form class="call-entrance" onSubmit={submit}>
        <div class="call-title">
          <h1 dir="auto">{call.name}</h1>
          <p class="muted">{call.people === 0 ? text.nobodyYet : text.peopleIn(call.people)}</p>
        </div>
        {refusal !== null && (
          <div class="card notice" role="alert">
            <p>{refusalSentence(refusal, text)}</p>
            {refusal.code === "account_needed" && (
              <p>
                <ButtonLink small href={`/login?next=${encodeURIComponent(`/call/${call.name}`)}`}>
                  {text.logIn}
                </ButtonLink>
              </p>
            )}
          </div>
        )}
        {member === null
          ? (
            <TextField
              id="call-name"
              label={text.yourName}
              hint={text.yourNameHint}
              value={name}
              maxLength={64}
              autoComplete="nickname"
              required
              dir="auto"
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )
          : <p>{text.asMember(member.name)}</p>}
        {asksPassword && (
          <TextField
            id="call-password"
            type="password"
            label={text.password}
            value={password}
            maxLength={256}
            autoComplete="off"
            required
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        {trouble !== null && (
          <div class="call-trouble" role="status">
            <Icon name="circle-alert" size={18} />
            <p>{trouble}</p>
            <Button small onClick={() => void session?.open()}>{text.askAgain}</Button>
          </div>
        )}
        <Button
          type="submit"
          kind="primary"
          icon="phone"
          wide
          busy={stage === "joining"}
          disabled={session === null}
        >
          {joinLabel}
        </Button>
        <DeviceFields id="mirror" {...{ session, state, locale }} />
      </form>
    </div>
  );
}
