import { testRateLimits } from "./rate_limit_conformance.ts";

testRateLimits({
  name: "one process",
  open: () => Promise.resolve({ processes: [null], async [Symbol.asyncDispose]() {} }),
});
