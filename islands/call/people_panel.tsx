/**
 * Who is in a call.
 *
 * @module
 */
import type { PeerView } from "../../rooms/calls/protocol.ts";
import { callText } from "../i18n/call.ts";
import type { Locale } from "../i18n/mod.ts";
import { Avatar, avatarUrl } from "../ui/avatar.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import type { CallState } from "./session.ts";

/** Everybody, those with a hand up first, in the order of the hands. */
export function byHands(peers: readonly PeerView[]): readonly PeerView[] {
  return [...peers].sort((a, b) =>
    (a.handAtMs ?? Infinity) - (b.handAtMs ?? Infinity) || a.order - b.order
  );
}

/** The list. */
export function PeoplePanel({ state, leads, locale, onInvite, onRemove }: {
  readonly state: CallState;
  readonly leads: boolean;
  readonly locale: Locale;
  readonly onInvite: () => void;
  readonly onRemove: (peer: PeerView) => void;
}) {
  const text = callText(locale);
  const { self, others, host, capacity } = state;
  const peers = byHands([...(self === null ? [] : [self]), ...others.map(({ peer }) => peer)]);
  return (
    <div class="call-people">
      <ul>
        {peers.map((peer) => {
          const own = peer.id === self?.id;
          const roles = [
            own && text.you,
            peer.id === host && text.host,
            !peer.member && !own && text.guest,
            !peer.present && text.peerAway,
          ].filter((role) => role !== false);
          return (
            <li key={peer.id} class="person">
              <Avatar name={peer.name} picture={avatarUrl(peer.avatar)} />
              <p>
                <bdi class="person-name">{peer.name}</bdi>
                {roles.length > 0 && <span class="muted">{roles.reduce(text.both)}</span>}
              </p>
              {peer.handAtMs !== null && <Mark icon="hand" label={text.handUp} />}
              {!peer.audio && <Mark icon="mic-off" label={text.muted} />}
              {!peer.video && <Mark icon="video-off" label={text.switchedOff} />}
              {leads && !own && (
                <IconButton
                  icon="user-x"
                  kind="ghost"
                  small
                  label={text.remove(peer.name)}
                  onClick={() => onRemove(peer)}
                />
              )}
            </li>
          );
        })}
      </ul>
      {peers.length < capacity && (
        <Button icon="user-plus" wide onClick={onInvite}>{text.invite}</Button>
      )}
    </div>
  );
}

function Mark({ icon, label }: {
  readonly icon: "hand" | "mic-off" | "video-off";
  readonly label: string;
}) {
  return (
    <span class="call-person-mark" title={label}>
      <Icon name={icon} size={16} />
      <span class="visually-hidden">{label}</span>
    </span>
  );
}
