/**
 * Coins, gifts and leaderboards over JSON.
 *
 * @module
 */
import type { Context } from "hono";
import { GIFTS } from "../../rooms/money/catalogue.ts";
import { MAX_PLACES } from "../../rooms/money/leaderboards.ts";
import { MAX_WALLET_PAGE } from "../../rooms/money/wallet_service.ts";
import { clientOf } from "../client.ts";
import type { GiftService, WalletService } from "../services.ts";
import { requireAdmin, requireSession, sessionOf } from "../session.ts";
import { messageJson } from "./message_schemas.ts";
import {
  GiftBodySchema,
  GiftsAnswer,
  GivenAnswer,
  GrantAnswer,
  GrantBody,
  LeaderboardAnswer,
  TopUpBody,
  WalletAnswer,
  walletEntryJson,
  WalletHistoryAnswer,
} from "./money_schemas.ts";
import { oneOf, wholeNumber } from "./query.ts";
import { answerWith, type ApiRoute, defineRoute } from "./table.ts";

const period = oneOf("period", {
  description: "Today (UTC), or ever",
  words: ["day", "all"],
  fallback: "day",
});
const places = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_PLACES,
  fallback: 10,
});
const before = wholeNumber("before", {
  description: "`next` of the call before; without it the newest",
  min: 1,
  max: Number.MAX_SAFE_INTEGER,
  fallback: null,
});
const lines = wholeNumber("limit", {
  description: "At most so many",
  min: 1,
  max: MAX_WALLET_PAGE,
  fallback: 50,
});

/** What the calls stand on. */
export interface MoneyRoutesOptions {
  readonly gifts: GiftService;
  readonly wallets: WalletService;
}

/** The calls about coins. */
export function moneyRoutes(options: MoneyRoutesOptions): readonly ApiRoute[] {
  return [...giftCalls(options), ...walletCalls(options)];
}

function giftCalls({ gifts }: MoneyRoutesOptions): readonly ApiRoute[] {
  const roomOf = (c: Context): string => c.req.param("room") ?? "";
  return [
    defineRoute({
      method: "GET",
      path: "/api/gifts",
      name: "listGifts",
      summary: "The catalogue of gifts",
      access: "anyone",
      status: 200,
      answer: GiftsAnswer,
      refusals: [],
      handle: () => Promise.resolve({ gifts: [...GIFTS] }),
    }),
    defineRoute({
      method: "POST",
      path: "/api/rooms/{room}/gifts",
      name: "giveGift",
      summary: "Give gifts into a room",
      access: "account",
      body: GiftBodySchema,
      status: 201,
      also: { 200: "It was given before" },
      answer: GivenAnswer,
      refusals: [
        "invalid",
        "unauthenticated",
        "suspended",
        "banned",
        "not_found",
        "too_poor",
        "slow_down",
        "busy",
      ],
      async handle(c, input) {
        const { account } = await requireSession(c);
        const speaker = { account, address: clientOf(c).address };
        const { outcome, message, balance } = await gifts.give(speaker, roomOf(c), input);
        if (outcome === "repeated") answerWith(c, 200);
        return { message: messageJson(message), balance };
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/rooms/{room}/leaderboard",
      name: "getLeaderboard",
      summary: "Who gave most in the room",
      access: "anyone",
      query: [period, places],
      status: 200,
      answer: LeaderboardAnswer,
      refusals: ["invalid", "suspended", "not_found"],
      async handle(c) {
        const viewer = (await sessionOf(c))?.account ?? null;
        const which = period.read(c);
        const top = await gifts.leaderboard(viewer, roomOf(c), {
          period: which,
          limit: places.read(c),
        });
        return {
          period: which,
          places: top.map(({ accountId, name, coins }) => ({
            account: { id: accountId, name },
            coins,
          })),
        };
      },
    }),
  ];
}

function walletCalls({ wallets }: MoneyRoutesOptions): readonly ApiRoute[] {
  return [
    defineRoute({
      method: "GET",
      path: "/api/wallet",
      name: "getWallet",
      summary: "The account's coins and level",
      access: "account",
      status: 200,
      answer: WalletAnswer,
      refusals: ["unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        return await wallets.read(account);
      },
    }),
    defineRoute({
      method: "GET",
      path: "/api/wallet/history",
      name: "listWalletEntries",
      summary: "What came into the account's wallet and what went",
      access: "account",
      query: [before, lines],
      status: 200,
      answer: WalletHistoryAnswer,
      refusals: ["invalid", "unauthenticated"],
      async handle(c) {
        const { account } = await requireSession(c);
        const page = { before: before.read(c), limit: lines.read(c) };
        const entries = await wallets.history(account, page);
        return {
          entries: entries.map(walletEntryJson),
          next: entries.length < page.limit ? null : entries.at(-1)?.id ?? null,
        };
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/wallet/top-up",
      name: "topUp",
      summary: "Coins for the asking, where the setting `topUp` is `development`",
      access: "account",
      body: TopUpBody,
      status: 200,
      answer: WalletAnswer,
      refusals: ["invalid", "unauthenticated", "closed", "too_many", "slow_down"],
      async handle(c, input) {
        const { account } = await requireSession(c);
        return await wallets.topUp(account, input);
      },
    }),
    defineRoute({
      method: "POST",
      path: "/api/admin/accounts/{account}/coins",
      name: "adminGrantCoins",
      summary: "Give coins to an account",
      access: "administrator",
      body: GrantBody,
      status: 200,
      answer: GrantAnswer,
      refusals: ["invalid", "unauthenticated", "forbidden", "not_found", "too_many"],
      async handle(c, { coins, reason, requestId }) {
        const { account } = await requireAdmin(c);
        const balance = await wallets.grant(account, c.req.param("account") ?? "", {
          coins,
          reason,
          ...(requestId !== undefined && { requestId }),
        });
        return { balance };
      },
    }),
  ];
}
