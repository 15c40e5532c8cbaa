/**
 * Which gateways a viewer is offered; pure. Those of the viewer's region come first, then the less
 * loaded ones, of those about as loaded the heavier ones, and of equals any.
 *
 * @module
 */
import type { GatewayReport } from "../rooms/live_state.ts";

/** Gateways of one offer. */
export const MAX_OFFERED = 3;
/** Loads are compared in steps of this. */
const LOAD_STEP = 0.1;

/** Whom gateways are for. */
export interface GatewayWish {
  /** Where the viewer came in, without a trailing slash. */
  readonly baseUrl: string;
  /** Region of the viewer, unless the edge that they came in by tells another. */
  readonly region: string;
  /** From 0 to 1, for each gateway. */
  readonly random: () => number;
}

/** Base URLs, the best one first, at most {@linkcode MAX_OFFERED} and at least one. */
export function rankGateways(
  reports: readonly GatewayReport[],
  { baseUrl, region, random }: GatewayWish,
): readonly string[] {
  const isSecure = baseUrl.startsWith("https:");
  const known = new Map<string, GatewayReport>();
  for (const report of reports) {
    // A page of HTTPS may connect to nothing else.
    if (isSecure && !report.url.startsWith("https:")) continue;
    // Processes of one address are behind one door, which finds the one with the most room.
    const other = known.get(report.url);
    if (other === undefined || report.load < other.load) known.set(report.url, report);
  }
  const home = known.get(baseUrl)?.region ?? region;
  const all = [...known.values()];
  const willing = all.filter(({ weight, load }) => weight > 0 && load < 1);
  const ranked = (willing.length > 0 ? willing : all)
    .map((report) => ({ report, chance: random() }))
    .sort((a, b) =>
      Number(b.report.region === home) - Number(a.report.region === home) ||
      stepOf(a.report) - stepOf(b.report) ||
      b.report.weight - a.report.weight || a.chance - b.chance
    )
    .map(({ report }) => report.url)
    .slice(0, MAX_OFFERED);
  // The door that they came in by is open for them whatever else is.
  if (ranked.length < MAX_OFFERED && !ranked.includes(baseUrl)) return [...ranked, baseUrl];
  return ranked;
}

function stepOf({ load }: GatewayReport): number {
  return Math.floor(load / LOAD_STEP);
}
