/**
 * Form fields: label, control, hint, what was wrong, and how much still fits. All of them work in
 * a plain form; a counter moves when the field is part of an island.
 *
 * @module
 */
import type {
  ComponentChildren,
  PartialInputHTMLAttributes,
  PartialSelectHTMLAttributes,
  Ref,
  TextareaHTMLAttributes,
} from "preact";
import { useState } from "preact/hooks";
import { groupDigits, type Locale } from "../i18n/mod.ts";
import { uiText } from "../i18n/ui.ts";
import { classNames } from "./class_names.ts";
import { Icon } from "./icons.tsx";

interface Described {
  /** Also the field's name, unless `name` says otherwise. */
  readonly id: string;
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What was wrong with it; null or missing: nothing. */
  readonly error?: string | null;
}

interface Counted {
  /** Shows how many characters of so many are used. */
  readonly counter?: { readonly max: number; readonly locale: Locale };
}

type Native<Attributes> = Omit<Attributes, "id" | "label" | "class" | "size" | "type" | "role">;

/** Props of {@linkcode TextField}. */
export type TextFieldProps =
  & Described
  & Counted
  & Native<PartialInputHTMLAttributes<HTMLInputElement>>
  & {
    /** Default: `text`. */
    readonly type?:
      | "text"
      | "password"
      | "number"
      | "search"
      | "url"
      | "email"
      | "datetime-local";
    readonly mono?: boolean;
    readonly inputRef?: Ref<HTMLInputElement>;
  };

/** One line of text, a password, an address, a number. */
export function TextField(props: TextFieldProps) {
  const { id, label, hint, error, counter, type = "text", mono, inputRef, ...native } = props;
  const [used, count] = useLength(native);
  return (
    <Frame {...{ id, label, hint, error, counter, used }}>
      <input
        // The types pair every input type with its roles; none is set here.
        type={type as "text"}
        name={id}
        {...native}
        {...(counter && { onInput: count })}
        {...describedBy({ id, hint, error, counter })}
        ref={inputRef}
        id={id}
        class={classNames("input", mono && "mono")}
      />
    </Frame>
  );
}

/** Props of {@linkcode TextArea}. */
export type TextAreaProps =
  & Described
  & Counted
  & Native<TextareaHTMLAttributes<HTMLTextAreaElement>>
  & { readonly areaRef?: Ref<HTMLTextAreaElement> };

/** Several lines of text; grows with them where the browser can. */
export function TextArea(props: TextAreaProps) {
  const { id, label, hint, error, counter, areaRef, ...native } = props;
  const [used, count] = useLength(native);
  return (
    <Frame {...{ id, label, hint, error, counter, used }}>
      <textarea
        name={id}
        rows={3}
        {...native}
        {...(counter && { onInput: count })}
        {...describedBy({ id, hint, error, counter })}
        ref={areaRef}
        id={id}
        class="input area"
      />
    </Frame>
  );
}

/** One choice of a {@linkcode SelectField}. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Props of {@linkcode SelectField}. */
export type SelectFieldProps =
  & Described
  & Native<PartialSelectHTMLAttributes<HTMLSelectElement>>
  & {
    readonly choices: readonly Choice[];
  };

/** One of several, in the system's own list. */
export function SelectField(props: SelectFieldProps) {
  const { id, label, hint, error, choices, value, ...native } = props;
  return (
    <Frame {...{ id, label, hint, error }}>
      <span class="select">
        <select
          name={id}
          {...native}
          {...describedBy({ id, hint, error })}
          value={value}
          id={id}
          class="input"
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value} selected={choice.value === value}>
              {choice.label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" size={18} />
      </span>
    </Frame>
  );
}

/** Props of {@linkcode SwitchField} and {@linkcode CheckField}. */
export type CheckFieldProps = Described & Native<PartialInputHTMLAttributes<HTMLInputElement>>;

/** Something that is on or off, and takes effect at once or with its form. */
export function SwitchField(props: CheckFieldProps) {
  return <Check {...props} look="switch" />;
}

/** Something that is agreed to, or one of several that may all apply. */
export function CheckField(props: CheckFieldProps) {
  return <Check {...props} look="check" />;
}

function Check({ look, ...props }: CheckFieldProps & { readonly look: "switch" | "check" }) {
  const { id, label, hint, error, ...native } = props;
  return (
    <div class={`field-${look}`}>
      <label for={id}>
        <input
          name={id}
          {...native}
          {...describedBy({ id, hint, error })}
          type="checkbox"
          role={look === "switch" ? "switch" : undefined}
          id={id}
          class={look}
        />
        <span>{label}</span>
      </label>
      <Note {...{ id, hint, error }} />
    </div>
  );
}

function Frame(
  { id, label, hint, error, counter, used = 0, children }: Described & Counted & {
    readonly used?: number;
    readonly children: ComponentChildren;
  },
) {
  return (
    <div class="field">
      <div class="field-head">
        <label for={id}>{label}</label>
        {counter && (
          <span class={classNames("counter tabular", used > counter.max && "over")}>
            <span aria-hidden="true">
              {groupDigits(used)}/{groupDigits(counter.max)}
            </span>
            <span id={`${id}-length`} class="visually-hidden">
              {uiText(counter.locale).length(groupDigits(used), groupDigits(counter.max))}
            </span>
          </span>
        )}
      </div>
      {children}
      <Note {...{ id, hint, error }} />
    </div>
  );
}

function Note({ id, hint, error }: Omit<Described, "label">) {
  return (
    <>
      {error && (
        <p class="field-error" id={`${id}-error`}>
          <Icon name="circle-alert" size={16} /> {error}
        </p>
      )}
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </>
  );
}

/** What is read out with a control: what was wrong first. */
function describedBy({ id, hint, error, counter }: Omit<Described, "label"> & Counted) {
  const ids = [
    error && `${id}-error`,
    hint !== undefined && `${id}-hint`,
    counter && `${id}-length`,
  ];
  return {
    "aria-describedby": ids.filter(Boolean).join(" ") || undefined,
    ...(error && { "aria-invalid": true }),
  };
}

type InputListener<Element extends HTMLInputElement | HTMLTextAreaElement> =
  | ((event: Event & { readonly currentTarget: Element }) => void)
  | null
  | undefined;

/**
 * Characters as people count them roughly: code points. Of a controlled field its value is counted,
 * of any other what is typed.
 */
function useLength<Element extends HTMLInputElement | HTMLTextAreaElement>(
  { value, defaultValue, onInput }: {
    readonly value?: unknown;
    readonly defaultValue?: unknown;
    readonly onInput?: unknown;
  },
) {
  const given = [...String(value ?? defaultValue ?? "")].length;
  const [typed, setTyped] = useState(given);
  const count = (event: Event) => {
    setTyped([...(event.currentTarget as Element).value].length);
    (onInput as InputListener<Element>)?.(event as Event & { readonly currentTarget: Element });
  };
  const controlled = value !== undefined && onInput !== undefined;
  return [controlled ? given : typed, count] as const;
}
