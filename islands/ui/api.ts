/**
 * The typed client of the API, as every island uses it: same origin, the visitor's cookie.
 *
 * @module
 */
import { ApiError, type Client, createClient, type Schemas } from "../../client/mod.ts";

export { ApiError, type Schemas };

/** The API of the platform that the page came from. */
export const api: Client = createClient();
