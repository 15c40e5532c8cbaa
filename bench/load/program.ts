/**
 * The load generator in C: building it, running it.
 *
 * @module
 */

/** Figures of one run, by name. */
export type LoadFigures = Readonly<Record<string, number>>;

/** A built load generator; `await using` removes it. */
export class LoadProgram {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Builds `edge_load.c` with the machine's `cc`. */
  static async build(): Promise<LoadProgram> {
    const folder = await Deno.makeTempDir({ prefix: "wanren-bench-" });
    const { success } = await new Deno.Command("cc", {
      args: ["-O2", "-o", `${folder}/edge_load`, "bench/load/edge_load.c"],
    }).output();
    if (!success) throw new Error("Cannot build bench/load/edge_load.c: cc failed");
    return new LoadProgram(folder);
  }

  /** Runs it (its options stand in the C file) and reads its one line of figures. */
  async run(args: readonly string[]): Promise<LoadFigures> {
    const { stdout, success } = await new Deno.Command(`${this.#folder}/edge_load`, {
      args: [...args],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`Cannot measure: edge_load ${args.join(" ")} failed`);
    return JSON.parse(new TextDecoder().decode(stdout));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
