/**
 * One call of the API on its documentation page.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { apiDocsText, copyCodeText } from "../../islands/i18n/api_docs.ts";
import type { Locale } from "../../islands/i18n/mod.ts";
import { Icon } from "../../islands/ui/icons.tsx";
import { Badge, type BadgeKind } from "../../islands/ui/marks.tsx";
import { type Call, curlOf, resolved } from "../api_samples.ts";
import type { Access, Content, OpenApiDocument, Parameter } from "../openapi.ts";
import { SERVICE_PROBLEMS, SURFACE_PROBLEMS } from "../problem.ts";
import { Fields, Prose, TypeOf } from "./api_docs_schema.tsx";

const PROBLEMS: Readonly<Record<string, { readonly status: number; readonly title: string }>> = {
  ...SERVICE_PROBLEMS,
  ...SURFACE_PROBLEMS,
};

/** A method as a small mark. */
export function MethodChip({ method }: { readonly method: string }) {
  return <span class={`method ${method}`}>{method.toUpperCase()}</span>;
}

/** Code of several lines with a button that copies it, once there is script. */
export function CodeBlock(
  { code, label, locale }: {
    readonly code: string;
    readonly label: string;
    readonly locale: Locale;
  },
) {
  return (
    <div class="code-block">
      <pre><code translate={false}>{code}</code></pre>
      <button
        type="button"
        class="button small icon-only copy-code"
        aria-label={copyLabel(label, locale)}
      >
        <Icon name="copy" size={16} />
      </button>
    </div>
  );
}

function copyLabel(label: string, locale: Locale): string {
  return `${copyCodeText(locale).copy}: ${label}`;
}

/** A call of the JSON API with all that is known about it. */
export function CallCard(
  { call, document, baseUrl, locale }: {
    readonly call: Call;
    readonly document: OpenApiDocument;
    readonly baseUrl: string;
    readonly locale: Locale;
  },
) {
  const { method, path, operation } = call;
  const { operationId: id, summary, parameters = [], requestBody, responses } = operation;
  const { schemas } = document.components;
  const text = apiDocsText(locale);
  // What stands in the path explains itself.
  const query = parameters.filter((parameter) => parameter.in === "query");
  const [status = "", success] = Object.entries(responses).find(([status]) => /^2/.test(status)) ??
    [];
  const codes = Object.values(responses).flatMap((response) => response["x-codes"] ?? []);
  const search = `${method} ${path} ${id} ${summary} ${operation["x-access"]}`.toLowerCase();
  return (
    <article class="card api-call" id={id} data-search={search}>
      <div class="api-call-head">
        <h3>
          <MethodChip method={method} /> <code>{breakable(path)}</code>
        </h3>
        <AccessBadge access={operation["x-access"]} locale={locale} />
        <a
          class="anchor"
          href={`#${id}`}
          aria-label={text.linkTo(`${method.toUpperCase()} ${path}`)}
        >
          <Icon name="link" size={16} />
        </a>
      </div>
      <p lang="en">
        <Prose text={summary} />
      </p>
      {query.length > 0 && <Parameters parameters={query} locale={locale} />}
      <div class="api-parts">
        {requestBody !== undefined && (
          <Part title={text.body} note={Object.keys(requestBody.content).join(", ")}>
            {requestBody.description !== undefined && <p lang="en">{requestBody.description}</p>}
            <ContentFields content={requestBody.content} schemas={schemas} locale={locale} />
          </Part>
        )}
        <Part title={text.answer(status)}>
          {success?.content === undefined
            ? <p class="muted">{text.noAnswer}</p>
            : <ContentFields content={success.content} schemas={schemas} locale={locale} />}
        </Part>
        {codes.length > 0 && (
          <Part title={text.refusals} note={String(codes.length)}>
            <ul class="problem-list">
              {codes.map((code) => (
                <li key={code}>
                  <span class="tabular">{PROBLEMS[code]?.status}</span>
                  <code>{code}</code>
                  <span class="muted" lang="en">{PROBLEMS[code]?.title}</span>
                </li>
              ))}
            </ul>
          </Part>
        )}
        <Part title="curl">
          <CodeBlock
            code={curlOf(call, { baseUrl, schemas })}
            label={`${method.toUpperCase()} ${path}`}
            locale={locale}
          />
        </Part>
      </div>
    </article>
  );
}

