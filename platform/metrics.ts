/**
 * Prometheus metrics of one process, on prom-client.
 *
 * @module
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** Text format 0.0.4, as Prometheus scrapes it. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** A family's name, help and label names; names follow the Prometheus conventions. */
export interface MetricOptions<Label extends string> {
  /** With the prefix `wanren_` and the unit as suffix: `wanren_edge_flv_bytes_total`. */
  readonly name: string;
  readonly help: string;
  /** Labels have few values each: never an account, an address or a token. */
  readonly labels?: readonly Label[];
}

/** The metrics of one process; asking twice for a name gives the same family. */
export class Metrics {
  readonly #registry = new Registry();

  /** @param role label of every sample. */
  constructor(role: string) {
    this.#registry.setDefaultLabels({ role });
  }

  /** Counts what only grows. */
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label> {
    return this.#existing<Counter<Label>>(options.name) ??
      new Counter({ ...base(options), registers: [this.#registry] });
  }

  /** A value that goes up and down; `collect` may set it when it is read. */
  gauge<Label extends string = never>(
    options: MetricOptions<Label> & { readonly collect?: (gauge: Gauge<Label>) => void },
  ): Gauge<Label> {
    const { collect } = options;
    return this.#existing<Gauge<Label>>(options.name) ?? new Gauge<Label>({
      ...base(options),
      registers: [this.#registry],
      ...(collect && {
        collect(this: Gauge<Label>) {
          collect(this);
        },
      }),
    });
  }

  /** Distribution over `buckets` (upper bounds, in the unit of the name). */
  histogram<Label extends string = never>(
    options: MetricOptions<Label> & { readonly buckets: readonly number[] },
  ): Histogram<Label> {
    return this.#existing<Histogram<Label>>(options.name) ?? new Histogram({
      ...base(options),
      buckets: [...options.buckets],
      registers: [this.#registry],
    });
  }

  /** All samples in the text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #existing<T>(name: string): T | undefined {
    return this.#registry.getSingleMetric(name) as T | undefined;
  }
}

function base<Label extends string>(options: MetricOptions<Label>) {
  return { name: options.name, help: options.help, labelNames: [...(options.labels ?? [])] };
}
