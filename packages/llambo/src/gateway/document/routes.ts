import { Hono } from 'hono';
import type { Env } from '../http.ts';
import { STYLED_PAGE_HEADERS } from '../static.ts';
import { openapi } from './openapi.ts';
import { referencePage } from './page.ts';

/** The API described: for programs at /openapi.json, for people at /docs. */
export function documentRoutes(): Hono<Env> {
  const app = new Hono<Env>();
  let document: Record<string, unknown> | undefined;
  const described = (): Record<string, unknown> => (document ??= openapi());
  app.get('/openapi.json', (context) => context.json(described(), 200, { 'cache-control': 'no-cache' }));
  app.get('/docs', (context) =>
    context.html(referencePage(described()), 200, { ...STYLED_PAGE_HEADERS, 'cache-control': 'no-cache' }),
  );
  return app;
}
