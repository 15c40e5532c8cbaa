/**
 * How the edge's own pages look: one style sheet inside the page, because while a page of these is
 * shown nothing else may be there. The values are those of `islands/styles/tokens.css`.
 *
 * @module
 */

const DARK = `--ground:#101216;--surface:#181b21;--raised:#21252d;--raised-hover:#2b303a;` +
  `--line:#2d323c;--text:#eef0f4;--muted:#9aa3b0;--accent:#ff5a36;--accent-text:#ff7a5c;color-scheme:dark`;

/** The style sheet; the same bytes on every page, or its hash would not fit. */
export const STYLE = `
:root{--ground:#f6f5f2;--surface:#ffffff;--raised:#f0eeea;--raised-hover:#e7e4de;--line:#e2dfd8;
--text:#16181d;--muted:#626a76;--accent:#e2401b;--accent-text:#c93512;
--accent-fill:#d93a14;--accent-fill-hover:#c23110;
color-scheme:light}
:root[data-theme="dark"]{${DARK}}
@media (prefers-color-scheme:dark){:root[data-theme="system"]{${DARK}}}
*{box-sizing:border-box;margin:0}
body{display:flex;min-height:100vh;min-height:100dvh;flex-direction:column;background:var(--ground);
color:var(--text);font:15px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",
"PingFang SC","Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei",sans-serif}
header{display:flex;min-height:64px;padding:0 max(16px,env(safe-area-inset-right)) 0
max(16px,env(safe-area-inset-left));border-bottom:1px solid var(--line);align-items:center;
background:var(--surface)}
.brand{display:inline-flex;min-height:44px;align-items:center;gap:10px;color:var(--text);
font-size:19px;font-weight:700;text-decoration:none}
main{display:flex;padding:24px 16px;flex:1;align-items:center;justify-content:center}
.card{display:flex;width:100%;max-width:460px;padding:48px 24px;border:1px solid var(--line);
border-radius:14px;flex-direction:column;align-items:center;gap:12px;background:var(--surface);
text-align:center}
.mark{display:grid;width:72px;height:72px;margin-bottom:8px;border-radius:50%;place-items:center;
background:color-mix(in srgb,var(--accent) 14%,transparent);color:var(--accent-text)}
.spinner{width:36px;height:36px;border:3px solid color-mix(in srgb,var(--accent) 25%,transparent);
border-top-color:var(--accent);
border-radius:50%;animation:turn 1.4s linear infinite}
@keyframes turn{to{transform:rotate(1turn)}}
h1{font-size:24px;line-height:1.3}
p{max-width:36ch;color:var(--muted);text-wrap:balance}
.actions{display:flex;margin-top:12px;flex-wrap:wrap;justify-content:center;gap:12px}
.button{display:inline-flex;min-height:44px;padding:0 20px;border-radius:999px;align-items:center;
background:var(--raised);color:var(--text);font-weight:700;text-decoration:none}
.button:hover{background:var(--raised-hover)}
.primary{background:var(--accent-fill);color:#ffffff}
.primary:hover{background:var(--accent-fill-hover)}
a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
@media (prefers-reduced-motion:reduce){.spinner{animation:none}}
@media (forced-colors:active){.button{border:1px solid}}
`;

const HASH = await hashOf(STYLE);

/**
 * The content security policy of a page: its style sheet and nothing else, no frames around it
 * unless its address is made for frames.
 */
export function pagePolicy(options: { readonly framed: boolean }): string {
  return `default-src 'none'; style-src 'sha256-${HASH}'; base-uri 'none'; form-action 'none'` +
    (options.framed ? "" : "; frame-ancestors 'none'");
}

/** SHA-256 in Base64, as a policy names an inline style (CSP3 §2.3.1). */
async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return btoa(String.fromCharCode(...new Uint8Array(digest)));
}
