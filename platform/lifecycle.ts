/**
 * What the supervisor gives a role and what it gets back.
 *
 * @module
 */
import type { Config, Role } from "./config.ts";
import type { Figures, HealthBeat, HealthReceipt } from "./heartbeat.ts";
import type { Logger } from "./log.ts";
import type { LoopLagWatch } from "./loop_lag.ts";
import type { Metrics } from "./metrics.ts";

/** Everything a role needs from its process; nothing is global. */
export interface RoleContext {
  readonly role: Role;
  readonly config: Config;
  /** Shared by the roles of one cluster; goes into `Authorization: Bearer` between them. */
  readonly clusterSecret: string;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Of this process; whoever made the context disposes of it. */
  readonly loopLag: Pick<LoopLagWatch, "lagMs">;
}

/** A started role. */
export interface RunningRole {
  /** What the operator must read once after the start, such as a link: name and value. */
  readonly notices?: readonly (readonly [name: string, value: string])[];
  /** The role's own figures, for the heartbeats; called every 2 s, so it must be cheap. */
  health?(): Figures;
  /** Takes this process's own heartbeats instead of the network: only `web` does. */
  takeBeat?(beat: HealthBeat): HealthReceipt;
  /** Drains: no new work, running work completed or handed on; resolves within 5 s. */
  stop(): Promise<void>;
}
