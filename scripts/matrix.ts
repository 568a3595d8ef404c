/**
 * Proves that the packed tarball serves its users: packs it once, installs it by npm into a temporary folder with the TypeScripts and
 * Nodes below, compiles test/consumers/consumer.ts as users would, and runs what came out on every Node.
 *
 *     npm run test:consumers
 *
 * Needs the npm registry, and takes a few minutes. Nothing of this checkout is used but the tarball and the consumer.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** The oldest of each line that `engines` promises, and the newest of the lines that are kept. */
const NODES = ['20.19.0', '22.12.0', '22', '24'];
const TYPESCRIPTS = ['5.9', '6.0', '7.0'];
/** Versions of Node's own types, beside the oldest. */
const NODE_TYPES = ['22', '24', '25', '26'];
/** How users compile. CommonJS with `module: node16` is missing on purpose: it does not know Node's require() of ES modules. */
const WAYS = [
  { name: 'esm-nodenext', file: 'consumer.mts', options: { module: 'nodenext' } },
  { name: 'esm-node16', file: 'consumer.mts', options: { module: 'node16' } },
  { name: 'esm-node20', file: 'consumer.mts', options: { module: 'node20' } },
  { name: 'esm-bundler', file: 'consumer.mts', options: { module: 'esnext', moduleResolution: 'bundler' } },
  { name: 'cjs-nodenext', file: 'consumer.cts', options: { module: 'nodenext' } },
] as const;

interface Manifest {
  readonly name: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours
const project = mkdtempSync(join(tmpdir(), 'consumers-'));
const failures: string[] = [];

/** Runs a program in the project; what it printed is shown only where it fails. */
async function run(title: string, file: string, args: readonly string[], path?: string): Promise<string | undefined> {
  const env = { ...process.env, ...(path === undefined ? {} : { PATH: path }) };
  try {
    const { stdout, stderr } = await exec(file, args, { cwd: project, env, timeout: 300_000, maxBuffer: 64 << 20 });
    // A warning at each start would be a user's to live with. Node 22.12 gives one to every program that requires an ES module.
    const warnings = stderr.replace(/^.*ExperimentalWarning: CommonJS module .* is loading ES Module.*$/m, '');
    if (/Warning: /.test(title.startsWith('Node 22.12.') ? warnings : stderr) && !title.startsWith('npm'))
      throw Object.assign(new Error('It warned'), { stdout, stderr });
    console.log(`ok    ${title}`);
    return stdout;
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string }; // execFile's own
    console.log(`FAIL  ${title}\n${message}\n${stdout}${stderr}`);
    failures.push(title);
    return undefined;
  }
}

/** Packs this checkout. `prepack` builds it first. */
async function pack(): Promise<string> {
  const { stdout } = await exec('npm', ['pack', '--json', '--pack-destination', project], { maxBuffer: 64 << 20 });
  // What the build prints comes first.
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[$/m))) as [{ filename: string }]; // as npm documents it
  return join(project, packed.filename);
}

const nodeName = (version: string) => `node-${version}`;
const typescriptName = (version: string) => `typescript-${version}`;

/** Installs as a user would. Each Node is a package of its own that has the binary of one platform, and runs no script. */
async function install(tarball: string): Promise<void> {
  const { devDependencies: ours } = manifest;
  const like = (name: string) => [name, ours[name]] as const;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: {
        [manifest.name]: `file:${tarball}`,
        ...Object.fromEntries(['passport', 'express', 'oidc-provider', '@types/passport', '@types/express'].map(like)),
        '@types/node': '^20.19.0',
        ...Object.fromEntries(TYPESCRIPTS.map((v) => [typescriptName(v), `npm:typescript@~${v}.0`])),
        ...Object.fromEntries(NODES.map((v) => [nodeName(v), `npm:node-${platform}-${process.arch}@${v}`])),
      },
    }),
  );
  const installed = await run('npm install', 'npm', ['install', '--no-audit', '--no-fund', '--no-package-lock']);
  if (installed === undefined) throw new Error('Without an installation there is nothing to try');
}

/** Compiles the consumer in each way by each TypeScript, into a folder of its own. */
async function compileAll(nodeTypes: string, ways: readonly (typeof WAYS)[number][]): Promise<readonly string[]> {
  const programs: string[] = [];
  for (const version of TYPESCRIPTS) {
    for (const { name, file, options } of ways) {
      const folder = join(project, `${typescriptName(version)}-${name}-node-types-${nodeTypes}`);
      mkdirSync(folder);
      copyFileSync(resolve('test/consumers/consumer.ts'), join(folder, file));
      const compilerOptions = {
        ...options,
        target: 'es2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: false,
        types: ['node'],
        outDir: '.',
        rootDir: '.',
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
      const tsc = join(project, 'node_modules', typescriptName(version), 'bin', 'tsc');
      const compiled = await run(`TypeScript ${version}, ${name}, types of Node ${nodeTypes}`, process.execPath, [
        tsc,
        '-p',
        folder,
      ]);
      if (compiled !== undefined) programs.push(join(folder, file.replace(/ts$/, 'js')));
    }
  }
  return programs;
}

/** Compilers mostly write the same; what is equal runs once. */
function distinct(programs: readonly string[]): readonly string[] {
  const byContent = new Map<string, string>();
  for (const program of programs) {
    const key = program.slice(-3) + createHash('sha256').update(readFileSync(program)).digest('hex');
    if (!byContent.has(key)) byContent.set(key, program);
  }
  return [...byContent.values()];
}

try {
  await install(await pack());
  const programs = distinct(await compileAll('20', WAYS));
  const newerTypes = [...NODE_TYPES.map((version) => `@types/node@${version}`), '@types/passport-oauth2'];
  for (const types of newerTypes) {
    await run(`npm install ${types}`, 'npm', ['install', '--no-save', '--no-audit', '--no-fund', types]);
    await compileAll(types.replace(/\W+/g, '-'), [WAYS[0]]);
  }
  const bin = join(project, 'node_modules', '.bin', manifest.name);
  for (const version of NODES) {
    const node = join(
      project,
      'node_modules',
      nodeName(version),
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
    for (const program of programs) {
      await run(`Node ${version} runs ${program.slice(project.length + 1)}`, node, [program]);
    }
    const path = [dirname(node), process.env['PATH']].join(delimiter);
    await run(`Node ${version} runs ${manifest.name} --version`, bin, ['--version'], path);
  }
} finally {
  rmSync(project, { recursive: true });
}
console.log(
  failures.length === 0 ? '\nEvery consumer compiles and runs.' : `\n${failures.length} failed: ${failures.join('; ')}`,
);
if (failures.length > 0) process.exitCode = 1;
