/**
 * Passing a room on: link, QR code, code for other pages, and the device's own way.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { Locale } from "../i18n/mod.ts";
import { shareText } from "../i18n/share.ts";
import { Button } from "../ui/button.tsx";
import { CopyField } from "../ui/copy_field.tsx";
import { Sheet } from "../ui/dialog.tsx";
import { CheckField } from "../ui/field.tsx";
import { QrCode } from "./qr_code.tsx";
import type { RoomSummary } from "../ui/room_data.ts";
import { embedCode, shareLink } from "./share_address.ts";

/** Props of {@linkcode ShareSheet}. */
export interface ShareSheetProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly room: Pick<RoomSummary, "id" | "title">;
  readonly locale: Locale;
  /** Whether other sites may show the player. */
  readonly embeddable: boolean;
}

/** The sheet. */
export function ShareSheet({ open, onClose, room, locale, embeddable }: ShareSheetProps) {
  const text = shareText(locale);
  const [muted, setMuted] = useState(false);
  const [theatre, setTheatre] = useState(false);
  const link = shareLink(location.origin, room.id, { muted, theatre });
  const native = typeof navigator.share === "function";
  return (
    <Sheet
      id="share"
      open={open}
      onClose={onClose}
      title={text.title}
      locale={locale}
      place="center"
      class="share-sheet"
    >
      <div class="share-link">
        <QrCode text={link} label={text.qrOf(room.title)} caption={text.qr} />
        <div class="stack">
          <CopyField id="share-link" label={text.link} value={link} locale={locale} />
          <CheckField
            id="share-muted"
            label={text.startMuted}
            checked={muted}
            onChange={(event) => setMuted(event.currentTarget.checked)}
          />
          <CheckField
            id="share-theatre"
            label={text.theatre}
            checked={theatre}
            onChange={(event) => setTheatre(event.currentTarget.checked)}
          />
          {native && (
            <Button
              icon="share-2"
              onClick={() => {
                // The sheet rejects when the viewer closes it: that is a decision, not a failure.
                void navigator.share({ title: room.title, url: link }).catch(() => {});
              }}
            >
              {text.device}
            </Button>
          )}
        </div>
      </div>
      {embeddable && (
        <div class="share-embed">
          <CopyField
            id="share-embed"
            label={text.embed}
            value={embedCode(location.origin, { ...room, muted })}
            lines={4}
            locale={locale}
          />
          <p class="hint">{text.embedHint}</p>
        </div>
      )}
    </Sheet>
  );
}
