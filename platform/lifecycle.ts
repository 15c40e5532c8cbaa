/**
 * What the supervisor gives a role and what it gets back.
 *
 * @module
 */
import type { Config, Role } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** Everything a role needs from its process; nothing is global. */
export interface RoleContext {
  readonly role: Role;
  readonly config: Config;
  /** Shared by the roles of one cluster; goes into `Authorization: Bearer` between them. */
  readonly clusterSecret: string;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A started role. */
export interface RunningRole {
  /** What the operator must read once after the start, such as a link: name and value. */
  readonly notices?: readonly (readonly [name: string, value: string])[];
  /** Drains: no new work, running work completed or handed on; resolves within 5 s. */
  stop(): Promise<void>;
}
