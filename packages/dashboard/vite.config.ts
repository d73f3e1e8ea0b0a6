import { defineConfig } from 'vite';

/** The page and what it loads are all in dist; the gateway serves that folder at its root. */
export default defineConfig({
  base: './',
  resolve: { conditions: ['llambo:source', 'module', 'browser', 'production', 'default'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // Nothing inline: the page's content security policy allows files of its own origin only.
  build: {
    // Browsers that know light-dark(): what is made of it for older ones cannot be switched by hand.
    target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  // `npm run dev`: against a gateway that runs already.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/v1', '/health'].map((path) => [
        path,
        { target: process.env.LLAMBO_GATEWAY ?? 'http://127.0.0.1:8640', ws: true },
      ]),
    ),
  },
});
