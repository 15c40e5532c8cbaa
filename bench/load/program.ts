/**
 * The load generators in C: building them, running them.
 *
 * @module
 */

/** Figures of one run, by name. */
export type LoadFigures = Readonly<Record<string, number>>;

/** A built load generator; `await using` removes it. */
export class LoadProgram {
  readonly #folder: string;
  readonly #name: string;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  /** Builds a generator of this folder with the machine's `cc`. */
  static async build(name: "edge_load" | "im_load"): Promise<LoadProgram> {
    const folder = await Deno.makeTempDir({ prefix: "wanren-bench-" });
    const { success } = await new Deno.Command("cc", {
      args: ["-O2", "-o", `${folder}/${name}`, `bench/load/${name}.c`],
    }).output();
    if (!success) throw new Error(`Cannot build bench/load/${name}.c: cc failed`);
    return new LoadProgram(folder, name);
  }

  /** Runs it (its options stand in the C file) and reads its one line of figures. */
  async run(args: readonly string[]): Promise<LoadFigures> {
    const { stdout, success } = await new Deno.Command(`${this.#folder}/${this.#name}`, {
      args: [...args],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`Cannot measure: ${this.#name} ${args.join(" ")} failed`);
    return JSON.parse(new TextDecoder().decode(stdout));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
