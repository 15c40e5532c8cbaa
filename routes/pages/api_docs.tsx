/**
 * `/docs/api`: the API as people read it, made from the OpenAPI document.
 *
 * @module
 */
import type { Hono } from "hono";
import ApiTools from "../../islands/ApiTools.tsx";
import { apiDocsText } from "../../islands/i18n/api_docs.ts";
import { ButtonLink } from "../../islands/ui/button.tsx";
import { Card } from "../../islands/ui/card.tsx";
import { Island } from "../../islands/ui/island.tsx";
import { Badge } from "../../islands/ui/marks.tsx";
import { type Place, playbackAddresses } from "../addresses.ts";
import { apiRoutes } from "../api/mod.ts";
import type { Call } from "../api_samples.ts";
import { clientOf } from "../client.ts";
import { type OpenApiDocument, openApiDocument } from "../openapi.ts";
import { SERVICE_PROBLEMS, SURFACE_PROBLEMS } from "../problem.ts";
import { AddressRow, CallCard, CodeBlock, MethodChip } from "./api_docs_call.tsx";
import { Fields } from "./api_docs_schema.tsx";
import { answer } from "./answer.ts";
import type { Page } from "./document.tsx";
import type { PagesOptions } from "./options.ts";
import { type Reader, readReader } from "./view.ts";

/** Adds the page. */
export function addApiDocs(app: Hono, options: PagesOptions): void {
  const document = openApiDocument(apiRoutes(options.services, { rtmpPort: options.rtmpPort }));
  app.get("/docs", (c) => c.redirect("/docs/api", 303));
  app.get("/docs/api", async (c) => {
    const reader = await readReader(c, options);
    const place = { baseUrl: clientOf(c).baseUrl, rtmpPort: options.rtmpPort, webRtc: true };
    return answer(c, { ...options, page: apiDocsPage(document, { reader, place }) });
  });
}

/** The page itself. */
export function apiDocsPage(
  document: OpenApiDocument,
  { reader, place }: { readonly reader: Reader; readonly place: Place },
): Page {
  const { locale } = reader;
  const text = apiDocsText(locale);
  const areas = document.tags.map(({ name }) => ({ name, calls: callsOf(document, name) }));
  const api = areas.filter(({ calls }) => calls.some(({ path }) => path.startsWith("/api/")));
  const others = areas.filter((area) => !api.includes(area));
  const total = api.reduce((sum, { calls }) => sum + calls.length, 0);
  return {
    reader,
    layout: "docs",
    title: text.title,
    description: text.lead(reader.site.name),
    canonical: `${place.baseUrl}/docs/api`,
    content: (
      <>
        <nav class="docs-contents" aria-label={text.contents}>
          <ul>
            <li>
              <a class="docs-area" href="#start-title">{text.start}</a>
            </li>
            {api.map(({ name, calls }) => (
              <li key={name}>
                <a class="docs-area" href={`#${name}`}>{text[name]}</a>
                <div class="docs-calls">
                  {calls.map(({ method, path, operation }) => (
                    <a key={operation.operationId} href={`#${operation.operationId}`}>
                      <MethodChip method={method} />
                      <code>{path.replace(/^\/api/, "")}</code>
                    </a>
                  ))}
                </div>
              </li>
            ))}
            {[...others.map(({ name }) => name), "problems", "shapes"].map((name) => (
              <li key={name}>
                <a class="docs-area" href={`#${name}`}>{text[name as "problems"]}</a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="docs-main">
          <header class="docs-intro">
            <h1>{text.title}</h1>
            <p class="muted">{text.lead(reader.site.name)}</p>
            <p class="docs-links">
              <Badge soft>{text.version(document.info.version)}</Badge>
              <ButtonLink class="small" icon="link" href="/openapi.json">
                {text.document}
              </ButtonLink>
            </p>
          </header>
          <Island name="ApiTools" component={ApiTools} props={{ locale, total }} />
          <Start locale={locale} place={place} />
          {api.map(({ name, calls }) => (
            <section key={name} class="api-area" aria-labelledby={name}>
              <h2 id={name}>{text[name]}</h2>
              {calls.map((call) => (
                <CallCard
                  key={call.operation.operationId}
                  call={call}
                  document={document}
                  baseUrl={place.baseUrl}
                  locale={locale}
                />
              ))}
            </section>
          ))}
          {others.map(({ name, calls }) => (
            <section key={name} aria-labelledby={name}>
              <h2 id={name}>{text[name]}</h2>
              <ul class="card address-list">
                {calls.map((call) => <AddressRow key={call.path} call={call} locale={locale} />)}
                {name === "playing" && <RtmpRows locale={locale} place={place} />}
              </ul>
            </section>
          ))}
          <Problems locale={locale} />
          <section aria-labelledby="shapes">
            <h2 id="shapes">{text.shapes}</h2>
            <p class="muted">{text.shapesLead}</p>
            {Object.entries(document.components.schemas)
              .toSorted(([a], [b]) => a < b ? -1 : 1)
              .map(([name, schema]) => (
                <article key={name} class="card shape" id={`shape-${name}`}>
                  <h3>
                    <code>{name}</code>
                  </h3>
                  <Fields schema={schema} locale={locale} />
                </article>
              ))}
          </section>
        </div>
      </>
    ),
  };
}

interface PartProps {
  readonly locale: Reader["locale"];
  readonly place: Place;
}

/** The first call, and what holds for all. */
function Start({ locale, place }: PartProps) {
  const text = apiDocsText(locale);
  const code = [
    `curl -X POST '${place.baseUrl}/api/sessions' \\`,
    "  -H 'content-type: application/json' \\",
    `  -d '{"name":"lin","password":"a long password"}'`,
    "",
    `curl '${place.baseUrl}/api/account' -H 'authorization: Bearer TOKEN'`,
  ].join("\n");
  return (
    <Card id="start" title={text.start} class="docs-start">
      <h3>{text.whoTitle}</h3>
      <p>{text.whoText}</p>
      <CodeBlock code={code} label={text.whoTitle} locale={locale} />
      <h3>{text.refusedTitle}</h3>
      <p>{text.refusedText}</p>
      <h3>{text.changeTitle}</h3>
      <p>{text.changeText}</p>
    </Card>
  );
}

/** What is no address of HTTP. */
function RtmpRows({ locale, place }: PartProps) {
  const text = apiDocsText(locale);
  const rtmp = playbackAddresses({ id: "{room}", stream: null }, place).rtmp ?? "";
  return (
    <>
      <li>
        <code>{rtmp}</code>
        <p>{text.playRtmp}</p>
      </li>
      <li>
        <code>{rtmp.slice(0, rtmp.lastIndexOf("/"))}</code>
        <p>{text.publishRtmp}</p>
      </li>
    </>
  );
}

/** Every code with its status. */
function Problems({ locale }: Pick<PartProps, "locale">) {
  const text = apiDocsText(locale);
  const rows = Object.entries({ ...SERVICE_PROBLEMS, ...SURFACE_PROBLEMS })
    .toSorted(([, a], [, b]) => a.status - b.status);
  return (
    <section aria-labelledby="problems">
      <h2 id="problems">{text.problems}</h2>
      <p class="muted">{text.problemsLead}</p>
      <ul class="card problem-list">
        {rows.map(([code, { status, title }]) => (
          <li key={code}>
            <span class="tabular">{status}</span>
            <code>{code}</code>
            <span class="muted" lang="en">{title}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function callsOf(document: OpenApiDocument, area: string): readonly Call[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags[0] === area)
      .map(([method, operation]) => ({ method, path, operation }))
  );
}
