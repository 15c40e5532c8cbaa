/**
 * What the operator reads when everything runs.
 *
 * @module
 */
import { type Config, isLoopback } from "./config.ts";

/** Addresses of this machine that others on the network can use, IPv4 first. */
export function lanAddresses(): string[] {
  return Deno.networkInterfaces()
    .filter((entry) => entry.family === "IPv4" && !isLoopback(entry.address))
    .map((entry) => entry.address);
}

/** The lines printed after the start of `roles`; `notices` are shown below the addresses. */
export function addressLines(
  config: Config,
  started: {
    readonly roles: readonly string[];
    readonly notices: readonly (readonly [name: string, value: string])[];
  },
): string[] {
  const { roles, notices } = started;
  const scheme = config.tls === "off" ? "http" : "https";
  const reachable = isLoopback(config.host) ? [] : lanAddresses();
  const rows: [string, string][] = [];
  if (roles.includes("edge")) {
    rows.push(["Watch", config.publicUrl ?? `${scheme}://localhost:${config.port}`]);
    for (const address of reachable.slice(0, 2)) {
      rows.push(["On your network", `${scheme}://${address}:${config.port}`]);
    }
  }
  if (roles.includes("media")) {
    const host = reachable[0] ?? "localhost";
    rows.push(["OBS server", `rtmp://${host}:${config.rtmpPort}/live`]);
    if (config.tls !== "off") rows.push(["RTMPS", `rtmps://${host}:${config.rtmpsPort}/live`]);
  }
  if (roles.includes("rtc")) {
    rows.push(["WebRTC", `UDP port ${config.rtcPort}: publish in the browser, watch by WHEP`]);
  }
  if (roles.includes("edge")) {
    rows.push(["Stream key", "sign up, open Studio, copy it"]);
    if (config.tls === "off" && reachable.length > 0) {
      rows.push(["Phones", "camera and microphone need https: start with TLS=self-signed"]);
    }
  }
  rows.push(...notices.map(([name, value]): [string, string] => [name, value]));
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return [
    "",
    "Wanren 万人 is running",
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    "",
  ];
}
