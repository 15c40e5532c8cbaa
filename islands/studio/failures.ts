/**
 * What to tell a broadcaster when something could not be done.
 *
 * @module
 */
import { ApiError } from "../ui/api.ts";

/** The sentence for an error of the API or of the network. */
export function explainFailure(
  error: unknown,
  text: { readonly signedOut: string; readonly failed: string },
): string {
  return error instanceof ApiError && error.status === 401 ? text.signedOut : text.failed;
}
