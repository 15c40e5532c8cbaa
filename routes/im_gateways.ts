/**
 * Where a viewer gets a room's messages: which kinds come by which way, gateways, and a ticket.
 *
 * @module
 */
import { type Kind, KINDS, type Sender } from "../im/protocol/message.ts";
import { TICKET_LIFE_MS, type TicketBox } from "../im/ticket.ts";
import type { LiveState } from "../rooms/live_state.ts";
import { rankGateways } from "./gateway_ranking.ts";
import type { SettingsView } from "./services.ts";

/** Viewers ping this often, milliseconds. */
export const HEARTBEAT_MS = 25_000;

/** What a viewer is offered; a gateway may change the kinds while they watch. */
export interface GatewayOffer {
  readonly push: readonly Kind[];
  readonly poll: readonly Kind[];
  /** Addresses of the long connection, the best one first. */
  readonly gateways: readonly string[];
  readonly ticket: string;
  readonly heartbeatMs: number;
  readonly pollAfterMs: number;
}

/** What {@linkcode Gateways} stands on. */
export interface GatewaysOptions {
  readonly tickets: Pick<TicketBox, "issue">;
  readonly settings: SettingsView;
  readonly live: Pick<LiveState, "of" | "gateways">;
  /** Where viewers are unless the edge that they came in by says otherwise. Default: `local`. */
  readonly region?: string;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Makes offers. */
export class Gateways {
  readonly #options: GatewaysOptions;
  readonly #now: () => number;

  constructor(options: GatewaysOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** An offer for a room; `baseUrl` is where the viewer came in. */
  async offer(
    room: string,
    viewer: { readonly sender: Sender | null; readonly baseUrl: string },
  ): Promise<GatewayOffer> {
    const nowMs = this.#now();
    const { im } = this.#options.settings.values;
    const { viewers } = this.#options.live.of(room, nowMs);
    const big = viewers >= im.bigRoomViewers;
    const push = big ? KINDS.filter((kind) => im.bigRoomPush.includes(kind)) : KINDS;
    const step = im.poll.find((one) => viewers < one.viewers) ?? im.poll.at(-1);
    return {
      push,
      poll: KINDS.filter((kind) => !push.includes(kind)),
      gateways: this.#ranked(viewer.baseUrl, nowMs).map((url) =>
        `${url.replace(/^http/, "ws")}/im`
      ),
      ticket: await this.#options.tickets.issue({
        room,
        sender: viewer.sender,
        expiresAtMs: nowMs + TICKET_LIFE_MS,
      }),
      heartbeatMs: HEARTBEAT_MS,
      pollAfterMs: step?.afterMs ?? 5_000,
    };
  }

  #ranked(baseUrl: string, nowMs: number): readonly string[] {
    const { live, region = "local", random = Math.random } = this.#options;
    return rankGateways(live.gateways(nowMs), { baseUrl, region, random });
  }
}
