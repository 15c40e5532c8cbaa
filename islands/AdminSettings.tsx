import { useState } from "preact/hooks";
import { CategoriesEditor } from "./admin/categories_editor.tsx";
import { imDifference } from "./admin/im_data.ts";
import { ImFields } from "./admin/im_fields.tsx";
import { type RefusedSettings, SettingForm } from "./admin/setting_form.tsx";
import {
  type ChangeRow,
  type SettingGroup,
  settingLabel,
  type SettingsValue,
  settingWords,
  withBefore,
} from "./admin/settings_data.ts";
import { adminSettingsText } from "./i18n/admin_settings.ts";
import { formatRelative, type Locale } from "./i18n/mod.ts";
import { api } from "./ui/api.ts";
import { ButtonLink } from "./ui/button.tsx";
import { Card } from "./ui/card.tsx";
import { SwitchField, TextArea, TextField } from "./ui/field.tsx";
import { Icon } from "./ui/icons.tsx";
import type { Serializable } from "./ui/island.tsx";
import { Segments } from "./ui/segments.tsx";

/** Props of {@linkcode AdminSettings}. */
export interface AdminSettingsProps {
  /** In force; of a form that came back what was typed. */
  readonly settings: SettingsValue;
  /** The text of the origins as it was typed; null: as in the settings. */
  readonly originsTyped: string | null;
  readonly refused: RefusedSettings | null;
  readonly changes: readonly ChangeRow[];
  /** `before` of the older changes; null: there are none. */
  readonly older: number | null;
  /** The newest changes are not in sight. */
  readonly paged: boolean;
  readonly defaults: { readonly [key: string]: Serializable };
  readonly locale: Locale;
  readonly nowMs: number;
}

/** Changes that are shown at once. */
const SHOWN_CHANGES = 4;
/** Changes that are looked at for what was before. */
const READ_CHANGES = 100;

/** Every setting with its control, and who changed what. */
export default function AdminSettings(props: AdminSettingsProps) {
  const { locale, refused } = props;
  const text = adminSettingsText(locale);
  const [settings, setSettings] = useState(props.settings);
  const [history, setHistory] = useState({
    changes: props.changes,
    older: props.older,
    nowMs: props.nowMs,
  });
  const onSaved = (fresh: SettingsValue) => {
    setSettings(fresh);
    if (!props.paged) void readHistory(props.defaults).then(setHistory, () => {});
  };
  const form = (group: SettingGroup) => ({
    group,
    locale,
    refused: refused?.group === group ? refused : null,
    onSaved,
  });
  return (
    <div class="settings">
      <div class="settings-column">
        <SettingForm {...form("site")} title={text.site}>
          {(wrong) => (
            <>
              <TextField
                id="siteName"
                label={text.siteName}
                hint={text.siteNameHint}
                error={wrong("siteName")}
                defaultValue={settings.siteName}
                maxLength={80}
                autoComplete="off"
                dir="auto"
              />
              <TextField
                id="notice"
                label={text.notice}
                hint={text.noticeHint}
                error={wrong("notice")}
                defaultValue={settings.notice}
                counter={{ max: 200, locale }}
                autoComplete="off"
                dir="auto"
              />
            </>
          )}
        </SettingForm>
        <SettingForm {...form("access")} title={text.access}>
          {(wrong) => (
            <>
              <Segments
                name="signUp"
                legend={text.signUp}
                segments={[
                  { value: "open", label: text.signUpOpen },
                  { value: "closed", label: text.signUpClosed },
                ]}
                value={settings.signUp}
              />
              <Wrong text={wrong("signUp")} />
              <Segments
                name="broadcasting"
                legend={text.broadcasting}
                segments={[
                  { value: "everyone", label: text.broadcastingEveryone },
                  { value: "administrators", label: text.broadcastingAdministrators },
                ]}
                value={settings.broadcasting}
              />
              <Wrong text={wrong("broadcasting")} />
              <SwitchField
                id="demo"
                label={text.demo}
                hint={text.demoHint}
                error={wrong("demo")}
                defaultChecked={settings.demo}
              />
              <SwitchField
                id="pkMix"
                label={text.pkMix}
                hint={text.pkMixHint}
                error={wrong("pkMix")}
                defaultChecked={settings.pkMix}
              />
            </>
          )}
        </SettingForm>
      </div>
      <div class="settings-column">
        <SettingForm {...form("categories")} title={text.categories}>
          {(wrong) => (
            <CategoriesEditor
              // Saved ones start anew: keys that were made for them are fixed now.
              key={JSON.stringify(settings.categories)}
              categories={settings.categories}
              locale={locale}
              error={wrong("categories")}
            />
          )}
        </SettingForm>
      </div>
      <div class="settings-column">
        <SettingForm {...form("embedding")} title={text.embedding}>
          {(wrong) => (
            <TextArea
              id="embedFrames"
              label={text.embedFrames}
              hint={text.embedFramesHint}
              error={wrong("embedFrames")}
              defaultValue={props.originsTyped ?? settings.embedFrames.join("\n")}
              rows={2}
              maxLength={8_000}
              autoComplete="off"
              autoCapitalize="none"
              spellcheck={false}
              dir="ltr"
            />
          )}
        </SettingForm>
        <SettingForm {...form("words")} title={text.words}>
          {(wrong) => (
            <>
              <TextArea
                id="words"
                label={text.words}
                hint={text.wordsHint}
                error={wrong("words")}
                defaultValue={settings.words.list.join("\n")}
                rows={3}
                maxLength={84_000}
                autoComplete="off"
                autoCapitalize="none"
                spellcheck={false}
                dir="auto"
              />
              <Segments
                name="wordAction"
                legend={text.wordAction}
                segments={[
                  { value: "refuse", label: text.wordRefuse },
                  { value: "mask", label: text.wordMask },
                  { value: "hold", label: text.wordHold },
                ]}
                value={settings.words.action}
              />
            </>
          )}
        </SettingForm>
        <History
          {...history}
          paged={props.paged}
          locale={locale}
        />
      </div>
      <div class="settings-column settings-wide">
        <SettingForm {...form("im")} title={text.im}>
          {(wrong) => <ImFields im={settings.im} error={wrong("im")} locale={locale} />}
        </SettingForm>
      </div>
    </div>
  );
}

