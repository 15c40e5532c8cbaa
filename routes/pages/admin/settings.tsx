/**
 * `/admin/settings`: every setting, and who changed what.
 *
 * @module
 */
import type { Context, Hono } from "hono";
import type { RefusedSettings } from "../../../islands/admin/setting_form.tsx";
import {
  readSettings,
  SETTING_GROUPS,
  type SettingGroup,
  type SettingName,
  type SettingsValue,
  settingWrong,
  withBefore,
} from "../../../islands/admin/settings_data.ts";
import AdminSettings from "../../../islands/AdminSettings.tsx";
import { adminSettingsText } from "../../../islands/i18n/admin_settings.ts";
import { Island, type Serializable } from "../../../islands/ui/island.tsx";
import { DEFAULT_SETTINGS } from "../../../rooms/settings.ts";
import { ServiceError } from "../../services.ts";
import { answer, errorAnswer, NO_STORE } from "../answer.ts";
import { type Form, type FormProblem, readForm, safeNext } from "../forms.ts";
import type { PagesOptions } from "../options.ts";
import { adminPage } from "./frame.tsx";
import { gateOf, leaveAdminNotice, takeAdminNotice, type Visit } from "./gate.ts";

/** Changes that are shown at once. */
const SHOWN_CHANGES = 4;
/** Changes that are looked at for what was before. */
const READ_CHANGES = 100;

const DEFAULTS = JSON.parse(JSON.stringify(DEFAULT_SETTINGS)) as Record<string, Serializable>;

const PATH = "/admin/settings";

/** Adds the page and its forms. */
export function addSettingsPage(app: Hono, options: PagesOptions): void {
  const gate = gateOf(options);
  const { admin } = options.services;

  const show = async (
    c: Context,
    { reader, actor }: Visit,
    refused: {
      readonly problem: FormProblem;
      readonly form: RefusedSettings;
      readonly typed: Readonly<Record<string, unknown>>;
      readonly originsTyped: string | null;
    } | null,
  ) => {
    const { locale, nowMs } = reader;
    const text = adminSettingsText(locale);
    const before = /^\d{1,15}$/.test(c.req.query("before") ?? "")
      ? Number(c.req.query("before"))
      : null;
    const read = await admin.settingHistory(actor, { before, limit: READ_CHANGES });
    const changes = withBefore(
      read.map(({ id, key, value, atMs, actor: { name } }) => ({
        id,
        key,
        atMs,
        actor: name,
        value: JSON.parse(value) as Serializable,
      })),
      { complete: read.length < READ_CHANGES, defaults: DEFAULTS },
    );
    const page = adminPage({
      reader,
      place: "settings",
      title: text.title,
      quietTitle: true,
      notice: refused === null ? takeAdminNotice(c, reader) : null,
      children: (
        <Island
          name="AdminSettings"
          component={AdminSettings}
          props={{
            settings: { ...admin.settings(actor), ...refused?.typed } as SettingsValue,
            originsTyped: refused?.originsTyped ?? null,
            refused: refused?.form ?? null,
            changes: changes.slice(0, SHOWN_CHANGES),
            older: changes.length > SHOWN_CHANGES ? changes[SHOWN_CHANGES - 1]!.id : null,
            paged: before !== null,
            defaults: DEFAULTS,
            locale,
            nowMs,
          }}
        />
      ),
    });
    return await answer(c, { ...options, page, problem: refused?.problem, cache: NO_STORE });
  };

  app.get(PATH, gate((c, visit) => show(c, visit, null)));
  app.post(
    PATH,
    gate(async (c, visit) => {
      const form = await readForm(c);
      const group = groupOf(form);
      if (group === null) return errorAnswer(c, { ...options, kind: "bad_request" });
      const patch = group === "one" ? readOne(form) : readSettings(group, form);
      try {
        await admin.changeSettings(visit.actor, patch);
      } catch (error) {
        if (!(error instanceof ServiceError) || error.code !== "invalid" || group === "one") {
          throw error;
        }
        const { locale } = visit.reader;
        const field = (SETTING_GROUPS[group] as readonly SettingName[])
          .find((name) => name === error.field) ?? null;
        const message = field === null
          ? adminSettingsText(locale).failed
          : settingWrong(field, locale);
        return await show(c, visit, {
          problem: { field, message, status: 422, retryAfterS: null },
          form: { group, field, message },
          typed: patch,
          originsTyped: group === "embedding" ? form("embedFrames").slice(0, 8_000) : null,
        });
      }
      leaveAdminNotice(c, "settings");
      return c.redirect(safeNext(form("next"), PATH), 303);
    }),
  );
}

/** `one`: a single setting that is one button's. */
function groupOf(form: Form): SettingGroup | "one" | null {
  const group = form("group");
  if (group === "one") return group;
  return (Object.keys(SETTING_GROUPS) as SettingGroup[]).find((name) => name === group) ?? null;
}

/** The settings that a button elsewhere may change: sign-up, the demo channel. */
function readOne(form: Form): Readonly<Record<string, unknown>> {
  const [signUp, demo] = [form("signUp"), form("demo")];
  return {
    ...signUp !== "" && { signUp },
    ...demo !== "" && { demo: demo === "on" },
  };
}
