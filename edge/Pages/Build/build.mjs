// Builds the pages for Pages.targets: `node build.mjs WEB SOURCES OUT LOCK REASON`
//
//   WEB      folder of the pages' sources: `npm ci` and `npm run build` there make WEB/dist
//            (and `npm run typecheck`, if there is such a script)
//   SOURCES  file that lists, one a line, the files that the pages are made of
//   OUT      folder that gets a copy of WEB/dist: that of one configuration, so that builds of two do not meet there
//   LOCK     file that is held while WEB/node_modules and WEB/dist are changed or copied
//   REASON   file that says why there are no pages, where there are none
//
// Exit code: 0 = OUT holds the pages; 3 = they cannot be built on this machine (see REASON); else = they are wrong.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const NODE_MAJOR_MIN = 18;
const EXIT_NOT_HERE = 3;
const LINES_SHOWN_MAX = 40;
const LOCK_POLL_MS = 200;
const LOCK_AGE_MAX_MS = 10 * 60_000; // Far longer than any build: who held it is gone, even if its pid was given again.

const [web, sources, out, lock, reason] = process.argv.slice(2);
const stamp = join(web, 'dist', '.built');

class NotHere extends Error {}
class Wrong extends Error {}

// What is said of it, without the stacks of the tools' own code.
function essence(text) {
  return text.split('\n').filter((line) => line.trim() && !/^\s+at /.test(line)).slice(0, LINES_SHOWN_MAX).join('\n');
}

function modified(file) {
  return existsSync(file) ? statSync(file).mtimeMs : -1;
}

function npm(...words) {
  // By the shell on Windows, where npm is a script.
  const options = { cwd: web, encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 };
  const run = spawnSync('npm', words, options);
  if (run.error?.code === 'ENOENT') throw new NotHere('npm is missing');
  return { ok: run.status === 0, text: `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ?? ''}`.trim() };
}

// npm writes this file at the end of each installation, whoever asked for it.
function install() {
  const installed = modified(join(web, 'node_modules', '.package-lock.json'));
  if (installed >= modified(join(web, 'package-lock.json'))) return;
  const run = npm(
    'ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--no-progress', '--no-update-notifier',
    '--loglevel=error', '--fetch-retries=1', '--fetch-retry-mintimeout=1000');
  if (run.text.includes('code EUSAGE')) {
    throw new Wrong('package.json and package-lock.json do not fit together. Run npm install there, and commit both.');
  }
  if (!run.ok) {
    // Its first words name the cause; the rest is advice on proxies.
    const cause = run.text.split('\n').slice(0, 3).map((line) => line.replace(/^npm (error|ERR!)\s*/i, '')).join(' ');
    throw new NotHere(`npm ci failed (${cause})`);
  }
}

function build() {
  const newest = Math.max(...readFileSync(sources, 'utf8').split('\n').filter(Boolean).map(modified));
  const built = modified(stamp);
  if (built >= newest) return;
  const begun = new Date();
  for (const script of ['typecheck', 'build']) {
    const run = npm('run', script, '--if-present', '--silent');
    if (!run.ok) throw new Wrong(essence(run.text));
  }
  // As of the beginning: what was changed meanwhile is built next time.
  writeFileSync(stamp, '');
  utimesSync(stamp, begun, begun);
}

function copy() {
  rmSync(out, { recursive: true, force: true });
  cpSync(join(web, 'dist'), out, { recursive: true, filter: (file) => file !== stamp });
}

function isAbandoned() {
  try {
    if (Date.now() - statSync(lock).mtimeMs > LOCK_AGE_MAX_MS) return true;
    const holder = Number(readFileSync(lock, 'utf8'));
    if (holder > 0) process.kill(holder, 0); // Signal 0 asks only whether it lives.
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

// A build that was killed leaves its lock: the next one sees that its process is gone.
async function takeLock() {
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
      process.on('exit', () => rmSync(lock, { force: true }));
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(lock, { force: true });
    else await delay(LOCK_POLL_MS);
  }
}

try {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_MAJOR_MIN) throw new NotHere(`Node.js ${process.versions.node} is too old`);
  await takeLock();
  install();
  build();
  copy();
} catch (error) {
  if (error instanceof NotHere) {
    writeFileSync(reason, error.message);
    process.exitCode = EXIT_NOT_HERE;
  } else {
    console.log(error instanceof Wrong ? error.message : error);
    process.exitCode = 1;
  }
}
