import { VERSION } from '../version.ts';

type Json = Record<string, unknown>;

const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] as string,
  );

/** The kinds of values that a schema allows, in a few words. */
function kindOf(schema: Json): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
  if (choices !== undefined) {
    const kinds = [...new Set(choices.map(kindOf))].filter((kind) => kind !== 'null');
    return kinds.join(' | ') || 'null';
  }
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'any');
  if (type === 'array')
    return `${kindOf((schema.items as Json) ?? {})}[]`.replace(/^(.* \| .*)\[\]$/, '($1)[]');
  const { minimum, maximum, exclusiveMinimum } = schema as {
    minimum?: number;
    maximum?: number;
    exclusiveMinimum?: number;
  };
  const usual = (value: number | undefined): boolean =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER;
  const least = minimum ?? exclusiveMinimum;
  if (usual(least) && usual(maximum)) return type;
  return `${type} ${usual(least) ? '' : least}..${usual(maximum) ? '' : maximum}`;
}

function members(schema: Json): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  const required = new Set((schema.required ?? []) as string[]);
  const rows = properties.map(([name, each]) => {
    const described = (each.description ?? '') as string;
    return `<tr><td><code>${escaped(name)}</code>${required.has(name) ? ' *' : ''}</td><td>${escaped(kindOf(each))}</td><td>${escaped(described)}</td></tr>`;
  });
  return rows.length === 0
    ? ''
    : `<table><thead><tr><th>member</th><th>value</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function section(path: string, method: string, operation: Json): string {
  const body = operation.requestBody as { content: Record<string, { schema: Json }> } | undefined;
  const responses = operation.responses as Record<string, { description: string; content: Json }>;
  const security = (operation.security as Json[])[0] as { key?: string[] } | undefined;
  const types = Object.keys(responses['200']?.content ?? {}).join(', ');
  const refusals = Object.entries(responses)
    .filter(([status]) => status !== '200')
    .map(([status, { description }]) => `<li><b>${status}</b> ${escaped(description)}</li>`);
  return `<details id="${operation.operationId}"><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> <span>${escaped(String(operation.summary))}</span></summary>
<p>Scope ${security?.key?.[0] ?? 'none'}. Answers ${escaped(types)}.</p>
${body === undefined ? '' : members(body.content['application/json']?.schema ?? {})}
${refusals.length === 0 ? '' : `<ul>${refusals.join('')}</ul>`}</details>`;
}

/** The OpenAPI document for people: one page, without a script, that asks nobody else for anything. */
export function referencePage(document: Json): string {
  const paths = Object.entries(document.paths as Record<string, Record<string, Json>>);
  const tags = (document.tags as { name: string }[]).map(({ name }) => {
    const sections = paths.flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags: own }]) => (own as string[]).includes(name))
        .map(([method, operation]) => section(path, method, operation)),
    );
    return `<h2>${escaped(name)}</h2>\n${sections.join('\n')}`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>llambo API</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border-top: 1px solid #8885; padding: .4rem 0; }
summary { cursor: pointer; } summary span { opacity: .7; }
table { border-collapse: collapse; width: 100%; font-size: .9em; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-top: 1px solid #8883; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>llambo ${VERSION}: the HTTP API</h1>
<p>${escaped(String((document.info as Json).description))} The same as a document for programs: <a href="/openapi.json">OpenAPI 3.1</a>. Members with * are required.</p>
${tags.join('\n')}
</body>
</html>
`;
}
