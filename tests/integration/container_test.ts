import assert from "node:assert/strict";
import { DockerfileParser } from "dockerfile-ast";
import { parse } from "yaml";

const dockerfile = DockerfileParser.parse(await Deno.readTextFile("Dockerfile"));
const commands = dockerfile.getInstructions().map((instruction) => ({
  keyword: instruction.getKeyword(),
  text: instruction.getArgumentsContent() ?? "",
}));

Deno.test("the Dockerfile passes the linter", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "npm:dockerfilelint", "-o", "json", "Dockerfile"],
  }).output();
  const report = JSON.parse(new TextDecoder().decode(stdout)) as { files: { issues: unknown[] }[] };
  assert.deepEqual(report.files.map((file) => file.issues), [[]]);
});

Deno.test("the image is built in two stages by the same steps as bin/start and runs as nobody special", () => {
  assert.equal(commands.filter(({ keyword }) => keyword === "FROM").length, 2);
  assert.ok(
    commands.some(({ keyword, text }) => keyword === "RUN" && text.includes("bin/start --prepare")),
  );
  const lastUser = commands.filter(({ keyword }) => keyword === "USER").at(-1);
  assert.equal(lastUser?.text, "wanren");
  assert.ok(commands.some(({ keyword }) => keyword === "HEALTHCHECK"));
  assert.equal(commands.find(({ keyword }) => keyword === "ENTRYPOINT")?.text, '["bin/run"]');
});

Deno.test("every file that the Dockerfile calls is in the repository and in the build context", async () => {
  const ignored = (await Deno.readTextFile(".dockerignore")).split("\n");
  for (const file of ["bin/start", "bin/run", "tools/health.ts", "main.ts", "deno.lock"]) {
    assert.ok((await Deno.stat(file)).isFile);
    assert.ok(!ignored.some((line) => line !== "" && file.startsWith(`${line}/`)), file);
  }
});

Deno.test("compose.yaml describes one machine with an init process and optional Redis and coturn", async () => {
  const compose = parse(await Deno.readTextFile("compose.yaml")) as {
    services: Record<string, { init?: boolean; profiles?: string[]; ports?: string[] }>;
  };
  assert.deepEqual(Object.keys(compose.services), ["wanren", "redis", "redis-rest", "coturn"]);
  for (const service of Object.values(compose.services)) assert.equal(service.init, true);
  assert.equal(compose.services.wanren!.profiles, undefined);
  assert.deepEqual(compose.services.redis!.profiles, ["redis"]);
  assert.deepEqual(compose.services.coturn!.profiles, ["coturn"]);
  const exposed = commands.find(({ keyword }) => keyword === "EXPOSE")!.text.split(/\s+/);
  const published = compose.services.wanren!.ports!.map((port) => port.split(":")[1]);
  assert.deepEqual(published.sort(), exposed.sort());
});

Deno.test("coturn of compose.yaml does not start without a secret of some length", async () => {
  const { services: { coturn } } = parse(await Deno.readTextFile("compose.yaml")) as {
    services: { coturn: { entrypoint: string[]; command: string[] } };
  };
  // Compose makes one dollar of two, and the server itself is not at stake.
  const words = [...coturn.entrypoint, ...coturn.command]
    .map((word) => word.replaceAll("$$", "$").replace("exec turnserver", "exec printf '%s\\n'"));
  const start = async (env: Record<string, string>) => {
    const { code, stdout } = await new Deno.Command(words[0]!, { args: words.slice(1), env })
      .output();
    return { code, lines: new TextDecoder().decode(stdout).split("\n") };
  };
  for (const secret of ["", "short"]) {
    assert.equal((await start({ TURN_SECRET: secret, TURN_EXTERNAL_IP: "" })).code, 1, secret);
  }
  const secret = "0123456789abcdef";
  const { code, lines } = await start({
    TURN_SECRET: secret,
    TURN_EXTERNAL_IP: "203.0.113.7/10.0.0.7",
  });
  assert.equal(code, 0);
  assert.ok(lines.includes(`--static-auth-secret=${secret}`));
  assert.ok(lines.includes("--external-ip=203.0.113.7/10.0.0.7"));
  assert.ok(lines.includes("--use-auth-secret"));
});
