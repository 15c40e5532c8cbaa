/**
 * Tabs: several panels in one place, and several pages in one line.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons.tsx";

/** One tab. */
export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  /** Behind the label, formatted. */
  readonly count?: string;
  /** The page that shows this panel without script; required where the server chooses. */
  readonly href?: string;
}

/** Props of {@linkcode Tabs}. */
export interface TabsProps {
  /** Prefix of the elements' ids. */
  readonly id: string;
  /** What the tabs are about. */
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
  readonly onSelect?: (id: string) => void;
  /** Every tab has a panel of its own, `<id>-panel-<tab>`; otherwise one shows what was chosen. */
  readonly separate?: boolean;
}

/** The tab that an arrow key leads to; null for any other key. */
export function nextTab(key: string, { current, ids }: {
  readonly current: string;
  readonly ids: readonly string[];
}): string | null {
  const at = ids.indexOf(current);
  const by = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[key];
  return by === undefined || ids.length === 0 ? null : ids.at(by % ids.length) ?? null;
}

/**
 * The line of tabs (WAI-ARIA tabs pattern): one stop for the tab key, arrows move and choose. With
 * `href`s it works as links until its island runs.
 */
export function Tabs({ id, label, tabs, current, onSelect, separate }: TabsProps) {
  const line = useRef<HTMLDivElement>(null);
  const select = (event: Event, tab: string) => {
    if (onSelect === undefined) return;
    event.preventDefault();
    onSelect(tab);
  };
  const move = (event: KeyboardEvent) => {
    const next = nextTab(event.key, { current, ids: tabs.map((tab) => tab.id) });
    if (next === null) return;
    event.preventDefault();
    line.current?.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${next}`)}`)?.focus();
    onSelect?.(next);
  };
  return (
    <div class="tabs" role="tablist" aria-label={label} ref={line} onKeyDown={move}>
      {tabs.map((tab) => {
        const selected = tab.id === current;
        const attributes = {
          id: `${id}-${tab.id}`,
          class: "tab",
          role: "tab",
          "aria-selected": selected,
          "aria-controls": separate ? `${id}-panel-${tab.id}` : `${id}-panel`,
          tabIndex: selected ? 0 : -1,
          onClick: (event: Event) => select(event, tab.id),
        } as const;
        return tab.href === undefined
          ? <button key={tab.id} type="button" {...attributes}>{contentOf(tab)}</button>
          : <a key={tab.id} href={tab.href} {...attributes}>{contentOf(tab)}</a>;
      })}
    </div>
  );
}

/** What the chosen tab of {@linkcode Tabs} shows. */
export function TabPanel(
  { id, current, children }: Pick<TabsProps, "id" | "current"> & {
    readonly children: ComponentChildren;
  },
) {
  return (
    <div
      id={`${id}-panel`}
      class="tab-panel"
      role="tabpanel"
      aria-labelledby={`${id}-${current}`}
      tabIndex={0}
    >
      {children}
    </div>
  );
}

/** Pages that belong together, as a line of links. */
export function TabLinks(
  { label, tabs, current }: {
    readonly label: string;
    readonly tabs: readonly (Tab & { readonly href: string })[];
    readonly current: string;
  },
) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a
          key={tab.id}
          class="tab"
          href={tab.href}
          aria-current={tab.id === current ? "page" : undefined}
        >
          {contentOf(tab)}
        </a>
      ))}
    </nav>
  );
}

function contentOf({ icon, label, count }: Tab) {
  return (
    <>
      {icon && <Icon name={icon} size={18} />}
      {label}
      {count !== undefined && <span class="tab-count tabular">{count}</span>}
    </>
  );
}
