// One file for a page: dist-conformance/browser.js. Needs the build.
import { build } from 'esbuild';

await build({
    entryPoints: ['conformance/browser.mjs'],
    outfile: 'dist-conformance/browser.js',
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    // Else the paths of tsconfig.json decide, which are Node's, not the `imports` of package.json.
    tsconfigRaw: {},
    logLevel: 'warning',
});
