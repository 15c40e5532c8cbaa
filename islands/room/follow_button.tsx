/**
 * Following a room: a form without script, at once with it.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { followText } from "../i18n/follow.ts";
import { formatCount, type Locale } from "../i18n/mod.ts";
import { api, ApiError } from "../ui/api.ts";
import { Button, ButtonLink } from "../ui/button.tsx";
import { toast } from "../ui/toast.tsx";
import { adoptRoom, type RoomView } from "./room_watch.ts";

/** The button with the number of followers in it; a way to log in for who is not. */
export function FollowButton(
  { view: { room, following }, locale, look = "full" }: {
    readonly view: RoomView;
    readonly locale: Locale;
    /** `plain`: where it is not the one thing to do, and without the number. */
    readonly look?: "full" | "plain";
  },
) {
  const text = followText(locale);
  const [busy, setBusy] = useState(false);
  const content = (
    <>
      {following === true ? text.following : text.follow}
      {look === "full" && room.followers > 0 && (
        <span class="follow-count tabular">{formatCount(room.followers, locale)}</span>
      )}
    </>
  );
  const title = text.followers(room.followers, formatCount(room.followers, locale));
  if (following === null) {
    const next = encodeURIComponent(`/rooms/${room.id}`);
    return (
      <ButtonLink
        kind={look === "full" ? "primary" : "quiet"}
        icon="heart"
        class="follow"
        href={`/login?next=${next}`}
        title={title}
      >
        {content}
      </ButtonLink>
    );
  }
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const change = following ? api.delete : api.put;
      adoptRoom(await change("/api/rooms/{room}/follow", { path: { room: room.id } }));
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      toast({
        tone: "bad",
        text: status === 401 ? text.signedOut : status === 409 ? text.tooMany : text.failed,
      });
    }
    setBusy(false);
  };
  return (
    <form method="post" action={`/rooms/${room.id}/follow`} class="follow-form" onSubmit={submit}>
      <input type="hidden" name="follow" value={following ? "no" : "yes"} />
      <Button
        type="submit"
        kind={following || look === "plain" ? "quiet" : "primary"}
        icon={following ? "check" : "heart"}
        class="follow"
        busy={busy}
        title={title}
      >
        {content}
      </Button>
    </form>
  );
}
