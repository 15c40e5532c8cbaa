/**
 * Several processes of `web` and of `edge` over one Redis (or one `web` over the embedded store), each
 * as the supervisor runs it.
 *
 * @module
 */
import type { Config } from "../../platform/config.ts";
import { freePort } from "./platform.ts";
import { prepareWeb, WebProcess } from "./web_process.ts";

/** Who may grant and configure in a {@linkcode Cluster}. */
export const CLUSTER_ADMIN = { name: "root", password: "correct horse" };
/** Password of everybody else. */
const PASSWORD = "a long password";

/** How a cluster is laid out. */
export interface ClusterOptions {
  readonly webs: number;
  readonly edges: number;
  /** Edges say where they are, so that viewers are offered all of them. */
  readonly offered?: boolean;
  /** Variables of every process, such as `REDIS_URL`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Somebody with an account. */
export interface ClusterPerson {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

/** What the API answered. */
export interface ClusterAnswer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any -- as tests read answers everywhere
  readonly body: any;
}

/** Running processes; edge `n` belongs to `web` `n`, or to the last one. */
export class Cluster implements AsyncDisposable {
  readonly webs: WebProcess[] = [];
  readonly edges: WebProcess[] = [];
  readonly #configs: readonly Config[];
  readonly #edgeConfigs: readonly Config[];
  readonly #disposables: AsyncDisposable[];

  private constructor(
    of: {
      readonly configs: readonly Config[];
      readonly edgeConfigs: readonly Config[];
      readonly disposables: AsyncDisposable[];
    },
  ) {
    this.#configs = of.configs;
    this.#edgeConfigs = of.edgeConfigs;
    this.#disposables = of.disposables;
  }

  /** Prepares folders and ports; `before` may fill the stores before a `web` runs. */
  static async prepare(
    options: ClusterOptions,
    before: (config: Config) => Promise<void> = () => Promise.resolve(),
  ): Promise<Cluster> {
    const prepared = await Promise.all(
      Array.from({ length: options.webs }, () => prepareWeb(options.env)),
    );
    const admin = { adminName: CLUSTER_ADMIN.name, adminPassword: CLUSTER_ADMIN.password };
    const configs = prepared.map(({ config }, index) =>
      index === 0 ? { ...config, ...admin } : config
    );
    const edgeConfigs = Array.from({ length: options.edges }, (_, index) => {
      const { webUrl, ...config } = prepared[Math.min(index, prepared.length - 1)]!.config;
      const port = freePort();
      const publicUrl = options.offered === true ? `http://127.0.0.1:${port}` : null;
      return { ...config, webUrl, port, publicUrl };
    });
    const cluster = new Cluster({ configs, edgeConfigs, disposables: prepared });
    await before(configs[0]!);
    return cluster;
  }

  /** Starts everything. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    return await (await Cluster.prepare(options)).begin();
  }

  /** Starts what was prepared: the first `web` alone, because it makes the key of the instance. */
  async begin(): Promise<this> {
    try {
      await this.startWeb(0);
      const key = (index: number) => `${this.#configs[index]!.dataDir}/instance.key`;
      for (let index = 1; index < this.#configs.length; index++) {
        await Deno.copyFile(key(0), key(index));
      }
      await Promise.all([
        ...this.#configs.slice(1).map((_, index) => this.startWeb(index + 1)),
        ...this.#edgeConfigs.map((_, index) => this.startEdge(index)),
      ]);
      return this;
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a `web` where it was. */
  async startWeb(index: number): Promise<void> {
    this.webs[index] = await WebProcess.start(this.#configs[index]!);
  }

  /** Starts an edge where it was. */
  async startEdge(index: number): Promise<void> {
    this.edges[index] = await WebProcess.start(this.#edgeConfigs[index]!, "edge");
  }

  /** A call of the JSON API at one of the processes. */
  async call(
    at: WebProcess,
    [method, path]: readonly [method: string, path: string],
    options: { readonly token?: string; readonly body?: unknown } = {},
  ): Promise<ClusterAnswer> {
    const response = await fetch(`${at.url}${path}`, {
      method,
      headers: {
        ...(options.body !== undefined && { "content-type": "application/json" }),
        ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  }

  /** A new account, made at a `web`. */
  async person(name: string, at: WebProcess = this.webs[0]!): Promise<ClusterPerson> {
    const { status, body } = await at.post("/api/accounts", { name, password: PASSWORD });
    if (status !== 201) throw new Error(`Cannot sign up ${name}: ${JSON.stringify(body)}`);
    return { id: body.account.id, name, token: body.token };
  }

  /** The administrator's token. */
  async adminToken(): Promise<string> {
    return (await this.webs[0]!.post("/api/sessions", CLUSTER_ADMIN)).body.token;
  }

  /** A room of somebody. */
  async room(owner: ClusterPerson): Promise<string> {
    const { status, body } = await this.webs[0]!.post("/api/rooms", { title: "Talk" }, owner.token);
    if (status !== 201) throw new Error(`Cannot make a room: ${JSON.stringify(body)}`);
    return body.room.id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.edges, ...this.webs].map((one) => one?.[Symbol.asyncDispose]()));
    for (const one of this.#disposables) await one[Symbol.asyncDispose]();
  }
}
