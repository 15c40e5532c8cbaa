/**
 * The room's form: what its fields hold, what was changed, and what goes to the server. Pure.
 *
 * @module
 */
import type { roomDetailsText } from "../i18n/room_details.ts";
import { ApiError } from "../ui/api.ts";
import { explainFailure } from "./failures.ts";
import { type Clock, momentInput, parseMomentInput } from "./moments.ts";
import type { RoomChange, RoomDetails } from "./snapshot.ts";

/** The fields, as their controls hold them. */
export interface RoomValues {
  readonly title: string;
  /** Empty: none. */
  readonly category: string;
  readonly description: string;
  /** Value of an `<input type="datetime-local">`. */
  readonly nextLiveAt: string;
}

/** The name of a field, in the form and in the API's problems. */
export type RoomField = keyof RoomValues;

/** What was wrong, by field; `form`: with all of it. */
export type RoomProblems = Readonly<Partial<Record<RoomField | "form", string>>>;

/** What the fields show of a room; a time that has passed is no announcement any more. */
export function valuesOf(
  room: RoomDetails,
  { clock, nowMs }: { readonly clock: Clock; readonly nowMs: number },
): RoomValues {
  const { title, category, description, nextLiveAtMs } = room;
  const announced = nextLiveAtMs !== null && nextLiveAtMs > nowMs ? nextLiveAtMs : null;
  return {
    title,
    category: category ?? "",
    description,
    nextLiveAt: momentInput(announced, clock),
  };
}

/** The fields of a draft that hold something else than what is kept. */
export function changedFields(
  draft: Partial<RoomValues>,
  kept: RoomValues,
): readonly RoomField[] {
  return (Object.keys(draft) as RoomField[]).filter((field) =>
    draft[field] !== undefined && draft[field] !== kept[field]
  );
}

/** The change that a draft asks for, or what is wrong with it before anybody is asked. */
export function changeOf(
  draft: Partial<RoomValues>,
  { fields, clock, nowMs, text }: {
    readonly fields: readonly RoomField[];
    readonly clock: Clock;
    readonly nowMs: number;
    readonly text: ReturnType<typeof roomDetailsText>;
  },
): { readonly change: RoomChange } | { readonly problems: RoomProblems } {
  const { title = "", category = "", description = "", nextLiveAt = "" } = draft;
  const has = (field: RoomField) => fields.includes(field);
  const nextLiveAtMs = parseMomentInput(nextLiveAt, clock);
  if (has("nextLiveAt") && nextLiveAtMs !== null && !(nextLiveAtMs > nowMs)) {
    return { problems: { nextLiveAt: text.nextLiveInvalid } };
  }
  return {
    change: {
      ...(has("title") && { title }),
      ...(has("category") && { category: category === "" ? null : category }),
      ...(has("description") && { description }),
      ...(has("nextLiveAt") && { nextLiveAtMs }),
    },
  };
}

/** A refusal of the server, beside the field it names. */
export function problemsOf(
  error: unknown,
  text: ReturnType<typeof roomDetailsText>,
): RoomProblems {
  const field = error instanceof ApiError ? error.field : null;
  switch (field) {
    case "title":
      return { title: text.titleInvalid };
    case "category":
      return { category: text.categoryInvalid };
    case "description":
      return { description: text.descriptionInvalid };
    case "nextLiveAt":
      return { nextLiveAt: text.nextLiveInvalid };
    default:
      return { form: explainFailure(error, text) };
  }
}
