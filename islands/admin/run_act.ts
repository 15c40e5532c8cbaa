/**
 * Acts of administrators as calls of the API.
 *
 * @module
 */
import { adminText } from "../i18n/admin.ts";
import type { Locale } from "../i18n/mod.ts";
import { api, ApiError, type Schemas } from "../ui/api.ts";
import type { AccountAct, Act, RoomAct } from "./acts.ts";

/**
 * Does it; answers the new password when there is one.
 *
 * @throws {ApiError} when the server refused or was not to be reached.
 */
export async function runAct(
  act: Act,
  { id, reason, coins, requestId }: {
    readonly id: string;
    readonly reason: string;
    /** Of `grant-coins` alone. */
    readonly coins: number;
    /** What the question was called: it is done once, however often it is sent. */
    readonly requestId: string;
  },
): Promise<string | null> {
  if (act.on === "room") {
    const path = { room: id };
    const change = (body: Schemas["AdminRoomChange"]) =>
      api.patch("/api/admin/rooms/{room}", { path, body });
    const calls: Record<RoomAct, () => Promise<unknown>> = {
      "cut-off": () => api.delete("/api/rooms/{room}/stream", { path }),
      "reset-key": () => api.post("/api/admin/rooms/{room}/publish-key", { path }),
      "suspend": () => change({ suspended: true, reason }),
      "restore": () => change({ suspended: false }),
    };
    await calls[act.act]();
    return null;
  }
  const path = { account: id };
  if (act.act === "reset-password") {
    return (await api.post("/api/admin/accounts/{account}/password", { path })).password;
  }
  const change = (body: Schemas["AdminAccountChange"]) =>
    api.patch("/api/admin/accounts/{account}", { path, body });
  const calls: Record<Exclude<AccountAct, "reset-password">, () => Promise<unknown>> = {
    "grant-coins": () =>
      api.post("/api/admin/accounts/{account}/coins", {
        path,
        body: { coins, reason, requestId },
      }),
    "end-sessions": () => api.delete("/api/admin/accounts/{account}/sessions", { path }),
    "make-admin": () => change({ admin: true }),
    "make-member": () => change({ admin: false }),
    "suspend": () => change({ suspended: true, reason }),
    "restore": () => change({ suspended: false }),
    "delete": () => api.delete("/api/admin/accounts/{account}", { path }),
  };
  await calls[act.act]();
  return null;
}

/** Why it did not work, in words. */
export function explainAct(error: unknown, locale: Locale): string {
  const text = adminText(locale);
  if (!(error instanceof ApiError)) return text.failed;
  switch (error.status) {
    case 401:
      return text.loggedOut;
    case 403:
      return text.notAllowed;
    case 404:
      return text.gone;
    case 409:
      return error.code === "too_many" ? text.coinsTooMany : text.lastAdmin;
    case 503:
      return text.failedOrigin;
    default:
      return text.failed;
  }
}
