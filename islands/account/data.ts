/**
 * What the account page shows.
 *
 * @module
 */

/** The own account. */
export interface OwnAccount {
  /** For logging in. */
  readonly name: string;
  readonly displayName: string | null;
  /** Address of the picture. */
  readonly avatar: string | null;
  readonly admin: boolean;
  readonly createdAtMs: number;
}

/** One session. */
export interface SessionRow {
  readonly id: string;
  /** `Chrome 126`; null: nobody knows. */
  readonly browser: string | null;
  readonly system: string | null;
  readonly device: "desktop" | "phone" | "program";
  readonly address: string;
  readonly createdAtMs: number;
  readonly seenAtMs: number;
  readonly current: boolean;
}

/** A form that came back: which one, what was wrong, and what had been typed. */
export interface RefusedForm {
  readonly form: "profile" | "password";
  readonly field: string | null;
  readonly message: string;
  readonly typed: string;
}