/** An address that is only read, in a list. */
export function AddressRow({ call, locale }: { readonly call: Call; readonly locale: Locale }) {
  const { path, operation } = call;
  const types = Object.keys(operation.responses["200"]?.content ?? {});
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query")
    .map(({ name }) => `${name}=`).join("&");
  return (
    <li id={operation.operationId}>
      <p class="address-line">
        <code>
          {breakable(path)}
          {query !== "" && `?${query}`}
        </code>
        {operation["x-access"] !== "anyone" && (
          <AccessBadge access={operation["x-access"]} locale={locale} />
        )}
      </p>
      <p lang="en">
        <Prose text={operation.summary} />
        <span class="muted">{` · ${types.join(", ")}`}</span>
      </p>
    </li>
  );
}

function AccessBadge({ access, locale }: { readonly access: Access; readonly locale: Locale }) {
  const text = apiDocsText(locale);
  const looks: Readonly<Record<Access, readonly [BadgeKind, string]>> = {
    "anyone": ["jade", text.anyone],
    "account": ["blue", text.account],
    "owner": ["violet", text.owner],
    "owner or administrator": ["violet", text.ownerOrAdministrator],
    "administrator": ["gold", text.administrator],
  };
  const [kind, words] = looks[access];
  return <Badge soft kind={kind}>{words}</Badge>;
}

function Parameters(
  { parameters, locale }: { readonly parameters: readonly Parameter[]; readonly locale: Locale },
) {
  const text = apiDocsText(locale);
  return (
    <>
      <h4>{text.parameters}</h4>
      <ul class="fields">
        {parameters.map((parameter) => (
          <li key={parameter.name}>
            <p>
              <code class="field-name">{parameter.name}</code> <TypeOf schema={parameter.schema} />
              <span class="muted">{` ${rangeOf(parameter, text)}`}</span>
            </p>
            {parameter.description !== undefined && (
              <p class="muted" lang="en">
                <Prose text={parameter.description} />
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

/** `1–200, 50`: what a parameter may be, and what it is when left out. */
function rangeOf(
  { schema }: Parameter,
  text: ReturnType<typeof apiDocsText>,
): string {
  const { minimum, maximum, default: fallback } = schema;
  const upTo = maximum === Number.MAX_SAFE_INTEGER ? "…" : `–${maximum}`;
  const range = minimum === undefined || maximum === undefined ? [] : [`${minimum}${upTo}`];
  return [...range, text.optional, ...(fallback === undefined ? [] : [`= ${fallback}`])].join(", ");
}

function Part(
  { title, note, children }: {
    readonly title: string;
    readonly note?: string;
    readonly children: ComponentChildren;
  },
) {
  return (
    <details>
      <summary>
        {title}
        {note !== undefined && <span class="muted">{` ${note}`}</span>}
      </summary>
      <div class="api-part">{children}</div>
    </details>
  );
}

function ContentFields(
  { content, schemas, locale }: {
    readonly content: Content;
    readonly schemas: OpenApiDocument["components"]["schemas"];
    readonly locale: Locale;
  },
) {
  const [first] = Object.values(content);
  if (first?.schema === undefined) return null;
  return <Fields schema={resolved(first.schema, schemas)} locale={locale} />;
}

/** A path that may be broken before each of its parts. */
function breakable(path: string): ComponentChildren {
  return path.split(/(?=\/)/).flatMap((part, at) => at === 0 ? [part] : [<wbr key={at} />, part]);
}
