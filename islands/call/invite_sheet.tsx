/**
 * Passing a call on.
 *
 * @module
 */
import { useEffect } from "preact/hooks";
import { callText } from "../i18n/call.ts";
import { Button } from "../ui/button.tsx";
import { CopyField } from "../ui/copy_field.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { QrCode } from "../room/qr_code.tsx";
import type { CallProps } from "./props.ts";
import type { CallSession, CallState } from "./session.ts";

/** The address of a call; with an invitation it opens the door. */
export function callLink(origin: string, name: string, invitation: string | null): string {
  const page = `${origin}/call/${encodeURIComponent(name)}`;
  return invitation === null ? page : `${page}?invite=${invitation}`;
}

/** The sheet. */
export function InviteSheet({ open, onClose, session, state, call, leads }: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly session: CallSession;
  readonly state: CallState;
  readonly call: CallProps;
  readonly leads: boolean;
}) {
  const { locale, access, guests, name } = call;
  const text = callText(locale);
  const needsSignature = access !== "open" || !guests;
  const signs = needsSignature && leads;
  const token = signs ? state.invitation?.token ?? null : null;
  useEffect(() => {
    if (open && signs && state.invitation === null) session.invite();
  }, [open, signs]);
  const link = callLink(location.origin, name, token);
  const note = access === "invited"
    ? leads ? text.inviteSigned : text.inviteOwner
    : access === "password"
    ? leads ? text.inviteSecret : text.invitePassword
    : guests
    ? text.inviteText
    : leads
    ? text.inviteSigned
    : text.inviteMembers;
  const isUseless = access === "invited" && !leads;
  return (
    <Sheet
      id="call-invite"
      open={open}
      onClose={onClose}
      title={text.inviteTitle}
      locale={locale}
      place="center"
      class="share-sheet"
    >
      <p class="muted">{note}</p>
      {!isUseless && (!signs || token !== null) && (
        <div class="share-link">
          <QrCode text={link} label={text.qrOf(name)} caption={text.qr} />
          <div class="stack">
            <CopyField id="call-link" label={text.link} value={link} locale={locale} />
            {typeof navigator.share === "function" && (
              <Button
                icon="share-2"
                onClick={() => {
                  // Whoever closes the system's own sheet has decided.
                  void navigator.share({ title: text.callNamed(name), url: link }).catch(() => {});
                }}
              >
                {text.device}
              </Button>
            )}
          </div>
        </div>
      )}
    </Sheet>
  );
}
