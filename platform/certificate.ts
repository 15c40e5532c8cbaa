/**
 * The certificate of `TLS=self-signed`.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { dirname } from "node:path";
import { generate } from "selfsigned";
import { lanAddresses } from "./banner.ts";

const LIFETIME_DAYS = 397;
const DAY_MS = 86_400_000;

/** Makes a P-256 certificate for this machine's names unless a good one is there. */
export async function ensureSelfSigned(
  files: { readonly certFile: string; readonly keyFile: string },
): Promise<void> {
  const addresses = ["127.0.0.1", ...lanAddresses()];
  if (await isUsable(files.certFile, addresses)) return;
  const names = ["localhost", Deno.hostname()];
  const now = Date.now();
  const pems = await generate([{ name: "commonName", value: names[1] }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + LIFETIME_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...addresses.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  await Deno.mkdir(dirname(files.certFile), { recursive: true });
  await Deno.writeTextFile(files.keyFile, pems.private, { mode: 0o600 });
  await Deno.writeTextFile(files.certFile, pems.cert);
}

/** True when the file holds a certificate for all addresses that lasts another week. */
async function isUsable(certFile: string, addresses: readonly string[]): Promise<boolean> {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(await Deno.readTextFile(certFile));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  return Date.parse(certificate.validTo) > Date.now() + 7 * DAY_MS &&
    addresses.every((address) => certificate.checkIP(address) !== undefined);
}