/** What was wrong with a bar of choices. */
function Wrong({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p class="field-error" role="alert">
      <Icon name="circle-alert" size={16} /> {text}
    </p>
  );
}

function History(
  { changes, older, paged, nowMs, locale }: {
    readonly changes: readonly ChangeRow[];
    readonly older: number | null;
    readonly paged: boolean;
    readonly nowMs: number;
    readonly locale: Locale;
  },
) {
  const text = adminSettingsText(locale);
  return (
    <Card id="history" title={text.history}>
      <p class="hint">{text.lead}</p>
      {changes.length === 0 ? <p class="muted">{text.historyEmpty}</p> : (
        <ol class="changes">
          {changes.slice(0, SHOWN_CHANGES).map((change) => (
            <li key={change.id}>
              <p class="change-what" dir="auto">
                <b>{settingLabel(change.key, locale)}</b> {wordsOf(change, locale)}
              </p>
              <p class="hint">
                <time dateTime={new Date(change.atMs).toISOString()}>
                  {formatRelative(change.atMs, { nowMs, locale })}
                </time>
                {" · "}
                <bdi>{change.actor}</bdi>
              </p>
            </li>
          ))}
        </ol>
      )}
      {(older !== null || paged) && (
        <p class="form-end">
          {paged && (
            <ButtonLink small href="/admin/settings#history-title">{text.newest}</ButtonLink>
          )}
          {older !== null && (
            <ButtonLink small href={`/admin/settings?before=${older}#history-title`}>
              {text.older}
            </ButtonLink>
          )}
        </p>
      )}
    </Card>
  );
}

function wordsOf(change: ChangeRow, locale: Locale): string {
  const text = adminSettingsText(locale);
  if (change.key === "im" && change.before !== null) {
    const words = imDifference(change.before.value, change.value, locale);
    if (words !== null && words !== "") return words;
  }
  const after = settingWords(change.key, change.value, locale);
  return change.before === null
    ? text.changeTo(after)
    : text.changeOf(settingWords(change.key, change.before.value, locale), after);
}

async function readHistory(defaults: Readonly<Record<string, Serializable>>) {
  const answer = await api.get("/api/admin/settings/history", { query: { limit: READ_CHANGES } });
  const changes = withBefore(
    answer.changes.map(({ id, at, actor, key, value }) => ({
      id,
      atMs: Date.parse(at),
      actor: actor.name,
      key,
      value: value as Serializable,
    })),
    { complete: answer.next === null, defaults },
  );
  return {
    changes: changes.slice(0, SHOWN_CHANGES),
    older: changes.length > SHOWN_CHANGES ? changes[SHOWN_CHANGES - 1]!.id : null,
    nowMs: Date.now(),
  };
}
