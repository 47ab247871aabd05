import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
// The API is shown in declarations; what begins otherwise is code to copy.
const examples = blocks.filter((block) => !/^(class|interface|type) /.test(block));

test('the examples of the README are code that compiles', () => {
  expect(examples).toHaveLength(6);
  const imports = "import { RealtimeClient, PublishError } from '../src/index.js';";
  const [first, ...rest] = examples.map((block) => block.replace(/^import .*$/m, ''));
  const source = [imports, 'declare const fetchToken: () => Promise<string>;', first, ...rest.map((one) => `{${one}}`)];
  expect(problemsOf(source.join('\n'))).toEqual([]);
  expect(problemsOf(`${imports}\nnew RealtimeClient({ url: '', token: '' }).subscribe({ agent: 'a1' });`)).not.toEqual(
    [],
  );
}, 120_000); // the compiler starts anew, twice

/** What the compiler says of a module beside this one. */
function problemsOf(source: string): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const name = join(root, 'test/readmeExamples.ts');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.getSourceFile = (file, ...more) =>
    file === name ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2022) : getSourceFile(file, ...more);
  const program = ts.createProgram([name], { ...options, noUnusedLocals: false }, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
