/**
 * An edge on a free port, for tests.
 *
 * @module
 */
import { type EdgeOverrides, type RunningEdge, start } from "../../edge/node/mod.ts";
import { type Config, readConfig } from "../../platform/config.ts";
import { silentLogger } from "../../platform/log.ts";
import { watchLoopLag } from "../../platform/loop_lag.ts";
import { Metrics } from "../../platform/metrics.ts";

/** The secret between the roles of a test. */
export const EDGE_SECRET = "integration-secret-0123456789";

/** A port where nobody listens. */
export const NOBODY = "http://127.0.0.1:9";

/** A running edge and how to reach it. */
export interface TestEdge {
  readonly edge: RunningEdge;
  readonly metrics: Metrics;
  readonly url: string;
}

/** Starts an edge; `config` differs from the defaults where it says so. */
export async function startEdge(
  config: Partial<Config>,
  overrides: EdgeOverrides = {},
): Promise<TestEdge> {
  const metrics = new Metrics("edge");
  const loopLag = watchLoopLag(metrics);
  const edge = await start({
    role: "edge",
    config: {
      ...readConfig({ HOST: "127.0.0.1", ASSETS_DIR: "./no-assets", FLV_BATCH_MS: "20" }),
      port: 0,
      webUrl: NOBODY,
      ...config,
    },
    clusterSecret: EDGE_SECRET,
    log: silentLogger,
    metrics,
    loopLag,
  }, overrides).catch((error) => {
    loopLag[Symbol.dispose]();
    throw error;
  });
  const scheme = config.tls === undefined || config.tls === "off" ? "http" : "https";
  const stop = async () => {
    await edge.stop();
    loopLag[Symbol.dispose]();
  };
  return { edge: { ...edge, stop }, metrics, url: `${scheme}://127.0.0.1:${edge.port}` };
}
