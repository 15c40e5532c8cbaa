/**
 * One form of settings: saved in place, or as a plain form that leads back.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { adminSettingsText } from "../i18n/admin_settings.ts";
import type { Locale } from "../i18n/mod.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { api, ApiError } from "../ui/api.ts";
import { toast } from "../ui/toast.tsx";
import {
  readSettings,
  SETTING_GROUPS,
  type SettingGroup,
  type SettingName,
  type SettingsValue,
  settingWrong,
} from "./settings_data.ts";

/** What the server did not take. */
export interface RefusedSettings {
  readonly group: SettingGroup;
  /** Null: none of them alone. */
  readonly field: SettingName | null;
  readonly message: string;
}

/** Props of {@linkcode SettingForm}. */
export interface SettingFormProps {
  readonly group: SettingGroup;
  readonly title: string;
  readonly locale: Locale;
  readonly refused: RefusedSettings | null;
  readonly onSaved: (settings: SettingsValue) => void;
  /** Beside the button that saves. */
  readonly aside?: ComponentChildren;
  /** The fields, told what was wrong with each. */
  readonly children: (wrong: (field: SettingName) => string | null) => ComponentChildren;
}

/** A card with fields and the button that saves them together. */
export function SettingForm(props: SettingFormProps) {
  const { group, title, locale, onSaved, aside, children } = props;
  const text = adminSettingsText(locale);
  const [problem, setProblem] = useState<Omit<RefusedSettings, "group"> | null>(props.refused);
  const [busy, setBusy] = useState(false);
  const [dirty, setDirty] = useState(false);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const data = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      const patch = readSettings(group, (name) => String(data.get(name) ?? ""));
      const { settings } = await api.patch("/api/admin/settings", { body: patch });
      setProblem(null);
      setDirty(false);
      onSaved(settings);
      toast({ text: text.saved, tone: "good" });
    } catch (error) {
      setProblem(explain(error, { group, locale }));
    } finally {
      setBusy(false);
    }
  };
  const wrong = (field: SettingName) => problem?.field === field ? problem.message : null;
  return (
    <Card id={`settings-${group}`} title={title}>
      <form
        method="post"
        action="/admin/settings"
        class="stack"
        onSubmit={save}
        onInput={() => setDirty(true)}
      >
        <input type="hidden" name="group" value={group} />
        {problem !== null && problem.field === null && (
          <p class="form-problem" role="alert">
            <Icon name="circle-alert" size={18} /> {problem.message}
          </p>
        )}
        {children(wrong)}
        <div class="form-end">
          <Button type="submit" kind={dirty ? "primary" : "quiet"} busy={busy}>{text.save}</Button>
          {aside}
          <p class="hint" role="status">{dirty ? text.unsaved : ""}</p>
        </div>
      </form>
    </Card>
  );
}

function explain(
  error: unknown,
  { group, locale }: { readonly group: SettingGroup; readonly locale: Locale },
): Omit<RefusedSettings, "group"> {
  const text = adminSettingsText(locale);
  if (!(error instanceof ApiError)) return { field: null, message: text.failed };
  // The field may be named with a path into it.
  const name = error.field?.split(".")[0];
  const field = (SETTING_GROUPS[group] as readonly SettingName[]).find((key) => key === name);
  if (field !== undefined) return { field, message: settingWrong(field, locale) };
  const message = error.status === 401
    ? text.loggedOut
    : error.status === 403
    ? text.notAllowed
    : text.failed;
  return { field: null, message };
}
