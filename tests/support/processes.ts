/**
 * Looking at processes, their state included: where nobody reaps, `kill -0` finds dead ones too.
 *
 * @module
 */

/** One row of the process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** `Z` is a zombie: dead, but not reaped. */
  readonly state: string;
  readonly command: string;
}

/** All processes of this machine, by `/proc` where it exists, else by `ps`. */
export async function processTable(): Promise<ProcessRow[]> {
  return Deno.build.os === "linux" ? await fromProc() : await fromPs();
}

/** Whether a process runs; a zombie does not. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await processTable()).some((row) => row.pid === pid && row.state !== "Z");
}

async function fromProc(): Promise<ProcessRow[]> {
  const rows: ProcessRow[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = await Deno.readTextFile(`/proc/${name}/stat`);
      const cmdline = await Deno.readTextFile(`/proc/${name}/cmdline`);
      const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      rows.push({
        pid: Number(name),
        state: rest[0]!,
        parent: Number(rest[1]),
        group: Number(rest[2]),
        command: cmdline.replaceAll("\0", " ").trim(),
      });
    } catch (error) {
      // It ended between the listing and the look.
      const gone = error instanceof Deno.errors.NotFound ||
        (error instanceof Error && error.message.includes("ESRCH"));
      if (!gone) throw error;
    }
  }
  return rows;
}

async function fromPs(): Promise<ProcessRow[]> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-axo", "pid=,ppid=,pgid=,state=,command="],
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").map((line) => {
    const [pid, parent, group, state, ...command] = line.trim().split(/\s+/);
    return {
      pid: Number(pid),
      parent: Number(parent),
      group: Number(group),
      state: state![0]!,
      command: command.join(" "),
    };
  });
}
