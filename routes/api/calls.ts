/**
 * Calls over JSON: making them, inviting to them, ending them. Joining is the business of the
 * signalling (`routes/signal.ts`).
 *
 * @module
 */
import type { Context } from "hono";
import * as v from "valibot";
import { MESH_CAPACITY, SFU_CAPACITY } from "../../rooms/calls/protocol.ts";
import type { IceServer } from "../../platform/turn.ts";
import { clientOf } from "../client.ts";
import type { CallService } from "../services.ts";
import { ServiceError } from "../services.ts";
import { requireSession, sessionOf } from "../session.ts";
import { iso, text, time, url, whole } from "./schema_parts.ts";
import { type ApiRoute, defineRoute } from "./table.ts";

const access = v.pipe(
  v.picklist(["open", "password", "invited"]),
  v.description("Who may join: everybody with the link, who knows the password, who is invited"),
);

const CallView = v.pipe(
  v.object({
    name: text("In the address `/call/<name>`", "weekly"),
    access,
    guests: v.pipe(v.boolean(), v.description("Whether people without an account may join")),
    locked: v.pipe(v.boolean(), v.description("Nobody else is let in just now")),
    people: whole("People in it"),
    capacity: whole("People that it has room for"),
    owned: v.pipe(v.boolean(), v.description("Whether the call is the account's own")),
    url: url("The page of the call"),
    signal: url("WebSocket of its signalling"),
  }),
  v.title("Call"),
);

const CallAnswer = v.object({ call: CallView });
const CallsAnswer = v.object({ calls: v.array(CallView) });

const NewCallBody = v.pipe(
  v.object({
    name: v.pipe(
      v.string(),
      v.maxLength(200),
      v.description("Letters and digits of any script, hyphens, low lines; at most 48"),
      v.examples(["weekly"]),
    ),
    access: v.optional(access, "open"),
    password: v.optional(
      v.pipe(v.string(), v.maxLength(256), v.description("8 to 256 characters, with `password`")),
    ),
    guests: v.optional(v.boolean(), true),
  }),
  v.title("NewCall"),
);

const InvitationAnswer = v.object({
  invitation: v.pipe(
    v.object({
      url: url("Whoever has it may join"),
      token: text("For `join` of the signalling"),
      expiresAt: time,
    }),
    v.title("CallInvitation"),
  ),
});

const IceServersAnswer = v.object({
  iceServers: v.array(v.pipe(
    v.object({
      urls: v.array(v.string()),
      username: v.optional(v.string()),
      credential: v.optional(v.string()),
    }),
    v.title("IceServer"),
    v.description("An entry of RTCConfiguration.iceServers"),
  )),
});

/** What the calls stand on. */
export interface CallRoutesOptions {
  readonly calls: CallService;
  readonly iceServers: (user: string) => readonly IceServer[];
}

/** The calls about calls. */
export function callRoutes({ calls, iceServers }: CallRoutesOptions): readonly ApiRoute[] {
  const nameOf = (c: Context): string => c.req.param("name") ?? "";
  const json = (c: Context, call: CallLike, accountId: string | null) => {
    const { ownerId, ...rest } = call;
    const { baseUrl } = clientOf(c);
    const path = encodeURIComponent(call.name);
    return {
      ...rest,
      owned: ownerId !== null && ownerId === accountId,
      url: `${baseUrl}/call/${path}`,
      signal: `${baseUrl.replace(/^http/, "ws")}/signal/${path}`,
    };
  };
  return [
    defineRoute({
      method: "GET",
      path: "/api/calls",
      name: "listCalls",
      summary: "The account's own calls",
      access: "account",
      status: 200,
      answer: CallsAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        const own = await calls.ofAccount(account);
        return { calls: own.map((call) => json(c, call, account.id)) };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/calls",
      name: "makeCall",
      summary:
        `Make a call of one's own, for up to ${SFU_CAPACITY} people with WebRTC, else ${MESH_CAPACITY}`,
      access: "account",
      body: NewCallBody,
      status: 201,
      answer: CallAnswer,
      refusals: [
        "invalid",
        "unauthenticated",
        "name_taken",
        "too_many",
        "too_many_attempts",
        "busy",
      ],
      async handle(c, { name, access, password, guests }) {
        const { account } = await requireSession(c);
        const { address } = clientOf(c);
        const wish = { name, access, guests, password: password ?? null };
        return { call: json(c, await calls.make(account, wish, { address }), account.id) };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/calls/{name}",
      name: "getCall",
      summary: "A call; a name that nobody has is open to whoever joins first",
      access: "anyone",
      status: 200,
      answer: CallAnswer,
      refusals: ["invalid", "not_found"],
      async handle(c) {
        const call = await calls.find(nameOf(c));
        if (call === null) throw new ServiceError("not_found", "Cannot find the call");
        return { call: json(c, call, (await sessionOf(c))?.account.id ?? null) };
      },
    }),
    defineRoute({
      method: "DELETE",
      path: "/api/calls/{name}",
      name: "endCall",
      summary: "End a call of one's own for everybody; its name is free again",
      access: "account",
      status: 204,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        await calls.end(account, nameOf(c));
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/calls/{name}/invitations",
      name: "inviteToCall",
      summary: "A link that lets whoever has it into a call of one's own, for seven days",
      access: "account",
      status: 201,
      answer: InvitationAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found"],
      async handle(c) {
        const { account } = await requireSession(c);
        const { token, expiresAtMs } = await calls.invite(account, nameOf(c));
        const page = `${clientOf(c).baseUrl}/call/${encodeURIComponent(nameOf(c))}`;
        return {
          invitation: { token, url: `${page}?invite=${token}`, expiresAt: iso(expiresAtMs) },
        };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/ice-servers",
      name: "getIceServers",
      summary: "STUN and TURN servers for a peer connection, with credentials for six hours",
      access: "anyone",
      status: 200,
      answer: IceServersAnswer,
      refusals: [],
      handle() {
        return Promise.resolve({
          iceServers: iceServers(crypto.randomUUID().slice(0, 8)).map(
            ({ urls, ...rest }) => ({ urls: [...urls], ...rest }),
          ),
        });
      },
    }),
  ];
}

type CallLike = Awaited<ReturnType<CallService["ofAccount"]>>[number];
