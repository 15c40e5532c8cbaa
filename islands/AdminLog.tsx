import { useEffect, useRef, useState } from "preact/hooks";
import {
  appendRows,
  LOG_PART_ROWS,
  type LogFilter,
  logQuery,
  type LogRow,
  logRowOf,
  utcClock,
} from "./admin/log_data.ts";
import { adminLogText } from "./i18n/admin_log.ts";
import type { Locale } from "./i18n/mod.ts";
import { api } from "./ui/api.ts";
import { Button, ButtonLink } from "./ui/button.tsx";
import { SelectField, SwitchField } from "./ui/field.tsx";
import { Icon } from "./ui/icons.tsx";
import { EmptyState } from "./ui/placeholder.tsx";
import { poll } from "./ui/poll.ts";

/** Props of {@linkcode AdminLog}. */
export interface AdminLogProps {
  readonly rows: readonly LogRow[];
  /** Where the next answer goes on. */
  readonly next: number;
  readonly filter: LogFilter;
  /** Whose lines can be chosen. */
  readonly roles: readonly LogRow["role"][];
  readonly locale: Locale;
}

const INTERVAL_MS = 2_000;
/** So near to the end counts as being there, CSS pixels. */
const NEAR_PX = 24;
/** Typing is over when nothing came for so long. */
const TYPED_MS = 300;
const QUIET_FAILURES = 2;

/**
 * The newest lines of all processes. It follows until somebody scrolls up; the number of rows is
 * bounded. Without script a page of lines with a form that filters.
 */
export default function AdminLog(props: AdminLogProps) {
  const { locale, roles } = props;
  const text = adminLogText(locale);
  const [filter, setFilter] = useState(props.filter);
  const [rows, setRows] = useState(props.rows);
  const [following, setFollowing] = useState(true);
  const [unseen, setUnseen] = useState(0);
  const [dropped, setDropped] = useState(0);
  const [failures, setFailures] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const next = useRef<number | null>(props.next);
  const followingNow = useRef(following);
  followingNow.current = following;

  const first = useRef(true);
  useEffect(() => {
    const end = new AbortController();
    const changed = !first.current;
    first.current = false;
    if (changed) next.current = null;
    poll({
      intervalMs: INTERVAL_MS,
      immediately: changed,
      signal: end.signal,
      onOutcome: setFailures,
      run: async (signal) => {
        const { level, role, text: q } = filter;
        const after = next.current;
        const part = await api.get("/api/admin/log", {
          query: {
            level,
            limit: LOG_PART_ROWS,
            ...role !== "" && { role },
            ...q !== "" && { q },
            ...after !== null && { after },
          },
          signal,
        });
        const fresh = part.lines.map(logRowOf);
        next.current = part.next;
        if (after === null) {
          setRows(fresh);
          setDropped(0);
          setUnseen(0);
          return;
        }
        if (part.dropped > 0) setDropped((before) => before + part.dropped);
        if (fresh.length === 0) return;
        setRows((before) => appendRows(before, fresh));
        if (!followingNow.current) setUnseen((before) => before + fresh.length);
      },
    });
    const query = logQuery(filter).toString();
    history.replaceState(null, "", query === "" ? location.pathname : `?${query}`);
    return () => end.abort();
  }, [filter]);

  const toEnd = () => {
    const element = place.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useEffect(() => {
    if (following) toEnd();
  }, [rows, following]);
  const follow = (on: boolean) => {
    setFollowing(on);
    if (on) setUnseen(0);
  };
  // What is scrolled by hand decides; our own scrolling always ends at the end.
  const scrolled = () => {
    const element = place.current;
    if (element === null) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
    if (atEnd !== followingNow.current) follow(atEnd);
  };

  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(typing.current), []);
  return (
    <div class="log">
      <form
        class="log-filter"
        method="get"
        action="/admin/log"
        onSubmit={(event) => event.preventDefault()}
      >
        <SelectField
          id="level"
          label={text.level}
          value={filter.level}
          choices={[
            { value: "debug", label: text.levelDebug },
            { value: "info", label: text.levelInfo },
            { value: "warn", label: text.levelWarn },
            { value: "error", label: text.levelError },
          ]}
          onChange={(event) =>
            setFilter({ ...filter, level: event.currentTarget.value as LogFilter["level"] })}
        />
        <SelectField
          id="role"
          label={text.role}
          value={filter.role}
          choices={[
            { value: "", label: text.roleAll },
            ...roles.map((role) => ({
              value: role,
              label: role === "supervisor" ? text.supervisor : role,
            })),
          ]}
          onChange={(event) =>
            setFilter({ ...filter, role: event.currentTarget.value as LogFilter["role"] })}
        />
        <div class="field log-search">
          <label for="log-text">{text.search}</label>
          <input
            id="log-text"
            class="input"
            type="search"
            name="q"
            placeholder={text.searchPlaceholder}
            defaultValue={props.filter.text}
            maxLength={100}
            autoComplete="off"
            spellcheck={false}
            onInput={(event) => {
              const typed = event.currentTarget.value.trim();
              clearTimeout(typing.current);
              typing.current = setTimeout(
                () => setFilter((before) => ({ ...before, text: typed })),
                TYPED_MS,
              );
            }}
          />
        </div>
        <Button type="submit" class="script-off">{text.filter}</Button>
        <div class="log-ways">
          <div class="script-on">
            <SwitchField
              id="follow"
              label={text.follow}
              checked={following}
              onChange={(event) => follow(event.currentTarget.checked)}
            />
          </div>
          <ButtonLink icon="download" href={`/admin/log.txt?${logQuery(filter)}`} download>
            {text.download}
          </ButtonLink>
        </div>
      </form>
      <p class="hint" role="status">
        {failures > QUIET_FAILURES ? text.stale : dropped > 0 ? text.dropped(dropped) : text.utc}
      </p>
      <div class="log-place">
        <div
          ref={place}
          class="log-lines"
          role="log"
          aria-live="off"
          aria-label={text.lines}
          tabIndex={0}
          onScroll={scrolled}
        >
          {rows.length === 0
            ? <EmptyState inset icon="scroll-text" title={text.empty} text={text.emptyText} />
            : rows.map((row) => <Line key={row.seq} row={row} />)}
        </div>
        {!following && unseen > 0 && (
          <Button
            kind="primary"
            class="log-more"
            small
            onClick={() => follow(true)}
          >
            <Icon name="arrow-down" size={16} /> {text.newLines(unseen)}
          </Button>
        )}
      </div>
    </div>
  );
}

function Line({ row }: { readonly row: LogRow }) {
  return (
    <p class={`log-line ${row.level}`}>
      <time dateTime={new Date(row.atMs).toISOString()}>{utcClock(row.atMs)}</time>{" "}
      <span class="log-level">{row.level}</span>{" "}
      <span class="log-node">{row.role === "supervisor" ? row.role : row.node}</span>{" "}
      <b>{row.event}</b> <bdi>{row.text}</bdi>
    </p>
  );
}
