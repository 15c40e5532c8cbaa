/**
 * The running platform as its heartbeats show it: one owner for the state of the processes and for
 * their log lines.
 *
 * @module
 */
import type { HealthBeat, HealthReceipt } from "../platform/heartbeat.ts";
import { LogTail, type TailPage, type TailQuery } from "./log_tail.ts";
import { NodeHealth, type NodeState } from "./node_health.ts";
import type { OperationsService } from "./services.ts";

/** Takes heartbeats and answers administrators. */
export class Operations implements OperationsService {
  readonly #now: () => number;
  readonly #tail: LogTail;
  readonly #nodes: NodeHealth;

  constructor(options: { readonly now?: () => number } = {}) {
    this.#now = options.now ?? Date.now;
    this.#tail = new LogTail({ startedAtMs: this.#now() });
    this.#nodes = new NodeHealth({ log: this.#tail });
  }

  /** Takes a heartbeat; null when too many processes report. */
  put(beat: HealthBeat): HealthReceipt | null {
    return this.#nodes.put(beat, this.#now());
  }

  health(): { readonly nodes: readonly NodeState[]; readonly nowMs: number } {
    const nowMs = this.#now();
    return { nodes: this.#nodes.list(nowMs), nowMs };
  }

  log(query: TailQuery): TailPage {
    return this.#tail.read(query);
  }

  /** Figures for metrics. */
  inspect(): { readonly up: number; readonly down: number } {
    return this.#nodes.inspect(this.#now());
  }
}
