import assert from "node:assert/strict";
import { captureFailure, captureSupport, secureAddress } from "./failures.ts";

Deno.test("captureFailure() tells a reader's no from the system's and from a question put away", () => {
  const failure = (name: string, message = "") => captureFailure(new DOMException(message, name));
  assert.equal(failure("NotAllowedError", "Permission denied"), "refused");
  assert.equal(failure("NotAllowedError", "Permission denied by system"), "refused_by_system");
  assert.equal(failure("NotAllowedError", "Permission dismissed"), "dismissed");
  assert.equal(failure("SecurityError"), "refused");
  assert.equal(failure("NotFoundError", "Requested device not found"), "missing");
  assert.equal(failure("NotReadableError", "Could not start video source"), "busy");
  assert.equal(failure("AbortError"), "busy");
  assert.equal(failure("OverconstrainedError"), "unable");
  assert.equal(failure("NotSupportedError"), "unsupported");
  assert.equal(captureFailure(new TypeError("no")), "failed");
  assert.equal(captureFailure("no"), "failed");
});

Deno.test("captureSupport() blames the connection only where the page is insecure", () => {
  const mediaDevices = { getUserMedia: () => Promise.reject(new Error()) };
  assert.equal(captureSupport({ isSecureContext: true, navigator: { mediaDevices } }), "ok");
  assert.equal(captureSupport({ isSecureContext: false, navigator: {} }), "insecure");
  assert.equal(captureSupport({ isSecureContext: true, navigator: {} }), "unsupported");
});

Deno.test("secureAddress() keeps host, port and path", () => {
  assert.equal(
    secureAddress("http://192.0.2.7:8000/booth?x=1"),
    "https://192.0.2.7:8000/booth?x=1",
  );
  assert.equal(secureAddress("https://example.com/booth"), null);
  assert.equal(secureAddress("about:blank"), null);
});
