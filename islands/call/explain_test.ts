import { strictEqual } from "node:assert/strict";
import { callText } from "../i18n/call.ts";
import { deviceSentence, refusalSentence } from "./explain.ts";

const text = callText("en");

Deno.test("deviceSentence() has a sentence for each way in which devices are missing", () => {
  const sentence = (
    cameraFailure: Parameters<typeof deviceSentence>[0]["cameraFailure"],
    microphoneFailure: Parameters<typeof deviceSentence>[0]["microphoneFailure"],
  ) => deviceSentence({ cameraFailure, microphoneFailure }, text);
  strictEqual(sentence(null, null), null);
  strictEqual(sentence("insecure", "insecure"), text.failureInsecure);
  strictEqual(sentence("refused", "refused"), text.failureBoth);
  strictEqual(sentence("refused", null), text.failureCamera);
  strictEqual(sentence(null, "dismissed"), text.failureMicrophone);
  strictEqual(sentence("missing", "missing"), text.failureNothing);
  strictEqual(sentence("missing", null), text.failureNoCamera);
  strictEqual(sentence("busy", null), text.failureBusyCamera);
  strictEqual(sentence(null, "failed"), text.failureBusyMicrophone);
  strictEqual(sentence("refused_by_system", "refused"), text.failureSystem);
});

Deno.test("refusalSentence() says when another try makes sense", () => {
  strictEqual(
    refusalSentence({ code: "too_many_attempts", retryAfterS: 12 }, text),
    text.refusedAttempts(12),
  );
});
