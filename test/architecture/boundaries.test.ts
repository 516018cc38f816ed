import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = resolve('.');

/** The smallest tree that breaks each rule once: file → its text. */
const planted: Record<string, Record<string, string>> = {
  'no-cycles': {
    'src/kernel/one.ts': "import type { Two } from './two.js';\nexport type One = Two | 1;\n",
    'src/kernel/two.ts': "import type { One } from './one.js';\nexport type Two = One[] | 2;\n",
  },
  'front-door': {
    'src/iam/inner.ts': 'export const inner = 1;\n',
    'src/connector/reach.ts': "import { inner } from '../iam/inner.js';\nexport const reach = inner;\n",
  },
  'kernel-is-plain': {
    'src/platform/index.ts': 'export const platform = 1;\n',
    'src/kernel/up.ts': "import { platform } from '../platform/index.js';\nexport const up = platform;\n",
  },
  'platform-knows-no-domain': {
    'src/iam/index.ts': 'export const iam = 1;\n',
    'src/platform/up.ts': "import { iam } from '../iam/index.js';\nexport const up = iam;\n",
  },
  'iam-is-lowest': {
    'src/connector/index.ts': 'export const connector = 1;\n',
    'src/iam/up.ts': "import { connector } from '../connector/index.js';\nexport const up = connector;\n",
  },
  'connector-below-infra': {
    'src/infra/index.ts': 'export const infra = 1;\n',
    'src/connector/up.ts': "import { infra } from '../infra/index.js';\nexport const up = infra;\n",
  },
  'sdk-stands-alone': {
    'src/kernel/plain.ts': 'export const plain = 1;\n',
    'src/driver-sdk/out.ts': "import { plain } from '../kernel/plain.js';\nexport const out = plain;\n",
  },
  'sdk-tool-stands-alone': {
    'src/kernel/plain.ts': 'export const plain = 1;\n',
    'src/driver-sdk/bundle/out.ts': "import { plain } from '../../kernel/plain.js';\nexport const out = plain;\n",
  },
  'sdk-core-knows-no-tool': {
    'src/driver-sdk/tool/pack.ts': 'export const pack = 1;\n',
    'src/driver-sdk/driver.ts': "import { pack } from './tool/pack.js';\nexport const out = pack;\n",
  },
  'driver-knows-only-the-sdk': {
    'src/kernel/plain.ts': 'export const plain = 1;\n',
    'drivers/demo/src/out.ts': "import { plain } from '../../../src/kernel/plain.js';\nexport const out = plain;\n",
  },
  'wire-stays-out-of-the-bundle': {
    'drivers/demo/wire/index.ts': 'export const wire = 1;\n',
    'drivers/demo/src/out.ts': "import { wire } from '../wire/index.js';\nexport const out = wire;\n",
  },
  'cli-speaks-http': {
    'src/infra/index.ts': 'export const infra = 1;\n',
    'src/cli/out.ts': "import { infra } from '../infra/index.js';\nexport const out = infra;\n",
  },
  'mcmp-stands-alone': {
    'src/kernel/plain.ts': 'export const plain = 1;\n',
    'src/cli/mcmp/out.ts': "import { plain } from '../../kernel/plain.js';\nexport const out = plain;\n",
  },
};

/** Runs dependency-cruiser over a tree and returns the names of the rules that fired, each once. */
function rulesFired(folder: string): string[] {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, '--config', '.dependency-cruiser.js', '--output-type', 'json', 'src', 'drivers'];
  let output: string;
  try {
    output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const report = JSON.parse(output) as { summary: { violations: { rule: { name: string } }[] } };
  return [...new Set(report.summary.violations.map((violation) => violation.rule.name))];
}

describe('boundaries', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcmp-boundaries-'));
  beforeAll(() => {
    for (const file of ['.dependency-cruiser.js', 'tsconfig.json', 'package.json']) cpSync(join(root, file), join(folder, file));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.keys(planted))('%s fires on a planted violation, and nothing else does', (rule) => {
    for (const part of ['src', 'drivers']) {
      rmSync(join(folder, part), { recursive: true, force: true });
      mkdirSync(join(folder, part));
    }
    for (const [file, text] of Object.entries(planted[rule] ?? {})) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    expect(rulesFired(folder)).toEqual([rule]);
  });

  it('plants a violation for every rule that there is', async () => {
    const { default: config } = (await import(join(root, '.dependency-cruiser.js'))) as { default: { forbidden: { name: string }[] } };
    expect(Object.keys(planted).sort()).toEqual(config.forbidden.map((rule) => rule.name).sort());
  });

  it('holds in the real tree', () => {
    expect(rulesFired(root)).toEqual([]);
  });
});
