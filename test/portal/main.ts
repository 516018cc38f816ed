import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { watchOperation } from '../../src/cli/client.js';
import { choosePlaces, connect } from '../../src/cli/demo/clouds.js';
import { type Stage, openStage } from '../bench/stage.js';
import { findChromium, openBrowser, play } from './harness.js';
import { JOURNEYS } from './journeys/index.js';
import { LANGUAGES, readWords } from './words.js';

/**
 * `npm run test:portal`: a person's journeys through the portal, in Chromium, on a real server with the ten clouds in a box, in both languages. On every page: no violation of WCAG 2.2 AA, nothing on the browser's console, no request to another host.
 * `--only NAME` plays the journeys whose name begins so, `--language en` one language. Pictures of every page, in the light and the dark, go to `dist/portal-pictures`.
 */
const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, language: { type: 'string' } } });
const languages = LANGUAGES.filter((language) => values.language === undefined || language === values.language);
const journeys = JOURNEYS.filter(({ name }) => name.startsWith(values.only));
if (languages.length === 0 || journeys.length === 0) {
  process.stderr.write(languages.length === 0 ? `--language must be one of ${LANGUAGES.join(', ')}, not "${values.language}"\n` : `no journey begins with "${values.only}"; there are ${JOURNEYS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const chromium = findChromium();
if (chromium === undefined) {
  const why = 'no Chromium was found; install it (Debian: apt install chromium) or name it in MCMP_CHROMIUM';
  console.log(JSON.stringify({ program: 'test:portal', skipped: why }));
  process.exit(process.env.CI === undefined ? 0 : 1);
}

/** What every journey finds: connections to the ten clouds, and an MCI of two VMs in a region of each. */
async function furnish({ api }: Stage): Promise<void> {
  await connect(api);
  const places = await choosePlaces(api);
  const { id } = await api.post<{ id: string }>('/v1/projects/default/mcis', { name: 'shop', description: 'What every journey finds', labels: { team: 'shop' }, onPartialFailure: 'replace', groups: places.map(({ cloud, connection, region, spec, image }) => ({ name: cloud, size: 2, connection, region, spec, image })) });
  const { state, errors } = await watchOperation(api, id, () => undefined, 100);
  if (state !== 'succeeded') throw new Error(`the first MCI did not come up: ${JSON.stringify(errors)}`);
}

const pictures = resolve('dist/portal-pictures');
const drivers = mkdtempSync(join(tmpdir(), 'mcmp-portal-drivers-'));
for (const name of ['simulator', 'aws']) {
  mkdirSync(join(drivers, name));
  for (const part of ['driver.json', 'dist']) cpSync(resolve('drivers', name, part), join(drivers, name, part), { recursive: true });
}
if (values.only === '') rmSync(pictures, { recursive: true, force: true });
const words = await readWords();
const stage = await openStage(['--time-scale', '0.1', '--no-throttle'], { MCMP_DRIVERS_DIR: drivers });
const browser = await openBrowser(chromium);
let [checks, passed, failed] = [0, 0, 0];
try {
  await furnish(stage);
  for (const journey of journeys) {
    for (const language of languages.filter((one) => (journey.languages ?? LANGUAGES).includes(one))) {
      const outcome = await play(journey, { browser, stage, drivers, language, say: words(language), pictures });
      checks += outcome.checks;
      if (outcome.failures.length === 0) passed += 1;
      else failed += 1;
      console.log(`${outcome.failures.length === 0 ? 'ok  ' : 'FAIL'} ${journey.name} (${language}): ${outcome.checks} checks, ${outcome.seconds} s`);
      for (const failure of outcome.failures.slice(0, 20)) console.log(`     ${failure}`);
    }
  }
} finally {
  await browser.close();
  await stage.end();
  rmSync(drivers, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
console.log(JSON.stringify({ program: 'test:portal', journeys: journeys.length, languages, checks, passed, failed, pictures: 'dist/portal-pictures' }));
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
