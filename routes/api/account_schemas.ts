/**
 * Shapes of accounts and sessions in the JSON API.
 *
 * @module
 */
import * as v from "valibot";
import type { Account, SessionInfo } from "../../rooms/model.ts";
import { imageAddress, type Place } from "../addresses.ts";
import { change, described, iso, text, time, url, whole } from "./schema_parts.ts";

/** Body of a sign-up or log-in. */
export const CredentialsBody = v.pipe(
  v.object({
    name: text("2–32 characters after NFKC; unique without regard to case", "lin"),
    password: text("8–256 characters", "a long password"),
  }),
  v.title("Credentials"),
);

/** Body that changes one's own account. */
export const AccountChangeBody = change({
  displayName: v.optional(
    v.pipe(
      v.nullable(v.string()),
      v.description(
        "2–32 characters after NFKC, nobody else's name; null: the log-in name is shown",
      ),
      v.examples(["Lin 🎥"]),
    ),
  ),
}, "AccountChange");

/** Body that changes the password. */
export const PasswordChangeBody = v.pipe(
  v.object({
    current: text("The password until now", "a long password"),
    next: text("8–256 characters", "an even longer password"),
  }),
  v.title("PasswordChange"),
);

/** Body that ends an account. */
export const DeletionBody = v.pipe(
  v.object({ password: text("The account's password, once more", "a long password") }),
  v.title("AccountDeletion"),
);

/** Somebody, as everybody may see it. */
export const AccountSchema = v.pipe(
  v.object({ id: text("Opaque, stable"), name: v.string() }),
  v.title("Account"),
);

/** One's own account. */
export const ProfileSchema = v.pipe(
  v.object({
    id: text("Opaque, stable"),
    name: text("For logging in"),
    displayName: described(v.nullable(v.string()), "Shown in the place of the name"),
    avatar: v.nullable(url("A square picture")),
    admin: v.boolean(),
    createdAt: time,
  }),
  v.title("Profile"),
);

/** A new session. */
export const SessionAnswer = v.object({
  account: AccountSchema,
  token: text("For `Authorization: Bearer`; ends when not used for 30 days"),
});

/** Who asks. */
export const WhoAnswer = v.object({
  account: v.nullable(
    v.pipe(
      v.object({ id: v.string(), name: v.string(), admin: v.boolean() }),
      v.title("OwnAccount"),
    ),
  ),
  room: described(v.nullable(v.string()), "Id of the account's room"),
});

/** One's own account, changed. */
export const ProfileAnswer = v.object({ account: ProfileSchema });
/** One's own account with its room. */
export const OwnAccountAnswer = v.object({
  account: ProfileSchema,
  room: described(v.nullable(v.string()), "Id of the account's room"),
});

/** One session of the account. */
export const SessionSchema = v.pipe(
  v.object({
    id: text("Opaque; not the token"),
    createdAt: time,
    seenAt: time,
    userAgent: text("As the program called itself; may be empty"),
    address: text("Where it was begun from"),
    current: described(v.boolean(), "The session of this request"),
  }),
  v.title("Session"),
);

/** The account's sessions, last seen first. */
export const SessionsAnswer = v.object({ sessions: v.array(SessionSchema) });
/** How many sessions ended. */
export const EndedAnswer = v.object({ ended: whole("Sessions that ended") });

/** An account as everybody sees it. */
export function accountJson({ id, name }: Account): v.InferInput<typeof AccountSchema> {
  return { id, name };
}

/** An account as its owner sees it. */
export function profileJson(
  account: Account,
  place: Place,
): v.InferInput<typeof ProfileSchema> {
  const { id, name, displayName, avatar, admin, createdAtMs } = account;
  return {
    id,
    name,
    displayName,
    avatar: imageAddress(avatar, place),
    admin,
    createdAt: iso(createdAtMs),
  };
}

/** A session as its owner sees it. */
export function sessionJson(session: SessionInfo): v.InferInput<typeof SessionSchema> {
  const { createdAtMs, seenAtMs, ...rest } = session;
  return { ...rest, createdAt: iso(createdAtMs), seenAt: iso(seenAtMs) };
}
