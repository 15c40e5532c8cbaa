/**
 * Shapes of the API about stages.
 *
 * @module
 */
import * as v from "valibot";
import { change, described, text, time, url, whole } from "./schema_parts.ts";

const mode = described(
  v.picklist(["mixed", "canvas"]),
  "Who makes the picture: this platform, or the host's own studio",
);
const layout = described(
  v.picklist(["grid", "speaker", "side_by_side", "picture_in_picture"]),
  "How this platform arranges the pictures",
);
const open = described(v.boolean(), "Viewers may ask");
const phase = v.picklist(["asking", "invited", "seated"]);
const seat = v.pipe(v.nullable(v.number()), v.description("From 1; null: not on stage"));
const muted = described(v.boolean(), "Whoever leads the stage has turned the sound off");

const StageView = v.pipe(
  v.object({
    version: whole("Rises with each change; 0: nothing has happened yet"),
    open,
    mode,
    layout,
    trouble: v.pipe(
      v.nullable(v.string()),
      v.description("Why it is not mixed although it should be; only for who leads"),
    ),
    voice: v.pipe(
      v.nullable(v.pipe(v.string(), v.url())),
      v.description(
        "Where the host's voice goes by WHIP, with the room's key, while their own studio makes the " +
          "picture: for those on stage; only for who leads",
      ),
    ),
    leads: described(v.boolean(), "Whether you lead the stage: its host, or a moderator"),
    asking: whole("How many ask"),
    guests: v.pipe(
      v.array(v.pipe(
        v.object({
          account: text("Account"),
          name: text("As it is shown"),
          phase,
          seat,
          muted,
          since: time,
        }),
        v.title("StageGuest"),
      )),
      v.description("Who leads sees everybody, others those on stage and themselves"),
    ),
    me: v.pipe(
      v.nullable(v.object({
        phase,
        seat,
        muted,
        place: v.pipe(v.nullable(v.number()), v.description("Among those who ask, from 1")),
      })),
      v.description("Your own part; null: none"),
    ),
    streams: v.pipe(
      v.array(v.object({
        seat: whole("0: the host"),
        whep: url("To watch it by WHEP"),
        pass: text("Bearer token for it, for two minutes"),
      })),
      v.description("The others on stage without delay, for those on stage and who leads"),
    ),
  }),
  v.title("Stage"),
);

/** A stage as the caller may see it. */
export const StageAnswer = v.object({ stage: StageView });

/** How a stage is arranged. */
export const StageChangeBody = change({
  open: v.optional(open),
  mode: v.optional(mode),
  layout: v.optional(layout),
}, "StageChange");

/** Who is asked to come. */
export const StageInvitationBody = v.pipe(
  v.object({
    name: v.pipe(v.string(), v.maxLength(200), v.description("The name they log in with")),
  }),
  v.title("StageInvitation"),
);

/** What is done with a guest. */
export const GuestActionBody = v.pipe(
  v.object({ action: v.picklist(["accept", "decline", "mute", "unmute", "remove", "leave"]) }),
  v.title("StageGuestAction"),
);

/** What a guest publishes with. */
export const SeatKeyAnswer = v.object({
  seat: v.pipe(
    v.object({
      whip: url("Where to publish"),
      key: text("Bearer token for it"),
      until: time,
    }),
    v.title("SeatKey"),
  ),
});
