/**
 * Metrics of the role.
 *
 * @module
 */
import type { Metrics } from "../../platform/metrics.ts";
import type { Hubs } from "./egress/hubs.ts";
import type { SfuCalls } from "./sfu/calls.ts";
import type { RtcSignalling } from "./signalling.ts";

/** Registers what is read when metrics are asked for. */
export function registerRtcMetrics(
  metrics: Metrics,
  parts: {
    readonly signalling: RtcSignalling;
    readonly hubs: Hubs;
    readonly calls: SfuCalls;
    readonly peers: () => number;
  },
): void {
  const { signalling, hubs, calls, peers } = parts;
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.gauge({ name, help, collect: (gauge) => gauge.set(read()) });
  metrics.gauge({
    name: "wanren_rtc_sessions",
    help: "Open sessions by kind and phase.",
    labels: ["kind", "phase"],
    collect: (family) => {
      for (const kind of ["whip", "whep"] as const) {
        for (const phase of ["connecting", "connected"] as const) {
          const count = signalling.sessions.all()
            .filter((session) => session.kind === kind && session.phase === phase).length;
          family.set({ kind, phase }, count);
        }
      }
    },
  });
  gauge("wanren_rtc_rooms", "Rooms whose media are here.", () => hubs.size);
  gauge("wanren_rtc_calls", "Calls of many that somebody is in.", () => calls.size);
  gauge("wanren_rtc_peers", "Open transports.", peers);
  // Gauges that only grow: the values are read when they are asked for.
  const sums = (prefix: string, help: string, of: object) =>
    metrics.gauge({
      name: prefix,
      help,
      labels: ["what"],
      collect: (family) => {
        for (const [what, count] of Object.entries(of)) family.set({ what }, count);
      },
    });
  sums("wanren_rtc_sent", "Towards viewers since the start.", signalling.sent);
  sums("wanren_rtc_received", "From publishers since the start.", signalling.received);
}
