/**
 * What stages need from time to time: who did not come in time is forgotten, the mixer is told whom
 * it shows.
 *
 * @module
 */
import type { Logger } from "../platform/log.ts";
import type { Stages } from "../rooms/stage/stage_service.ts";
import { every } from "./every.ts";

const EVERY_MS = 1_000;

/** Begins; what fails is logged once until it works again, and tried with the next turn. */
export function runStages(
  stages: Pick<Stages, "tick">,
  { log, isOurs }: {
    readonly log: Logger;
    /** Whether this process does what one of several does alone. */
    readonly isOurs: () => boolean;
  },
): { stop(): Promise<void> } {
  return every(
    EVERY_MS,
    () => isOurs() ? stages.tick() : Promise.resolve(),
    (error) => log.warn("stages_late", { error }),
  );
}
