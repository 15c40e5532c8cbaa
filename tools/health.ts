/**
 * Exit status 0 when the edge of this machine answers `/healthz`; for containers.
 *
 * @module
 */
import { connect } from "node:net";
import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";

const port = Number(Deno.env.get("PORT") ?? 8000);
const secure = (Deno.env.get("TLS") ?? "off") !== "off";
const role = Deno.env.get("HEALTH_PORT");

if (role !== undefined) {
  // A machine without an edge: its own port answers, or nothing does.
  connect(Number(role), "127.0.0.1").once("connect", () => Deno.exit(0))
    .once("error", () => Deno.exit(1));
} else {
  const options = {
    host: "127.0.0.1",
    port,
    path: "/healthz",
    timeout: 2_500,
    // The certificate is for others; this asks the own machine.
    ...(secure && { rejectUnauthorized: false }),
  };
  const request = (secure ? requestSecure : requestPlain)(options, (response) => {
    Deno.exit(response.statusCode === 200 ? 0 : 1);
  });
  request.once("timeout", () => Deno.exit(1)).once("error", () => Deno.exit(1)).end();
}
