/**
 * What the scripts of a room's page have in common. Whatever comes later names all of it, and so all
 * of it stands in one file with the page, not in one for each set of those who share it.
 *
 * @module
 */
import "@preact/signals";
import "../chat/sheet.ts";
import "../i18n/mod.ts";
import "../i18n/ui.ts";
import "../player/capabilities.ts";
import "../player/frozen_canvas.ts";
import "../player/memory.ts";
import "../player/protocol.ts";
import "../player/room_poll.ts";
import "../player/session.ts";
import "../ui/api.ts";
import "../ui/avatar.tsx";
import "../ui/button.tsx";
import "../ui/copy_text.ts";
import "../ui/dialog.tsx";
import "../ui/placeholder.tsx";
import "../ui/toast.tsx";
import "./room_watch.ts";
